"""`yuanwen demo`: serve the bundled site, crawl it with the real spider, show what was stored and what was not."""

import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import Config, load_config
from crawler.talk import printable, result_console, say
from pipelines.counted import counted
from pipelines.errors import StorageError

if TYPE_CHECKING:
    from crawler.context import Seed
    from crawler.crawling import CrawlReport
    from crawler.demo.server import DemoServer
    from pipelines.site_rules import RuleBook

DEFAULT_FOLDER = Path("yuanwen-demo")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    serve_only: Annotated[bool, typer.Option("--serve-only", help="only serve the site, until Ctrl-C")] = False,
    folder: Annotated[Path | None, typer.Option("--folder", help="serve and crawl this folder of saved pages in its place")] = None,
    into: Annotated[Path, typer.Option("--into", help="folder for the database and the archive; made anew at each run")] = DEFAULT_FOLDER,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help="default: 8642, or any free one")] = None,
) -> None:
    """Crawl bundled made-up sites on 127.0.0.1; show what comes out."""
    server, seeds, book = _serve(folder, port)
    with server:
        if serve_only:
            _wait(server)
            return
        config = _fresh_config(into)
        from crawler.context import CrawlPlan
        from crawler.crawling import run_crawl

        say(f"serving {'the demo sites' if folder is None else folder} on {server.bases[0]} …, crawling them into {into}/")
        # What fails is in the table below: log lines before it would be noise.
        report = run_crawl(config, book, CrawlPlan(seeds=tuple(seeds)), log_level="ERROR")
    _show(config, report, into, is_bundled=folder is None)
    sys.exit(report.exit_code())


def _serve(folder: Path | None, port: int | None) -> "tuple[DemoServer, list[Seed], RuleBook]":
    from crawler.context import Seed
    from crawler.demo.folder import find_files, folder_site
    from crawler.demo.server import bind_free, serve_demo
    from crawler.load_rules import load_rule_book

    if folder is None:
        server, site = serve_demo(port)
        return server, [Seed(url) for url in site.start_urls], load_rule_book()
    files = find_files(folder)
    server = bind_free(1, port)
    saved = folder_site(folder, files, server.bases[0])
    server.serve(saved.answer)
    return server, [Seed(f"{saved.base}/", "saved_pages")], saved.rules(load_rule_book())


def _wait(server: "DemoServer") -> None:
    for base in server.bases:
        print(f"{base}/", flush=True)
    say("serving until Ctrl-C; to crawl it: YUANWEN_ALLOW_ADDRESSES=127.0.0.0/8 yuanwen crawl URL")
    threading.Event().wait()


def _fresh_config(into: Path) -> Config:
    """Take the demo's own files of an earlier run away, nothing else, and point the settings at the folder."""
    archive = into / "archive"
    try:
        archive.mkdir(parents=True, exist_ok=True)
        for old in (*into.glob("demo.db*"), *archive.glob("*.warc.gz")):
            old.unlink()
    except OSError as error:
        raise StorageError(f"{into}: {error.strerror}; choose another folder with --into") from error
    return load_config(db=f"sqlite:///{into / 'demo.db'}", archive=archive, delay=0, allow_addresses="127.0.0.0/8")


def _show(config: Config, report: "CrawlReport", into: Path, *, is_bundled: bool) -> None:
    from storage.database import open_database
    from storage.outcomes import list_outcomes

    engine = open_database(config.db)
    articles, ends = _articles(engine), list_outcomes(engine, report.run_id)
    engine.dispose()
    console = result_console()
    if not console.is_terminal:
        console.width = 160  # a pipe has no width of its own
    console.print(_article_table(articles))
    if rest := [end for end in ends if end["outcome"] in ("rejected", "quarantined", "failed")]:
        console.print(_rest_table(rest))
    counts = ", ".join(f"{n} {outcome}{'/' + reason if reason else ''}" for (outcome, reason), n in sorted(report.counts.items(), key=str))
    console.print(f"{counted(len(ends), 'URL')}, each with one outcome: {counts}")
    for line in report.remarks():
        say(line)
    if articles:
        _say_next(config, articles, "潮汐" if is_bundled else "QUERY")


def _articles(engine: Any) -> list[dict[str, Any]]:
    from sqlalchemy import text

    from storage.database import reading

    # Copies of a story stand together, the earliest of them first; the largest stories come first.
    query = text(
        "SELECT url, title, source, site, site_name, published_at, story_id, disguised FROM v1_articles ORDER BY published_at, url"
    )
    with reading(engine) as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    stories: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        stories.setdefault(row["story_id"] or row["url"], []).append(row)
    return [
        {**row, "n_copies": len(group), "is_first": row is group[0]}
        for group in sorted(stories.values(), key=len, reverse=True)
        for row in group
    ]


def _article_table(articles: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Stored: one row an article, copies of a story together", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name, width in (("story", 9), ("published", 16), ("title", None), ("source", 12), ("on", 16)):
        table.add_column(name, no_wrap=True, overflow="ellipsis", min_width=width)
    for row in articles:
        story = counted(row["n_copies"], "copy", "copies") if row["is_first"] else ""
        published = (row["published_at"] or "")[:16].replace("T", " ")
        name = (row["site_name"] or row["site"]) + (" (disguised)" if row["disguised"] else "")
        table.add_row(*(Text(printable(cell)) for cell in (story, published, row["title"] or "", row["source"] or "", name)))
    return table


def _rest_table(ends: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Not stored, and why", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("outcome", "reason", "URL", "detail"):
        table.add_column(name, no_wrap=name != "detail")
    for end in ends:
        table.add_row(*(Text(printable(cell or "")) for cell in (end["outcome"], end["reason"], end["url"], end["detail"])))
    return table


def _say_next(config: Config, articles: list[dict[str, Any]], query: str) -> None:
    program = called_as(sys.argv[0], Path.cwd())
    say("next, type:")
    for line in (
        f"export YUANWEN_DB={config.db} YUANWEN_ALLOW_ADDRESSES=127.0.0.0/8",
        f"{program} show {articles[0]['url']}",
        f"{program} search {query}",
        f"{program} story {articles[0]['url']}",
        f"{program} serve          # the same in a browser",
        f"{program} demo --serve-only      # keep the demo sites running, to crawl and rerun them yourself",
    ):
        print(f"  {line}", file=sys.stderr)


def called_as(program: str, folder: Path) -> str:
    """Say how to call this program again from `folder`: by its name where the shell finds it, else by its path.

    >>> called_as("/home/a/yuanwen/.venv/bin/yuanwen", Path("/home/a/yuanwen"))
    '.venv/bin/yuanwen'
    """
    path, found = folder / program, shutil.which("yuanwen")
    if path.name != "yuanwen" or (found is not None and Path(found).absolute() == path):
        return "yuanwen"
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
