"""Articles newly in the index: their folded text as it is, looked through at each query.

To sort the pairs of a text into blocks costs several times as much as to fold it, and more each time segments are put together.
So it is done once, when there are enough articles for a full segment; until then they are few enough to be looked through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storage.search_text import BOUNDARY, Units, fold_units
from storage.search_tokens import DOC_BITS, FIELD, PAIR, TITLE_PAIR, Document, Numbers, Tokens, is_first

_BOUNDARY = ord(BOUNDARY)
_DOC = (1 << DOC_BITS) - 1


MOST_KEPT = 100
"""Pairs whose places are kept of a segment: more than a query asks for."""


class Fresh:
    """The articles of a segment that is not sorted yet."""

    def __init__(self, units: Units, fields: Numbers) -> None:
        self.units, self.fields = units, fields
        """Of each document in turn: title, boundary, text, boundary. The postings of their fields."""
        self.ends = np.flatnonzero(units == _BOUNDARY)
        self._found: dict[int, Numbers] = {}

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Fresh:
        """Fold documents."""
        units = fold_units([part or "" for d in documents for part in (d.title, d.text)])
        return cls(units, np.array([token << DOC_BITS | n for n, d in enumerate(documents) for token in d.fields], dtype=np.int64))

    @classmethod
    def read(cls, packed: bytes) -> Fresh:
        """Read what `packed` wrote."""
        n_fields = int(np.frombuffer(packed, dtype="<i8", count=1)[0])
        tokens = np.frombuffer(packed, dtype="<u4", offset=8, count=n_fields) + np.int64(FIELD)
        docs = np.frombuffer(packed, dtype="<u2", offset=8 + 4 * n_fields, count=n_fields)
        return cls(np.frombuffer(packed, dtype="<u2", offset=8 + 6 * n_fields), (tokens << DOC_BITS) | docs)

    @classmethod
    def joined(cls, parts: Sequence[tuple[Numbers, Fresh]], pks: Numbers) -> Fresh:
        """Put the articles `pks` together out of segments, given with the articles that are in them."""
        fields = np.concatenate([renumbered(docs, part.fields, pks) for docs, part in parts])
        if np.array_equal(np.concatenate([docs for docs, _ in parts]), pks):
            return cls(np.concatenate([part.units for _, part in parts]), fields)
        texts: Mapping[int, bytes] = {pk: text for docs, part in parts for pk, text in zip(docs.tolist(), part._texts(), strict=True)}
        return cls(np.frombuffer(b"".join(map(texts.__getitem__, pks.tolist())), dtype="<u2"), fields)

    def _texts(self) -> list[bytes]:
        """Return title and text of each document."""
        whole = self.units.tobytes()
        return [whole[start:end] for start, end in pairwise([0, *((self.ends[1::2] + 1) * 2).tolist()])]

    def packed(self) -> bytes:
        """Write: how many fields, their tokens as far as 32 bits go, their documents, the text."""
        tokens, docs = (self.fields >> DOC_BITS).astype("<u4"), self.fields.astype("<u2")
        return b"".join((len(tokens).to_bytes(8, "little"), tokens.tobytes(), docs.tobytes(), self.units.astype("<u2").tobytes()))

    def docs(self, wanted: Tokens) -> Numbers:
        """Return the documents that have a token of these, which are one pair, all that begin with one unit, or one field."""
        if wanted.first >= FIELD:
            named: Numbers = self.fields[self.fields >> DOC_BITS == wanted.first] & _DOC
            return named
        parts = self._parts_with(wanted.first & 0xFFFFFFFF, is_whole=wanted.first == wanted.last)
        found: Numbers = (parts[parts & 1 == 0] if wanted.first >= TITLE_PAIR else parts) >> 1
        return found

    def _parts_with(self, pair: int, *, is_whole: bool) -> Numbers:
        """Return the titles (even) and texts (odd) that hold a pair, or just its first unit; asked for titles, then for both."""
        key = pair if is_whole else ~pair
        found = self._found.get(key)
        if found is None:
            if is_whole:
                is_there = self.units[:-1] == pair >> 16
                is_there &= self.units[1:] == pair & 0xFFFF
                places = _places(is_there)
            else:
                places = np.flatnonzero(self.units == pair >> 16)
            found = self.ends.searchsorted(places)
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            self._found[key] = found
        return found

    def postings(self) -> Numbers:
        """Return all postings, sorted: a token, and in the lowest bits the position of the document."""
        lengths = np.diff(self.ends, prepend=-1)
        parts = np.arange(len(lengths), dtype=np.uint16)  # titles even, texts odd
        quarters = np.empty((len(self.units) - 1, 4), dtype="<u2")  # of each posting of a pair
        quarters[:, 0] = np.repeat(parts >> 1, lengths)[:-1]
        quarters[:, 1], quarters[:, 2], quarters[:, 3] = self.units[1:], self.units[:-1], PAIR
        pairs: Numbers = quarters.view("<i8").ravel()
        titles = pairs[np.repeat(parts & 1 == 0, lengths)[:-1]]
        return np.concatenate((*_sorted(pairs, PAIR), *_sorted(titles, TITLE_PAIR), once(np.sort(self.fields))))


def _sorted(pairs: Numbers, kind: int) -> tuple[Numbers, Numbers]:
    """Return postings of pairs sorted, in two pieces: no pair begins with a boundary. `kind`: of the tokens they become."""
    pairs.sort()  # by numpy's default, which uses what wide registers the processor has: a third of the time of counting by 16 bits
    first, last = pairs.searchsorted((_BOUNDARY << 32, (_BOUNDARY + 1) << 32)).tolist()
    before, behind = once(pairs[:first]), once(pairs[last:])
    return before + (kind << DOC_BITS), behind + (kind << DOC_BITS)


def _places(mask: NDArray[np.bool_]) -> Numbers:
    """Return where the few true values are: `flatnonzero` in a third of its time, by eights of eights that are not all false."""
    whole = len(mask) // 64 * 64
    eights = mask[:whole].view(np.uint64) != 0
    places: Numbers = np.flatnonzero(eights.view(np.uint64))
    for finer in (eights, mask):
        near = (places[:, None] * 8 + np.arange(8)).ravel()
        places = near[finer[near]]
    return np.concatenate((places, np.flatnonzero(mask[whole:]) + whole))


def once(postings: Numbers) -> Numbers:
    """Return sorted postings, each once."""
    return postings[is_first(postings)]


def renumbered(docs: Numbers, postings: Numbers, pks: Numbers) -> Numbers:
    """Return the postings of the documents that are among `pks`, numbered by their position there."""
    positions = np.minimum(np.searchsorted(pks, docs), len(pks) - 1)
    numbers = np.where(pks[positions] == docs, positions, -1)[postings & _DOC]
    kept: Numbers = ((postings >> DOC_BITS << DOC_BITS) | numbers)[numbers >= 0]
    return kept
