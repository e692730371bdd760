"""`yuanwen extract`: saved pages to articles, no database."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.load_rules import load_rule_book
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.record import RECORD_KEYS, record_of
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract")(extract)


def extract(paths: list[Path], jsonl: Annotated[bool, typer.Option("--jsonl", help="one JSON object a line")] = False) -> None:
    """Process saved HTML files, folders or WARC files."""
    book = load_rule_book()
    for path in _files(paths):
        print(json.dumps(outcome_of(path, book), ensure_ascii=False))
    sys.exit(0)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def outcome_of(path: Path, book: RuleBook) -> dict[str, Any]:
    """Process one file into its record, `file`, `outcome` and `reason`."""
    page = FetchedPage(
        url=path.resolve().as_uri(), final_url=path.resolve().as_uri(), status=200, headers=(), body=path.read_bytes(),
        fetched_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )  # fmt: skip
    try:
        return {"file": path.name, "outcome": "article", "reason": None, **record_of(process(page, book))}
    except PageError as error:
        return {"file": path.name, "outcome": error.outcome, "reason": error.reason.value, **dict.fromkeys(RECORD_KEYS)}
