"""The WARC records behind articles, copied byte for byte into one file."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from pipelines.errors import StorageError
from pipelines.types import Capture
from storage.article_reading import find_parts
from storage.captures import info_record
from storage.database import reading
from storage.exports import Selection, iterate_records


def export_warc(engine: Engine, selection: Selection, archive: Path, target: Path) -> int:
    """Copy the records of the current versions, with the further pages of their articles; return the number of articles.

    Raises:
        StorageError: a record cannot be read.
    """
    count = 0
    with target.open("wb") as out:
        out.write(info_record(target.name.removesuffix(".part")))
        for captures in _captures(engine, selection):
            for capture in captures:
                out.write(_record_bytes(archive, capture))
            count += 1
    return count


def _captures(engine: Engine, selection: Selection) -> Iterator[list[Capture]]:
    for record in iterate_records(engine, selection):
        if record["capture"] is not None:
            with reading(engine) as connection:
                yield [Capture(**record["capture"]), *find_parts(connection, record["id"])]


def _record_bytes(archive: Path, capture: Capture) -> bytes:
    path = archive / capture.file
    try:
        with path.open("rb") as stream:
            stream.seek(capture.offset)
            stored = stream.read(capture.length)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from error
    if len(stored) < capture.length:
        raise StorageError(f"{path}: cut short before byte {capture.offset + capture.length}")
    return stored if stored.startswith(b"\x1f\x8b") else gzip.compress(stored, mtime=0)
