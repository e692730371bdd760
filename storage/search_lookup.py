"""Look things up in the search index, as one transaction sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from storage.search_blocks import Block, Unpacked
from storage.search_fresh import Fresh
from storage.search_index import PLACES, read_numbers
from storage.search_query import Lookup
from storage.search_tables import search_segment
from storage.search_tokens import Numbers, Tokens
from storage.story_sql import among, rows_among

Mask: TypeAlias = NDArray[np.bool_]


class Segment:
    """A segment, with what was found in it so far."""

    def __init__(self, number: int, last_pk: int, docs: Numbers, directory: Numbers) -> None:
        self.number, self.last_pk, self.docs, self.directory = number, last_pk, docs, directory
        self.masks: dict[Tokens, Mask] = {}
        self.fresh: Fresh | None = None
        """Its text, once read, where it is not sorted into blocks."""

    def blocks_of(self, tokens: Tokens) -> range:
        """Return the numbers of the blocks that may hold these tokens."""
        if not len(self.directory):
            return range(1)
        first, last = self.directory.searchsorted((tokens.first, tokens.last), side="right").tolist()
        return range(max(first - 1, 0), last)

    def unpacked(self, packed: Mapping[int, bytes], numbers: range) -> Fresh | Unpacked:
        """Unpack blocks, given by their places."""
        if len(self.directory):
            return Unpacked([Block(int(self.directory[number]), packed[self.number * PLACES + number]) for number in numbers])
        self.fresh = self.fresh or Fresh.read(packed[self.number * PLACES])
        return self.fresh

    def find(self, lookup: Lookup) -> Numbers:
        """Return the articles of a lookup, ascending; the tokens must be loaded."""
        found = self.docs[self._mask(lookup)]
        return found[found > 0]

    def _mask(self, lookup: Lookup) -> Mask:
        if lookup.tokens:
            return self.masks[lookup.tokens]
        if lookup.operator == "every":
            return np.ones(len(self.docs), dtype=bool)
        parts = [self._mask(part) for part in lookup.parts]
        return ~parts[0] if lookup.operator == "not" else reduce(and_ if lookup.operator == "and" else or_, parts)


class IndexReader:
    """The index within one reading transaction. What was once looked up is kept."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        s = search_segment.c
        rows = connection.execute(select(s.segment, s.last_pk, s.docs, s.directory).order_by(s.last_pk.desc()))
        self.segments = [Segment(row.segment, row.last_pk, read_numbers(row.docs), read_numbers(row.directory)) for row in rows]

    def find(self, lookup: Lookup, only: Sequence[int] | None = None) -> Iterator[int]:
        """Give the articles of a lookup, newest first. `only`: just these."""
        waiting = np.empty(0, dtype=np.int64)
        for number, segment in enumerate(self._loaded(lookup)):
            found = segment.find(lookup)
            waiting = np.union1d(waiting, found if only is None else found[np.isin(found, only)])
            # An article saved again stands in a later segment than its neighbours.
            next_pk = self.segments[number + 1].last_pk if number + 1 < len(self.segments) else 0
            ready = int(np.searchsorted(waiting, next_pk, side="right"))
            yield from waiting[ready:][::-1].tolist()
            waiting = waiting[:ready]

    def count(self, lookup: Lookup) -> int:
        """Count the articles of a lookup."""
        return sum(len(segment.find(lookup)) for segment in self._loaded(lookup))

    def _loaded(self, lookup: Lookup) -> Iterator[Segment]:
        """Give the segments with the tokens of a lookup loaded: one at first, as the newest are often enough, then ever more at once."""
        tokens, start, step = set(_tokens_of(lookup)), 0, 1
        while start < len(self.segments):
            group = self.segments[start : start + step]
            self._load(group, tokens)
            yield from group
            start, step = start + step, step * 8

    def _load(self, segments: Sequence[Segment], tokens: Iterable[Tokens]) -> None:
        wanted = [(segment, one, segment.blocks_of(one)) for segment in segments for one in tokens if one not in segment.masks]
        places = {segment.number * PLACES + number for segment, _, numbers in wanted if not segment.fresh for number in numbers}
        query = f"SELECT place, packed FROM search_block WHERE {among(self.connection, 'place')}"
        packed: dict[int, bytes] = dict(rows_among(self.connection, query, sorted(places)))
        for segment, one, numbers in wanted:
            mask = segment.masks[one] = np.zeros(len(segment.docs), dtype=bool)
            if numbers:
                mask[segment.unpacked(packed, numbers).docs(one)] = True


def _tokens_of(lookup: Lookup) -> Iterator[Tokens]:
    if lookup.tokens:
        yield lookup.tokens
    for part in lookup.parts:
        yield from _tokens_of(part)
