"""Open a database: SQLite or PostgreSQL, the same Core code on both. Every fault is one `StorageError` line."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, Text, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool
from sqlalchemy.types import TypeDecorator, TypeEngine

from pipelines.errors import StorageError, UsageError

BUSY_TIMEOUT_S = 20.0
"""How long a writer waits for another one's transaction before it says "locked"."""
PING_AFTER_S = 1.0
"""A pooled connection that rested longer than this is asked whether the server still holds it."""


def utc_text(moment: datetime) -> str:
    """Write an aware instant as it is stored on SQLite, and taken by PostgreSQL: ISO 8601 in UTC, of fixed width.

    >>> utc_text(datetime.fromisoformat("2024-03-01T08:30:00+08:00"))
    '2024-03-01T00:30:00.000000+00:00'

    Raises:
        ValueError: a naive time.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive time: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. Naive values are refused; UTC is given back. Text is taken for what `utc_text` wrote.

    SQLite has no zones and drops them silently, so there it is text of fixed width, which sorts as time does.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the engine."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | str | None, dialect: Dialect) -> Any:
        """Refuse naive times."""
        if value is None or isinstance(value, str):
            return value
        return value if dialect.name == "postgresql" and value.tzinfo is not None else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give an aware UTC time back."""
        if value is None:
            return None
        return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(UTC)


def open_database(url: str, *, upgrade: bool = True, create: bool = True, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Open a database and bring its schema up to date (`upgrade`), or insist that it is.

    `create`: a SQLite file that is not there is made, where `upgrade` is given too. Who only reads leaves it out: a mistyped name must not
    pass for an empty base.

    Raises:
        UsageError: not a URL of SQLite or PostgreSQL.
        StorageError: it cannot be opened or is not there, or its schema is newer than this program (or older, without `upgrade`).
    """
    from storage.migrate import check_version, upgrade_database

    parsed = _read_url(url)
    engine = _create_engine_for(parsed, busy_timeout_s)
    if not (upgrade and create) and parsed.get_backend_name() == "sqlite" and not _file_of(parsed).exists():
        raise StorageError(f"{parsed.database}: no such database")
    try:
        if upgrade:
            upgrade_database(engine)
        else:
            check_version(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def opened_database(url: str, *, upgrade: bool = True, create: bool = True) -> Iterator[Engine]:
    """Open a database for the length of a block; see `open_database`."""
    engine = open_database(url, upgrade=upgrade, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


def open_engine(url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Engine:
    """Make an engine without looking at the schema.

    Raises:
        UsageError, StorageError: as `open_database`.
    """
    return _create_engine_for(_read_url(url), busy_timeout_s)


def _read_url(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(f"{url}: not a database URL such as sqlite:///yuanwen.db or postgresql://user@host/name") from error
    if backend not in ("sqlite", "postgresql"):
        raise UsageError(f"{parsed.render_as_string()}: only sqlite and postgresql databases are supported")
    return parsed


def _create_engine_for(url: URL, busy_timeout_s: float) -> Engine:
    """Make the engine and check what can be checked without a connection."""
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url.set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 10})
        _replace_dead_connections(engine)
        return engine
    if not url.database or url.database == ":memory:":
        raise UsageError("sqlite needs a file, for example sqlite:///yuanwen.db")
    path = _file_of(url)
    if path.is_dir():
        raise StorageError(f"{path}: is a folder, not a database file")
    if not path.parent.is_dir():
        raise StorageError(f"{path}: the folder {path.parent} does not exist")
    return _listen_as_sqlite(create_engine(url, connect_args={"timeout": busy_timeout_s}))


def create_scratch_engine() -> Engine:
    """Make an engine with one connection to a SQLite database of its own: what its cache cannot hold is in a file without a name."""
    engine = _listen_as_sqlite(create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool))
    event.listen(engine, "connect", _prepare_scratch)
    return engine


def _prepare_scratch(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=OFF")  # what fails here is not gone on with
    connection.execute("PRAGMA cache_size=-163840")  # 160 MB, a quarter of which may be dirty before a commit writes it out


def _listen_as_sqlite(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _replace_dead_connections(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives; one used a moment ago is not asked, as that costs as much as a small statement."""

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_s"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used_s", math.inf) > PING_AFTER_S:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError from error  # SQLAlchemy then connects anew


def _file_of(url: URL) -> Path:
    return Path((url.database or "").removeprefix("file:"))  # a SQLite URI: sqlite:///file:/data/a.db?mode=ro&uri=true


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transaction of its own; `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a stored page is acknowledged to the frontier: it must survive a power cut; see `writing`
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-65536")  # 64 MB
    # The index of stories touches pages all over the file: moved into it from a log of 128 MB, each of them moves less often.
    cursor.execute("PRAGMA wal_autocheckpoint=32768")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once when another writer came between.
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


@contextmanager
def writing(engine: Engine, *, is_durable: bool = True) -> Iterator[Connection]:
    """One transaction that writes: committed whole at the end, or not at all.

    `is_durable=False`: it is seen by all at once, but a power cut in the next moments may undo it; the disk is not waited for.

    Raises:
        StorageError: the database refused.
    """
    with in_plain_words(engine), engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # cannot be changed within a transaction; a pooled connection may have the other value
            connection.connection.cursor().execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}").close()
        with connection.execution_options(is_writer=True).begin():
            connection.info.pop(_AFTERWARDS, None)
            if not is_durable and engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
            yield connection
        for statement in connection.info.pop(_AFTERWARDS, ()):
            with suppress(DBAPIError):  # what was written is committed
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


_AFTERWARDS = "yuanwen_afterwards"


def run_afterwards(connection: Connection, statement: str) -> None:
    """Have a statement run once the transaction of `writing` is committed, outside of any, and let it fail: for VACUUM."""
    connection.info.setdefault(_AFTERWARDS, set()).add(statement)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads, all of it at one moment of the base.

    Raises:
        StorageError: the database refused.
    """
    with in_plain_words(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's transactions are so anyway
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def in_plain_words(engine: Engine) -> Iterator[None]:
    """Turn a driver's errors into one `StorageError` line."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise StorageError(f"{name_of(engine)}: {explain(error)}") from error


def name_of(engine: Engine) -> str:
    """Return what to call the database in a message: the file, or the URL without its password."""
    url = engine.url
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


_SQLITE_WORDS = {
    "database is locked": "the database is locked by another program; try again when it has finished",
    "database table is locked": "the database is locked by another program; try again when it has finished",
    "unable to open database file": "the file cannot be opened (no permission, or the folder is missing)",
    "attempt to write a readonly database": "no permission to write",
    "database or disk is full": "the disk is full; nothing of this step was stored",
    "disk I/O error": "the disk refused to read or write; nothing of this step was stored",
    "file is not a database": "not a yuanwen database (not a SQLite file)",
    "database disk image is malformed": "the database file is damaged; restore a backup",
}


def explain(error: Exception) -> str:
    """Say in one line what a driver's error means for a person."""
    cause = str(getattr(error, "orig", None) or error).strip()
    first_line = cause.splitlines()[0] if cause else type(error).__name__
    return next((words for sign, words in _SQLITE_WORDS.items() if sign in first_line), first_line)
