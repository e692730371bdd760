"""`yuanwen rerun URL`: one URL again, and what changed."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import Config, DbOption, load_config
from crawler.talk import result_console, say

if TYPE_CHECKING:
    from pipelines.types import FetchedPage

SHOWN = (
    "title", "original_title", "published_at", "published_precision", "modified_at", "source", "source_url", "via", "dateline",
    "authors", "editors", "keywords", "section", "site_name", "language", "canonical_url", "is_repost", "disguised", "repairs",
    "images", "notes", "confidence", "extractor", "charset", "text",
)  # fmt: skip
"""Record keys in the order of the difference; times of fetching and the like are no change of the article."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rerun")(rerun)


def rerun(
    url: str,
    from_archive: Annotated[bool, typer.Option("--from-archive", help="take the newest capture, do not fetch")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="store nothing")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="show the rule behind each field and each removed block")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the outcome and the changes as one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Fetch one URL again, process and store it; show what changed, field by field."""
    from crawler.load_rules import load_rule_book
    from crawler.processing import process_page

    config = load_config(db=db)
    _refuse_taken_down(config, url)
    pages = _read_newest(config, url) if from_archive else _fetch(config, url, keep=not dry_run)
    processed = process_page(pages[0], load_rule_book(), pages[1:])
    if processed.article is None:
        _record(config, url, processed.outcome, processed.reason, processed.detail, dry_run=dry_run)
        say(f"{url}: {processed.line()}")
        sys.exit(3)
    before, outcome = _store(config, processed.article, dry_run=dry_run)
    if outcome == "rejected":
        say(f"{url}: rejected/taken_down")
        sys.exit(4)
    from pipelines.record import record_of

    changes = diff_records(before, record_of(processed.article))
    if as_json:
        print(json.dumps({"url": url, "outcome": outcome, "changes": changes}, ensure_ascii=False))
    else:
        print_changes(outcome, changes, is_new=before is None)
    if explain:
        print_evidence(processed.article)


def _refuse_taken_down(config: Config, url: str) -> None:
    """End the command where the URL must not be fetched or read again."""
    from storage.database import opened_database
    from storage.takedown import is_taken_down

    with opened_database(config.db) as engine:
        is_refused = is_taken_down(engine, url)
    if is_refused:
        say(f"{url}: rejected/taken_down")
        sys.exit(4)


def _fetch(config: Config, url: str, *, keep: bool) -> "list[FetchedPage]":
    """Fetch the article's pages and archive them; without an answer the command ends here."""
    from crawler.one_page import fetch_article

    fetched = fetch_article(config, url)
    if fetched.error is not None:
        error = fetched.error
        _record(config, error.url, error.outcome, error.reason, error.detail, dry_run=not keep)
        say(str(error))
        sys.exit(4 if fetched.is_refused else 1)
    if not keep:
        return fetched.pages
    from storage.captures import CaptureWriter

    archive = CaptureWriter(config.archive_folder)
    try:
        return [archive.write(page) for page in fetched.pages]
    finally:
        archive.close()


def _read_newest(config: Config, url: str) -> "list[FetchedPage]":
    """Read the newest capture of the stored article, and of the pages that follow it.

    Raises:
        UsageError: nothing is stored of this URL.
        StorageError: the capture cannot be read.
    """
    from crawler.archived import read_archived

    return read_archived(config, url)


def _store(config: Config, article: Any, *, dry_run: bool) -> tuple[dict[str, Any] | None, str]:
    """Save the article; return the record as it was and the outcome. `dry_run`: only compare."""
    from pipelines.record import record_of
    from storage.articles import ArticleStore
    from storage.database import opened_database
    from storage.outcomes import finish_run, start_run

    with opened_database(config.db) as engine:
        store = ArticleStore(engine)
        before = store.find(article.url)
        if dry_run:
            return before, "created" if before is None else "updated" if diff_records(before, record_of(article)) else "unchanged"
        run_id = start_run(engine, "rerun", detail={"url": article.url})
        saved = store.save([article], run_id=run_id)[0]
        finish_run(engine, run_id)
    return before, saved.outcome


def _record(config: Config, url: str, outcome: str, reason: Any, detail: str, *, dry_run: bool) -> None:
    if dry_run:
        return
    from storage.database import opened_database
    from storage.outcomes import finish_run, record_outcome, start_run

    with opened_database(config.db) as engine:
        run_id = start_run(engine, "rerun", detail={"url": url})
        record_outcome(engine, run_id, url, outcome, reason.value if reason else None, detail or None)
        finish_run(engine, run_id)


def diff_records(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return `{key: [old, new]}` for the keys that differ; all of the new record's where there was none."""
    old = before or {}
    return {key: [old.get(key), after[key]] for key in SHOWN if old.get(key) != after[key] and (before or after[key] not in (None, [], ""))}


def print_changes(outcome: str, changes: dict[str, list[Any]], *, is_new: bool) -> None:
    """Print the difference: old in red, new in green, long texts by their changed paragraphs."""
    from rich.text import Text

    console = result_console()
    console.print(
        Text(
            f"{outcome}: {'a new article' if is_new else f'{len(changes)} field(s) changed' if changes else 'nothing changed'}",
            style="bold",
        )
    )
    for key, (old, new) in changes.items():
        console.print(Text(key, style="bold cyan"))
        for sign, style, lines in _lines(old, new):
            for line in lines:
                console.print(Text(f"  {sign} {line}", style=style))


def _lines(old: Any, new: Any) -> list[tuple[str, str, list[str]]]:
    was, now = _as_lines(old), _as_lines(new)
    kept = set(was) & set(now) if len(was) + len(now) > 2 else set()
    gone, come = [x for x in was if x not in kept], [x for x in now if x not in kept]
    unchanged = [f"({len(kept)} line(s) as before)"] if kept else []
    return [("-", "red", gone), ("+", "green", come), (" ", "dim", unchanged)]


def _as_lines(value: Any) -> list[str]:
    if value is None:
        return []
    return value.split("\n") if isinstance(value, str) else [json.dumps(value, ensure_ascii=False)]


def print_evidence(article: Any) -> None:
    """Print the rule and the printed words behind each field, and what was removed."""
    from rich.text import Text

    console = result_console()
    for key, evidence in sorted(article.evidence.items()):
        console.print(Text(f"{key}: {evidence.rule}: {evidence.text}"))
    for block in article.removed:
        console.print(Text(f"removed {block.kind} by {block.rule}: {block.text[:200]}", style="dim"))
