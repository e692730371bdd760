"""What of a text goes into the index: hashes of whole sentences, and a floor of small shingle hashes.

Sentences find copies that were cut, merged or quoted; numbers make most of them unique, so bulletins made from one template do not
meet. Shingles find copies whose sentences were all touched. Each page publishes 10 to 20 small integers.
"""

import numpy as np

from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import U64

SKETCH_VERSION = 2
"""Raise it whenever a hash of a page changes: pages signed by an older version are signed again."""

FRACTION = np.uint64((1 << 64) // 128)
FLOOR, FLOOR_DAMAGED, MAX_SHINGLES = 6, 24, 24
HALF = np.uint64(32)


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
