"""`yuanwen export --format …`: articles out of the database, for other programs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import say
from pipelines.counted import counted
from pipelines.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("export")(export)


def export(
    form: Annotated[str, typer.Option("--format", help="jsonl, csv, jsonld (schema.org), ninjs, dolma; with --out also parquet, warc")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", help="a new file (parquet: a new folder); without it, or `-`: stdout")
    ] = None,
    site: Annotated[str | None, typer.Option(help="only this site, by its domain")] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="only what was fetched since: 2024-05-01 or with time, UTC")] = None,
    story: Annotated[str | None, typer.Option(metavar="ID", help="only the copies of this story")] = None,
    db: DbOption = None,
) -> None:
    """Export usable articles. Nothing that exists is overwritten."""
    from storage.database import opened_database
    from storage.exports import FORMATS, LINE_FORMATS, Selection, export_lines, export_to_file

    if form not in FORMATS:
        raise UsageError(f"--format {form}: the formats are {', '.join(FORMATS)}")
    if out is not None and str(out) == "-":
        out = None
    if out is None and form not in LINE_FORMATS:
        raise UsageError(f"--format {form} needs --out PATH")
    config = load_config(db=db)
    selection = Selection(site=site and _site_of(site), since=_moment(since), story_id=story)
    with opened_database(config.db, create=False) as engine:
        if out is None:
            count = export_lines(engine, form, selection, sys.stdout)
        else:
            count = export_to_file(engine, form, selection, out, config.archive_folder)
    say(f"{counted(count, 'article')} exported")


def _site_of(given: str) -> str:
    """Return the registrable domain of what a person calls a site: its domain, a host below it, or a page."""
    from crawler.outcome_log import site_of

    return site_of((given if "://" in given else f"http://{given}").lower()) or given


def _moment(given: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(given) if given else None
    except ValueError as error:
        raise UsageError(f"--since {given}: not a time such as 2024-05-01 or 2024-05-01T08:00:00+08:00") from error
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
