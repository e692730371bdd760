"""The archive: pages as WARC/1.1 response records, each safely on disk before anything points at it."""

from __future__ import annotations

import gzip
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.errors import StorageError
from pipelines.types import Capture, FetchedPage
from storage.capture_reading import KEPT_PREFIX, REQUESTED_URL, read_capture, read_captures

__all__ = ["CaptureWriter", "read_capture", "read_captures"]

MAX_FILE_BYTES = 1_000_000_000
"""A file this large is closed and the next one begun: the size other archives use."""
_GZIP_LEVEL = 6
_UNDONE = ("content-encoding", "transfer-encoding")


class CaptureWriter:
    """Writes pages to dated files of an archive folder; one open file, used by one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None
        self._name, self._size, self._day, self._process = "", 0, "", 0
        self._lock = threading.Lock()

    def write(self, page: FetchedPage) -> FetchedPage:
        """Archive a page and return it with its `capture`; its bytes are on the disk by then.

        Raises:
            StorageError: the folder cannot be written to; no half record is left.
        """
        digest = sha256(page.body).hexdigest()
        offset, length = self._append(_response_record(page, digest))
        return replace(page, capture=Capture(file=self._name, offset=offset, length=length, sha256=digest))

    def write_revisit(self, page: FetchedPage, earlier: FetchedPage) -> FetchedPage:
        """Note that a page was fetched again and held the same bytes, or was not modified (304); returned with the capture of those bytes.

        Raises:
            StorageError: as `write`.
            ValueError: `earlier` has no capture.
        """
        if earlier.capture is None:
            raise ValueError(f"{earlier.final_url}: not archived")
        self._append(_revisit_record(page, earlier, earlier.capture.sha256))
        return replace(page, capture=earlier.capture)

    def close(self) -> None:
        """Close the open file, if any."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> CaptureWriter:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _append(self, record: bytes) -> tuple[int, int]:
        with self._lock:
            try:
                file = self._open_file()
                offset = self._size
                self._write_whole(file, record)
                return offset, len(record)
            except OSError as error:
                raise StorageError(f"{self.folder}: the archive cannot be written: {error.strerror or error}") from error

    def _write_whole(self, file: int, record: bytes) -> None:
        try:
            rest = memoryview(record)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, self._size)  # a half record would hide all that follow
            os.lseek(file, self._size, os.SEEK_SET)
            raise
        self._size += len(record)

    def _open_file(self) -> int:
        now = datetime.now(UTC)
        is_ours = self._process == os.getpid()  # a forked process must not write into its parent's file
        if self._file is not None and is_ours and self._day == f"{now:%Y%m%d}" and self._size < MAX_FILE_BYTES:
            return self._file
        if is_ours:
            self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file, self._name = self._create(now)
        self._size, self._day, self._process = 0, f"{now:%Y%m%d}", os.getpid()
        try:
            self._write_whole(self._file, info_record(self._name))
        except OSError:
            self.close()
            (self.folder / self._name).unlink()  # an empty file is no archive: whoever reads the folder later would find it damaged
            raise
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)  # the name itself must survive a power cut
        os.close(folder)
        return self._file

    def _create(self, now: datetime) -> tuple[int, str]:
        number = 0
        while True:
            name = f"yuanwen-{now:%Y%m%d-%H%M%S}-{os.getpid()}-{number:03}.warc.gz"
            try:
                return os.open(self.folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644), name
            except FileExistsError:
                number += 1


def _response_record(page: FetchedPage, digest: str) -> bytes:
    builder, buffer = _builder()
    record = builder.create_warc_record(
        page.final_url, "response", payload=BytesIO(page.body), length=len(page.body),
        http_headers=_http_headers(page), warc_headers_dict=_warc_headers(page, digest),
    )  # fmt: skip
    builder.write_record(record)
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def _revisit_record(page: FetchedPage, earlier: FetchedPage, digest: str) -> bytes:
    builder, buffer = _builder()
    record = builder.create_revisit_record(
        page.final_url, digest=f"sha256:{digest}", refers_to_uri=earlier.final_url,
        refers_to_date=warc_date(earlier.fetched_at), http_headers=_http_headers(page), warc_headers_dict=_warc_headers(page, None),
    )  # fmt: skip
    if page.status == 304:
        record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
    builder.write_record(record)
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


def info_record(name: str) -> bytes:
    """Return the record that begins a file."""
    builder, buffer = _builder()
    facts = {"software": f"yuanwen/{version('yuanwen')}", "format": "WARC File Format 1.1"}
    builder.write_record(builder.create_warcinfo_record(name, facts))
    return gzip.compress(buffer.getvalue(), _GZIP_LEVEL, mtime=0)


def _builder() -> tuple[Any, BytesIO]:
    buffer = BytesIO()
    return WARCWriter(buffer, gzip=False, warc_version="WARC/1.1"), buffer


def _warc_headers(page: FetchedPage, digest: str | None) -> dict[str, str]:
    headers = {"WARC-Date": warc_date(page.fetched_at)}
    if digest is not None:
        headers["WARC-Payload-Digest"] = f"sha256:{digest}"
    if page.url != page.final_url:
        headers[REQUESTED_URL] = page.url
    return headers


def warc_date(moment: datetime) -> str:
    """Write an instant as WARC/1.1 does, to the microsecond.

    >>> warc_date(datetime(2024, 3, 1, 8, tzinfo=UTC))
    '2024-03-01T08:00:00.000000Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


class _Headers(StatusAndHeaders):  # type: ignore[misc]
    """Headers as UTF-8: warcio would percent-encode what servers of Chinese sites send as they please."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        """Set the bytes that are written."""
        self.headers_buff = self.to_bytes(header_filter)


def _http_headers(page: FetchedPage) -> StatusAndHeaders:
    """Headers as sent; those of a wrapping that is undone are renamed, so that no reader unwraps the body again."""
    wrong_length = any(name == "content-length" and value.strip() != str(len(page.body)) for name, value in page.headers)
    undone = (*_UNDONE, "content-length") if wrong_length else _UNDONE
    headers = [(KEPT_PREFIX + name if name in undone else name, " ".join(value.splitlines())) for name, value in page.headers]
    return _Headers(f"{page.status} {_reason(page.status)}", headers, protocol="HTTP/1.1")


def _reason(status: int) -> str:
    from http import HTTPStatus

    return next((known.phrase for known in HTTPStatus if known == status), "Unknown")
