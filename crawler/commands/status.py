"""`yuanwen status`: what is in the database, how fresh it is, and how every fetched page ended."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import Config, DbOption, load_config
from crawler.talk import printable, result_console
from pipelines.counted import counted

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Engine

    from storage.frontier_health import FrontierHealth
    from storage.health import DatabaseHealth


STATES = {"running": "running", "died": "died: its process is gone", "unknown": "unfinished"}
"""What is said of runs that did not end."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    db: DbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="for Prometheus: replace YUANWEN_METRICS_FILE; without it, print")] = False,
) -> None:
    """Show articles, runs, alarms, sites and the frontier."""
    from storage.database import opened_database
    from storage.health import read_health

    config = load_config(db=db)
    with opened_database(config.db, upgrade=False) as engine:
        if metrics:
            _give_metrics(config, engine)
            return
        health = read_health(engine)
    if as_json:
        print(json.dumps(asdict(health) | {"n_pages": sum(health.outcomes.values())}, ensure_ascii=False, default=_written))
        return
    _show(health, result_console(), datetime.now(UTC))


def _give_metrics(config: Config, engine: Engine) -> None:
    from crawler.metrics import read_metrics, write_metrics

    if config.metrics_file is None:
        print(read_metrics(engine), end="")
        return
    write_metrics(config.metrics_file, engine)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _show(health: DatabaseHealth, console: Console, now: datetime) -> None:
    from rich.table import Table

    console.print(f"{health.database}", style="bold", markup=False)
    parts = {
        "articles": health.n_articles, "stories": health.n_stories, "sites": health.n_sites,
        "disguised": health.n_disguised, "withdrawn": health.n_withdrawn, "withheld": health.n_withheld,
    }  # fmt: skip
    console.print("  " + "   ".join(f"{number} {name}" for name, number in parts.items()))
    _show_credit(health, console)
    _show_runs(health, console)
    for alarm in health.alarms:
        console.print(f"alarm: {printable(alarm)}", style="bold red", markup=False)
    shown = "Sites" if len(health.sites) == health.n_sites else f"Sites, the {len(health.sites)} longest without a fetch"
    sites = Table("site", "articles", "undated", "unsourced", "missed", "fetched ago", "newest ago", box=None, title=f"\n{shown}", title_justify="left", pad_edge=False)  # fmt: skip
    for site in health.sites:
        fetched, published = site.last_fetched_at, site.last_published_at
        sites.add_row(
            printable(site.site), *(str(n or "") for n in (site.n_articles, site.n_undated, site.n_unsourced, site.n_without_article)),
            _ago(now - fetched) if fetched else "-", _ago(max(now - published, timedelta())) if published else "-",
        )  # fmt: skip
    for column in sites.columns[1:5]:
        column.justify = "right"
    sites.columns[0].overflow, sites.columns[5].no_wrap, sites.columns[6].no_wrap = "fold", True, True
    console.print(sites)
    _show_frontier(health.frontier, console, now)
    if health.unknown_outlets:
        console.print("\nOutlets in no table (data/tables), with their articles")
        _show_parts([f"{printable(name)} {n}" for name, n in health.unknown_outlets], console)


def _show_credit(health: DatabaseHealth, console: Console) -> None:
    from storage.compliance import CREDITS

    n_reposts = health.credit["keeps_source"][1]
    if n_reposts:
        shares = [f"{CREDITS[key]} {kept} of {told}" for key, (kept, told) in health.credit.items()]
        console.print(f"\nCredit kept, of {counted(n_reposts, 'repost')}")
        _show_parts(shares, console)


def _show_runs(health: DatabaseHealth, console: Console) -> None:
    console.print("\nRuns, the newest first")
    for run in health.runs:
        took = f"took {_ago(run.finished_at - run.started_at)}" if run.finished_at else STATES[run.state]
        console.print(f"{run.command}  {run.started_at:%Y-%m-%d %H:%M}  {took}  {counted(run.n_pages, 'page')}", markup=False)
        _show_parts([f"{n} {name}" for name, n in run.outcomes.items()], console)
        if run.stopped_for or run.finish_reason == "shutdown":
            console.print(f"  stopped: {printable(run.stopped_for or 'by a signal')}", markup=False, soft_wrap=True)
    console.print(f"All runs together: {counted(sum(health.outcomes.values()), 'page')}")
    _show_parts([f"{n} {name}" for name, n in health.outcomes.items()], console)


def _show_parts(parts: list[str], console: Console) -> None:
    """Print parts side by side, as many on a line as fit, none broken; in a pipe all on one line."""
    from rich.cells import cell_len

    line = " "
    for part in parts:
        if console.is_terminal and cell_len(line) + cell_len(part) + 2 > console.width and line.strip():
            console.print(line, markup=False)
            line = " "
        line += f" {part} "
    if line.strip():
        console.print(line.rstrip(), markup=False)


def _show_frontier(frontier: FrontierHealth, console: Console, now: datetime) -> None:
    from rich.table import Table

    if not frontier.states:
        return
    states = "   ".join(f"{n} {name}" for name, n in frontier.states.items())
    lease = "" if frontier.oldest_lease_s is None else f"; oldest lease renewed {_ago(timedelta(seconds=frontier.oldest_lease_s))} ago"
    console.print(f"\nFrontier: {frontier.n_due} due now; {states}{lease}", markup=False)
    if frontier.dead_reasons:
        console.print(
            "Dead (`crawl --dead` asks again): " + "   ".join(f"{n} {printable(name)}" for name, n in frontier.dead_reasons.items()),
            markup=False,
        )
    for dead in frontier.dead:
        console.print(
            f"  {printable(dead.url)}  {dead.reason}{': ' + printable(dead.detail) if dead.detail else ''}", markup=False, soft_wrap=True
        )
    lists = Table("lists of", "number", "due", "interval", "asked ago", "overdue by", box=None, pad_edge=False)
    for scope in frontier.scopes:
        asked = "-" if scope.visited_s is None else _ago(timedelta(seconds=now.timestamp() - scope.visited_s))
        overdue = _ago(timedelta(seconds=scope.overdue_s)) if scope.overdue_s else "-"
        interval = _ago(timedelta(seconds=scope.interval_s))
        lists.add_row(printable(scope.scope), str(scope.n_lists), str(scope.n_due), interval, asked, overdue)
    if frontier.scopes:
        console.print(lists)


def _ago(span: timedelta) -> str:
    """Say a span in its two largest units.

    >>> _ago(timedelta(days=3, hours=4, minutes=5)), _ago(timedelta(seconds=2.4))
    ('3 d 4 h', '2 s')
    """
    seconds = max(0, round(span.total_seconds()))
    units = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((i for i, (n, _) in enumerate(units) if n), len(units) - 1)
    return " ".join(f"{n} {unit}" for n, unit in units[first : first + 2] if n) or "0 s"
