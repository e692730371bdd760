"""A real HTTP server on loopback for the demo site or a folder of saved pages; one address a site, so that each is a host of its own."""

import errno
import gzip
import threading
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from crawler.demo.site import DEFAULT_PORT, DemoPage, DemoSite, build_demo, n_sites
from pipelines.errors import UsageError

Answer = Callable[[str], DemoPage | None]
"""URL to page; None: not found."""
_MIN_GZIP = 256  # bytes; below this compression only adds
_NOT_FOUND = DemoPage(url="", kind="missing", body=b"<h1>404 Not Found</h1>", headers=(("content-type", "text/html"),), status=404)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the server's pages."""

    protocol_version = "HTTP/1.1"
    server: "_Server"
    timeout = 30  # seconds a silent connection is kept

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the crawl reports what it fetched."""

    def _send(self, *, with_body: bool) -> None:
        page = self.server.answer(self.server.base + self.path) or _NOT_FOUND
        if self._is_unchanged(page):
            self._head(304, page.headers)
            return
        body, packed = page.body, self._wants_gzip(page)
        headers = list(page.headers)
        if packed:
            # A packed answer is another representation: its own ETag (RFC 9110 section 8.8.3.3) is left out, it would never be asked back.
            body = gzip.compress(body, mtime=0)
            headers += [("content-encoding", "gzip"), ("vary", "accept-encoding")]
        self._head(page.status, [*headers, ("content-length", str(len(body)))])
        if with_body:
            self.wfile.write(body)

    def _head(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _wants_gzip(self, page: DemoPage) -> bool:
        return "gzip" in self.headers.get("accept-encoding", "") and len(page.body) >= _MIN_GZIP

    def _is_unchanged(self, page: DemoPage) -> bool:
        given, own = self.headers, dict(page.headers)
        if page.status != 200:
            return False
        if asked := given.get("if-none-match"):
            return own.get("etag") in {tag.strip().removeprefix("W/") for tag in asked.split(",")}
        if (since := given.get("if-modified-since")) and "last-modified" in own:
            try:
                return parsedate_to_datetime(own["last-modified"]) <= parsedate_to_datetime(since)
            except (TypeError, ValueError):
                return False
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Answer

    @property
    def base(self) -> str:
        host, port = self.server_address[0], self.server_address[1]
        return f"http://{host!s}:{port}"


class DemoServer:
    """Servers for `n` sites, bound at once, answering once `serve` is called; a context manager stops them."""

    def __init__(self, n: int, *, port: int = 0) -> None:
        """Bind. `port` 0: any free one.

        Raises:
            UsageError: the port is in use.
        """
        self._servers = _bind(n, port)
        self._is_serving = False
        self.bases = tuple(server.base for server in self._servers)

    def serve(self, answer: Answer) -> None:
        """Answer from now on, in threads of this process."""
        self._is_serving = True
        for server in self._servers:
            server.answer = answer
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for server in self._servers:
            if self._is_serving:  # else shutdown() would wait for a loop that never ran
                server.shutdown()
            server.server_close()


def _bind(n: int, port: int) -> list[_Server]:
    """Bind 127.0.0.2, 127.0.0.3, … on one port; where a system knows only 127.0.0.1 (macOS), one port a site."""
    try:
        try:
            return _bind_all([(f"127.0.0.{2 + i}", port) for i in range(n)])
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return _bind_all([("127.0.0.1", port + i if port else 0) for i in range(n)])
    except OSError as error:
        raise UsageError(f"port {port} on 127.0.0.x cannot be used: {error.strerror}; choose another with --port") from error


def _bind_all(addresses: Sequence[tuple[str, int]]) -> list[_Server]:
    servers: list[_Server] = []
    try:
        for host, port in addresses:
            # On hosts of their own all sites share the port that the first one got.
            shared = servers[0].server_address[1] if servers and port == 0 and host != "127.0.0.1" else port
            servers.append(_Server((host, shared), _Handler))
    except OSError:
        for server in servers:
            server.server_close()
        raise
    return servers


def bind_free(n: int, port: int | None) -> DemoServer:
    """Bind the port asked for; None: the usual one, so that URLs stay the same from run to run, or any free one.

    Raises:
        UsageError: the port asked for is in use.
    """
    if port is not None:
        return DemoServer(n, port=port)
    try:
        return DemoServer(n, port=DEFAULT_PORT)
    except UsageError:
        return DemoServer(n, port=0)


def serve_demo(port: int | None = 0) -> tuple[DemoServer, DemoSite]:
    """Bind, build the demo site for the addresses that were got, and answer. `port`: as in `bind_free`; 0: any free one.

    Raises:
        UsageError: the port is in use.
        RuleError: a file of data/demo is wrong.
    """
    server = bind_free(n_sites(), port)
    demo = build_demo(server.bases)
    server.serve(demo.pages.get)
    return server, demo
