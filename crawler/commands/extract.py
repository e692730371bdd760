"""`yuanwen extract`: saved pages to articles, no database."""

from __future__ import annotations

import collections
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.talk import printable, progress, result_console, say
from pipelines.counted import counted
from pipelines.errors import Reason, UsageError

if TYPE_CHECKING:
    from crawler.processing import Processed
    from crawler.saved_pages import SavedPage
    from pipelines.extract.templates import TemplateBook
    from pipelines.types import FetchedPage

FAULTS = frozenset({Reason.INTERNAL, Reason.BAD_RESPONSE})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract")(extract)


def extract(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="HTML files, folders of them, WARC files; - is standard input")],
    urls: Annotated[
        Path | None, typer.Option("--urls", metavar="FILE", help='JSON lines {"file", "url"}: where the pages came from')
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="one JSON object a line")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON array")] = False,
    learn: Annotated[bool, typer.Option("--learn", help="first learn templates from the given pages, by host")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="show each page's blocks, what was removed and why, and the evidence of each field")
    ] = False,
) -> None:
    """Process saved pages and print the articles."""
    from crawler.config import load_config
    from crawler.saved_pages import STDIN, find_files, load_urls, read_saved_pages

    if jsonl + as_json + explain > 1:
        raise UsageError("--jsonl, --json and --explain are three forms of the result: give one of them")
    url_of = load_urls(urls) if urls else {}
    files = [path for path in paths if path != STDIN]
    n_files = sum(1 for _ in find_files(files)) + len(paths) - len(files)
    if not n_files:
        say(f"{', '.join(map(str, paths))}: no files there")
    rows: list[dict[str, Any]] = []
    counts: collections.Counter[str] = collections.Counter()
    templates = _learn(read_saved_pages(files, url_of), n_files) if learn else None
    if explain:
        raise typer.Exit(_explain(read_saved_pages(paths, url_of), templates))
    outcomes = _outcomes(read_saved_pages(paths, url_of), load_config().workers, templates)
    for saved, done in progress(outcomes, "extract", n_files):
        row = _row(saved, done)
        counts[row["outcome"]] += 1
        if done.article is None:
            say(f"{saved.file}: {done.line()}")
        if jsonl:
            print(json.dumps(row, ensure_ascii=False), flush=sys.stdout.isatty())
        elif as_json:
            rows.append(row)
        elif row["outcome"] == "article":
            _show(row)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    raise typer.Exit(exit_code(counts))


def exit_code(counts: collections.Counter[str]) -> int:
    """0 something extracted; 3 nothing; 5 a part failed; 1 all failed."""
    if counts["failed"]:
        return 5 if counts.total() > counts["failed"] else 1
    return 0 if counts["article"] else 3


def _learn(saved_pages: Iterable[SavedPage], n_files: int) -> TemplateBook:
    """Learn templates from the pages; they are kept for this run only."""
    from crawler.load_rules import load_rule_book
    from pipelines.ingest import learn

    book = learn((saved.page for saved in progress(saved_pages, "learn", n_files) if saved.page is not None), load_rule_book())
    say(f"learned {counted(len(book), 'template')}")
    return book


def _explain(saved_pages: Iterable[SavedPage], templates: TemplateBook | None) -> int:
    """Print what became of every block of every page; give the exit code."""
    from crawler.processing import book_with, explained, process_page

    book = book_with(templates)
    counts: collections.Counter[str] = collections.Counter()
    for saved in saved_pages:
        done = process_page(saved.page, book) if saved.page is not None else _unreadable(saved)
        counts[done.outcome] += 1
        head = (f"== {saved.file}", *(() if done.article else (done.line(),)))
        print("\n".join(map(printable, (*head, *(explained(done, [saved.page], book) if saved.page else ())))) + "\n")
    return exit_code(counts)


def _outcomes(saved_pages: Iterable[SavedPage], workers: int, templates: TemplateBook | None) -> Iterator[tuple[SavedPage, Processed]]:
    """Process the pages in order; a file that gives no page ends with its own reason."""
    from crawler.batches import process_pages

    waiting: collections.deque[SavedPage] = collections.deque()

    def readable() -> Iterator[FetchedPage]:
        for saved in saved_pages:
            waiting.append(saved)
            if saved.page is not None:
                yield saved.page

    for _, done in process_pages(readable(), workers, templates):
        while waiting[0].page is None:
            yield waiting[0], _unreadable(waiting.popleft())
        yield waiting.popleft(), done
    for saved in waiting:
        yield saved, _unreadable(saved)


def _unreadable(saved: SavedPage) -> Processed:
    from crawler.processing import Processed

    outcome = "failed" if saved.reason in FAULTS else "quarantined"
    return Processed(url=saved.file, outcome=outcome, reason=saved.reason, detail=saved.detail)


def _row(saved: SavedPage, done: Processed) -> dict[str, Any]:
    from pipelines.record import RECORD_KEYS, record_of

    record = record_of(done.article) if done.article else {**dict.fromkeys(RECORD_KEYS), "url": saved.page.url if saved.page else None}
    return {"file": saved.file, "outcome": done.outcome, "reason": done.reason.value if done.reason else None, **record}


def _show(row: dict[str, Any]) -> None:
    """Print one article for a person."""
    console = result_console()
    console.print(row["title"] or "(no title)", style="bold", markup=False)
    for key in ("file", "published_at", "source", "via", "authors", "editors", "section", "keywords", "notes", "extractor", "confidence"):
        value = row[key]
        if value not in (None, [], ""):
            console.print(f"  {key:<13}", end="", style="dim")
            console.print("、".join(map(str, value)) if isinstance(value, list) else str(value), markup=False)
    console.print()
    console.print(row["text"], markup=False)
    console.print()
