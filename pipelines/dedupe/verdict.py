"""Is one text a copy of another? Decided on the texts themselves, never on what the index keeps of them."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from pipelines.dedupe.alignment import check_numbers, shared_share
from pipelines.dedupe.headlines import SAME_TITLE, name_different_things, title_overlap, titles_count_differently
from pipelines.dedupe.quotation import MIN_QUOTED, quoting_side
from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import U64, Bools, Ints

RULE_VERSION = 5
"""Raise it whenever a rule below changes: edges carry it."""

WINDOW_DAYS = 10
"""Copies further apart in time must be nearly whole: formal texts return every year."""
SAME, REWRITTEN = 0.75, 0.5
"""Both hold this much of each other: the same text. Less will do where neither holds nearly all of the other."""
PART = 0.7
"""One holds this much of the other: a part, if the other way or the titles agree."""
SURE_PART = 0.9
"""A part, whatever the titles say."""
LOOSE, LOOSE_OTHER = 0.5, 0.35
"""Rewritten or damaged: both hold some of each other."""
CUT_TWICE, EQUAL_TITLE = 0.4, 0.8
"""Two copies cut in different places share less, under one title."""
ONE_STRETCH = 0.7
"""What they share stands together: of its place in each, it fills this much. Phrases that reports of one event have in common are strewn about."""
LOOSE_JACCARD = 0.5
"""What a rewritten text must share where neither title nor date speaks for it."""
LEAST = 0.35
"""What the longer of two texts must hold of the shorter for them to be looked at closely."""
LATE, LATE_TITLED = 0.95, 0.85
"""What the larger coverage must be where the two are further apart; under one title and without a number that differs, the smaller."""
MIN_SHARED, MIN_TOKENS = 20, 12
"""Shared shingles below which only near equality counts, and tokens below which nothing does."""
SMALL_SHARE = 0.15
"""A page of which the other is less than this only mentions it, unless the titles agree."""
DAMAGED = 0.15
"""Containment from which two texts are aligned where one of them is damaged."""
ALIGNED = 0.75
SAMPLE, SAMPLE_ERROR = 128, 0.15
"""Shingles of the shorter text that are looked up first, and how far off their share may be."""
N_PARTS, EVERYWHERE = 64, (1 << 64) - 1


class EdgeKind(StrEnum):
    """How two pages are related. Directed kinds are said of the first of the two."""

    SAME = "same"
    PART_OF = "part_of"
    CONTAINS = "contains"
    QUOTES = "quotes"
    """Holds a passage of the other in quotation marks."""
    QUOTED = "quoted"
    """The other holds a passage of this one in quotation marks."""
    SIBLING = "sibling"
    """Alike by template, not by story."""


APART = frozenset({EdgeKind.SIBLING, EdgeKind.QUOTES, EdgeKind.QUOTED})
"""Relations that say nothing about belonging to one story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How two texts are related."""

    kind: EdgeKind
    cover_a: float
    """Share of the first text that stands in the second, 0 to 1."""
    cover_b: float
    mask_a: int
    """Bit i: the i-th of 64 equal parts of the first text stands in the second."""
    mask_b: int
    n_conflicts: int
    """Numbers that differ at equal places."""
    unites: bool
    """The two belong to one story, as far as these two texts can tell."""


def judge(a: ReadText, b: ReadText, *, days_apart: float | None) -> Verdict | None:
    """Compare two texts. `days_apart`: None where one has no date. None: no relation worth keeping."""
    is_damaged = a.is_damaged or b.is_damaged
    is_late = days_apart is not None and days_apart > WINDOW_DAYS
    least_undamaged = LEAST if not is_late else LATE_TITLED if _have_one_title(a, b) else LATE
    least = DAMAGED if is_damaged else least_undamaged
    shorter, longer = (a, b) if len(a.shingles) <= len(b.shingles) else (b, a)
    # The smallest hashes are a fair sample: most candidates end here.
    sample = shorter.sorted_shingles[:SAMPLE]
    if np.count_nonzero(_stand_in(sample, longer)) < (least - SAMPLE_ERROR) * len(sample):
        return None
    sorted_in_b, sorted_in_a = _shared(a, b)
    cover_a, cover_b = share_of(sorted_in_b), share_of(sorted_in_a)
    n_shared = min(int(np.count_nonzero(sorted_in_b)), int(np.count_nonzero(sorted_in_a)))
    if is_damaged and max(cover_a, cover_b) < LATE:
        aligned = shared_share(a, b, ALIGNED if max(cover_a, cover_b) < ALIGNED else 0.0)
        if max(*aligned, cover_a, cover_b) >= ALIGNED:
            cover_a, cover_b = max(cover_a, aligned[0]), max(cover_b, aligned[1])
        elif max(cover_a, cover_b) < least_undamaged:
            return None
    small, large = sorted((cover_a, cover_b))
    if n_shared < MIN_SHARED and not _are_short_copies(a, b, small, days_apart):
        return None
    jaccard = n_shared / max(1, len(sorted_in_b) + len(sorted_in_a) - n_shared)
    is_close = _is_late_copy(a, b, small, large) if is_late else _is_close(a, b, small, large, jaccard, days_apart)
    if not is_close and (is_late or (n_shared < MIN_QUOTED and large < CUT_TWICE)):
        return None
    in_b, in_a = _in_order(a, sorted_in_b), _in_order(b, sorted_in_a)
    if not is_close and _is_cut_twice(a, b, small, large, days_apart):
        is_close = _stand_together(in_b) and _stand_together(in_a)
    if not is_close:
        return _quotation(a, b, in_b, in_a)
    n_conflicts = 0
    is_same = small >= SAME or (small >= REWRITTEN and large < SURE_PART)
    kind = EdgeKind.SAME if is_same else EdgeKind.PART_OF if cover_a > cover_b else EdgeKind.CONTAINS
    if jaccard < 0.999:
        numbers = check_numbers(a, b, in_b, in_a)
        n_conflicts = numbers.n_conflicts
        is_conflict = numbers.is_conflict or (is_late and n_conflicts > 0)
        if is_conflict or name_different_things(a, b):
            kind = EdgeKind.SIBLING
    return Verdict(
        kind=kind,
        cover_a=cover_a,
        cover_b=cover_b,
        mask_a=segments(in_b),
        mask_b=segments(in_a),
        n_conflicts=n_conflicts,
        unites=kind is not EdgeKind.SIBLING and (small >= SMALL_SHARE or title_overlap(a.title, b.title) >= SAME_TITLE),
    )


def _quotation(a: ReadText, b: ReadText, in_b: Bools, in_a: Bools) -> Verdict | None:
    side = quoting_side(a, b, in_b, in_a)
    if side is None:
        return None
    return Verdict(
        kind=EdgeKind.QUOTES if side == "a" else EdgeKind.QUOTED,
        cover_a=share_of(in_b),
        cover_b=share_of(in_a),
        mask_a=segments(in_b),
        mask_b=segments(in_a),
        n_conflicts=0,
        unites=False,
    )


def _is_close(a: ReadText, b: ReadText, small: float, large: float, jaccard: float, days_apart: float | None) -> bool:
    overlap = title_overlap(a.title, b.title)
    if large >= SURE_PART or (large >= PART and (small >= LOOSE or overlap >= SAME_TITLE)):
        return True
    if small < LOOSE_OTHER:
        return False
    if days_apart is None:
        return large >= LOOSE and jaccard >= LOOSE_JACCARD
    if large < LOOSE:
        return False
    return jaccard >= LOOSE_JACCARD or overlap >= EQUAL_TITLE


def _is_late_copy(a: ReadText, b: ReadText, small: float, large: float) -> bool:
    """Tell whether two texts may be copies although they are far apart in time: formal texts return every year."""
    if large < LATE and (small < LATE_TITLED or not _have_one_title(a, b)):
        return False
    # "二〇二三年新年贺词" and "二〇二四年新年贺词" hardly differ otherwise.
    return not titles_count_differently(a.title, b.title)


def _have_one_title(a: ReadText, b: ReadText) -> bool:
    return a.title == b.title != ""


def _is_cut_twice(a: ReadText, b: ReadText, small: float, large: float, days_apart: float | None) -> bool:
    """Tell whether two texts share as much as two copies of one text do that were cut in different places."""
    is_near = days_apart is not None and days_apart <= WINDOW_DAYS
    return is_near and small >= LOOSE_OTHER and CUT_TWICE <= large < LOOSE and title_overlap(a.title, b.title) >= EQUAL_TITLE


def _stand_together(found: Bools) -> bool:
    """Tell whether the marks that are set stand together, a twentieth on either side apart."""
    places = np.flatnonzero(found)
    first, last = places[len(places) // 20], places[-1 - len(places) // 20]
    return int(np.count_nonzero(found[first : last + 1])) >= ONE_STRETCH * int(last - first + 1)


def _are_short_copies(a: ReadText, b: ReadText, small: float, days_apart: float | None) -> bool:
    """A few words prove little: short texts are copies where they agree nearly wholly and under one title, at one time."""
    is_long_enough = min(len(a.tokens), len(b.tokens)) >= MIN_TOKENS
    is_near = days_apart is None or days_apart <= WINDOW_DAYS
    return is_long_enough and is_near and small >= LATE and title_overlap(a.title, b.title) >= SAME_TITLE


def found_in(a: ReadText, b: ReadText) -> Bools:
    """Mark the shingles of `a`, in order, that stand in `b`."""
    return _in_order(a, _stand_in(a.sorted_shingles, b))


def _in_order(read: ReadText, sorted_found: Bools) -> Bools:
    """Put the marks of sorted shingles into the order of the text."""
    found = np.empty(len(sorted_found), np.bool_)
    found[read.order] = sorted_found
    return found


def _stand_in(shingles: U64, b: ReadText) -> Bools:
    """Mark the shingles that stand in `b`. Sorted ones are found several times faster."""
    if len(shingles) == 0 or len(b.sorted_shingles) == 0:
        return np.zeros(len(shingles), np.bool_)
    at = b.sorted_shingles.searchsorted(shingles)
    found: Bools = b.sorted_shingles.take(at, mode="clip") == shingles
    return found


def _shared(a: ReadText, b: ReadText) -> tuple[Bools, Bools]:
    """Mark the sorted shingles of each that stand in the other."""
    if b.repeats or not len(a.sorted_shingles) or not len(b.sorted_shingles):
        return _stand_in(a.sorted_shingles, b), _stand_in(b.sorted_shingles, a)
    at = b.sorted_shingles.searchsorted(a.sorted_shingles)
    in_b: Bools = b.sorted_shingles.take(at, mode="clip") == a.sorted_shingles
    in_a = np.zeros(len(b.sorted_shingles), np.bool_)
    in_a[at[in_b]] = True
    return in_b, in_a


def share_of(found: Bools) -> float:
    """Return the share of marks that are set, 0 to 1."""
    return int(np.count_nonzero(found)) / len(found) if len(found) else 0.0


def segments(found: Bools) -> int:
    """Fold marks into 64 bits; a bit is set where half of its part is marked."""
    n = len(found)
    if n == 0:
        return 0
    n_found = int(np.count_nonzero(found))
    if n_found == 0 or (n_found == n and n >= N_PARTS):
        return EVERYWHERE if n_found else 0
    starts, sizes = _parts(n)
    hits = np.add.reduceat(found, starts, dtype=np.int64) * 2 >= sizes
    return int(np.packbits(hits, bitorder="little").view(np.uint64)[0])


@lru_cache(maxsize=2_000)
def _parts(n: int) -> tuple[Ints, Ints]:
    """Return where each of the parts of `n` marks starts, and its size; a part without marks cannot be hit."""
    borders = (np.arange(N_PARTS + 1) * n) >> 6
    sizes = borders[1:] - borders[:-1]
    return np.minimum(borders[:-1], n - 1), np.where(sizes > 0, sizes, 3)
