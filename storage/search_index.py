"""Keep the search index: segments of up to 32,768 articles, the same on both engines.

Articles come into it in the transaction that stores them, so search never misses one. Each batch makes a segment of folded text;
small segments are put together to larger ones, so that there are few of them, and sorted into blocks when there is enough of them. Eight of
these are put together once more, as each segment costs every query its blocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from storage.database import run_afterwards, writing
from storage.schema import article
from storage.search_blocks import Block, Unpacked, pack
from storage.search_fresh import Fresh, renumbered
from storage.search_tables import search_block, search_segment, search_state
from storage.search_tokens import DOC_BITS, MAX_DOCS, Document, Numbers, document_of
from storage.sql import insert_rows

INDEX_VERSION = 3
"""Raise when folding, tokens or blocks change: the index is then made anew when a database is opened."""
CROWD = 8
"""Segments of one size that are put together."""
FULL = MAX_DOCS // 2
"""Documents of a segment of text that is sorted into blocks."""
LARGE = MAX_DOCS * CROWD
"""Documents of the largest segments; from half of it on they are not put together any more."""
MERGED_AT_ONCE = 128
"""Blocks of which as many tokens are put together at a time as they hold: some 5 MB of postings."""
PLACES = 1 << 16
"""Numbers kept free for the blocks of a segment."""
REBUILT_AT_ONCE = 2000
_Held: TypeAlias = Sequence[tuple[Row[Any], Numbers]]
"""Segments that are put together: their rows and documents."""
_DOCUMENT = ("pk", "title", "text", "site", "source", "source_raw", "published_at", "section", "disguised")
DOCUMENT_COLUMNS = tuple(article.c[key] for key in _DOCUMENT)


def add_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index articles that are not in the index yet, within the caller's transaction."""
    ordered = sorted(documents, key=lambda d: d.pk)
    for start in range(0, len(ordered), MAX_DOCS):
        part = ordered[start : start + MAX_DOCS]
        _insert_fresh(connection, np.array([d.pk for d in part], dtype=np.int64), Fresh.of(part))
    if ordered:
        _put_together(connection)


def replace_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index new versions of articles that are in the index."""
    _supersede(connection, [d.pk for d in documents])
    add_documents(connection, documents)


def remove_documents(connection: Connection, pks: Sequence[int]) -> None:
    """Take articles out of the index: what it holds of their present and former versions."""
    for row in _lock_segments_of(connection, pks):
        if np.isin(abs(read_numbers(row.docs)), pks).any():
            _merge(connection, [row], without=pks)


def is_index_current(connection: Connection) -> bool:
    """Tell whether today's rules made the index."""
    return bool(connection.execute(select(search_state.c.version)).scalar() == INDEX_VERSION)


def make_index(connection: Connection) -> int:
    """Make the index anew; return the number of articles in it."""
    if connection.dialect.name == "postgresql":  # no article may be saved between reading and replacing
        connection.exec_driver_sql("LOCK TABLE article, search_segment IN SHARE ROW EXCLUSIVE MODE")
    for table in (search_block, search_segment):
        connection.execute(delete(table))
    connection.execute(update(search_state).values(version=INDEX_VERSION))
    total = last = 0
    query = select(*DOCUMENT_COLUMNS).where(article.c.status == "usable").order_by(article.c.pk).limit(REBUILT_AT_ONCE)
    while rows := connection.execute(query.where(article.c.pk > last)).all():
        add_documents(connection, [document_of(row.pk, row._mapping) for row in rows])
        total, last = total + len(rows), rows[-1].pk
    return total


def rebuild_index(engine: Engine) -> int:
    """Make the index anew; return the number of articles in it.

    Raises:
        StorageError: the database refused.
    """
    with writing(engine) as connection:
        return make_index(connection)


def _insert_fresh(connection: Connection, pks: Numbers, fresh: Fresh) -> None:
    """Insert a segment: the text of new documents as it is, if there are few of them, else blocks of postings."""
    if len(pks) < FULL:
        _insert_segment(connection, pks, [], [fresh.packed()])
    else:
        _insert_blocks(connection, pks, pack(fresh.postings()))


def _insert_blocks(connection: Connection, pks: Numbers, blocks: Iterable[Block]) -> None:
    if connection.dialect.name == "postgresql":  # what it replaces takes as much room; autovacuum comes by once a minute
        run_afterwards(connection, "VACUUM (SKIP_LOCKED, TRUNCATE false) search_block")
    held = list(blocks)
    _insert_segment(connection, pks, [block.first_token for block in held], [block.packed for block in held])


def _insert_segment(connection: Connection, pks: Numbers, directory: Sequence[int], packed: Sequence[bytes]) -> None:
    row = {
        "n_docs": len(pks),
        "first_pk": int(pks[0]),
        "last_pk": int(pks[-1]),
        "docs": pks.astype("<i8").tobytes(),
        "directory": np.array(directory, dtype="<i8").tobytes(),
    }
    segment = connection.execute(insert(search_segment).returning(search_segment.c.segment), row).scalar_one()
    insert_rows(connection, search_block, [{"place": segment * PLACES + number, "packed": one} for number, one in enumerate(packed)])


def _put_together(connection: Connection) -> None:
    """Put small segments together where there are many of one size; of those that are sorted, which takes a second, once."""
    is_sorted = False
    while not is_sorted and (crowd := _find_crowd(connection)):
        query = select(search_segment).where(search_segment.c.segment.in_(crowd)).order_by(search_segment.c.segment)
        rows = connection.execute(query.with_for_update(skip_locked=True)).all()
        if len(rows) < len(crowd):
            return  # another writer has them in hand
        is_sorted = bool(rows[0].directory)
        _merge(connection, rows)


def _find_crowd(connection: Connection) -> list[int]:
    """Return some segments to be put together: all of text, or all sorted."""
    s = search_segment.c
    sizes = select(s.segment, s.n_docs, (func.length(s.directory) > 0).label("is_sorted")).where(s.n_docs < LARGE // 2)
    alike: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(sizes.order_by(s.segment)):
        alike[LARGE if row.is_sorted else (row.n_docs.bit_length() - 1) // 3].append(row)
    for size, rows in sorted(alike.items()):
        most = LARGE if size == LARGE else MAX_DOCS
        totals = np.cumsum([row.n_docs for row in rows])
        if len(rows) >= CROWD or totals[-1] >= most:
            return [row.segment for row in rows[: int(np.searchsorted(totals, most, side="right"))]]
    return []


def _merge(connection: Connection, rows: Sequence[Row[Any]], without: Sequence[int] = ()) -> None:
    """Replace segments, all of text or all sorted, by one that holds their documents, but not those superseded since, nor those of `without`."""
    held = [(row, read_numbers(row.docs)) for row in rows]
    pks = np.unique(np.concatenate([docs for _, docs in held]))
    pks = pks[(pks > 0) & ~np.isin(pks, without)]
    if rows[0].directory:
        blocks = list(_merged(connection, held, pks))
        _delete_segments(connection, rows)
        if len(pks):
            _insert_blocks(connection, pks, blocks)
    else:
        texts = [(docs, Fresh.read(_read_blocks(connection, row.segment, 0, 1)[0])) for row, docs in held]
        _delete_segments(connection, rows)
        if len(pks):
            _insert_fresh(connection, pks, Fresh.joined(texts, pks))


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


def _read_blocks(connection: Connection, segment: int, low: int, high: int) -> Sequence[bytes]:
    """Return the blocks of a segment from number `low` on, up to `high`."""
    places = search_block.c.place.between(segment * PLACES + low, segment * PLACES + high - 1)
    return connection.execute(select(search_block.c.packed).where(places).order_by(search_block.c.place)).scalars().all()


def _delete_segments(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    for row in rows:
        places = search_block.c.place.between(row.segment * PLACES, row.segment * PLACES + PLACES - 1)
        connection.execute(delete(search_block).where(places))
    connection.execute(delete(search_segment).where(search_segment.c.segment.in_([row.segment for row in rows])))


def _supersede(connection: Connection, pks: Sequence[int]) -> None:
    """Mark the entries of articles as outdated; what they hold goes when their segment is next put together with others."""
    for row in _lock_segments_of(connection, pks):
        docs = read_numbers(row.docs)
        is_old = np.isin(docs, pks)
        if is_old.any():
            marked = np.where(is_old, -docs, docs).astype("<i8").tobytes()
            connection.execute(update(search_segment).where(search_segment.c.segment == row.segment).values(docs=marked))


def _lock_segments_of(connection: Connection, pks: Sequence[int]) -> Iterator[Row[Any]]:
    """Give each segment that may hold some of the articles, kept from other writers."""
    among = (search_segment.c.first_pk <= max(pks, default=0), search_segment.c.last_pk >= min(pks, default=0))
    there = select(search_segment.c.segment).where(*among)
    seen: set[int] = set()
    # Another writer may have put some of them together while we waited for it: then there is a new segment at the next look.
    while fresh := set(connection.execute(there).scalars()) - seen:
        seen |= fresh
        query = select(search_segment).where(search_segment.c.segment.in_(fresh))
        yield from connection.execute(query.order_by(search_segment.c.segment).with_for_update()).all()


def read_numbers(packed: bytes) -> Numbers:
    """Read numbers of 8 bytes."""
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)
