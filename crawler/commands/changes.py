"""`yuanwen changes`: what happened to the base, to follow it without losing anything."""

from __future__ import annotations

import json
import select
import sys
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from storage.changes import Change


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("changes")(changes)


def changes(
    after: Annotated[str | None, typer.Option(metavar="CURSOR", help="the last cursor you have; without it, from the start")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="wait for more, without end")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="at most so many")] = None,
    as_jsonl: Annotated[bool, typer.Option("--jsonl", "--json", help="one JSON object a line")] = False,
    form: Annotated[str | None, typer.Option("--format", help="`atom` or `jsonfeed`: the newest articles as a feed document")] = None,
    db: DbOption = None,
) -> None:
    """Print the change feed, in one order for every reader. Keep the last cursor to go on from there."""
    from storage.changes import all_changes, follow_changes
    from storage.database import open_database

    if form is not None and (after or follow or limit or as_jsonl):
        raise UsageError("--format prints one document of the newest articles; it takes no --after, --follow, --limit or --jsonl")
    engine = open_database(load_config(db=db).db, create=False)
    try:
        if form is not None:
            from storage.feeds import write_feed

            print(write_feed(engine, form))
        elif follow:
            _print(islice(follow_changes(engine, after, wait=_wait_for_more), limit), as_jsonl=as_jsonl)
        else:
            _print(all_changes(engine, after, limit=limit), as_jsonl=as_jsonl)
    finally:
        engine.dispose()


def _wait_for_more(seconds: float) -> None:
    """Wait, as long as somebody reads what is printed: in a quiet base the next line, which would tell, may be days away.

    Raises:
        BrokenPipeError: nobody does.
    """
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)  # asked for nothing, it still tells of a reader that has gone
    if output.poll(seconds * 1000):
        raise BrokenPipeError


def _print(changes: Iterable[Change], *, as_jsonl: bool) -> None:
    for change in changes:
        if as_jsonl:
            print(json.dumps(asdict(change), ensure_ascii=False), flush=True)
        else:
            print(
                "\t".join((change.cursor, change.at, change.kind, change.id or change.story_id or "", printable(change.url or ""))),
                flush=True,
            )
