"""`yuanwen repair --train`: a language model from the user's own accepted articles."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy

from crawler.load_rules import DATA
from pipelines.errors import UsageError
from pipelines.repair.adapt import adapt
from pipelines.repair.model import from_arrays


def train_model(source: str, output: Path) -> str:
    """Write a model for text like that of `source` (a database URL or a JSON lines file); return what to say about it.

    Raises:
        UsageError: the source cannot be read or holds too little Chinese text, or the output cannot be written.
        StorageError: the database cannot be read.
    """
    with numpy.load(DATA / "models" / "zh.npz") as file:
        base = dict(file)
    try:
        arrays = adapt(base, _texts(source))
    except ValueError as error:
        raise UsageError(f"{source}: {error}") from error
    from_arrays(arrays)
    _save(arrays, output)
    n_new = len(arrays["n_entries"]) - len(base["n_entries"])
    return f"{output}: {len(arrays['n_entries']):,} words, {n_new:,} of them new; use it with YUANWEN_MODEL={output}"


def _texts(source: str) -> Iterator[str]:
    """Yield title and body of each clean Chinese article; what was itself repaired teaches nothing."""
    records = _database_records(source) if "://" in source else _file_records(Path(source))
    for record in records:
        if isinstance(record.get("text"), str) and not record.get("disguised") and (record.get("language") or "zh").startswith("zh"):
            yield "\n".join(filter(None, (record.get("title"), record["text"])))


def _database_records(url: str) -> Iterator[dict[str, Any]]:
    from storage.database import open_database
    from storage.exports import Selection, iterate_records

    return iterate_records(open_database(url, create=False), Selection())


def _file_records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    record = json.loads(line)
                    if not isinstance(record, dict):
                        raise ValueError(f"line {number}: not an object")
                    yield record
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"line {number}: not JSON: {error}") from error


def _save(arrays: dict[str, numpy.ndarray], output: Path) -> None:
    """Write beside the target and rename, so that a model is whole or not there; others may read it as any new file."""
    new = output.with_name(f".{output.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            numpy.savez_compressed(file, **arrays)
        new.replace(output)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise UsageError(f"{output}: {error.strerror}") from error
