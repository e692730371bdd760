"""Days of the filter `day:` as people write them, and ranges of them as the days, months and years that they hold whole."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from storage.search_text import fold

_DAY = re.compile(r"(\d{4})(?:(?:[年/.-](?:(\d{1,2})(?:[月/.-](?:(\d{1,2})日?)?)?)?)?|(\d\d)(\d\d))", re.ASCII)
"""A day, month or year however it is written: 2024-3-1, 2024/03, 2024年3月, 20240301."""
_RANGE = re.compile(r"(?P<first>.*?)\s*\.\.\.?\s*(?P<last>.*)")
"""NFKC makes three dots of "…"."""
FIRST, LAST = date(1940, 1, 1), date(2050, 12, 31)
"""Where a range begins or ends that does not say it, or says more than that: each year is looked up, and no page is of another one."""


def day_of(written: str) -> str | None:
    """Return a day, month or year as `2024-03-01`, `2024-03`, `2024`; None: it is none that there ever was.

    >>> day_of("2024年3月1日"), day_of("20240301"), day_of("2023-13"), day_of("2023-02-30")
    ('2024-03-01', '2024-03-01', None, None)
    """
    given = _DAY.fullmatch(fold(written))
    if given is None:
        return None
    parts = [int(part) for part in given.groups() if part]
    try:
        date(*[*parts, 1, 1][:3])
    except ValueError:
        return None
    return "-".join(f"{part:02}" for part in parts)


def days_between(written: str) -> list[str] | None:
    """Return the years, months and days that a range holds whole; None: it is no range. Either end may be missing, both ends are in it.

    >>> days_between("2023-12-30..2024-02"), days_between("2024-03..2024-01"), days_between("2024-03")
    (['2023-12-30', '2023-12-31', '2024-01', '2024-02'], None, None)
    """
    given = _RANGE.fullmatch(fold(written))
    if given is None or not (given["first"] or given["last"]):
        return None
    first, last = day_of(given["first"] or FIRST.isoformat()), day_of(given["last"] or LAST.isoformat())
    if first is None or last is None:
        return None
    return list(_whole(max(FIRST, _ends_of(first)[0]), min(LAST, _ends_of(last)[1]))) or None


def _ends_of(day: str) -> tuple[date, date]:
    """Return the first and the last day of a day, month or year."""
    year, month, number = [*map(int, day.split("-")), 0, 0][:3]
    if number:
        return date(year, month, number), date(year, month, number)
    if month:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, 1, 1), date(year, 12, 31)


def _whole(first: date, last: date) -> Iterator[str]:
    while first <= last:
        day = first.isoformat()
        widest = next(unit for unit in (day[:4], day[:7], day) if _ends_of(unit)[0] == first and _ends_of(unit)[1] <= last)
        yield widest
        first = _ends_of(widest)[1] + timedelta(days=1)
