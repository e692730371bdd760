"""Ask the web application without a network."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

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
