"""`yuanwen extract`: saved pages to articles, no database."""

import collections
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.talk import progress, result_console, say
from pipelines.errors import Reason

REFUSED_BY_FAULT = frozenset({Reason.INTERNAL, Reason.BAD_RESPONSE})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract")(extract)


def extract(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="HTML files, folders of them, WARC files")],
    urls: Annotated[
        Path | None, typer.Option("--urls", metavar="FILE", help='JSON lines {"file", "url"}: where the pages came from')
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="one JSON object a line")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON array")] = False,
) -> None:
    """Process saved pages and print the articles."""
    from crawler.load_rules import load_rule_book
    from crawler.saved_pages import find_files, load_urls, read_saved_pages

    url_of = load_urls(urls) if urls else {}
    n_files = sum(1 for _ in find_files(paths))
    book = load_rule_book()
    rows: list[dict[str, Any]] = []
    counts: collections.Counter[str] = collections.Counter()
    for saved in progress(read_saved_pages(paths, url_of), "extract", n_files):
        row, line = _outcome_row(saved, book)
        counts[row["outcome"]] += 1
        if line:
            say(f"{saved.file}: {line}")
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


def _outcome_row(saved: Any, book: Any) -> tuple[dict[str, Any], str]:
    from crawler.processing import Processed, process_page
    from pipelines.record import RECORD_KEYS, record_of

    if saved.page is None:
        outcome = "failed" if saved.reason in REFUSED_BY_FAULT else "quarantined"
        done = Processed(url=saved.file, outcome=outcome, reason=saved.reason, detail=saved.detail)
    else:
        done = process_page(saved.page, book)
    record = record_of(done.article) if done.article else {**dict.fromkeys(RECORD_KEYS), "url": saved.page.url if saved.page else None}
    row = {"file": saved.file, "outcome": done.outcome, "reason": done.reason.value if done.reason else None, **record}
    return row, "" if done.article else done.line()


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
