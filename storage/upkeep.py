"""Copies of the database, and getting rid of what was deleted."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from pipelines.errors import StorageError, UsageError
from storage.database import name_of


def backup_database(engine: Engine, target: Path) -> None:
    """Copy a SQLite database into a new file while others read and write it. To restore, put the file in the place of the old one.

    Raises:
        UsageError: PostgreSQL, or the target exists.
        StorageError: it cannot be written.
    """
    if engine.dialect.name != "sqlite":
        raise UsageError(f"{name_of(engine)}: use pg_dump, and pg_restore to get it back; the feed goes on after that")
    if target.exists():
        raise UsageError(f"{target}: exists already")
    if not target.parent.is_dir():
        raise StorageError(f"{target}: the folder {target.parent} does not exist")
    unfinished = target.with_name(target.name + ".part")  # a copy cut short must not pass for one
    source = engine.raw_connection()
    try:
        unfinished.unlink(missing_ok=True)
        copy = sqlite3.connect(unfinished)
        try:
            driver = source.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.backup(copy)
        finally:
            copy.close()
        unfinished.rename(target)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{target}: {error}") from error
    finally:
        source.close()
