"""Read pages out of WARC files: ours, and those of other crawlers (CC-NEWS, wget, Browsertrix)."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipelines.errors import StorageError
from pipelines.types import Capture, FetchedPage
from storage.capture_originals import Originals
from storage.payloads import unwrap_payload

KEPT_PREFIX = "x-archive-orig-"
"""Headers of a wrapping that was undone before archiving stand in the record under this prefix."""
REQUESTED_URL = "WARC-Requested-URI"
"""Our own record header: the URL asked for, where a redirect led to the target."""
TAKEN_DOWN = "yuanwen-taken-down"
"""Payload type of the tombstone that stands where a record was taken down."""
_PAGES = WarcRecordType.response | WarcRecordType.resource
_BLOCK = 1 << 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_RECORD_STARTS = (b"\x1f\x8b", b"WARC/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A page record as read, before it is known how long it is in the file."""

    page: FetchedPage
    offset: int
    digest: str | None
    """Of the payload, as the record says."""


def read_captures(path: Path, originals: Originals | None = None) -> Iterator[FetchedPage]:
    """Give the pages of a WARC file in order, with content and transfer encodings undone; other records are passed over.

    `capture` names the file without its folder; it is None where the file is compressed as a whole and a record has no place of its own.
    `originals`: give also the pages that revisit records stand for, where the bytes lie in a file read before with the same `originals`;
    their `capture` is the original's.

    Raises:
        StorageError: the file cannot be read, or only up to an offset; raised after the last readable page.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            yield from _pages_of(path, stream, size, originals)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}") from error


def _pages_of(path: Path, stream: BinaryIO, size: int, originals: Originals | None) -> Iterator[FetchedPage]:
    waiting: _Found | None = None
    last, has_records = 0, False
    records = ArchiveIterator(stream, record_types=WarcRecordType.any_type, parse_http=False)
    try:
        for record in records:
            position, has_records = record.stream_pos, True
            if waiting is not None:
                yield _placed(stream, path, waiting, position, originals)
                waiting = None
            last = position
            waiting = _read_record(record, position) if record.record_type & _PAGES else None
            if originals is not None and record.record_type == WarcRecordType.revisit:
                yield from _revisited(record, originals)
    except (OSError, ValueError, EOFError) as error:
        if waiting is not None:  # it was read whole; only its length in the file is unknown
            yield _placed(stream, path, waiting, _end_of_record(path, last) or last, originals)
            last = _end_of_record(path, last) or last
        if not has_records:
            raise StorageError(f"{path}: not a WARC file, or damaged at byte 0, where it begins") from error
        raise StorageError(f"{path}: damaged at byte {last}: not readable from there on") from error
    end = size if last >= size else _end_of_record(path, last)
    if waiting is not None:
        yield _placed(stream, path, waiting, end or waiting.offset, originals)
    if size == 0:
        raise StorageError(f"{path}: an empty file, no WARC records")
    if end is None or end < size:
        raise StorageError(f"{path}: cut short at byte {end if end is not None else last} of {size}")


def _placed(stream: BinaryIO, path: Path, found: _Found, end: int, originals: Originals | None) -> FetchedPage:
    """Add the capture, now that the record's end is known."""
    begins = os.pread(stream.fileno(), 5, found.offset)
    if end <= found.offset or not begins.startswith(_RECORD_STARTS):
        return found.page
    p = found.page
    capture = Capture(file=path.name, offset=found.offset, length=end - found.offset, sha256=sha256(p.body).hexdigest())
    if originals is not None:
        originals.note(found.digest, path.parent, capture)
    return _page(p.url, p.final_url, p.status, p.headers, p.body, p.fetched_at, capture)


def _page(
    url: str, final_url: str, status: int, headers: tuple[tuple[str, str], ...], body: bytes, at: datetime, capture: Capture | None = None
) -> FetchedPage:
    return FetchedPage(url=url, final_url=final_url, status=status, headers=headers, body=body, fetched_at=at, capture=capture)


def _read_record(record: Any, position: int) -> _Found | None:
    """Read a page record; None: it holds no page of the web. An EOFError says that the record is cut."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    fetched_at = parse_date(record.headers.get("WARC-Date"))
    if not url.lower().startswith(("http://", "https://")) or fetched_at is None:
        return None
    is_response = record.record_type == WarcRecordType.response
    if is_response and not record.is_http:
        return None
    promised = record.headers.get("Content-Length") or ""
    block = record.reader.read()
    if not promised.isdigit() or len(block) < int(promised):
        raise EOFError(f"record at {position} is cut")
    if is_response:
        status, headers, payload = split_response(block)
    else:
        status, headers, payload = 200, (("content-type", record.headers.get("Content-Type") or ""),), block
    named = dict(reversed(headers))  # the first of a name wins
    body = unwrap_payload(payload, named.get("transfer-encoding", ""), named.get("content-encoding", ""))
    shown = tuple((name.removeprefix(KEPT_PREFIX), value) for name, value in headers)
    asked_for = record.headers.get(REQUESTED_URL) or url
    found = _page(asked_for, url, status, shown, body, fetched_at)
    return _Found(page=found, offset=position, digest=record.headers.get("WARC-Payload-Digest"))


def _revisited(record: Any, originals: Originals) -> Iterator[FetchedPage]:
    """Give the page a revisit record stands for, where it is one that is not known already."""
    url = (record.headers.get("WARC-Target-URI") or "").strip("<> ")
    fetched_at = parse_date(record.headers.get("WARC-Date"))
    if url.lower().startswith(("http://", "https://")) and fetched_at is not None:
        status, headers, _ = split_response(record.reader.read())
        asked_for = record.headers.get(REQUESTED_URL) or url
        found = originals.find(dict(record.headers), _page(asked_for, url, status, headers, b"", fetched_at))
        if found is not None:
            yield found


def split_response(block: bytes) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    r"""Split an HTTP response into status, headers (names in lower case) and payload.

    >>> split_response(b"HTTP/1.1 404 Not Found\r\nServer: a\r\n\r\n<html>")
    (404, (('server', 'a'),), b'<html>')
    """
    end = _HEAD_END.search(block)
    if not block.startswith(b"HTTP/") or end is None:
        return 200, (), block
    status_line, *lines = block[: end.start()].splitlines()
    code = status_line.split()[1:2]
    fields = [line.partition(b":") for line in lines]
    headers = tuple((_text(name).strip().lower(), _text(value).strip()) for name, colon, value in fields if colon)
    return int(code[0]) if code and code[0].isdigit() else 200, headers, block[end.end() :]


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def parse_date(value: str | None) -> datetime | None:
    """Read a WARC-Date as an aware UTC time.

    >>> parse_date("2024-03-01T08:00:00Z"), parse_date("soon")
    (datetime.datetime(2024, 3, 1, 8, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        moment = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _end_of_record(path: Path, offset: int) -> int | None:
    """Return where the record at `offset` ends; None: it is cut."""
    with path.open("rb") as stream:
        stream.seek(offset)
        is_gzip = stream.read(2) == b"\x1f\x8b"
        stream.seek(offset)
        return _end_of_member(stream, offset) if is_gzip else _end_of_plain_record(stream, offset)


def _end_of_member(stream: BinaryIO, offset: int) -> int | None:
    inflate, read = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
    while not inflate.eof:
        block = stream.read(_BLOCK)
        if not block:
            return None
        read += len(block)
        try:
            while block and not inflate.eof:
                inflate.decompress(block, _BLOCK)
                block = inflate.unconsumed_tail
        except zlib.error:
            return None
    return offset + read - len(inflate.unused_data)


def _end_of_plain_record(stream: BinaryIO, offset: int) -> int | None:
    length, at = None, offset
    for line in stream:
        at += len(line)
        if line in (b"\r\n", b"\n"):
            break
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            length = int(value)
    if length is None:
        return None
    stream.seek(0, 2)
    end = at + length + 4  # two line ends close a record
    return end if end <= stream.tell() else None


def read_capture(folder: Path, capture: Capture) -> FetchedPage:
    """Read one page back from the archive, by its place.

    Raises:
        StorageError: the record is not there, damaged, not the one that was written, or was taken down.
    """
    path = folder / capture.file
    where = f"{path} at byte {capture.offset}"
    try:
        with path.open("rb") as stream:
            stream.seek(capture.offset)
            record_bytes = stream.read(capture.length)
        record = next(iter(ArchiveIterator(BytesIO(record_bytes), parse_http=False)), None)
        if record is not None and record.headers.get("WARC-Identified-Payload-Type") == TAKEN_DOWN:
            raise StorageError(f"{where}: this record was taken down")
        found = _read_record(record, 0) if record is not None and record.record_type & _PAGES else None
    except (OSError, ValueError, EOFError) as error:
        raise StorageError(f"{where}: {getattr(error, 'strerror', None) or 'no readable record'}") from error
    if found is None:
        raise StorageError(f"{where}: no page record there")
    if sha256(found.page.body).hexdigest() != capture.sha256:
        raise StorageError(f"{where}: the bytes are not those that were archived")
    p = found.page
    return _page(p.url, p.final_url, p.status, p.headers, p.body, p.fetched_at, capture)
