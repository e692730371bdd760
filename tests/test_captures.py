"""Pages into the archive and back; archives of other crawlers; damaged archives."""

import gzip
import random
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipelines.errors import StorageError
from pipelines.types import FetchedPage
from storage.captures import CaptureWriter, read_capture, read_captures
from storage.payloads import join_chunks
from tests.made_articles import made_page

BODY = "<html><body>东河新桥通车</body></html>".encode() * 30


def archived(folder: Path, *pages: FetchedPage) -> list[FetchedPage]:
    with CaptureWriter(folder) as writer:
        return [writer.write(page) for page in pages]


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("*.warc.gz")
    return path


def readable(path: Path) -> tuple[list[FetchedPage], str]:
    pages = []
    try:
        for page in read_captures(path):
            pages.append(page)
    except StorageError as error:
        return pages, str(error)
    return pages, ""


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    pages = [
        made_page(1),
        made_page(2, url="http://a.example/s", final_url="http://a.example/1.html"),
        made_page(3, body=b"", status=404, headers=()),
        made_page(4, headers=(("content-encoding", "gzip"), ("content-length", "12"), ("transfer-encoding", "chunked"), ("x", "正文"))),
        made_page(5, body=bytes(range(256)) * 300),
    ]
    written = archived(tmp_path, *pages)
    assert [replace(page, capture=None) for page in written] == pages
    assert list(read_captures(the_file(tmp_path))) == written
    for page in written:
        assert page.capture is not None
        assert read_capture(tmp_path, page.capture) == page


def test_other_readers_understand_the_file(tmp_path: Path) -> None:
    archived(tmp_path, made_page(1))
    with the_file(tmp_path).open("rb") as stream:
        records = [
            (r.rec_type, r.content_stream().read() != b"", r.rec_headers.get_header("WARC-Date"), r.digest_checker.passed)
            for r in ArchiveIterator(stream, check_digests=True)
        ]
    assert [record[0] for record in records] == ["warcinfo", "response"]
    assert records[1][2:] == ("2024-03-02T01:02:03.456789Z", True)


def test_a_revisit_points_at_the_first_bytes(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        first = writer.write(made_page(1))
        again = writer.write_revisit(replace(made_page(1), fetched_at=first.fetched_at + timedelta(days=1)), first)
        third = writer.write(made_page(2))
    assert again.capture == first.capture
    assert list(read_captures(the_file(tmp_path))) == [first, third]
    with the_file(tmp_path).open("rb") as stream:
        assert [r.rec_type for r in ArchiveIterator(stream)] == ["warcinfo", "response", "revisit", "response"]


def record(kind: str, url: str, block: bytes, mime: str = "application/http; msgtype=response") -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-01T00:00:00Z\r\n"
    head += f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: {mime}\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


def response(headers: str, body: bytes) -> bytes:
    return record("response", "http://other.example/1", f"HTTP/1.1 200 OK\r\nServer: a\r\n{headers}\r\n".encode() + body)


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def bare_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


@pytest.mark.parametrize(
    ("headers", "wrap"),
    [
        ("", bytes),
        ("Content-Encoding: gzip\r\n", gzip.compress),
        ("content-encoding: x-gzip\r\n", gzip.compress),
        ("Content-Encoding: deflate\r\n", zlib.compress),
        ("Content-Encoding: deflate\r\n", bare_deflate),
        ("Content-Encoding: br\r\n", brotli.compress),
        ("Transfer-Encoding: chunked\r\n", chunked),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", lambda body: chunked(gzip.compress(body))),
        ("Content-Encoding: gzip\r\n", bytes),
        ("Transfer-Encoding: chunked\r\n", bytes),
        ("X-Crawler-Content-Encoding: gzip\r\n", bytes),
    ],
)
@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_files_of_other_crawlers(tmp_path: Path, headers: str, wrap: Callable[[bytes], bytes], pack: Callable[[bytes], bytes]) -> None:
    records = [
        record("warcinfo", "x", b"software: other\r\n", "application/warc-fields"),
        record("request", "http://other.example/1", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
        response(headers, wrap(BODY)),
        record("response", "dns:other.example", b"20240301\r\n", "text/dns"),
        record("metadata", "http://other.example/1", b"a: b\r\n", "application/warc-fields"),
        record("resource", "http://other.example/2", BODY, "text/html"),
    ]
    path = tmp_path / ("CC-NEWS.warc.gz" if pack is gzip.compress else "CC-NEWS.warc")
    path.write_bytes(b"".join(pack(r) for r in records))
    pages = list(read_captures(path))
    assert [(page.url, page.status, page.body, page.fetched_at) for page in pages] == [
        ("http://other.example/1", 200, BODY, datetime(2024, 3, 1, tzinfo=UTC)),
        ("http://other.example/2", 200, BODY, datetime(2024, 3, 1, tzinfo=UTC)),
    ]
    for page in pages:
        assert page.capture is not None
        assert read_capture(tmp_path, page.capture) == page


def test_a_file_compressed_as_a_whole_is_read(tmp_path: Path) -> None:
    path = tmp_path / "whole.warc.gz"
    bodies = [random.Random(n).randbytes(50_000) for n in range(9)]
    path.write_bytes(gzip.compress(b"".join(response("", body) for body in bodies)))
    pages = list(read_captures(path))
    assert [page.body for page in pages] == bodies
    assert [page.capture for page in pages[1:]] == [None] * 8


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_file_cut_anywhere_gives_what_is_whole_and_says_where(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    records = [pack(response("", BODY + bytes([n]))) for n in range(4)]
    whole, path = b"".join(records), tmp_path / "cut.warc.gz"
    starts = [sum(map(len, records[:n])) for n in range(5)]
    for cut in range(1, len(whole), 23):
        path.write_bytes(whole[:cut])
        pages, line = readable(path)
        n_whole = sum(start <= cut for start in starts[1:])
        assert [page.body for page in pages] == [BODY + bytes([n]) for n in range(len(pages))]
        assert n_whole <= len(pages) <= n_whole + 1  # a record without its last bytes may still be read whole
        if cut in starts:
            assert line == ""
        else:
            assert str(path) in line
            assert "byte" in line


def test_damage_in_the_middle_is_named_with_its_place(tmp_path: Path) -> None:
    records = [gzip.compress(response("", BODY)) for _ in range(3)]
    path = tmp_path / "bad.warc.gz"
    path.write_bytes(records[0] + b"\0" * len(records[1]) + records[2])
    pages, line = readable(path)
    assert [page.body for page in pages] == [BODY]
    assert f"byte {len(records[0])}" in line


@pytest.mark.parametrize("bytes_there", [b"", b"hello world\n" * 20, gzip.compress(b"hello" * 100)], ids=["empty", "text", "gzip"])
def test_what_is_no_warc_is_said(tmp_path: Path, bytes_there: bytes) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(bytes_there)
    pages, line = readable(path)
    assert pages == []
    assert str(path) in line
    assert ("not a WARC file" if bytes_there else "an empty file, no WARC records") in line


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "No such file" in readable(tmp_path / "none.warc.gz")[1]


def test_a_wrong_place_gives_no_page(tmp_path: Path) -> None:
    page = archived(tmp_path, made_page(1), made_page(2))[1]
    assert page.capture is not None
    for wrong in (
        replace(page.capture, offset=page.capture.offset + 3),
        replace(page.capture, length=page.capture.length - 20),
        replace(page.capture, sha256="0" * 64),
        replace(page.capture, offset=0),
        replace(page.capture, file="none.warc.gz"),
    ):
        with pytest.raises(StorageError, match=wrong.file):
            read_capture(tmp_path, wrong)


def test_an_archive_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        CaptureWriter(tmp_path / "archive").write(made_page())


def test_a_full_disk_leaves_no_half_record(tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from storage.captures import CaptureWriter
from pipelines.errors import StorageError
from tests.made_articles import made_page
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = CaptureWriter(Path({str(tmp_path)!r}))
writer.write(made_page(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, {resource.RLIM_INFINITY}))
try:
    writer.write(made_page(2, body=bytes(range(256)) + __import__('random').Random(1).randbytes(9000)))
except StorageError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, ({resource.RLIM_INFINITY}, {resource.RLIM_INFINITY}))
writer.write(made_page(3))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    assert [page.url for page in read_captures(the_file(tmp_path))] == [made_page(1).url, made_page(3).url]


def test_a_full_disk_leaves_no_empty_file(tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from storage.captures import CaptureWriter
from pipelines.errors import StorageError
from tests.made_articles import made_page
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path({str(tmp_path)!r})
writer = CaptureWriter(folder)
for limit in (50, 50, {resource.RLIM_INFINITY}):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, {resource.RLIM_INFINITY}))
    try:
        writer.write(made_page(1))
    except StorageError:
        print(len(list(folder.iterdir())))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0"]
    assert [page.url for page in read_captures(the_file(tmp_path))] == [made_page(1).url]


def test_two_writers_use_two_files(tmp_path: Path) -> None:
    archived(tmp_path, made_page(1))
    archived(tmp_path, made_page(2))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2
    assert all(name.startswith(f"yuanwen-{datetime.now(UTC):%Y}") for name in names)


@given(st.binary(max_size=3000), st.lists(st.tuples(st.from_regex(r"[a-z-]{1,12}", fullmatch=True), st.text("abc 正;=", max_size=20))))
def test_any_page_comes_back(tmp_path_factory: pytest.TempPathFactory, body: bytes, headers: list[tuple[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("archive")
    sent = tuple((name, " ".join(value.split())) for name, value in headers)
    (page,) = archived(folder, made_page(1, body=body, headers=sent))
    assert list(read_captures(the_file(folder))) == [page]


@given(st.binary(max_size=400))
def test_joining_chunks_undoes_chunking(body: bytes) -> None:
    assert join_chunks(chunked(body)) == body


def test_a_compressed_payload_is_not_unpacked_without_end(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc"
    path.write_bytes(response("Content-Encoding: gzip\r\n", gzip.compress(bytes(200_000_000))))
    (page,) = read_captures(path)
    assert len(page.body) <= 64 * 1024 * 1024


def test_records_are_read_from_a_stream_of_many(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        pages = [writer.write(made_page(n)) for n in range(200)]
    assert list(read_captures(the_file(tmp_path))) == pages
    assert BytesIO(the_file(tmp_path).read_bytes()).getbuffer().nbytes == pages[-1].capture.offset + pages[-1].capture.length  # type: ignore[union-attr]
