"""`yuanwen withhold URL`: keep an article, but do not show it; with `--undo`, show it again."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, say
from pipelines.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("withhold")(withhold)


def withhold(
    given: Annotated[list[str] | None, typer.Argument(metavar="URL or ID…", help="any URL of each article, or its id")] = None,
    reason: Annotated[str | None, typer.Option(help="why: shown in the changes")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="show them again")] = False,
    as_list: Annotated[bool, typer.Option("--list", help="show all that are withheld, one JSON object a line")] = False,
    db: DbOption = None,
) -> None:
    """Keep articles without showing them anywhere, until `--undo`."""
    from storage.database import opened_database
    from storage.withholding import list_withheld, release
    from storage.withholding import withhold as hide

    if as_list == bool(given):
        raise UsageError("withhold needs either URLs or --list")
    if given and not (reason and reason.strip()):
        raise UsageError("withhold needs --reason: readers of the changes see it")
    with opened_database(load_config(db=db).db, create=False) as engine:
        if not given:
            for row in list_withheld(engine):
                print(json.dumps(row, ensure_ascii=False))
            return
        act, done, before = (release, "released", "withheld") if undo else (hide, "withheld", "usable")
        n_missing = 0
        for one in given:
            found = act(engine, one, str(reason).strip())
            n_missing += found is None or found.status == "withdrawn"
            if found is None:
                say(f"{one}: no such article")
            elif found.status == before:
                print(f"{found.article_id}\t{printable(found.url)}\t{done}")
            else:
                say(f"{one}: {_WHY_NOT[found.status]}")
    if n_missing:
        sys.exit(3 if n_missing == len(given) else 5)


_WHY_NOT = {
    "withdrawn": "was taken down, for good",
    "withheld": "is withheld already",
    "usable": "is not withheld",
}
"""By the status that an article had."""
