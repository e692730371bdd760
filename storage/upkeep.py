"""Copies of the database, and getting rid of what was deleted."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, text

from pipelines.errors import StorageError, UsageError
from storage.database import explain, in_plain_words, name_of


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
    except sqlite3.Error as error:
        raise StorageError(f"{target}: {explain(error)}") from error
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror or error}") from error
    finally:
        source.close()
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


PURGED = ("article", "revision", "contributor", "picture", "outcome", "search_segment", "search_block", "story_text", "story_page", "story")
"""Tables that may have held the words of what was deleted (PostgreSQL)."""


def purge_deleted(engine: Engine) -> None:
    """Rewrite the database so that no byte of deleted rows is left in its files. Takes as long as a copy of it.

    PostgreSQL keeps its write-ahead log until it is recycled, and the archive of it longer: that is for its administrator.

    Raises:
        StorageError: the database refused.
    """
    with in_plain_words(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in PURGED:
                autocommit.execute(text(f"VACUUM FULL {table}"))
        else:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.execute("PRAGMA secure_delete=ON")
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
