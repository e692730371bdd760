"""`yuanwen rerun URL`: one URL again, and what changed."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import Config, DbOption, UrlArgument, load_config
from crawler.differences import Change, diff_records, print_change
from crawler.metrics import publish_metrics
from crawler.talk import printable, result_console, say

if TYPE_CHECKING:
    from pipelines.site_rules import RuleBook
    from pipelines.types import FetchedPage


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rerun")(rerun)


def rerun(
    url: UrlArgument,
    from_archive: Annotated[bool, typer.Option("--from-archive", help="take the newest capture, do not fetch")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="store nothing")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="show the rule behind each field and each removed block")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the outcome and the changes as one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Fetch one URL again, store it, show what changed."""
    from crawler.archived import read_archived
    from crawler.processing import process_page
    from pipelines.explain import explain as explain_pages
    from pipelines.ingest import process_explained
    from pipelines.record import record_of

    config = load_config(db=db)
    _refuse_taken_down(config, url)
    book = _rule_book(config)
    pages = read_archived(config, url) if from_archive else _fetch(config, url, book, keep=not dry_run)
    processed = process_page(pages[0], book, pages[1:])
    if processed.article is None:
        _record(config, url, processed.outcome, processed.reason, processed.detail, dry_run=dry_run)
        say(f"{url}: {processed.line()}")
        sys.exit(3)
    before, outcome = _store(config, processed.article, dry_run=dry_run)
    if outcome == "rejected":
        say(f"{url}: rejected/taken_down")
        sys.exit(4)
    changes = diff_records(before, record_of(processed.article))
    if as_json:
        print(json.dumps({"url": url, "outcome": outcome, "changes": changes}, ensure_ascii=False))
    else:
        print_changes(outcome, changes, is_new=before is None)
    if explain:
        print("\n" + "\n".join(map(printable, explain_pages(*process_explained(pages[0], book, pages[1:])))))


def _rule_book(config: Config) -> "RuleBook":
    from crawler.processing import book_with
    from storage.database import opened_database
    from storage.templates import load_templates

    with opened_database(config.db) as engine:
        return book_with(load_templates(engine))


def _refuse_taken_down(config: Config, url: str) -> None:
    """End the command where the URL must not be fetched or read again."""
    from storage.database import opened_database
    from storage.takedown import is_taken_down

    with opened_database(config.db) as engine:
        is_refused = is_taken_down(engine, url)
    if is_refused:
        say(f"{url}: rejected/taken_down")
        sys.exit(4)


def _fetch(config: Config, url: str, book: "RuleBook", *, keep: bool) -> "list[FetchedPage]":
    """Fetch the article's pages and archive them; without an answer the command ends here."""
    from crawler.one_page import fetch_article

    fetched = fetch_article(config, url, book)
    if fetched.error is not None:
        error = fetched.error
        _record(config, error.url, error.outcome, error.reason, error.detail, dry_run=not keep)
        say(str(error))
        sys.exit(4 if fetched.is_refused else 1)
    for page in fetched.pages:  # a redirect may have led there: its text must not come back into the archive
        _refuse_taken_down(config, page.final_url)
    if not keep:
        return fetched.pages
    from storage.captures import CaptureWriter

    archive = CaptureWriter(config.archive_folder)
    try:
        return [archive.write(page) for page in fetched.pages]
    finally:
        archive.close()


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
        publish_metrics(config, engine)
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
        publish_metrics(config, engine)


def print_changes(outcome: str, changes: dict[str, Change], *, is_new: bool) -> None:
    """Print the difference: old in red, new in green, long texts by their changed paragraphs."""
    console = result_console()
    said = "a new article" if is_new else f"{len(changes)} field(s) changed" if changes else "nothing changed"
    console.print(f"{outcome}: {said}", style="bold", markup=False)
    for key, change in changes.items():
        print_change(console, key, change)
