"""A fast server on many loopback addresses, for drills and benchmarks: one thread, one answer a function call, every request in a log."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple


class Request(NamedTuple):
    """One request as the server saw it."""

    host: str
    """The address it came in on."""
    path: str
    at: float
    """Monotonic seconds."""


Answerer = Callable[[Request], bytes]
"""A request to the bytes of the whole response."""


@dataclass(slots=True)
class ManyHosts:
    """What is being served."""

    port: int = 0
    asked: list[Request] = field(default_factory=list)
    connections: set["_Connection"] = field(default_factory=set)

    def url(self, host: str, path: str = "/") -> str:
        """Return the URL of a path on one of the addresses."""
        return f"http://{host}:{self.port}{path}"


def loopback_addresses(n: int) -> list[str]:
    """Return `n` addresses of this machine that are hosts of their own to a crawler.

    >>> loopback_addresses(2)
    ['127.0.1.1', '127.0.1.2']
    """
    return list(islice((f"127.0.{block}.{last}" for block in range(1, 255) for last in range(1, 255)), n))


def http(status: int, body: bytes = b"", content_type: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    """Write a whole response; `retry_after="3"` becomes a Retry-After header."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Connection(asyncio.Protocol):
    def __init__(self, site: ManyHosts, answer: Answerer) -> None:
        self.site, self.answer, self.received = site, answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.host = transport.get_extra_info("sockname")[0]
        self.site.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.site.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            request = Request(self.host, head.split(b" ", 2)[1].decode(), time.monotonic())
            self.site.asked.append(request)
            self.transport.write(self.answer(request))


@contextmanager
def serving_many(hosts: Sequence[str], answer: Answerer) -> Iterator[ManyHosts]:
    """Serve on one port of many loopback addresses for the length of a block."""
    site, is_ready = ManyHosts(), threading.Event()
    loop, is_over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        servers = []
        for host in hosts:
            servers.append(await loop.create_server(lambda: _Connection(site, answer), host, site.port, backlog=64))
            site.port = servers[0].sockets[0].getsockname()[1]
        is_ready.set()
        await is_over.wait()
        for server in servers:
            server.close()
        for connection in list(site.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        assert is_ready.wait(30)
        yield site
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()
