"""What one text has that another has not, for a person to read."""

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

MAX_CHARS = 20_000
"""Longer texts are compared to here."""
MIN_EQUAL = 3
"""Shorter equal runs between two changes belong to the change: they meet by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place where two texts differ."""

    at: int
    """Offset in the first text, characters."""
    before: str
    """What the first text has there; empty: nothing."""
    after: str
    """What the second text has instead."""


def difference(before: str, after: str) -> tuple[Change, ...]:
    """Return the places where `after` differs from `before`, in order.

    >>> difference("昨日通车，市民称好。", "昨日通车。市民称好。（完）")
    (Change(at=4, before='，', after='。'), Change(at=10, before='', after='（完）'))
    """
    before, after = before[:MAX_CHARS], after[:MAX_CHARS]
    return tuple(Change(at=a, before=before[a:b], after=after[c:d]) for a, b, c, d in _changes(before, after))


def _changes(before: str, after: str) -> Iterator[tuple[int, int, int, int]]:
    gap: tuple[int, int, int, int] | None = None
    for step in Levenshtein.opcodes(before, after):
        if step.tag == "equal":
            continue
        if gap is not None and step.src_start - gap[1] < MIN_EQUAL and step.dest_start - gap[3] < MIN_EQUAL:
            gap = (gap[0], step.src_end, gap[2], step.dest_end)
            continue
        if gap is not None:
            yield gap
        gap = (step.src_start, step.src_end, step.dest_start, step.dest_end)
    if gap is not None:
        yield gap
