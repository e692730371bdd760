"""Postings as bytes: blocks that say for some neighbouring tokens which documents of a segment hold them.

A block: how many tokens and postings (2 bytes each); the tokens, as far as 32 bits go; how many postings each has (2 bytes); a byte for each posting; the second bytes of those that need one. A posting is the distance from the document before.
So one token is read without unpacking the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storage.search_tokens import DOC_BITS, FIELD, TITLE_PAIR, Numbers, Tokens, is_first

BLOCK_POSTINGS = 5000
"""Postings after which a block ends: about 8 KB."""
_ONE_BYTE = 224
"""Distances below fit into their byte; above, it holds what the second one has no room for: up to 224 + 32 * 256."""
_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Block:
    """Some neighbouring tokens with their postings."""

    first_token: int
    packed: bytes

    def docs(self, token: int) -> Numbers:
        """Return the documents that have a token, ascending: as `Unpacked` would, without unpacking the other tokens."""
        n_tokens = int.from_bytes(self.packed[:2], "little")
        tokens = np.frombuffer(self.packed, dtype="<u4", offset=4, count=n_tokens)
        low = np.uint32(token & _LOW)
        at = int(tokens.searchsorted(low))
        if at == n_tokens or tokens[at] != low or token >> 32 != self.first_token >> 32:
            return np.empty(0, dtype=np.int64)
        counts = np.frombuffer(self.packed, dtype="<u2", offset=4 + 4 * n_tokens, count=at + 1)
        offset, n_postings = 4 + 6 * n_tokens, int.from_bytes(self.packed[2:4], "little")
        start, count = int(counts[:-1].sum()), int(counts[-1])
        lead = np.frombuffer(self.packed, dtype=np.uint8, offset=offset + start, count=count)
        distances = lead.astype(np.int64)
        is_long = lead >= _ONE_BYTE
        n_long = int(np.count_nonzero(is_long))
        if n_long:
            skipped = int(np.count_nonzero(np.frombuffer(self.packed, dtype=np.uint8, offset=offset, count=start) >= _ONE_BYTE))
            second = np.frombuffer(self.packed, dtype=np.uint8, offset=offset + n_postings + skipped, count=n_long)
            distances[is_long] = ((distances[is_long] - _ONE_BYTE) << 8) + second + _ONE_BYTE
        summed: Numbers = distances.cumsum()
        return summed


def pack(postings: Numbers) -> Iterator[Block]:
    """Cut sorted postings into blocks."""
    tokens = postings >> DOC_BITS
    starts = np.flatnonzero(is_first(tokens))
    ends, tokens = np.append(starts[1:], len(postings)), tokens[starts]
    lead, second, is_long = _in_bytes(postings, starts)
    low_tokens, counts = (tokens & _LOW).astype("<u4"), (ends - starts).astype("<u2")
    for low, high in _cuts(tokens, ends):
        start, end = int(starts[low]), int(ends[high - 1])
        first, last = is_long.searchsorted((start, end)).tolist()
        head = np.array((high - low, end - start), dtype="<u2")
        parts = (head, low_tokens[low:high], counts[low:high], lead[start:end], second[first:last])
        yield Block(int(tokens[low]), b"".join(part.tobytes() for part in parts))


def _in_bytes(postings: Numbers, starts: Numbers) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Numbers]:
    """Return the first bytes, the second bytes, and the postings that have these. `starts`: of each token, which counts from 0."""
    docs = postings.astype(np.uint16)
    distances = docs.copy()
    distances[1:] -= docs[:-1]
    distances[starts] = docs[starts]
    is_long = np.flatnonzero(distances >= _ONE_BYTE)
    rest = distances[is_long] - _ONE_BYTE
    lead = distances.astype(np.uint8)
    lead[is_long] = _ONE_BYTE + (rest >> 8)
    return lead, rest.astype(np.uint8), is_long


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
        parts = [_parts_of(block) for block in blocks]
        self.tokens, self.counts, self.lead, self.second = (
            np.concatenate([part[number] for part in parts]) if len(parts) > 1 else parts[0][number] for number in range(4)
        )
        self.ends = self.counts.cumsum()

    def docs(self, wanted: Tokens) -> Numbers:
        """Return the documents that have a token of these; one may come several times."""
        low, high = self.tokens.searchsorted((wanted.first, wanted.last + 1)).tolist()
        return self._read(low, high)

    def postings(self) -> Numbers:
        """Return all postings, as they were packed."""
        return (np.repeat(self.tokens, self.counts) << DOC_BITS) | self._read(0, len(self.tokens))

    def _read(self, low: int, high: int) -> Numbers:
        """Return the documents of the tokens from position `low` on, up to `high`."""
        if low >= high:
            return np.empty(0, dtype=np.int64)
        start, end = int(self.ends[low] - self.counts[low]), int(self.ends[high - 1])
        lead = self.lead[start:end]
        distances = lead.astype(np.int64)
        is_long = lead >= _ONE_BYTE
        skipped = int(np.count_nonzero(self.lead[:start] >= _ONE_BYTE))
        second = self.second[skipped : skipped + int(np.count_nonzero(is_long))]
        distances[is_long] = ((distances[is_long] - _ONE_BYTE) << 8) + second + _ONE_BYTE
        summed: Numbers = distances.cumsum()
        if high - low == 1:
            return summed
        before = np.concatenate((np.zeros(1, dtype=np.int64), summed[self.ends[low : high - 1] - start - 1]))  # each token counts from 0
        summed -= np.repeat(before, self.counts[low:high])
        return summed


def _parts_of(block: Block) -> tuple[Numbers, Numbers, NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the tokens of a block, how many postings each has, and the first and second bytes of these."""
    packed = block.packed
    n_tokens, n_postings = np.frombuffer(packed, dtype="<u2", count=2).tolist()
    tokens = np.frombuffer(packed, dtype="<u4", offset=4, count=n_tokens) + np.int64(block.first_token & ~int(_LOW))
    counts = np.frombuffer(packed, dtype="<u2", offset=4 + 4 * n_tokens, count=n_tokens).astype(np.int64)
    lead = np.frombuffer(packed, dtype=np.uint8, offset=4 + 6 * n_tokens, count=n_postings)
    return tokens, counts, lead, np.frombuffer(packed, dtype=np.uint8, offset=4 + 6 * n_tokens + n_postings)
