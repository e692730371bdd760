"""`yuanwen db …`: the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import say
from pipelines.counted import counted


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Schema, copy and search index of the database.", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    group.command("backup")(backup)
    group.command("index")(index)
    app.add_typer(group, name="db")


def upgrade(db: DbOption = None) -> None:
    """Bring the schema up to this version of yuanwen; a new database gets its tables."""
    from storage.database import open_engine
    from storage.migrate import upgrade_database

    engine = open_engine(load_config(db=db).db)
    try:
        before, after = upgrade_database(engine)
    finally:
        engine.dispose()
    print(f"schema {after}" + (" (was up to date)" if before == after else f" (was {before or 'empty'})"))


def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="a new file")],
    db: DbOption = None,
) -> None:
    """Copy a SQLite database while it is in use; PostgreSQL has pg_dump for it."""
    from storage.database import open_database
    from storage.upkeep import backup_database

    engine = open_database(load_config(db=db).db, create=False)
    try:
        backup_database(engine, target)
    finally:
        engine.dispose()
    say(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


def index(db: DbOption = None) -> None:
    """Make the search index anew. It is always up to date; this is for a damaged one."""
    from storage.database import open_database
    from storage.search_index import rebuild_index

    engine = open_database(load_config(db=db).db, create=False)
    try:
        n_articles = rebuild_index(engine)
    finally:
        engine.dispose()
    say(f"{counted(n_articles, 'article')} in the index")
