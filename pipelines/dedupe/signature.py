"""What of a text goes into the index: hashes of whole sentences, and a floor of small shingle hashes.

Sentences find copies that were cut, merged or quoted; numbers make most of them unique, so bulletins made from one template do not
meet. Shingles find copies whose sentences were all touched. Each page publishes 10 to 20 small integers.
"""

from functools import lru_cache

import numpy as np

from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import U64

SKETCH_VERSION = 1
"""Raise it whenever a hash of a page changes: pages signed by an older version are signed again."""

FRACTION = np.uint64((1 << 64) // 128)
FLOOR, FLOOR_DAMAGED, MAX_SHINGLES = 6, 24, 24
HALF = np.uint64(32)
TITLE_GRAM = 2


def sign(read: ReadText) -> tuple[int, ...]:
    """Return what the index keeps of a text: 32-bit signed integers, sorted, without repetition."""
    floor = FLOOR_DAMAGED if read.is_damaged else FLOOR
    chosen = np.concatenate((read.sentences, smallest_shingles(read.sorted_shingles, floor)))
    return tuple(sorted(set((chosen >> HALF).astype(np.uint32).view(np.int32).tolist())))


def smallest_shingles(sorted_shingles: U64, floor: int) -> U64:
    """Return a fixed share of all shingle hashes, and never fewer than the `floor` smallest."""
    smallest = sorted_shingles[: 4 * MAX_SHINGLES]  # a little more than is needed, for repetitions
    if len(smallest) > 1:
        smallest = smallest[np.append(True, smallest[1:] != smallest[:-1])]
    n = min(max(floor, int(smallest.searchsorted(FRACTION))), MAX_SHINGLES)
    return smallest[:n]


def title_overlap(a: str, b: str) -> float:
    """Share of the shorter title's letter pairs that stand in the other, 0 to 1; 0 where one has no title."""
    grams_a, grams_b = _grams(a), _grams(b)
    return len(grams_a & grams_b) / min(len(grams_a), len(grams_b)) if grams_a and grams_b else 0.0


@lru_cache(maxsize=4096)
def _grams(title: str) -> frozenset[str]:
    return frozenset(title[i : i + TITLE_GRAM] for i in range(len(title) - TITLE_GRAM + 1))
