"""`yuanwen show URL or ID`: one stored article."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, result_console, say

SHOWN = (
    "id", "url", "final_url", "canonical_url", "site", "site_name", "title_raw", "original_title", "published_at", "published_precision",
    "published_raw", "modified_at", "source", "source_raw", "source_url", "via", "dateline", "authors", "editors", "section", "keywords",
    "language", "is_repost", "disguised", "repairs", "notes", "confidence", "extractor", "charset", "fetched_at", "first_seen_at",
    "revision", "status", "story_id", "capture", "images",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("show")(show)


def show(
    url_or_id: Annotated[str, typer.Argument(metavar="URL or ID", help="any URL of the article, or its id")],
    as_json: Annotated[bool, typer.Option("--json", help="the record as one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Show a stored article with all its fields."""
    from storage.articles import ArticleStore
    from storage.database import open_database

    engine = open_database(load_config(db=db).db, create=False)
    try:
        record = ArticleStore(engine).find_any(url_or_id)
    finally:
        engine.dispose()
    if record is None:
        say(f"{url_or_id}: no such article")
        sys.exit(3)
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    else:
        _print(record)


def _print(record: dict[str, Any]) -> None:
    console = result_console()
    console.print(printable(record["title"] or "(no title)"), style="bold", markup=False)
    for key in SHOWN:
        value = record[key]
        if value not in (None, [], ""):
            console.print(f"  {key:<20}", end="", style="dim")
            console.print(printable(_written(value)), markup=False, soft_wrap=True)
    console.print()
    for paragraph in (record["text"] or "").split("\n"):
        # The terminal wraps: Chinese has no spaces to do it at.
        console.print(printable(paragraph) + "\n", markup=False, soft_wrap=True)


def _written(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return "、".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
