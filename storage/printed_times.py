"""Printed times as people read them: never finer than the page printed them."""

from __future__ import annotations

from typing import Any

DAY_CHARS = 10
"""Characters of a day in an ISO time."""
_LENGTHS = {"year": 4, "month": 7, "day": DAY_CHARS, "hour": 13}
"""Characters of an ISO time that its precision allows; finer ones are shown to the minute."""


def printed_chars(precision: str | None) -> int:
    """Return how many characters of an ISO time, to the minute, its precision allows."""
    return _LENGTHS.get(precision or "", 16)


def moment(value: Any, precision: str | None = None) -> str:
    """Show a time, never finer than its precision.

    >>> moment("2023-05-18T08:12:41+08:00"), moment("2023-05-18T00:00:00+08:00", "day"), moment(None)
    ('2023-05-18 08:12', '2023-05-18', '')
    """
    return "" if value is None else str(value)[: printed_chars(precision)].replace("T", " ")
