"""Statements that both engines know, written once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.types import TypeEngine

from storage.postgres_copy import copy_rows

CHUNK = 500
"""Values in one IN list; the statement text stays the same for full chunks, so both sides keep it prepared."""

MARKS_AT_ONCE = 300
"""Values in one INSERT of SQLite: small rows are taken twice as fast when a statement brings a hundred."""

UNIQUE_VIOLATION = "23505"
"""PostgreSQL's code for a key that is there already."""


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; one whose key is there already is left out."""
    insert_rows(connection, table, rows, "ON CONFLICT DO NOTHING")


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], conflict: str = "") -> None:
    """Insert two or more columns of rows that all have the same keys."""
    if rows:
        insert_tuples(connection, table, tuple(rows[0]), list(map(itemgetter(*rows[0]), rows)), conflict)


def insert_tuples(connection: Connection, table: Table, keys: tuple[str, ...], rows: Sequence[tuple[Any, ...]], conflict: str = "") -> None:
    """Insert rows of `keys`, several times as fast as Core: it prepares each row by itself."""
    if rows:
        writers = _writers(connection.dialect, table, keys)
        columns = [_as_taken(column, write) for column, write in zip(zip(*rows, strict=True), writers, strict=True)]
        insert_written(connection, table, keys, list(zip(*columns, strict=True)), conflict)


def insert_written(
    connection: Connection, table: Table, keys: tuple[str, ...], rows: Iterable[tuple[Any, ...]], conflict: str = ""
) -> None:
    """Insert rows of `keys` whose values are written as both drivers take them: JSON and times as text (`dump_json`, `utc_text`).

    `rows`: a list, or made while they are sent.
    """
    if isinstance(rows, list) and not rows:
        return
    target, marks = _insert_target(connection.dialect, table, keys)
    if connection.dialect.name == "sqlite":
        insert_many(connection, f"INSERT INTO {target} VALUES", list(rows), conflict)
    elif conflict or "%b" in marks:
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES {marks} {conflict}", list(rows))
    else:
        copy_rows(connection, target, rows)


def insert_many(connection: Connection, head: str, rows: Sequence[tuple[Any, ...]], conflict: str) -> None:
    """Insert rows into a SQLite table, many in a statement. `head`: all up to VALUES; `conflict`: what follows."""
    width = len(rows[0]) if rows else 1
    marks = f"({', '.join('?' * width)})"
    for step in (max(1, MARKS_AT_ONCE // width), 1):
        n_whole = len(rows) // step * step
        values = [tuple(chain.from_iterable(rows[at : at + step])) for at in range(0, n_whole, step)] if step > 1 else rows
        if values:
            connection.exec_driver_sql(f"{head} {', '.join([marks] * step)} {conflict}", list(values))
        rows = rows[n_whole:]


_PLAIN = {str, int, float, bool, bytes, NoneType}


def _as_taken(column: tuple[Any, ...], write: Callable[[Any], Any] | None) -> Sequence[Any]:
    """Return the values of a column as the driver takes them: what is plain already stays, what comes again and again is written once."""
    if write is None or _PLAIN.issuperset(map(type, column)):
        return column
    distinct = dict(zip(map(id, column), column, strict=True))
    if len(distinct) * 2 > len(column):
        return list(map(write, column))
    written = {key: write(value) for key, value in distinct.items()}
    return [written[key] for key in map(id, column)]


def _uniform(column: Sequence[Any]) -> list[Any]:
    """Return a list that psycopg takes, which refuses mixed types: plain text among subclasses of it, integers among fractions."""
    kinds = set(map(type, column)) - {NoneType}
    if len(kinds) < 2:
        return list(column)
    plain = str if issubclass(kinds.pop(), str) else float
    return [None if value is None else plain(value) for value in column]


@lru_cache(maxsize=64)
def _insert_target(dialect: Dialect, table: Table, keys: tuple[str, ...]) -> tuple[str, str]:
    """Return table and columns, and PostgreSQL's marks for their values: bytes are sent as they are, not in hexadecimal."""
    quote = dialect.identifier_preparer.quote
    marks = ["%b" if isinstance(table.c[key].type, LargeBinary) else "%s" for key in keys]
    return f"{quote(table.name)} ({', '.join(map(quote, keys))})", f"({', '.join(marks)})"


@lru_cache(maxsize=64)
def _writers(dialect: Dialect, table: Table, keys: tuple[str, ...]) -> tuple[Callable[[Any], Any] | None, ...]:
    """Return what writes the values of each column as the driver takes them."""
    return tuple(_writer(table.c[key].type, dialect) for key in keys)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what writes a value of a column, None: nothing to do. Our own types are asked without a detour: none has more to do below it."""
    own = getattr(kind, "process_bind_param", None)
    return partial(own, dialect=dialect) if own else kind.dialect_impl(dialect).bind_processor(dialect)


def select_in(
    connection: Connection, key: Column[Any], values: Iterable[Any], *columns: Column[Any], query: Select[Any] | None = None
) -> Iterator[Row[Any]]:
    """Select the rows whose `key` is one of `values`, in chunks; `columns` default to the key."""
    wanted = sorted(values)
    base = query if query is not None else select(*(columns or (key,)))
    statement = base.where(_among(key, connection.dialect.name))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        yield from connection.execute(
            statement, {"wanted": _uniform(chunk) if connection.dialect.name == "postgresql" else json.dumps(chunk)}
        )


def _among(key: Column[Any], dialect_name: str) -> ColumnElement[bool]:
    """Write the condition that `key` is one of `wanted`: one parameter, whatever its length."""
    if dialect_name == "postgresql":
        return key == any_(bindparam("wanted", type_=ARRAY(key.type)))
    return key.in_(select(literal_column("value")).select_from(func.json_each(bindparam("wanted", type_=Text))))


def array_of(values: Collection[Any]) -> Any:
    """Make the parameter of a PostgreSQL array of numbers or texts, written by us: the driver looks at each value with a regular expression.

    >>> array_of([1, None, 2.5]), array_of(['a"b', None, "c\\\\d", ""])
    ('{1,NULL,2.5}', '{"a\\\\"b",NULL,"c\\\\\\\\d",""}')
    """
    kind = type(next((value for value in values if value is not None), None))
    if issubclass(kind, bytes):
        return list(values)
    write = _quoted if issubclass(kind, str) else str
    return "{" + ",".join(["NULL" if value is None else write(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
