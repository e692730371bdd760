"""WARC revisit records: written when a page comes back with the same bytes or a 304, and read, also those of other crawlers."""

import gzip
import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.capture_originals import Originals
from storage.captures import read_capture, read_captures
from tests.commands import yuanwen
from tests.local_site import Answer, Asked, article, serving

BODY = article("示例乡镇春耕备耕工作全面展开", seed=1).encode()
PATH = "/2024/03/01/1.html"
IDENTICAL, NOT_MODIFIED = "identical-payload-digest", "server-not-modified"


def records(folder: Path) -> list[tuple[str, str | None, str | None, str | None]]:
    """Type, profile, and where it points, of all records but the first of each file."""
    found = []
    for path in sorted((folder / "archive").glob("*.warc.gz")):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                get = record.rec_headers.get_header
                profile = (get("WARC-Profile") or "").rpartition("/")[2] or None
                found.append((record.rec_type, profile, get("WARC-Refers-To-Target-URI"), get("WARC-Refers-To-Date")))
    return [row for row in found if row[0] != "warcinfo"]


@pytest.mark.parametrize(("is_conditional", "profile"), [(False, IDENTICAL), (True, NOT_MODIFIED)])
def test_an_article_that_did_not_change_is_archived_once(tmp_path: Path, is_conditional: bool, profile: str) -> None:
    def page(asked: Asked) -> Answer:
        if is_conditional and asked.headers.get("if-none-match") == '"1"':
            return 304, {"ETag": '"1"'}, b""
        return 200, {"Content-Type": "text/html; charset=utf-8", "ETag": '"1"'}, BODY

    with serving() as site:
        site.routes[PATH] = page
        for _ in range(3):
            assert yuanwen(tmp_path, "crawl", site.url(PATH)).returncode == 0
        changed = BODY.replace("春耕备耕".encode(), "秋收秋种".encode())
        site.routes[PATH] = (200, {"Content-Type": "text/html; charset=utf-8"}, changed)
        assert yuanwen(tmp_path, "crawl", site.url(PATH)).returncode == 0
        kinds = records(tmp_path)
        (first,) = [page for path in (tmp_path / "archive").glob("*") for page in read_captures(path) if page.body == BODY]
        assert [(kind, name, uri) for kind, name, uri, _ in kinds] == [
            ("response", None, None), ("revisit", profile, site.url(PATH)), ("revisit", profile, site.url(PATH)), ("response", None, None)
        ]  # fmt: skip
        assert {date for kind, _, _, date in kinds if kind == "revisit"} == {f"{first.fetched_at:%Y-%m-%dT%H:%M:%S.%fZ}"}

    again = yuanwen(tmp_path, "replay", "archive", "--json", YUANWEN_DB=f"sqlite:///{tmp_path}/again.db")
    assert json.loads(again.stdout)["outcomes"] == {"created": 1, "updated": 1}, again.stderr
    assert again.stderr == ""


def warc(kind: str, url: str, block: bytes, **headers: str) -> bytes:
    lines = {
        "WARC-Type": kind,
        "Content-Type": "application/http; msgtype=response",
        "WARC-Target-URI": url,
        "WARC-Date": "2024-03-01T08:00:00Z",
        "Content-Length": str(len(block)),
    }
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return gzip.compress(f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n")


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
DIGEST = f"sha1:{sha256(BODY).hexdigest()[:32].upper()}"
PROFILE = "http://netpreserve.org/warc/1.0/revisit/"
REVISITS = (
    warc("revisit", "http://b.example/2024/03/01/2.html", HTTP, WARC_Profile=PROFILE + IDENTICAL, WARC_Payload_Digest=DIGEST),
    warc("revisit", "http://c.example/2024/03/01/3.html", b"", WARC_Profile=PROFILE + IDENTICAL, WARC_Payload_Digest=DIGEST.lower()),
    warc("revisit", "http://a.example/2024/03/01/1.html", HTTP, WARC_Profile=PROFILE + IDENTICAL, WARC_Payload_Digest=DIGEST),
    warc("revisit", "http://a.example/2024/03/01/1.html", b"", WARC_Profile=PROFILE + NOT_MODIFIED),
    warc("revisit", "http://d.example/2024/03/01/4.html", HTTP, WARC_Profile=PROFILE + IDENTICAL, WARC_Payload_Digest="sha1:NOWHERE"),
)


def test_revisits_of_other_crawlers_under_other_urls_are_pages(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "a.warc.gz").write_bytes(
        warc("response", "http://a.example/2024/03/01/1.html", HTTP + BODY, WARC_Payload_Digest=DIGEST)
    )
    (tmp_path / "b.warc.gz").write_bytes(b"".join(REVISITS))
    originals = Originals()
    first = list(read_captures(tmp_path / "one" / "a.warc.gz", originals))
    pages = list(read_captures(tmp_path / "b.warc.gz", originals))
    assert [(p.final_url[7], p.body == BODY, p.status) for p in first + pages] == [("a", True, 200), ("b", True, 200), ("c", True, 200)]
    assert originals.n_missing == 1
    for page in pages:
        assert page.capture is not None
        assert read_capture(tmp_path, page.capture).body == BODY
    assert list(read_captures(tmp_path / "b.warc.gz")) == [], "alone, they say nothing"

    run = yuanwen(tmp_path, "replay", "one", "b.warc.gz", "--json")
    assert json.loads(run.stdout)["outcomes"] == {"created": 3}, run.stderr
    assert run.stderr == "yuanwen: 1 revisit records passed over: the pages they point at are in none of these files\n"
    with sqlite3.connect(tmp_path / "y.db") as connection:
        captures = [json.loads(row[0])["file"] for row in connection.execute("SELECT capture FROM article")]
    connection.close()
    assert captures == [str(tmp_path / "one" / "a.warc.gz")] * 3
    assert yuanwen(tmp_path, "rerun", "--from-archive", "http://c.example/2024/03/01/3.html").stdout.startswith("unchanged")
