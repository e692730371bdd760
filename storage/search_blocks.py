"""Postings as bytes: blocks that say for some neighbouring tokens which documents of a segment hold them.

A block: how many tokens and postings (2 bytes each); the tokens, as far as 32 bits go; how many postings each has (2 bytes); a byte for each posting; the second bytes of those that need one, the third bytes. A posting is the distance from the document before.
So one token is read without unpacking the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.search_tokens import DOC_BITS, FIELD, TITLE_PAIR, Numbers, Tokens, is_first

Bytes: TypeAlias = NDArray[np.uint8]
Docs: TypeAlias = NDArray[np.uint16]
"""Positions of documents in their segment."""
NO_DOCS = np.empty(0, dtype=np.uint16)
BLOCK_POSTINGS = 5000
"""Postings after which a block ends: about 8 KB."""
_ONE_BYTE = 224
"""Distances below fit into their byte; above, it holds what the second one has no room for."""
_THREE_BYTES = 240
"""The byte of distances from 224 + 16 * 256 on: they stand in the second and the third."""
_FAR = (_THREE_BYTES - _ONE_BYTE) << 8
_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Block:
    """Some neighbouring tokens with their postings."""

    first_token: int
    packed: bytes

    def docs(self, token: int) -> Docs:
        """Return the documents that have a token, ascending: as `Unpacked` would, without unpacking the other tokens."""
        n_tokens = int.from_bytes(self.packed[:2], "little")
        tokens = np.frombuffer(self.packed, dtype="<u4", offset=4, count=n_tokens)
        low = np.uint32(token & _LOW)
        at = int(tokens.searchsorted(low))
        if at == n_tokens or tokens[at] != low or token >> 32 != self.first_token >> 32:
            return NO_DOCS
        counts = np.frombuffer(self.packed, dtype="<u2", offset=4 + 4 * n_tokens, count=at + 1)
        offset, n_postings = 4 + 6 * n_tokens, int.from_bytes(self.packed[2:4], "little")
        start, count = int(counts[:-1].sum()), int(counts[-1])
        lead = np.frombuffer(self.packed, dtype=np.uint8, offset=offset, count=start + count)
        further = np.frombuffer(self.packed, dtype=np.uint8, offset=offset + n_postings)
        n_second = 0
        if len(further) and lead[start:].max() >= _THREE_BYTES:
            n_second = int(np.count_nonzero(np.frombuffer(self.packed, dtype=np.uint8, offset=offset, count=n_postings) >= _ONE_BYTE))
        return _summed(_distances(lead, start, further, further[n_second:]))


def _summed(distances: Docs) -> Docs:
    return distances.cumsum(dtype=np.uint16)


def _distances(lead: Bytes, start: int, second: Bytes, third: Bytes) -> Docs:
    """Read the distances from posting `start` on, given the first bytes up to the last one wanted, all second and all third bytes."""
    wanted = lead[start:]
    distances = wanted.astype(np.uint16)
    is_long = np.flatnonzero(wanted >= _ONE_BYTE)
    if not len(is_long):
        return distances
    skipped = int(np.count_nonzero(lead[:start] >= _ONE_BYTE))
    long = ((distances[is_long] - _ONE_BYTE) << 8) + second[skipped : skipped + len(is_long)] + _ONE_BYTE
    is_far = np.flatnonzero(wanted[is_long] == _THREE_BYTES)
    if len(is_far):
        skipped = int(np.count_nonzero(lead[:start] == _THREE_BYTES))
        long[is_far] = ((long[is_far] - _FAR - _ONE_BYTE) << 8) + third[skipped : skipped + len(is_far)]
    distances[is_long] = long
    return distances


def pack(postings: Numbers) -> Iterator[Block]:
    """Cut sorted postings into blocks."""
    tokens = postings >> DOC_BITS
    starts = np.flatnonzero(is_first(tokens))
    ends, tokens = np.append(starts[1:], len(postings)), tokens[starts]
    lead, second, is_long, third, is_far = _in_bytes(postings, starts)
    low_tokens, counts = (tokens & _LOW).astype("<u4"), (ends - starts).astype("<u2")
    for low, high in _cuts(tokens, ends):
        start, end = int(starts[low]), int(ends[high - 1])
        first, last = is_long.searchsorted((start, end)).tolist()
        first_far, last_far = is_far.searchsorted((start, end)).tolist()
        head = np.array((high - low, end - start), dtype="<u2")
        parts = (head, low_tokens[low:high], counts[low:high], lead[start:end], second[first:last], third[first_far:last_far])
        yield Block(int(tokens[low]), b"".join(part.tobytes() for part in parts))


def _in_bytes(postings: Numbers, starts: Numbers) -> tuple[Bytes, Bytes, Numbers, Bytes, Numbers]:
    """Return the first bytes; the second bytes, and the postings that have these; the third bytes, and theirs.

    `starts`: of each token, which counts from 0.
    """
    docs = postings.astype(np.uint16)
    distances = docs.copy()
    distances[1:] -= docs[:-1]
    distances[starts] = docs[starts]
    is_long = np.flatnonzero(distances >= _ONE_BYTE)
    rest = distances[is_long] - _ONE_BYTE
    is_far = np.flatnonzero(rest >= _FAR)
    far = distances[is_long[is_far]]
    lead, high, second = distances.astype(np.uint8), _ONE_BYTE + (rest >> 8), rest.astype(np.uint8)
    high[is_far], second[is_far] = _THREE_BYTES, far >> 8
    lead[is_long] = high
    return lead, second, is_long, far.astype(np.uint8), is_long[is_far]


def _cuts(tokens: Numbers, ends: Numbers) -> Iterator[tuple[int, int]]:
    """Give where blocks begin and end, in tokens: full, or another kind of token begins."""
    if not len(tokens):
        return
    full = np.searchsorted(ends, np.arange(BLOCK_POSTINGS, ends[-1], BLOCK_POSTINGS)) + 1
    kinds = np.searchsorted(tokens, (TITLE_PAIR, FIELD))
    cuts = sorted({0, *full.tolist(), *kinds.tolist(), len(tokens)})
    yield from pairwise(cuts)


class Unpacked:
    """Neighbouring blocks of a segment, ready to be asked."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        tokens, counts, lead, second, third = zip(*map(_parts_of, blocks), strict=True)
        self.tokens, self.counts, self.lead, self.second, self.third = map(np.concatenate, (tokens, counts, lead, second, third))
        self.ends = self.counts.cumsum()

    def docs(self, wanted: Tokens) -> Docs:
        """Return the documents that have a token of these; one may come several times."""
        low, high = self.tokens.searchsorted((wanted.first, wanted.last + 1)).tolist()
        return self._read(low, high)

    def postings(self) -> Numbers:
        """Return all postings, as they were packed."""
        return (np.repeat(self.tokens, self.counts) << DOC_BITS) | self._read(0, len(self.tokens))

    def _read(self, low: int, high: int) -> Docs:
        """Return the documents of the tokens from position `low` on, up to `high`."""
        if low >= high:
            return NO_DOCS
        start, end = int(self.ends[low] - self.counts[low]), int(self.ends[high - 1])
        summed = _summed(_distances(self.lead[:end], start, self.second, self.third))
        if high - low == 1:
            return summed
        before = np.zeros(high - low, dtype=np.uint16)  # each token counts from 0; what goes over 16 bits comes back
        before[1:] = summed[self.ends[low : high - 1] - start - 1]
        summed -= np.repeat(before, self.counts[low:high])
        return summed


def _parts_of(block: Block) -> tuple[Numbers, Numbers, Bytes, Bytes, Bytes]:
    """Return the tokens of a block, how many postings each has, and the first, second and third bytes of these."""
    packed = block.packed
    n_tokens, n_postings = np.frombuffer(packed, dtype="<u2", count=2).tolist()
    tokens = np.frombuffer(packed, dtype="<u4", offset=4, count=n_tokens) + np.int64(block.first_token & ~int(_LOW))
    counts = np.frombuffer(packed, dtype="<u2", offset=4 + 4 * n_tokens, count=n_tokens).astype(np.int64)
    lead = np.frombuffer(packed, dtype=np.uint8, offset=4 + 6 * n_tokens, count=n_postings)
    further = np.frombuffer(packed, dtype=np.uint8, offset=4 + 6 * n_tokens + n_postings)
    n_second = int(np.count_nonzero(lead >= _ONE_BYTE))
    return tokens, counts, lead, further[:n_second], further[n_second:]
