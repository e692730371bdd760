"""Whether two pages that were met under one canonical link are versions of one article."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.dedupe.fold import fold_text, fold_title
from pipelines.dedupe.headlines import titles_count_differently

CHARS = 8
"""In a row, without white space: two texts about different things share few of these."""
SHARED = 0.5
"""Of the shorter text's: an article is corrected and goes on, and it keeps more than that."""
SAME = 0.9
"""Of the shorter text's: what is cut, continued or corrected in a word, whatever its headline and its date say by now."""
READ = 5_000
"""Characters of a text that are looked at."""


class Version(NamedTuple):
    """What one page says. Each may be missing."""

    text: str | None
    title: str | None = None
    day: str | None = None
    """Its printed date, ISO 8601; None where that is no finer than a month, or counts back from the fetch."""


def are_versions(one: Version, other: Version) -> bool:
    """Tell whether much of the shorter text stands in the other, too, and no more than a form's worth of it in the next day's bulletin.

    A text that is not held is nobody's version.

    >>> are_versions(Version("渡口的老码头下月拆除，新的候船室设在上游。"), Version("渡口的老碼頭下月拆除，新的候船室設在上游。班次不变。"))
    True
    >>> are_versions(Version("渡口的老码头下月拆除，新的候船室设在上游。"), Version("县图书馆新馆周六开放，馆藏图书共四十五万册。"))
    False
    >>> monday, tuesday = ("今天白天多云，最高气温{}度，北风三级；夜间晴，最低气温零度。出行请注意安全。".format(n) for n in ("九", "十二"))
    >>> are_versions(Version(monday, "天气预报", "2024-03-04"), Version(tuesday, "天气预报", "2024-03-05"))
    False
    """
    shared = _shared(_pieces(one.text or ""), _pieces(other.text or ""))
    return shared >= SAME or (shared >= SHARED and not _are_issues(one, other))


def _are_issues(one: Version, other: Version) -> bool:
    """Tell whether date or headline says that two texts of one form are a bulletin of one day and another."""
    if one.day and other.day and one.day != other.day:
        return True
    return titles_count_differently(fold_title(one.title or ""), fold_title(other.title or ""))


def _shared(one: set[str], two: set[str]) -> float:
    return len(one & two) / min(len(one), len(two)) if one and two else 0.0


def _pieces(text: str) -> set[str]:
    squeezed = "".join(fold_text(text[:READ]).split())
    return {squeezed[i : i + CHARS] for i in range(max(1, len(squeezed) - CHARS + 1))} if squeezed else set()
