"""Does one page quote a passage of another? Only where the page says so with quotation marks: pages share stock passages, too."""

import numpy as np

from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import Bools

MIN_QUOTED = 40
"""Shingles in a row; a shorter quotation ties no two pages together."""
OPENING = frozenset(map(ord, '“「『"‘'))


def quoting_side(a: ReadText, b: ReadText, in_b: Bools, in_a: Bools) -> str | None:
    """Return `a` where the first text quotes the second, `b` the other way round, None where neither or both do.

    `in_b`: which shingles of `a` stand in `b`.
    """
    start_a, length_a = longest_run(in_b)
    start_b, length_b = longest_run(in_a)
    if min(length_a, length_b) < MIN_QUOTED:
        return None
    quoted_a, quoted_b = _opens(a, start_a), _opens(b, start_b)
    return None if quoted_a == quoted_b else "a" if quoted_a else "b"


def longest_run(found: Bools) -> tuple[int, int]:
    """Return where the longest run of marks begins, and its length."""
    padded = np.concatenate(([False], found, [False]))
    borders = np.flatnonzero(padded[1:] != padded[:-1])
    starts, ends = borders[::2], borders[1::2]
    if len(starts) == 0:
        return 0, 0
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best] - starts[best])


def _opens(read: ReadText, token: int) -> bool:
    at = int(read.tokens.starts[token]) - 1
    return at >= 0 and int(read.tokens.codes[at]) in OPENING
