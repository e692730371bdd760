"""Erase records of WARC files where they stand: a tombstone of the same length takes their place, so every other place stays true."""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from pipelines.errors import StorageError
from storage.capture_reading import TAKEN_DOWN, read_captures

_GZIP_WITH_COMMENT = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
"""Header of a gzip member with a comment: the comment is the padding, of any length, and readers pass over it."""


def find_records(path: Path, urls: Collection[str]) -> Iterator[tuple[int, int]]:
    """Give offset and length of the page records of some URLs; a damaged file is searched as far as it can be read."""
    try:
        for page in read_captures(path):
            if page.capture is not None and not {page.url, page.final_url}.isdisjoint(urls):
                yield page.capture.offset, page.capture.length
    except StorageError:
        return


def erase_record(path: Path, offset: int, length: int, *, reason: str, at: datetime) -> None:
    """Overwrite a record with a tombstone of the same length.

    Raises:
        StorageError: the file cannot be written, or the record is too short for a tombstone.
    """
    try:
        with path.open("r+b") as stream:
            stream.seek(offset)
            is_gzip = stream.read(2) == b"\x1f\x8b"
            stream.seek(offset)
            stream.write(_tombstone(length, reason, at, is_gzip=is_gzip))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror or error}") from error


def _tombstone(length: int, reason: str, at: datetime, *, is_gzip: bool) -> bytes:
    """Return a record of exactly `length` bytes; the reason is left out where there is no room."""
    for note in (f"reason: {' '.join(reason.split())}\r\n".encode(), b""):
        made = _packed(note, length, at) if is_gzip else _padded(note, length, at)
        if made is not None and len(made) == length:
            return made
    raise StorageError(f"a record of {length} bytes is too short for a tombstone")


def _record(note: bytes, at: datetime) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{uuid4()}>\r\nWARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\n"
        f"WARC-Identified-Payload-Type: {TAKEN_DOWN}\r\nContent-Type: application/warc-fields\r\nContent-Length: {len(note)}\r\n\r\n"
    )
    return head.encode() + note + b"\r\n\r\n"


def _packed(note: bytes, length: int, at: datetime) -> bytes | None:
    record = _record(note, at)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(record) + deflate.flush()
    trailer = zlib.crc32(record).to_bytes(4, "little") + len(record).to_bytes(4, "little")
    n_padding = length - len(_GZIP_WITH_COMMENT) - 1 - len(packed) - len(trailer)
    return None if n_padding < 0 else _GZIP_WITH_COMMENT + b" " * n_padding + b"\0" + packed + trailer


def _padded(note: bytes, length: int, at: datetime) -> bytes | None:
    """Fill up with spaces; the number of digits of the length may change with them, hence two tries."""
    n_padding = length - len(_record(note, at))
    for _ in range(2):
        if n_padding < 0:
            return None
        made = _record(note + b" " * n_padding, at)
        n_padding -= len(made) - length
    made = _record(note + b" " * n_padding, at)
    return made if len(made) == length else None
