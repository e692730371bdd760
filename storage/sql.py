"""Statements that both engines know, written once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from types import NoneType
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
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
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

CHUNK = 500
"""Values in one IN list; the statement text stays the same for full chunks, so both sides keep it prepared."""


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; one whose key is there already is left out."""
    insert_rows(connection, table, rows, "ON CONFLICT DO NOTHING")


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], conflict: str = "") -> None:
    """Insert two or more columns of rows that all have the same keys, several times as fast as Core: it prepares each row by itself."""
    if not rows:
        return
    target, writers = _insert_target(connection.dialect, table, tuple(rows[0]))
    columns: list[Any] = list(zip(*map(itemgetter(*rows[0]), rows), strict=True))
    columns = [list(map(write, column)) if write else column for write, column in zip(writers, columns, strict=True)]
    values = list(zip(*columns, strict=True))
    if connection.dialect.name == "postgresql" and not conflict:
        _copy_rows(connection, target, values)
    else:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        marks = ", ".join([mark] * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {target} VALUES ({marks}) {conflict}", values)


def _copy_rows(connection: Connection, target: str, values: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:  # as Core would raise it
        raise DBAPIError(f"COPY {target}", None, error) from error


def _uniform(column: Sequence[Any]) -> list[Any]:
    """Return a list that psycopg takes, which refuses mixed types: plain text among subclasses of it, integers among fractions."""
    kinds = set(map(type, column)) - {NoneType}
    if len(kinds) < 2:
        return list(column)
    plain = str if issubclass(kinds.pop(), str) else float
    return [None if value is None else plain(value) for value in column]


@lru_cache(maxsize=64)
def _insert_target(dialect: Dialect, table: Table, keys: tuple[str, ...]) -> tuple[str, tuple[Callable[[Any], Any] | None, ...]]:
    """Return table and columns, and what writes the values of each column as the driver takes them."""
    quote = dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(map(quote, keys))})", tuple(_writer(table.c[key].type, dialect) for key in keys)


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
    """Make the parameter of a PostgreSQL array. Numbers are written by us: the driver looks at each as if it were a text."""
    if isinstance(next((value for value in values if value is not None), None), str | bytes):
        return list(values)
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
