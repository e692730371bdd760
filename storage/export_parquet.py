"""Parquet files with a manifest and a data dictionary; needs the extra `parquet`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pipelines.errors import UsageError
from pipelines.record import RECORD_KEYS
from pipelines.types import SCHEMA_VERSION
from storage.exports import Selection, iterate_records
from storage.view_columns import ARTICLE_COLUMNS

ROWS_PER_FILE = 50_000
ROWS_PER_GROUP = 2_000
"""Held in memory while a group is written: some 20 MB."""


def export_parquet(engine: Engine, selection: Selection, folder: Path) -> int:
    """Write `articles-00000.parquet`, …, `manifest.json` and `dictionary.json` into a new folder; return the number of articles.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError("parquet needs pyarrow: pip install -e '.[parquet]' in the checkout") from error
    schema = _arrow_schema(pyarrow)
    folder.mkdir()
    records = iterate_records(engine, selection)
    files: list[dict[str, Any]] = []
    while first := list(islice(records, ROWS_PER_GROUP)):
        path, n_rows = folder / f"articles-{len(files):05}.parquet", 0
        with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            while first:
                writer.write_table(pyarrow.Table.from_pylist([_row_of(record) for record in first], schema=schema))
                n_rows += len(first)
                first = list(islice(records, ROWS_PER_GROUP)) if n_rows < ROWS_PER_FILE else []
        files.append({"name": path.name, "rows": n_rows, "bytes": path.stat().st_size, "sha256": _digest(path)})
    if not files:
        path = folder / "articles-00000.parquet"
        pyarrow.parquet.write_table(schema.empty_table(), path)
        files.append({"name": path.name, "rows": 0, "bytes": path.stat().st_size, "sha256": _digest(path)})
    total = sum(int(file["rows"]) for file in files)
    _write_json(folder / "manifest.json", _manifest(selection, files, total))
    _write_json(
        folder / "dictionary.json", [{"column": key, "type": str(schema.field(key).type), "meaning": _meaning(key)} for key in schema.names]
    )
    return total


def _arrow_schema(pyarrow: Any) -> Any:
    text, words, moment = pyarrow.string(), pyarrow.list_(pyarrow.string()), pyarrow.timestamp("us", tz="UTC")
    image = pyarrow.struct([("url", text), ("caption", text), ("credit", text)])
    special = {
        "schema_version": pyarrow.int32(), "revision": pyarrow.int32(), "confidence": pyarrow.float64(),
        "is_repost": pyarrow.bool_(), "disguised": pyarrow.bool_(), "fetched_at": moment, "first_seen_at": moment,
        "via": words, "authors": words, "editors": words, "keywords": words, "section": words, "notes": words,
        "images": pyarrow.list_(image), "repairs": pyarrow.list_(pyarrow.struct([("kind", text), ("count", pyarrow.int32())])),
        "charset": pyarrow.struct([("declared", text), ("used", text), ("errors", pyarrow.int32())]),
        "capture": pyarrow.struct([("file", text), ("offset", pyarrow.int64()), ("length", pyarrow.int64()), ("sha256", text)]),
    }  # fmt: skip
    return pyarrow.schema([*((key, special.get(key, text)) for key in RECORD_KEYS), ("published_utc", moment)])


def _row_of(record: dict[str, Any]) -> dict[str, Any]:
    times = {key: datetime.fromisoformat(record[key]) for key in ("fetched_at", "first_seen_at")}
    published = record["published_at"]
    return record | times | {"published_utc": datetime.fromisoformat(published).astimezone(UTC) if published else None}


def _manifest(selection: Selection, files: list[dict[str, Any]], total: int) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "made_by": f"yuanwen {version('yuanwen')}",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "selection": {
            "site": selection.site,
            "since": selection.since.isoformat() if selection.since else None,
            "story_id": selection.story_id,
        },
        "rows": total,
        "files": files,
    }


def _meaning(column: str) -> str:
    if column == "published_utc":
        return "published_at as an instant; the start of the day, month or year where the page printed no more"
    return ARTICLE_COLUMNS[column]


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
