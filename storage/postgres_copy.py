"""Rows sent to PostgreSQL by COPY, in its text format, written column by column: the driver's own writer looks at each value by itself."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_BETWEEN = "\0"
"""No text of PostgreSQL holds it."""
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_NULL = "\\N"
AT_ONCE = 1000
"""Rows written at a time: a few megabytes."""


def copy_columns(connection: Connection, target: str, columns: Sequence[Sequence[Any]]) -> None:
    """Insert rows, given by column as the driver takes values. `target`: table and columns, as they stand in the statement."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for start in range(0, len(columns[0]), AT_ONCE):
                written = [copy_texts(column[start : start + AT_ONCE]) for column in columns]
                copy.write("".join([f"{row}\n" for row in map("\t".join, zip(*written, strict=True))]))
    except (connection.dialect.loaded_dbapi.Error, ValueError) as error:  # as Core would raise it
        raise DBAPIError(f"COPY {target}", None, error) from error


def copy_texts(column: Sequence[Any]) -> list[str]:
    r"""Write the values of a column: texts, bytes, or numbers, truth values and times. Source of the rules: PostgreSQL's page on COPY.

    Raises:
        ValueError: a text holds NUL.

    >>> copy_texts(["a\\b\n", None]), copy_texts([b"\x01", None]), copy_texts([True, 2.5])
    (['a\\\\b\\n', '\\N'], ['\\\\x01', '\\N'], ['True', '2.5'])
    """
    kinds = set(map(type, column)) - {NoneType}
    if all(issubclass(kind, str) for kind in kinds):
        texts = _escaped(column)
    elif kinds == {bytes}:
        texts = [rf"\\x{value.hex()}" if value is not None else _NULL for value in column]
    else:
        texts = list(map(str, column))
    return [_NULL if value is None else text for value, text in zip(column, texts, strict=True)] if None in column else texts


def _escaped(column: Sequence[str | None]) -> list[str]:
    joined = _BETWEEN.join([value or "" for value in column])
    for sign, escaped in _ESCAPES:
        joined = joined.replace(sign, escaped)
    texts = joined.split(_BETWEEN)
    if len(texts) != len(column):
        raise ValueError("a text holds NUL, which PostgreSQL does not store")
    return texts
