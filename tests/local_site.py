"""A site on loopback for tests: what it serves is a dict, what it was asked is a list."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]
Route = Answer | Callable[["Asked"], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    host: str
    """The address it came in on."""
    path: str
    headers: dict[str, str]
    at: float
    """Monotonic seconds."""


@dataclass(slots=True)
class LocalSite:
    """Routes by path, the same on all its addresses; unknown paths answer 404."""

    port: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    default: Callable[[Asked], Answer] | None = None

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return the URL of a path."""
        return f"http://{host}:{self.port}{path}"

    def html(self, path: str, body: str, **headers: str) -> None:
        """Serve an HTML page."""
        self.routes[path] = (200, {"Content-Type": "text/html; charset=utf-8", **headers}, body.encode())

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [a.path for a in self.asked]


@contextmanager
def serving(addresses: tuple[str, ...] = ("127.0.0.1",)) -> Iterator[LocalSite]:
    """Serve a site on one port of one or more loopback addresses."""
    site = LocalSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(
                str(self.connection.getsockname()[0]), self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic()
            )
            site.asked.append(asked)
            route = site.routes.get(self.path, site.default or (404, {"Content-Type": "text/html"}, b"<p>not here</p>"))
            status, headers, body = route(asked) if callable(route) else route
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients that are killed are part of the tests."""

    servers: list[ThreadingHTTPServer] = []
    for address in addresses:
        server = Server((address, site.port), Handler)
        site.port = server.server_address[1]
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def article(title: str, *, seed: int = 0, n_paragraphs: int = 4, extra: str = "") -> str:
    """Make up the page of an article; the text depends on `seed` alone."""
    words = "春耕 备耕 农机 检修 灌溉 河道 清淤 乡镇 合作社 村民 技术员 大棚 蔬菜 果园 育苗 播种 气象 土壤 肥料 仓库 道路 学校 医院 社区 志愿者".split()
    paragraphs = []
    for n in range(n_paragraphs):
        picked = [words[(seed * 7 + n * 5 + k * 3) % len(words)] for k in range(10)]
        paragraphs.append(
            f"<p>据介绍，第{seed + 1}号报道说，{'、'.join(picked[:5])}等工作有序推进，{picked[5]}和{picked[6]}也已准备就绪，第{n + 1}批{picked[7]}将于本周完成。</p>"
        )
    return (
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}_示例新闻网</title></head><body><h1>{title}</h1>'
        f'<div class="info">2024-03-01 08:30:00 来源：示例日报</div><div class="content">{"".join(paragraphs)}</div>{extra}</body></html>'
    )


def listing(links: dict[str, str], extra: str = "") -> str:
    """Make up a list page: URL to link text."""
    rows = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links.items())
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>滚动新闻</title></head><body><ul>{rows}</ul>{extra}</body></html>'
