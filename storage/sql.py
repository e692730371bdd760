"""Statements that both engines know, written once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500
"""Values in one IN list; the statement text stays the same for full chunks, so both sides keep it prepared."""


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; one whose key is there already is left out."""
    if rows:
        dialect_insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(dialect_insert(table).on_conflict_do_nothing(), rows)


def select_in(
    connection: Connection, key: Column[Any], values: Iterable[Any], *columns: Column[Any], query: Select[Any] | None = None
) -> Iterator[Row[Any]]:
    """Select the rows whose `key` is one of `values`, in chunks; `columns` default to the key."""
    wanted = sorted(values)
    base = query if query is not None else select(*(columns or (key,)))
    for start in range(0, len(wanted), CHUNK):
        yield from connection.execute(base.where(key.in_(wanted[start : start + CHUNK])))
