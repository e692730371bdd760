"""`yuanwen rerun URL`: one URL again, and what changed."""

import json
import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urldefrag

import typer

from crawler.config import Config, DbOption, UrlArgument, load_config
from crawler.differences import Change, diff_records, print_change
from crawler.metrics import publish_metrics
from crawler.safety.addresses import redact_url
from crawler.talk import printable, result_console, say
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.processing import Processed
    from pipelines.site_rules import RuleBook
    from pipelines.types import FetchedPage
    from storage.articles import ArticleStore


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
    from crawler.processing import Processed, explained, process_page
    from pipelines.errors import PageError, Reason
    from pipelines.record import record_of

    if as_json and explain:
        raise UsageError("--explain is for reading, --json for programs: give one of them")
    config = load_config(db=db)
    book = _rule_book(config, create=not from_archive)
    try:
        _refuse_taken_down(config, url)
        url = _first_page_of(config, url)
        pages = read_archived(config, url) if from_archive else _fetch(config, url, book, keep=not dry_run)
        if not pages:
            say(f"{url}: no capture of this URL in the archive")
            sys.exit(3)
    except PageError as error:
        detail = ": ".join(filter(None, (error.url if error.url != redact_url(url) else "", error.detail)))  # a redirect led elsewhere
        ended = Processed(url=redact_url(url), outcome=error.outcome, reason=error.reason, detail=detail)
        sys.exit(_end(config, ended, dry_run=dry_run, as_json=as_json))
    processed = process_page(pages[0], book, pages[1:])
    if processed.article is None:
        code = _end(config, replace(processed, url=url), pages[0], dry_run=dry_run, as_json=as_json)
        if explain and (lines := explained(processed, pages, book)):
            print("\n".join(map(printable, lines)))
        sys.exit(code)
    before, outcome, why_kept = _store(config, processed.article, pages[1:], dry_run=dry_run)
    if outcome == "rejected":
        sys.exit(_end(config, Processed(url=url, outcome=outcome, reason=Reason.TAKEN_DOWN), dry_run=True, as_json=as_json))
    if why_kept:
        say(f"{url}: {why_kept}")
    changes = {} if why_kept else diff_records(before, record_of(processed.article))
    if as_json:
        _print_json(url, outcome, changes=changes)
    else:
        print_changes(outcome, changes, is_new=before is None)
    if explain:
        print("\n" + "\n".join(map(printable, explained(processed, pages, book))))


def _rule_book(config: Config, *, create: bool) -> "RuleBook":
    from crawler.processing import book_with
    from storage.database import opened_database
    from storage.templates import load_templates

    with opened_database(config.db, create=create) as engine:
        return book_with(load_templates(engine))


def _first_page_of(config: Config, url: str) -> str:
    """Return the URL of the article that this one is a further page of; any other URL as it is."""
    from storage.article_reading import find_id, find_whole
    from storage.database import opened_database, reading

    with opened_database(config.db) as engine, reading(engine) as connection:
        whole = None if find_id(connection, url) else find_whole(connection, urldefrag(url).url)
    if whole is None:
        return url
    say(f"{url}: a further page of {whole[1]}, which is read in its place")
    return whole[1]


def _refuse_taken_down(config: Config, url: str) -> None:
    """Refuse what must not be fetched or read again.

    Raises:
        PageRejected: TAKEN_DOWN.
    """
    from pipelines.errors import PageRejected, Reason
    from storage.database import opened_database
    from storage.takedown import is_taken_down

    with opened_database(config.db) as engine:
        is_refused = is_taken_down(engine, url)
    if is_refused:
        raise PageRejected(Reason.TAKEN_DOWN, stage="fetch", url=url)


def _fetch(config: Config, url: str, book: "RuleBook", *, keep: bool) -> "list[FetchedPage]":
    """Fetch the article's pages and archive them.

    Raises:
        PageError: there was no answer, none that is a page, or one that was taken down.
    """
    from crawler.one_page import fetch_article

    fetched = fetch_article(config, url, book)
    if fetched.error is not None:
        raise fetched.error
    if fetched.missing is not None:
        say(f"page {len(fetched.pages) + 1} of the article is missing: {fetched.missing}")
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


def _why_kept(store: "ArticleStore", article: Any, before: dict[str, Any] | None) -> str | None:
    """Say why the stored record stays though this page may read otherwise: it is withheld, or of another address of the article."""
    if before is None:
        return None
    if before["status"] == "withheld":
        return "it is withheld: what was read is kept with it, and shown when it is released"
    if article.fetched_at < datetime.fromisoformat(before["fetched_at"]):
        return "the stored article was fetched later, and is kept"
    return "it says what it said before; the stored version, of another address of the article, is kept" if store.is_echo(article) else None


def _store(
    config: Config, article: Any, following: "Sequence[FetchedPage]", *, dry_run: bool
) -> tuple[dict[str, Any] | None, str, str | None]:
    """Save the article; return the record as it was, the outcome, and why it is kept. `following`: its further pages; `dry_run`: only compare."""
    from crawler.load_rules import load_url_rules
    from pipelines.normalize.urls import canonical_url
    from pipelines.record import record_of
    from storage.articles import ArticleStore
    from storage.database import opened_database, writing
    from storage.frontier_recovery import settle
    from storage.outcomes import finish_run, record_outcome, start_run

    with opened_database(config.db) as engine:
        store = ArticleStore(engine)
        before = store.find_stored(article)
        why_kept = _why_kept(store, article, before)
        if dry_run:
            is_changed = not why_kept and diff_records(before, record_of(article))
            return before, "created" if before is None else "updated" if is_changed else "unchanged", why_kept
        run_id = start_run(engine, "rerun", detail={"url": article.url})
        saved = store.save([article], run_id=run_id)[0]
        with writing(engine) as connection:
            settle(connection, canonical_url(article.url, load_url_rules()))
        for part in following:
            record_outcome(
                engine, run_id, part.url, "joined", site=article.site, status=part.status, fetched_at=part.fetched_at, capture=part.capture
            )
        finish_run(engine, run_id)
        publish_metrics(config, engine)
    return before, saved.outcome, why_kept


def _end(config: Config, ended: "Processed", page: "FetchedPage | None" = None, *, dry_run: bool, as_json: bool) -> int:
    """Tell, and count, how a URL ended that gave no article; give the exit code. `page`: what was fetched."""
    from crawler.one_page import REFUSALS

    if not dry_run:
        _record(config, ended, page)
    say(f"{ended.url}: {ended.line()}")
    if _is_held(config, ended.url):
        say(f"{ended.url}: the stored article is kept as it is")
    if as_json:
        _print_json(ended.url, ended.outcome, reason=ended.reason and ended.reason.value, detail=ended.detail or None)
    if ended.reason in REFUSALS:
        return 4
    return 1 if ended.outcome == "failed" else 3


def _is_held(config: Config, url: str) -> bool:
    from storage.articles import ArticleStore
    from storage.database import opened_database

    with opened_database(config.db) as engine:
        record = ArticleStore(engine).find(url)
    return record is not None and record["status"] != "withdrawn"


def _print_json(
    url: str, outcome: str, *, reason: str | None = None, detail: str | None = None, changes: dict[str, Change] | None = None
) -> None:
    shown = {"url": url, "outcome": outcome, "reason": reason, "detail": detail, "changes": changes or {}}
    print(json.dumps(shown, ensure_ascii=False))


def _record(config: Config, ended: "Processed", page: "FetchedPage | None") -> None:
    from crawler.outcome_log import site_of
    from storage.database import opened_database
    from storage.outcomes import finish_run, record_outcome, start_run

    with opened_database(config.db) as engine:
        run_id = start_run(engine, "rerun", detail={"url": ended.url})
        record_outcome(
            engine, run_id, ended.url, ended.outcome, ended.reason.value if ended.reason else None, ended.detail or None,
            site=site_of(page.final_url if page else ended.url), status=page.status if page else None,
            fetched_at=page.fetched_at if page else None, capture=page.capture if page else None,
        )  # fmt: skip
        finish_run(engine, run_id)
        publish_metrics(config, engine)


def print_changes(outcome: str, changes: dict[str, Change], *, is_new: bool) -> None:
    """Print the difference: old in red, new in green, long texts by their changed paragraphs."""
    console = result_console()
    said = "a new article" if is_new else f"{len(changes)} field(s) changed" if changes else "nothing changed"
    console.print(f"{outcome}: {said}", style="bold", markup=False)
    for key, change in changes.items():
        print_change(console, key, change)
