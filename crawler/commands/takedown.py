"""`yuanwen takedown URL`: take an article out of everything, for good."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from crawler.config import DbOption, load_config, parse_url_argument
from crawler.talk import printable, say
from pipelines.counted import counted
from pipelines.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("takedown")(takedown)


def takedown(
    url: Annotated[str | None, typer.Argument(parser=parse_url_argument, metavar="URL", help="any URL of the article")] = None,
    reason: Annotated[str | None, typer.Option(help="why: kept with the tombstone and shown in the changes")] = None,
    as_list: Annotated[bool, typer.Option("--list", help="show all takedowns")] = False,
    db: DbOption = None,
) -> None:
    """Remove an article's text from base and archive, for good. Its URLs are refused from now on. Cannot be undone."""
    from crawler.load_rules import load_rule_book
    from pipelines.normalize.urls import canonical_url
    from storage.database import opened_database
    from storage.takedown import list_takedowns, take_down

    if as_list == bool(url):
        raise UsageError("takedown needs either a URL or --list")
    if url and not (reason and reason.strip()):
        raise UsageError("takedown needs --reason: readers of the changes see it")
    config = load_config(db=db)
    with opened_database(config.db, create=False) as engine:
        if url is None:
            for row in list_takedowns(engine):
                print(json.dumps(row, ensure_ascii=False))
            return
        done = take_down(engine, config.archive_folder, url, str(reason).strip(), plain_url=canonical_url(url, load_rule_book().urls))
    for refused in done.urls:
        print(printable(refused))
    what = f"article {done.article_id} withdrawn" if done.article_id else "no article was stored of it"
    records, urls = counted(done.n_records, "archived record"), counted(len(done.urls), "URL is", "URLs are")
    say(f"{what}; {records} erased; {urls} refused from now on")
