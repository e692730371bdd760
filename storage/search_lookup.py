"""Look things up in the search index, as one transaction sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from storage.search_blocks import NO_DOCS, Block, Docs, Unpacked
from storage.search_fresh import Fresh
from storage.search_query import Lookup
from storage.search_segments import PLACES, read_numbers
from storage.search_tokens import Numbers, Tokens
from storage.story_sql import among, is_postgres, listed

Mask: TypeAlias = NDArray[np.bool_]

_kept_fresh: WeakKeyDictionary[Engine, dict[tuple[int, int, int], Fresh]] = WeakKeyDictionary()
"""Unsorted segments: up to 11 MB, which take as long to be read as to be looked through. A segment never changes, and no number is used twice."""

_Numbers: TypeAlias = tuple[Numbers, Numbers]
_kept_numbers: WeakKeyDictionary[Engine, dict[tuple[int, str], _Numbers]] = WeakKeyDictionary()
"""Documents and directories of the segments of PostgreSQL bases, by number and by what tells one version of a row from another: the transaction
that wrote it. Nine bytes an article, which take longer to come from the server than a query may wait for them."""


class Segment:
    """A segment, with what was read and found in it so far."""

    def __init__(self, number: int, last_pk: int, docs: Numbers, directory: Numbers) -> None:
        self.number, self.last_pk, self.docs, self.directory = number, last_pk, docs, directory
        self.packed: dict[int, bytes] = {}
        self.fresh: Fresh | None = None
        """Its unsorted text, once it was read."""
        self._masks: dict[Tokens, Mask] = {}
        self._found: dict[Lookup, Numbers] = {}

    @property
    def key(self) -> tuple[int, int, int]:
        """What tells it from all others, also after a backup was put back."""
        return self.number, self.last_pk, len(self.docs)

    def blocks_of(self, tokens: Tokens) -> range:
        """Return the numbers of the blocks that may hold these tokens; text that is not sorted into blocks is one."""
        if not len(self.directory):
            return range(1)
        first, last = self.directory.searchsorted((tokens.first, tokens.last), side="right").tolist()
        return range(max(first - 1, 0), last)

    def find(self, lookup: Lookup) -> Numbers:
        """Return the articles of a lookup, ascending; its blocks must be there."""
        if lookup not in self._found:
            found = self.docs[self._mask(lookup)]
            self._found[lookup] = found[found > 0]
        return self._found[lookup]

    def _mask(self, lookup: Lookup) -> Mask:
        if lookup.tokens:
            return self._mask_of(lookup.tokens)
        if lookup.operator == "every":
            return np.ones(len(self.docs), dtype=bool)
        if lookup.operator == "not":
            return ~self._mask(lookup.parts[0])
        mask = self._mask(lookup.parts[0])
        for part in lookup.parts[1:]:
            if lookup.operator == "and" and not mask.any():
                break
            mask = (mask & self._mask(part)) if lookup.operator == "and" else (mask | self._mask(part))
        return mask

    def _mask_of(self, tokens: Tokens) -> Mask:
        if tokens not in self._masks:
            mask = self._masks[tokens] = np.zeros(len(self.docs), dtype=bool)
            mask[self._docs_of(tokens)] = True
        return self._masks[tokens]

    def _docs_of(self, tokens: Tokens) -> Numbers | Docs:
        if not len(self.directory):
            assert self.fresh is not None, "read with its blocks"
            return self.fresh.docs(tokens)
        blocks = [Block(int(self.directory[number]), self.packed[number]) for number in self.blocks_of(tokens)]
        if tokens.first == tokens.last:
            return blocks[0].docs(tokens.first) if blocks else NO_DOCS
        return Unpacked(blocks).docs(tokens) if blocks else NO_DOCS


class IndexReader:
    """The index within one reading transaction. What was once looked up is kept."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.segments = _read_segments(connection)
        self._kept = _kept_fresh.setdefault(connection.engine, {})
        for key in self._kept.keys() - {segment.key for segment in self.segments}:
            self._kept.pop(key, None)
        for segment in self.segments:
            segment.fresh = self._kept.get(segment.key)

    def find(self, lookup: Lookup, only: Sequence[int] | None = None, *, narrower: Lookup | None = None) -> Iterator[int]:
        """Give the articles of a lookup, newest first. `only`: just these; `narrower`: what finds some of the articles of `lookup`, just those."""
        waiting = np.empty(0, dtype=np.int64)
        for number, segment in enumerate(self._loaded(lookup, narrower)):
            found = segment.find(lookup)
            if narrower is not None and len(found):
                found = segment.find(narrower)
            if only is not None:
                found = found[np.isin(found, only)]
            if len(found):
                waiting = np.union1d(waiting, found) if len(waiting) else found
            # An article saved again stands in a later segment than its neighbours.
            next_pk = self.segments[number + 1].last_pk if number + 1 < len(self.segments) else 0
            ready = int(np.searchsorted(waiting, next_pk, side="right"))
            yield from waiting[ready:][::-1].tolist()
            waiting = waiting[:ready]

    def count(self, lookup: Lookup) -> int:
        """Count the articles of a lookup."""
        return sum(len(segment.find(lookup)) for segment in self._loaded(lookup))

    def _loaded(self, lookup: Lookup, narrower: Lookup | None = None) -> Iterator[Segment]:
        """Give the segments with the tokens of a lookup loaded, and those of a narrower one where something was found: one at first, as the
        newest are often enough, then ever more at once."""
        tokens, start, step = set(_tokens_of(lookup)), 0, 1
        while start < len(self.segments):
            group = self.segments[start : start + step]
            self._load(group, tokens)
            if narrower is not None:
                self._load([segment for segment in group if len(segment.find(lookup))], set(_tokens_of(narrower)))
            yield from group
            start, step = start + step, step * 8

    def _load(self, segments: Sequence[Segment], tokens: Iterable[Tokens]) -> None:
        numbers = {s.number: {number for one in tokens for number in s.blocks_of(one)} if s.fresh is None else set() for s in segments}
        places = [s.number * PLACES + number for s in segments for number in sorted(numbers[s.number] - s.packed.keys())]
        by_number = {segment.number: segment for segment in segments}
        for place, packed in _read_blocks(self.connection, places):
            by_number[place // PLACES].packed[place % PLACES] = packed
        for segment in segments:
            if not len(segment.directory) and 0 in segment.packed:
                segment.fresh = self._kept[segment.key] = Fresh.read(segment.packed.pop(0))


def _read_segments(connection: Connection) -> list[Segment]:
    """Read the segments, those with the newest articles first."""
    if not is_postgres(connection):
        rows = _read_bytes(connection, "SELECT segment, last_pk, docs, directory FROM search_segment ORDER BY last_pk DESC")
        return [Segment(number, last_pk, read_numbers(docs), read_numbers(directory)) for number, last_pk, docs, directory in rows]
    there = connection.exec_driver_sql("SELECT segment, last_pk, xmin::text FROM search_segment ORDER BY last_pk DESC").fetchall()
    kept, versions = _kept_numbers.setdefault(connection.engine, {}), {number: xmin for number, _, xmin in there}
    missing = [number for number, version in versions.items() if (number, version) not in kept]
    query = f"SELECT segment, docs, directory FROM search_segment WHERE {among(connection, 'segment')}"
    new = _read_bytes(connection, query, (listed(connection, missing),)) if missing else []
    read = {number: (read_numbers(docs), read_numbers(directory)) for number, docs, directory in new}
    read |= {number: kept[number, version] for number, version in versions.items() if number not in read}
    _kept_numbers[connection.engine] = {(number, version): read[number] for number, version in versions.items()}
    return [Segment(number, last_pk, *read[number]) for number, last_pk, _ in there]


def _read_blocks(connection: Connection, places: Sequence[int]) -> list[tuple[Any, ...]]:
    query = f"SELECT place, packed FROM search_block WHERE {among(connection, 'place')}"
    return _read_bytes(connection, query, (listed(connection, places),)) if places else []


def _read_bytes(connection: Connection, query: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Run a query that gives bytes, as the driver gives them."""
    if not is_postgres(connection):
        result = connection.exec_driver_sql(query, parameters)
        assert result.cursor is not None
        return list(result.cursor.fetchall())
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor(binary=True) as cursor:  # as text, each byte is two digits
            return list(cursor.execute(query, parameters).fetchall())
    except connection.dialect.loaded_dbapi.Error as error:  # as Core would raise it
        raise DBAPIError(query, None, error) from error


def _tokens_of(lookup: Lookup) -> Iterator[Tokens]:
    if lookup.tokens:
        yield lookup.tokens
    for part in lookup.parts:
        yield from _tokens_of(part)
