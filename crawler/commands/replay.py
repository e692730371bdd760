"""`yuanwen replay` and `yuanwen reprocess`: archives into the database, and what is stored by the rules of today."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.differences import print_change
from crawler.metrics import publish_metrics
from crawler.safety.log_lines import note_run, set_up_logging
from crawler.talk import printable, progress, result_console, say
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from crawler.replaying import ReplayReport, ReprocessReport

DaskOption = Annotated[
    str | None, typer.Option("--dask", metavar="ADDRESS", help="process on a Dask cluster: tcp://HOST:PORT of its scheduler, or `local`")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("replay")(replay)
    app.command("reprocess")(reprocess)


def replay(
    warcs: Annotated[list[Path], typer.Argument(metavar="WARC…", help="WARC files, also of other crawlers, or folders of them")],
    dask: DaskOption = None,
    db: DbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="the counts as JSON")] = False,
) -> None:
    """Process the pages of WARC files, as if they were just fetched."""
    from crawler.replaying import replay_files
    from crawler.saved_pages import find_archives
    from storage.database import opened_database

    config = load_config(db=db)
    set_up_logging("WARNING", config.log_format)
    paths = find_archives(warcs)
    with opened_database(config.db) as engine:
        run_id, report = replay_files(paths, engine, config, dask)
        publish_metrics(config, engine)
    for line in report.broken:
        say(line)
    if report.originals.n_missing:
        say(f"{report.originals.n_missing} revisit records passed over: the pages they point at are in none of these files")
    _show_counts(dict(report.outcomes), as_json, run_id)
    raise typer.Exit(_replay_code(report))


def _replay_code(report: ReplayReport) -> int:
    n_stored = sum(report.outcomes[name] for name in ("created", "updated", "unchanged"))
    if report.broken or any(name.startswith("failed/internal") for name in report.outcomes):
        return 5 if report.outcomes else 1
    return 0 if n_stored else 3


def _show_counts(counts: dict[str, int], as_json: bool, run_id: str) -> None:
    if as_json:
        print(json.dumps({"run_id": run_id, "pages": sum(counts.values()), "outcomes": counts}, ensure_ascii=False))
        return
    console = result_console()
    for name, number in sorted(counts.items()):
        console.print(f"{number:>8}  {name}")
    console.print(f"{sum(counts.values()):>8}  pages")


def reprocess(
    site: Annotated[str | None, typer.Option("--site", metavar="S", help="registrable domain")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="T", help="fetched then or later: 2024-05-01 or an ISO time")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only report what would change")] = False,
    dask: DaskOption = None,
    db: DbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="the report as JSON")] = False,
) -> None:
    """Process what is stored again, after rules changed."""
    from crawler import replaying
    from storage.articles import ArticleStore
    from storage.database import opened_database
    from storage.outcomes import fault_noted, finish_run, start_run
    from storage.stored_pages import stored_pages

    config, start = load_config(db=db), _read_since(since)
    set_up_logging("WARNING", config.log_format)
    with opened_database(config.db, create=False) as engine:
        run_id = None if dry_run else start_run(engine, "reprocess", detail={"site": site, "since": since})
        note_run(run_id)
        stored = progress(stored_pages(engine, site=site, since=start), "reprocess")
        with fault_noted(engine, run_id):
            report = replaying.reprocess(stored, ArticleStore(engine), config.archive_folder, run_id, config.workers, dask)
        if run_id is not None:
            finish_run(engine, run_id, detail={"counts": dict(report.counts), "fields": dict(report.fields)})
            publish_metrics(config, engine)
    if not report.counts:
        say(f"no stored article{f' of {site}' if site else ''}{f' fetched since {since}' if since else ''}")
    _show_report(report, dry_run, as_json)
    raise typer.Exit(_reprocess_code(report))


def _reprocess_code(report: ReprocessReport) -> int:
    if report.counts["unreadable"]:
        return 5 if report.counts.total() > report.counts["unreadable"] else 1
    return 0 if report.counts else 3


def _read_since(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError as error:
        raise UsageError(f"--since {since}: not a date such as 2024-05-01 or an ISO time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _show_report(report: ReprocessReport, dry_run: bool, as_json: bool) -> None:
    if as_json:
        examples = [{"url": url, "field": key, "before": old, "after": new} for url, key, (old, new) in report.examples]
        shown = {"counts": dict(report.counts), "fields": dict(report.fields), "lost": report.lost, "examples": examples}
        print(json.dumps({"dry_run": dry_run, **shown}, ensure_ascii=False))
        return
    console = result_console()
    for name, number in report.counts.most_common():
        console.print(f"{number:>8}  {name}")
    for key, number in report.fields.most_common():
        console.print(f"\n{key}: {'would change' if dry_run else 'changed'} in {number}", style="bold")
        for url, changed, change in report.examples:
            if changed == key:
                print_change(console, printable(url), change)
    for line in report.lost:
        say(f"gives no article any more, the stored one is kept: {line}")
