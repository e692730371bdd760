"""The segments of the search index as they are stored: text that is looked through, or blocks of sorted pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from sqlalchemy import Connection, Row, delete, insert, select

from storage.database import run_afterwards
from storage.search_blocks import Block, Unpacked, pack
from storage.search_fresh import Fresh, renumbered
from storage.search_tables import search_block, search_segment
from storage.search_tokens import DOC_BITS, Numbers
from storage.sql import insert_rows

PLACES = 1 << 16
"""Numbers kept free for the blocks of a segment."""
MERGED_AT_ONCE = 128
"""Blocks of which as many tokens are put together at a time as they hold: some 5 MB of postings."""
_Held: TypeAlias = Sequence[tuple[Row[Any], Numbers]]
"""Segments that are put together: their rows and documents."""


class NewSegment(NamedTuple):
    """A segment that is ready to be stored."""

    pks: Numbers
    directory: Sequence[int]
    """The first token of each block; empty: text."""
    packed: Sequence[bytes]


def text_segment(pks: Numbers, fresh: Fresh) -> NewSegment:
    """Make a segment of text as it is."""
    return NewSegment(pks, (), (fresh.packed(),))


def sorted_segment(pks: Numbers, blocks: Iterable[Block]) -> NewSegment:
    """Make a segment of blocks."""
    held = list(blocks)
    return NewSegment(pks, [block.first_token for block in held], [block.packed for block in held])


def put_together(connection: Connection, rows: Sequence[Row[Any]], without: Sequence[int] = (), *, is_sorting: bool = False) -> NewSegment:
    """Make one segment of several, all of text or all sorted; nothing is stored.

    It holds their documents, but not those superseded since, nor those of `without`; perhaps none. `is_sorting`: text becomes blocks.
    """
    held = [(row, read_numbers(row.docs)) for row in rows]
    pks = np.unique(np.concatenate([docs for _, docs in held]))
    pks = pks[(pks > 0) & ~np.isin(pks, without)]
    if not len(pks):
        return NewSegment(pks, (), ())
    if rows[0].directory:
        return sorted_segment(pks, _merged(connection, held, pks))
    fresh = Fresh.joined([(docs, Fresh.read(_read_blocks(connection, row.segment, 0, 1)[0])) for row, docs in held], pks)
    return sorted_segment(pks, pack(fresh.postings())) if is_sorting else text_segment(pks, fresh)


def _merged(connection: Connection, held: _Held, pks: Numbers) -> Iterator[Block]:
    """Give the blocks that hold what these segments hold of the documents `pks`: some tokens after the other, as not all has room in memory."""
    directories = [read_numbers(row.directory) for row, _ in held]
    cuts = np.unique(np.sort(np.concatenate(directories))[::MERGED_AT_ONCE])
    for first, end in pairwise([*cuts.tolist(), int(_ALL_TOKENS)]):
        parts = []
        for (row, docs), directory in zip(held, directories, strict=True):
            low, high = max(int(directory.searchsorted(first, side="right")) - 1, 0), int(directory.searchsorted(end))
            packed = _read_blocks(connection, row.segment, low, high)
            postings = Unpacked(list(map(Block, directory[low:high].tolist(), packed))).postings() if packed else _NONE
            wanted = slice(*postings.searchsorted((first << DOC_BITS, end << DOC_BITS)).tolist())
            parts.append(renumbered(docs, postings[wanted], pks))
        postings = np.concatenate(parts)
        postings.sort(kind="stable")  # which makes use of its parts being sorted
        yield from pack(postings)


_ALL_TOKENS = 3 << 32
_NONE = np.empty(0, dtype=np.int64)


def store_segment(connection: Connection, segment: NewSegment) -> None:
    """Insert a segment; one without documents is left out."""
    if not len(segment.pks):
        return
    row = {
        "n_docs": len(segment.pks),
        "first_pk": int(segment.pks[0]),
        "last_pk": int(segment.pks[-1]),
        "docs": segment.pks.astype("<i8").tobytes(),
        "directory": np.array(segment.directory, dtype="<i8").tobytes(),
    }
    number = connection.execute(insert(search_segment).returning(search_segment.c.segment), row).scalar_one()
    insert_rows(connection, search_block, [{"place": number * PLACES + n, "packed": one} for n, one in enumerate(segment.packed)])


def replace_segments(connection: Connection, rows: Sequence[Row[Any]], segment: NewSegment) -> None:
    """Store a segment in the place of others."""
    if segment.directory and connection.dialect.name == "postgresql":
        # What it replaces takes as much room; autovacuum comes by once a minute.
        run_afterwards(connection, "VACUUM (SKIP_LOCKED, TRUNCATE false) search_block")
    for row in rows:
        places = search_block.c.place.between(row.segment * PLACES, row.segment * PLACES + PLACES - 1)
        connection.execute(delete(search_block).where(places))
    connection.execute(delete(search_segment).where(search_segment.c.segment.in_([row.segment for row in rows])))
    store_segment(connection, segment)


def _read_blocks(connection: Connection, segment: int, low: int, high: int) -> Sequence[bytes]:
    """Return the blocks of a segment from number `low` on, up to `high`."""
    places = search_block.c.place.between(segment * PLACES + low, segment * PLACES + high - 1)
    return connection.execute(select(search_block.c.packed).where(places).order_by(search_block.c.place)).scalars().all()


def read_numbers(packed: bytes) -> Numbers:
    """Read numbers of 8 bytes."""
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)
