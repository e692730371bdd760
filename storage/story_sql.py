"""Statements over long lists of pages, on both engines: one parameter whatever the length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from storage.sql import array_of, insert_many


def is_postgres(connection: Connection) -> bool:
    """Tell the engine."""
    return connection.dialect.name == "postgresql"


def among(connection: Connection, column: str) -> str:
    """Write the condition that `column` is one of a list; `listed` makes its parameter."""
    return f"{column} = ANY(%s)" if is_postgres(connection) else f"{column} IN (SELECT value FROM json_each(?))"


def listed(connection: Connection, values: Sequence[int] | Sequence[str]) -> Any:
    """Make the parameter of `among`."""
    return array_of(values) if is_postgres(connection) else json.dumps(values)


def rows_among(connection: Connection, query: str, values: Sequence[int] | Sequence[str]) -> list[tuple[Any, ...]]:
    """Run a query with one `among`."""
    if not values:
        return []
    result = connection.exec_driver_sql(query, (listed(connection, values),))
    assert result.cursor is not None
    rows = list(result.cursor.fetchall())  # the driver's tuples: there are many, and no types to be made
    result.close()
    return rows


def update_rows(connection: Connection, table: str, key: tuple[str, str], column: tuple[str, str], rows: Sequence[tuple[Any, Any]]) -> None:
    """Set a column of the rows with these keys; `rows`: key and value, no key twice. `key`, `column`: name and PostgreSQL type."""
    if not rows:
        return
    if is_postgres(connection):
        statement = (
            f"UPDATE {table} AS t SET {column[0]} = v.value FROM unnest(%s::{key[1]}[], %s::{column[1]}[]) AS v (key, value) "
            f"WHERE t.{key[0]} = v.key"
        )
        connection.exec_driver_sql(statement, tuple(array_of([row[i] for row in rows]) for i in (0, 1)))
    else:
        statement = f"UPDATE {table} SET {column[0]} = ? WHERE {key[0]} = ?"
        connection.exec_driver_sql(statement, [(value, row_key) for row_key, value in rows])


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for each row; `?` stands for a value."""
    if rows:
        connection.exec_driver_sql(statement.replace("?", "%s") if is_postgres(connection) else statement, list(rows))


def insert_rows(connection: Connection, table: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]], conflict: str) -> None:
    """Insert rows, in one statement on PostgreSQL. `columns`: name to PostgreSQL type; `conflict`: what follows ON CONFLICT."""
    if not rows:
        return
    names = ", ".join(columns)
    if is_postgres(connection):
        arrays = ", ".join(f"%{'b' if kind == 'bytea' else 's'}::{kind}[]" for kind in columns.values())  # b: as it is, not in hexadecimal
        statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT {conflict}"
        connection.exec_driver_sql(statement, tuple(array_of([row[i] for row in rows]) for i in range(len(columns))))
    else:
        insert_many(connection, f"INSERT INTO {table} ({names}) VALUES", rows, f"ON CONFLICT {conflict}")
