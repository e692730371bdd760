"""Ask the web application, without a network or on a port."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from storage.articles import ArticleStore
from storage.database import open_database
from storage.reader.app import create_app


def ask(app: Any, target: str, method: str = "GET", **options: Any) -> httpx.Response:
    """Send one request to an application and return its answer."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reader.example") as client:
            return await client.request(method, target, **options)

    return asyncio.run(send())


def made_app(path: Path, articles: list[Any], **options: Any) -> Any:
    """Store articles in a new database file and return the application over it."""
    engine = open_database(f"sqlite:///{path}")
    ArticleStore(engine).save(articles)
    return create_app(engine, **options)


class Served:
    """An application on a real port, with the paths it was asked for."""

    def __init__(self, app: Any) -> None:
        self.asked: list[str] = []

        async def noted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                self.asked.append(scope["path"])
            await app(scope, receive, send)

        self._server = uvicorn.Server(uvicorn.Config(noted, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "Served":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
