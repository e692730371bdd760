"""Exports: every usable article as JSON lines, CSV, schema.org, ninjs, Dolma, Parquet or WARC; streamed, memory bounded."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, select

from pipelines.errors import StorageError, UsageError
from pipelines.record import RECORD_KEYS
from storage.article_reading import JSON_KEYS, read_records
from storage.database import reading
from storage.export_shapes import dolma_of, news_article_of, ninjs_of
from storage.schema import article

STEP = 500
"""Articles held in memory at a time."""
BOM = "\ufeff"
"""Excel takes a CSV file without it for the local code page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles."""

    site: str | None = None
    """Registrable domain."""
    since: datetime | None = None
    """Fetched then or later."""
    story_id: str | None = None


def iterate_records(engine: Engine, selection: Selection) -> Iterator[dict[str, Any]]:
    """Give the records of usable articles in the order they were first stored, in steps."""
    query = select(article.c.pk, article.c.id).where(article.c.status == "usable").order_by(article.c.pk).limit(STEP)
    if selection.site is not None:
        query = query.where(article.c.site == selection.site)
    if selection.since is not None:
        query = query.where(article.c.fetched_at >= selection.since)
    if selection.story_id is not None:
        query = query.where(article.c.story_id == selection.story_id)
    last = 0
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(article.c.pk > last)).all()
            records = read_records(connection, [row.id for row in rows])
        if not rows:
            return
        yield from (records[row.id] for row in rows if records[row.id]["status"] == "usable")
        last = rows[-1].pk


def json_line(value: dict[str, Any]) -> str:
    """Write one object as a line."""
    return json.dumps(value, ensure_ascii=False) + "\n"


_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What begins with one of these is a formula to a spreadsheet: a page must not get one into it by its headline."""


def csv_cell(cell: Any) -> Any:
    """Return a cell that a spreadsheet takes for text.

    >>> csv_cell("=1+1"), csv_cell("桥"), csv_cell(-1)
    ("'=1+1", '桥', -1)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_COMPUTED) else cell


def csv_line(record: dict[str, Any]) -> str:
    """Write a record as a line of CSV; lists and objects are JSON, null is empty, an apostrophe stands before what would be a formula."""
    row = [
        json.dumps(record[key], ensure_ascii=False) if key in JSON_KEYS and record[key] is not None else record[key] for key in RECORD_KEYS
    ]
    return _csv_row(row)


def _csv_row(cells: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(["" if cell is None else csv_cell(cell) for cell in cells])
    return buffer.getvalue()


LINE_FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {
    "jsonl": json_line,
    "csv": csv_line,
    "jsonld": lambda record: json_line(news_article_of(record)),
    "ninjs": lambda record: json_line(ninjs_of(record)),
    "dolma": lambda record: json_line(dolma_of(record)),
}
"""Formats of one line an article, and how the line is written."""
FORMATS = (*LINE_FORMATS, "parquet", "warc")


def export_lines(engine: Engine, form: str, selection: Selection, out: IO[str]) -> int:
    """Write one line an article; return their number."""
    write_line, count = LINE_FORMATS[form], 0
    if form == "csv":
        out.write(BOM + _csv_row(list(RECORD_KEYS)))
    for record in iterate_records(engine, selection):
        out.write(write_line(record))
        count += 1
    return count


def export_to_file(engine: Engine, form: str, selection: Selection, target: Path, archive: Path) -> int:
    """Export into a file (parquet: a new folder); return the number of articles. Nothing that exists is overwritten.

    Raises:
        UsageError: an unknown format, a target that exists, or pyarrow is missing.
        StorageError: the target cannot be written, or the archive not read.
    """
    if form not in FORMATS:
        raise UsageError(f"{form}: the formats are {', '.join(FORMATS)}")
    with unfinished(target) as part:
        if form == "parquet":
            from storage.export_parquet import export_parquet

            return export_parquet(engine, selection, part)
        if form == "warc":
            from storage.export_warc import export_warc

            return export_warc(engine, selection, archive, part)
        with part.open("w", encoding="utf-8", newline="") as out:
            return export_lines(engine, form, selection, out)


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Give a path to write to, which gets its name at the end: an export cut short must not pass for a whole one.

    Raises:
        UsageError: the target exists.
        StorageError: it cannot be written.
    """
    if target.exists():
        raise UsageError(f"{target}: exists already")
    part = target.with_name(target.name + ".part")
    try:
        _remove(part)  # of a run that was killed
        yield part
        os.replace(part, target)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            _remove(part)


def _remove(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part)
    else:
        part.unlink(missing_ok=True)
