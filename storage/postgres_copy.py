"""Rows sent to PostgreSQL by COPY, in its text format, written column by column: the driver's own writer looks at each value by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from types import NoneType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_BETWEEN = "\0"
"""No text of PostgreSQL holds it."""
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_NULL = "\\N"
AT_ONCE = 100
"""Rows written at a time: the server takes them in while the next are written."""


class NulError(ValueError):
    """A text holds NUL, which PostgreSQL does not store."""


def copy_rows(connection: Connection, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows of values as the driver takes them. `target`: table and columns, as they stand in the statement."""
    driver: Any = connection.connection.driver_connection
    left = iter(rows)
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            while some := list(islice(left, AT_ONCE)):
                written = map(copy_texts, zip(*some, strict=True))
                copy.write("".join([f"{row}\n" for row in map("\t".join, zip(*written, strict=True))]))
    except (connection.dialect.loaded_dbapi.Error, NulError, UnicodeEncodeError) as error:  # as Core would raise it
        raise DBAPIError(f"COPY {target}", None, error) from error


def copy_texts(column: Sequence[Any]) -> list[str]:
    r"""Write the values of a column: texts, or numbers, truth values and times. Source of the rules: PostgreSQL's page on COPY.

    Raises:
        NulError: a text holds NUL.

    >>> copy_texts(["a\\b\n", None]), copy_texts([True, 2.5])
    (['a\\\\b\\n', '\\N'], ['True', '2.5'])
    """
    kinds = set(map(type, column)) - {NoneType}
    texts = _escaped(column) if all(issubclass(kind, str) for kind in kinds) else list(map(str, column))
    return [_NULL if value is None else text for value, text in zip(column, texts, strict=True)] if None in column else texts


def _escaped(column: Sequence[str | None]) -> list[str]:
    joined = _BETWEEN.join([value or "" for value in column])
    for sign, escaped in _ESCAPES:
        joined = joined.replace(sign, escaped)
    texts = joined.split(_BETWEEN)
    if len(texts) != len(column):
        raise NulError("a text holds NUL, which PostgreSQL does not store")
    return texts
