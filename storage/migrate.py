"""Bring a database's schema up to this program's; the steps lie in storage/migrations/versions."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from pipelines.errors import StorageError
from storage.changes import is_settled, settle_feed
from storage.database import name_of, reading, writing
from storage.search_index import is_index_current, make_index
from storage.search_upkeep import sort_waiting

FOLDER = Path(__file__).resolve().parent / "migrations"


@cache
def known_versions() -> tuple[str, ...]:
    """Return the schema versions of this program, oldest first. A file's first four characters are its version."""
    return tuple(sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")))


def read_version(connection: Connection) -> str | None:
    """Return the schema version of a database; None: a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_version(engine: Engine) -> None:
    """Insist on this program's schema.

    Raises:
        StorageError: older, newer, or no database of ours.
    """
    with reading(engine) as connection:
        version = read_version(connection)
        _refuse_newer(engine, version)
        if version != known_versions()[-1]:
            raise StorageError(
                f"{name_of(engine)}: the schema is {version or 'missing'}, needed is {known_versions()[-1]}: yuanwen db upgrade"
            )
        if not is_index_current(connection):
            raise StorageError(f"{name_of(engine)}: the search index is of another version of yuanwen: yuanwen db upgrade")


def upgrade_database(engine: Engine) -> tuple[str | None, str]:
    """Apply the missing steps, all in one transaction; return the version before and after.

    Raises:
        StorageError: the schema is newer than this program, or the database refused.
    """
    newest = known_versions()[-1]
    with reading(engine) as connection:
        before = read_version(connection)
    _refuse_newer(engine, before)
    if before == newest and _is_ready(engine):
        return before, newest
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # two programs started at once: the second waits, then finds nothing to do
            connection.execute(text("SELECT pg_advisory_xact_lock(7250110)"))
        before = read_version(connection)
        _refuse_newer(engine, before)
        if before != newest:
            _run_steps(connection)
        settle_feed(connection)
        if not is_index_current(connection):
            make_index(connection)
    sort_waiting(engine)
    return before, newest


def _is_ready(engine: Engine) -> bool:
    with reading(engine) as connection:
        return is_settled(connection) and is_index_current(connection)


def _refuse_newer(engine: Engine, version: str | None) -> None:
    if version is not None and version not in known_versions():
        raise StorageError(
            f"{name_of(engine)}: its schema {version} is newer than this program knows ({known_versions()[-1]}): upgrade yuanwen"
        )


def _run_steps(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    from storage.views import create_views, drop_views

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    # Views are made anew from storage/views.py, so that no step has to carry old ones along.
    drop_views(connection)
    command.upgrade(config, "head")
    create_views(connection)
