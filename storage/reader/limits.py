"""What every request passes: methods, size and rate limits, and the headers of every answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.reader.rendering import render

MAX_TARGET_BYTES = 8192
"""Path and query together: a query of 500 Chinese characters takes 4,500, beside what it is narrowed down by."""
MAX_CLIENTS = 10_000
"""Clients whose rate is remembered."""

HEADERS: Final[Mapping[str, str]] = {
    # Nothing is loaded but our own style sheet, nothing runs, nothing may frame the page: stored text stays text.
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    # What is kept here is other people's text: no search engine is to show it as ours.
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class RateLimit:
    """A bucket of requests for each client, filled again with time."""

    def __init__(self, per_second: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self.burst, self.clock = per_second, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """Take one request from a client's bucket; return 0, or the seconds until there is one."""
        now = self.clock()
        left, at = self._buckets.pop(client, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.per_second)
        allowed = left >= 1
        self._buckets[client] = (left - allowed, now)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.per_second


class Gate:
    """ASGI middleware: refuse what is not a small GET or HEAD at a fair rate, and put the headers on every answer."""

    def __init__(self, app: ASGIApp, *, rate: RateLimit | None = None, names: Iterable[str] = ("*",)) -> None:
        self.app, self.rate, self.names = app, rate, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                extra = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in given]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        refusal = self._refuse(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> Response | None:
        host = Headers(scope=scope).get("host", "")
        if not is_answered(host, self.names):
            return _refusal(scope, 400, f"this server does not answer to the name {host!r}; `yuanwen serve --name` gives it one")
        if scope["method"] not in ("GET", "HEAD"):
            return _refusal(scope, 405, "only GET and HEAD are answered, as nothing can be changed", {"allow": "GET, HEAD"})
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET_BYTES:
            return _refusal(scope, 414, f"the address is longer than {MAX_TARGET_BYTES} bytes")
        if not _is_utf8(scope["query_string"]) or not _is_utf8(scope.get("raw_path") or b""):
            return _refusal(scope, 400, "the address is not UTF-8")
        wait_s = self.rate.wait_s((scope.get("client") or ("",))[0]) if self.rate else 0
        if wait_s:
            return _refusal(scope, 429, f"too many requests; wait for {int(wait_s) + 1} s", {"retry-after": str(int(wait_s) + 1)})
        return None


def is_answered(host: str, names: Collection[str]) -> bool:
    """Tell whether a Host header is one of these names, whatever its port. `*`: any; `[`: any IPv6 address.

    >>> is_answered("Reader.example:8080", {"reader.example"}), is_answered("[::1]:8080", {"["}), is_answered("evil.example", {"reader.example"})
    (True, True, False)
    """
    name = host.partition(":")[0].lower()  # of `[::1]` the bracket is left
    return "*" in names or name in names


def _refusal(scope: Scope, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    if is_for_programs(scope["path"]):
        # A parameter too long for any address is a parameter that breaks its schema.
        return JSONResponse({"error": message}, 400 if status == 414 else status, headers)
    return render("error.html", status, headers, title=_TITLES[status], detail=f"{message[0].upper()}{message[1:]}.")


_TITLES: Final[Mapping[int, str]] = {
    400: "This cannot be answered",
    405: "Nothing can be changed here",
    414: "This address is too long",
    429: "Too many requests",
}


def is_for_programs(path: str) -> bool:
    """Tell whether a path is answered as JSON, errors too."""
    return path.startswith("/api/") or path == "/openapi.json"


def _is_utf8(quoted: bytes) -> bool:
    try:
        unquote_to_bytes(quoted).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
