"""Lay two texts side by side: do their numbers disagree, and how much do they share in spite of damage?"""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein, Opcode

from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import Bools, Tokens
from pipelines.normalize.date_words import read_numeral

MAX_TOKENS = 3_000
"""Alignment costs length times length; the first tokens of a longer text decide."""
MAX_GAP = 8
"""Tokens; a longer gap is a passage left out or put in, its numbers are not each other's."""
MIN_BESIDE = 2
"""Equal tokens beside a gap that make it a gap within a sentence."""
MIN_BLOCK = 4
"""Equal characters in a row that count as shared; shorter ones meet by chance."""

TYPOS_PER_NUMBER = 1
"""Changed characters outside numbers for each changed number that damage may have made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCheck:
    """What the numbers of two aligned texts say."""

    n_conflicts: int
    """Places where both have a number and the numbers differ."""
    n_equal: int
    """Number tokens that agree; not counted where nothing can conflict."""

    @property
    def is_conflict(self) -> bool:
        """Two bulletins of one template, or two texts that agree in everything but a number."""
        c, equal = self.n_conflicts, self.n_equal
        return (c >= 2 and c >= 0.08 * (c + equal)) or (c == 1 and equal <= 4)


def check_numbers(a: ReadText, b: ReadText, in_b: Bools, in_a: Bools) -> NumberCheck:
    """Align two texts and compare the numbers that stand in the same places. `in_b`: which shingles of `a` stand in `b`."""
    open_a = _open_numbers(a, in_b)
    open_b = _open_numbers(b, in_a) if open_a else []
    if not open_b:
        return NumberCheck(n_conflicts=0, n_equal=0)
    x, y = a.tokens, b.tokens
    steps = list(Levenshtein.opcodes(x.letters[:MAX_TOKENS], y.letters[:MAX_TOKENS]))
    numbers = x.is_number.nonzero()[0].tolist()
    n_equal = sum(bisect_left(numbers, s.src_end) - bisect_left(numbers, s.src_start) for s in steps if s.tag == "equal")
    conflicts = forgivable = n_typos = 0
    for gap in _gaps(steps):
        left, right = _print(x, open_a, gap.src_start, gap.src_end), _print(y, open_b, gap.dest_start, gap.dest_end)
        if left and right and left != right and _value(left) != _value(right):
            conflicts += 1
            forgivable += _is_damage(left, right)
        elif not left and not right:
            n_typos += gap.src_end - gap.src_start <= 1 and gap.dest_end - gap.dest_start <= 1
    # Characters lost and changed all over the text are damage, and damage hits numbers too.
    if n_typos >= TYPOS_PER_NUMBER * forgivable:
        conflicts -= forgivable
    return NumberCheck(n_conflicts=conflicts, n_equal=n_equal)


def _open_numbers(read: ReadText, found: Bools) -> list[int]:
    """List the number tokens that do not stand in the other text together with their neighbours, wherever: paragraphs change places.

    A token stands there if a shingle that was found begins at it or before it and ends after it; both borders only grow.
    """
    numbers = read.tokens.is_number.nonzero()[0]
    shingles = found.nonzero()[0]
    n_begun = shingles.searchsorted(numbers, side="right")
    n_ended = read.shingle_ends[shingles].searchsorted(numbers, side="right")
    open_numbers: list[int] = numbers[n_begun == n_ended].tolist()
    return open_numbers


def _gaps(steps: list[Opcode]) -> Iterator[Opcode]:
    """Join neighbouring differences; keep the small ones that stand within equal text."""
    at = 0
    while at < len(steps):
        if steps[at].tag == "equal":
            at += 1
            continue
        first = at
        while at < len(steps) and steps[at].tag != "equal":
            at += 1
        gap = Opcode("replace", steps[first].src_start, steps[at - 1].src_end, steps[first].dest_start, steps[at - 1].dest_end)
        beside = [steps[i] for i in (first - 1, at) if 0 <= i < len(steps)]
        is_small = gap.src_end - gap.src_start <= MAX_GAP and gap.dest_end - gap.dest_start <= MAX_GAP
        if is_small and any(s.src_end - s.src_start >= MIN_BESIDE for s in beside):
            yield gap


def _print(tokens: Tokens, chosen: list[int], start: int, end: int) -> str:
    """Print the chosen tokens of a gap in one row: a mark lost between two runs of digits joins them."""
    return "".join(map(tokens.text_of, chosen[bisect_left(chosen, start) : bisect_left(chosen, end)]))


def _value(printed: str) -> int | str:
    """Read a number in whatever figures it is printed: "二〇二四" and "2024", "5" and "05". What cannot be read stays as it is."""
    value = read_numeral(printed)
    return printed if value is None else value


def _is_damage(left: str, right: str) -> bool:
    """True where one side's digits are the other's with a character or two lost."""
    short, long = sorted((left, right), key=len)
    rest = iter(long)
    return len(long) - len(short) <= 2 and all(c in rest for c in short)


def shared_share(a: ReadText, b: ReadText, least: float = 0.0) -> tuple[float, float]:
    """Return the share of each text's characters that the other has in the same order, in blocks of MIN_BLOCK or more.

    `least`: where the greater share cannot reach it, no share is looked for: the pair is (0, 0).
    """
    x, y = _characters(a.tokens), _characters(b.tokens)
    shorter = max(1, min(len(x), len(y)))
    # Characters that an alignment leaves as they are number at most half of what the lengths exceed its distance by.
    most = len(x) + len(y) - math.ceil(2 * least * shorter)
    if most < 0 or Levenshtein.distance(x, y, score_cutoff=most) > most:
        return 0.0, 0.0
    shared = sum(block.size for block in Levenshtein.editops(x, y).as_matching_blocks() if block.size >= MIN_BLOCK)
    return shared / max(1, len(x)), shared / max(1, len(y))


@lru_cache(maxsize=256)
def _characters(tokens: Tokens) -> str:
    return tokens.characters(2 * MAX_TOKENS)
