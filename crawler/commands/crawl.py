"""`yuanwen crawl`: fetch, process, store."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import result_console, say
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from crawler.context import Seed
    from crawler.crawling import CrawlReport
    from pipelines.site_rules import RuleBook


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("crawl")(crawl)


def crawl(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="[SITE_ID, URL or WARC]…", help="default: every site of data/sites")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="whatever the database says is due")] = False,
    dead: Annotated[
        bool, typer.Option("--dead", help="also what was given up (dead in `status`): of what is named; with --due: of everything")
    ] = False,
    max_pages: Annotated[int | None, typer.Option("--max-pages", min=1, help="fetch no more than this many pages")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the counts as one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Fetch, process and store sites, any URL, or what is due.

    Of WARC files the articles are stored, and the lists, feeds and sitemaps in them are where the crawl starts.
    """
    from crawler.context import CrawlPlan
    from crawler.crawling import run_crawl
    from crawler.load_rules import DATA, load_rule_book

    config = load_config(db=db)
    book = load_rule_book()
    archives, named = split_targets(targets or [], book)
    seeds = find_seeds(named, book) if named or not archives else []
    if not seeds and not due and not archives:
        raise UsageError(f"nothing to crawl: name a URL or a site, or write {DATA / 'sites'}/<site_id>.toml")
    plan = CrawlPlan(
        seeds=tuple(seeds), archives=tuple(archives), is_due=due, is_named=bool(targets), is_dead_wanted=dead, max_pages=max_pages,
        patience_s=config.patience,
    )  # fmt: skip
    report = run_crawl(config, book, plan)
    print_report(report, as_json=as_json)
    sys.exit(report.exit_code())


def split_targets(targets: Sequence[str], book: "RuleBook") -> tuple[list[Path], list[str]]:
    """Tell WARC files, and folders of them, from sites and URLs.

    Raises:
        UsageError: a file that is no archive, or a folder without one.
    """
    from crawler.saved_pages import find_archives, is_warc

    files = [Path(t) for t in targets if t not in book.sites and "://" not in t and Path(t).exists()]
    for path in files:
        if path.is_file() and not is_warc(path):
            raise UsageError(f"{path}: not a WARC file (*.warc, *.warc.gz); `yuanwen extract` reads saved pages")
    return find_archives(files) if files else [], [t for t in targets if Path(t) not in files]


def find_seeds(targets: Sequence[str], book: "RuleBook") -> "list[Seed]":
    """Turn site ids and URLs into seeds; nothing named: every site.

    Raises:
        UsageError: neither a site's id nor a URL.
    """
    from crawler.context import Seed
    from crawler.load_rules import DATA
    from crawler.saved_pages import is_warc

    seeds = []
    for target in targets or book.sites:
        site = book.sites.get(target)
        if site is not None:
            seeds += [Seed(url, site.site_id) for url in site.start_urls]
        elif "://" in target:
            known = book.site_for(target)
            seeds.append(Seed(target, known.site_id if known else None))
        elif is_warc(Path(target)):
            raise UsageError(f"{target}: no such file")
        else:
            raise UsageError(
                f"{target}: neither a URL such as https://news.example.com/, a WARC file nor a site of {DATA / 'sites'}"
                f" ({', '.join(sorted(book.sites)) or 'there is none'})"
            )
    return seeds


def print_report(report: "CrawlReport", *, as_json: bool) -> None:
    """Print the counts: what was stored, and why the rest was not; of archives apart from what was fetched."""
    for line in report.remarks():
        say(line)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
        return
    from rich.table import Table

    table = Table(title=None, box=None)
    table.add_column("outcome")
    table.add_column("reason")
    table.add_column("pages", justify="right")
    for (outcome, reason), n in sorted(Counter(report.counts).items(), key=lambda pair: (-pair[1], pair[0][0])):
        table.add_row(outcome, reason or "", str(n))
    table.add_row("total", "", str(sum(report.counts.values())), style="bold")
    for name, n in sorted(report.archived.items()):
        outcome, _, reason = name.partition("/")
        table.add_row(f"{outcome}, from archives", reason, str(n))
    result_console().print(table)
