"""Answers that the asker has already: an ETag on each, and 304 where it is the one that was sent along."""

from __future__ import annotations

from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Conditional:
    """ASGI middleware: name the content of every 200 by its hash. What changes in the database changes the hash, so nothing grows stale."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        known = Headers(scope=scope).get("if-none-match", "")
        held: list[Message] = []

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                held.append(message)
            elif held:
                start = held.pop()
                for each in _named(start, message, known) if not message.get("more_body") else (start, message):
                    await send(each)
            else:
                await send(message)

        await self.app(scope, receive, send_named)


def _named(start: Message, body: Message, known: str) -> tuple[Message, Message]:
    tag = f'"{blake2b(body["body"], digest_size=12).hexdigest()}"'
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["etag"] = tag
    headers.setdefault("cache-control", "no-cache")
    if known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}:
        for name in ("content-length", "content-type"):
            del headers[name]
        return {**start, "status": 304, "headers": headers.raw}, {**body, "body": b""}
    return {**start, "headers": headers.raw}, body
