"""Sort what is large in the search index, beside saving: to sort the pairs of some thousand articles takes longer than a writer should wait.

The work is done while nothing is locked, then put in the place of what it was made of, if that is still as it was. Nothing depends on it:
text that waits is looked through at each query, and whoever saves next goes on with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, event, func, select

from pipelines.errors import StorageError
from storage.database import open_engine, reading, writing
from storage.search_segments import NewSegment, put_together, replace_segments
from storage.search_tables import search_segment
from storage.search_tokens import MAX_DOCS

CROWD = 8
"""Segments of one size that are put together."""
FULL = MAX_DOCS // 2
"""Documents of text that are enough to be sorted into blocks."""
LARGE = MAX_DOCS * CROWD
"""Documents of the largest segments; from half of it on they are not put together any more."""
FAR_BEHIND = 4 * MAX_DOCS
"""Documents of text at which saving waits for upkeep: to look through them takes a query longer than all the rest."""
_FULL, _SORTED = 98, 99
"""Kinds of segment: text that is enough to be sorted, and blocks; below, text by its size, eightfold from kind to kind."""


class Size(NamedTuple):
    """What is known of a segment without reading it."""

    segment: int
    n_docs: int
    is_sorted: bool


class Crowd(NamedTuple):
    """Segments that should be one, all of text or all sorted."""

    segments: list[int]
    n_docs: int


def read_sizes(connection: Connection) -> list[Size]:
    """Read the sizes of the segments, without the largest, in the order of their numbers."""
    s = search_segment.c
    query = select(s.segment, s.n_docs, func.length(s.directory) > 0).where(s.n_docs < LARGE // 2).order_by(s.segment)
    return [Size(row[0], row[1], bool(row[2])) for row in connection.execute(query)]


def find_crowd(sizes: Iterable[Size]) -> Crowd | None:
    """Find segments to be put together: small text first, then text that is enough to be sorted, then what is sorted.

    >>> find_crowd(Size(n, 9, False) for n in range(8)), find_crowd([Size(1, 2048, False), Size(2, 4000, True)]), find_crowd([Size(1, 9, False)])
    (Crowd(segments=[0, 1, 2, 3, 4, 5, 6, 7], n_docs=72), Crowd(segments=[1], n_docs=2048), None)
    """
    alike: dict[int, list[Size]] = defaultdict(list)
    for size in sizes:
        text_kind = _FULL if size.n_docs >= FULL else size.n_docs.bit_length() // 3
        alike[_SORTED if size.is_sorted else text_kind].append(size)
    for kind, held in sorted(alike.items()):
        most = LARGE if kind == _SORTED else MAX_DOCS
        totals = list(accumulate(size.n_docs for size in held))
        if len(held) >= CROWD or totals[-1] > most or kind == _FULL:
            n_taken = sum(total <= most for total in totals)
            return Crowd([size.segment for size in held[:n_taken]], totals[n_taken - 1])
    return None


class Sorted(NamedTuple):
    """A segment, and the rows of those it was made of."""

    rows: Sequence[Row[Any]]
    made: NewSegment


def sort_waiting(engine: Engine) -> None:
    """Sort and put together what waits for it; what others change meanwhile is left to whoever comes next.

    Raises:
        StorageError: the database refused.
    """
    while (found := sort_crowd(engine)) is not None:
        if not store_sorted(engine, found):
            return


def sort_crowd(engine: Engine) -> Sorted | None:
    """Sort what waits longest, or put it together; nothing is stored or locked. None: nothing waits.

    Raises:
        StorageError: the database refused.
    """
    with reading(engine) as connection:
        crowd = find_crowd(read_sizes(connection))
        if crowd is None or crowd.n_docs < FULL:
            return None
        rows = connection.execute(_rows_of(crowd.segments)).all()
        return Sorted(rows, put_together(connection, rows, is_sorting=True))


def store_sorted(engine: Engine, found: Sorted) -> bool:
    """Put a segment in the place of those it was made of; not if these are no longer as they were, as then.

    Raises:
        StorageError: the database refused.
    """
    with writing(engine, is_durable=False) as connection:
        if connection.execute(_rows_of([row.segment for row in found.rows]).with_for_update()).all() != found.rows:
            return False
        replace_segments(connection, found.rows, found.made)
    return True


def _rows_of(segments: Sequence[int]) -> Select[Any]:
    return select(search_segment).where(search_segment.c.segment.in_(segments)).order_by(search_segment.c.segment)


class IndexUpkeep:
    """Upkeep beside saving: a thread with a connection of its own sorts, and who saves stores what it made, so that there is one writer.

    The engine's disposal ends it: what waits then is sorted first. That the database refused is not told: what is not sorted now is sorted later.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="search index")
        self._running: Future[Sorted | None] | None = None
        event.listen(engine, "engine_disposed", self._end)

    def look_after(self) -> None:
        """Store what is sorted, and start sorting where enough waits for it; where sorting is far behind, wait for it."""
        with suppress(StorageError):
            if self._running is not None and (self._running.done() or self._is_far_behind()):
                self._store()
            if self._running is None:
                self._start()

    def finish(self) -> None:
        """Go on until nothing waits any more."""
        with suppress(StorageError):
            while self._running is not None:
                self._store()
                self._start()

    def _start(self) -> None:
        with reading(self._engine) as connection:
            crowd = find_crowd(read_sizes(connection))
        if crowd is not None and crowd.n_docs >= FULL:
            self._running = self._pool.submit(_sort_apart, self._engine.url.render_as_string(hide_password=False))

    def _store(self) -> None:
        """Wait for what runs, and store it."""
        assert self._running is not None, "started before"
        running, self._running = self._running, None
        found = running.result()
        if found is not None:
            store_sorted(self._engine, found)

    def _is_far_behind(self) -> bool:
        with reading(self._engine) as connection:
            return sum(size.n_docs for size in read_sizes(connection) if not size.is_sorted) >= FAR_BEHIND

    def _end(self, engine: Engine) -> None:
        if self._running is not None:
            self.finish()
            engine.dispose()  # once more: what was sorted is stored by a new connection


def _sort_apart(url: str) -> Sorted | None:
    engine = open_engine(url)
    try:
        return sort_crowd(engine)
    finally:
        engine.dispose()
