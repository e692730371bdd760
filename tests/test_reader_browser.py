"""The pages in a headless Chromium: no stored string runs, whatever field of whatever page it stands in; the pages work."""

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import lxml.html
import pytest

from pipelines.types import Evidence, Picture
from storage.articles import ArticleStore
from storage.database import open_database
from storage.reader.app import create_app
from tests.hostile import PAYLOADS
from tests.reader_articles import COPIES, hostile_article, reposted
from tests.reader_client import Served, ask

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("YUANWEN_REQUIRE_SERVICES"), reason="no Chromium here: apt-get install chromium"
    ),
]


def seen_by_browser(url: str, profile: Path, *options: str) -> str:
    """Open a page in a new browser, let its scripts and timers run, and return the document as it then is."""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
        "--disable-background-networking", f"--user-data-dir={profile}", "--virtual-time-budget=2000", *options, "--dump-dom", url,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, dict[str, str]]]:
    """Every payload in a page of its own, all of them in one, that page copied by another site, and a page that was changed."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'h.db'}")
    everything = "\n".join(PAYLOADS)
    articles = [hostile_article(n, payload) for n, payload in enumerate((*PAYLOADS, everything))]
    store = ArticleStore(engine)
    saved = store.save(
        [
            *articles,
            replace(articles[-1], url="http://copy.example/1", final_url="http://copy.example/1", canonical_url="http://copy.example/1"),
        ]
    )
    store.save([replace(articles[1], title=PAYLOADS[7], text=everything[::-1], fetched_at=articles[1].fetched_at + timedelta(days=1))])
    with Served(create_app(engine)) as served:
        names = {"first": 0, "revised": 1, "last": len(articles) - 1}
        yield served, {name: saved[n].article_id for name, n in names.items()} | {"story": str(saved[-1].story_id)}
    engine.dispose()


def test_the_way_of_looking_sees_a_script_that_runs(tmp_path: Path) -> None:
    """Without this, the tests below could pass because nothing is ever noticed."""

    class Careless(BaseHTTPRequestHandler):
        asked: list[str] = []  # noqa: RUF012 — one class, one test

        def do_GET(self) -> None:
            self.asked.append(self.path)
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<title>fine</title><body>{PAYLOADS[0]}".encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        html = seen_by_browser(f"http://127.0.0.1:{server.server_address[1]}/", tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert "<title>pwned</title>" in html
    assert any(path.startswith("/pwned") for path in Careless.asked)


TARGETS = {
    "front": "/", "sites": "/sites", "site": "/site/hostile.example", "outlets": "/outlets", "changes": "/changes",
    "article": "/article/{last}", "other article": "/article/{first}", "difference": "/difference?a={first}&b={last}",
    "search": "/search?q=" + quote(PAYLOADS[4], safe=""), "outlet": "/outlet/" + quote(PAYLOADS[0], safe=""),
    "error": "/story/" + quote(PAYLOADS[15], safe=""), "json": "/api/v1/articles/{last}", "json error": "/api/v1/outlets/" + quote(PAYLOADS[0], safe=""),
    "feed": "/feed.json", "story": "/story/{story}", "beside": "/difference?a={first}&b={last}&view=beside&script=one", "help": "/help",
    "filtered": "/search?q=a&source=" + quote(PAYLOADS[0], safe="") + "&site=" + quote(PAYLOADS[4], safe=""),
    "versions": "/article/{revised}/versions?from=1&to=2", "story json": "/api/v1/stories/{story}", "atom": "/feed.atom",
}  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_no_stored_string_runs(hostile: tuple[Served, dict[str, str]], tmp_path: Path, name: str) -> None:
    served, ids = hostile
    before = len(served.asked)
    html = seen_by_browser(served.base + TARGETS[name].format(**ids), tmp_path)
    assert len(html) > 200
    assert "no such" not in html or "error" in name
    assert not [path for path in served.asked[before:] if path.startswith("/pwned")]
    assert "<title>pwned" not in html
    assert {re.sub(r"/(article|story|site|outlet|api).*", r"/\1", path) for path in served.asked[before:]} <= {
        "/", "/sites", "/site", "/outlets", "/outlet", "/changes", "/article", "/difference", "/search", "/story", "/api", "/style.css",
        "/feed.json", "/feed.atom", "/help", "/icon.svg", "/favicon.ico",
    }  # fmt: skip


@pytest.fixture(scope="module")
def friendly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, list[str]]]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('friendly') / 'f.db'}")
    saved = ArticleStore(engine).save(COPIES)
    with Served(create_app(engine)) as served:
        yield served, [s.article_id for s in saved]
    engine.dispose()


def test_pages_show_their_parts_on_a_phone(friendly: tuple[Served, list[str]], tmp_path: Path) -> None:
    served, ids = friendly
    search = f"/search?q={quote('机器课')}"
    found = lxml.html.fromstring(seen_by_browser(served.base + search, tmp_path))
    assert found.cssselect("mark")
    story = str(found.cssselect("a[href^='/story/']")[0].get("href"))
    wanted = {story: "ol.time li", f"/difference?a={ids[0]}&b={ids[2]}": "del", f"/article/{ids[1]}": "table.fields"}
    for number, (target, part) in enumerate(wanted.items()):
        picture = tmp_path / f"{number}.png"
        html = seen_by_browser(served.base + target, tmp_path, "--window-size=360,800", f"--screenshot={picture}")
        assert lxml.html.fromstring(html).cssselect(part), target
        assert picture.stat().st_size > 5_000


WIDTH = """<body><script>
const frames = [...document.querySelectorAll("iframe")];
onload = () => {
  for (const frame of frames)
    for (const note of frame.contentDocument.querySelectorAll(".why")) note.style.display = "block";  // as where it is pointed at
  document.title = frames.map(f => f.contentDocument.documentElement).map(page => page.scrollWidth - page.clientWidth).join(" ");
};
</script>"""


def test_no_page_is_wider_than_the_smallest_phone(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'w.db'}")
    unbroken = "a" * 300
    long = reposted(9, unbroken, is_repost=True, title=unbroken, text=f"{unbroken}\n{'长' * 300}", evidence=dict.fromkeys(("published_at", "source", "authors", "editors"), Evidence(text="长" * 40, rule="r")), pictures=(Picture(url=f"http://x.example/{unbroken}", caption=None, credit=None),))  # fmt: skip
    store = ArticleStore(engine)
    saved = store.save([*COPIES, long])
    store.save([replace(long, title=f"{unbroken}b", fetched_at=long.fetched_at + timedelta(days=1))])
    app = create_app(engine)
    first, last = saved[0].article_id, saved[-1].article_id
    targets = ("/", "/sites", "/outlets", "/changes", "/help", "/nothing", f"/site/{long.site}", f"/article/{last}", f"/article/{last}/versions",
               f"/story/{saved[0].story_id}", f"/difference?a={first}&b={last}&view=beside", f"/search?q={unbroken}", f"/outlet/{quote('东河日报')}")  # fmt: skip
    style = f"<style>{ask(app, '/style.css').text}</style>"
    frames = "".join(
        f'<iframe width="320" height="800" style="border:0" srcdoc="{escape(ask(app, target).text.replace("</head>", style + "</head>"))}"></iframe>'
        for target in targets
    )
    page = tmp_path / "frames.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{frames}{WIDTH}', encoding="utf-8")
    widths = lxml.html.fromstring(seen_by_browser(page.as_uri(), tmp_path / "profile")).findtext(".//title")
    assert dict(zip(targets, str(widths).split(), strict=True)) == dict.fromkeys(targets, "0"), "pixels that stick out"
