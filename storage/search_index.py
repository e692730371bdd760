"""Keep the search index: segments of up to 4,096 articles, the same on both engines.

Articles come into it in the transaction that stores them, so search never misses one. Each batch makes a segment of folded text;
small segments are put together to larger ones, so that there are few of them, and sorted into blocks when there is enough for a full one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, delete, insert, select, update

from storage.database import run_afterwards, writing
from storage.schema import article
from storage.search_blocks import Block, Unpacked, pack
from storage.search_fresh import Fresh, renumbered, sorted_once
from storage.search_tables import search_block, search_segment, search_state
from storage.search_tokens import MAX_DOCS, Document, Numbers, document_of
from storage.sql import insert_rows

INDEX_VERSION = 3
"""Raise when folding, tokens or blocks change: the index is then made anew when a database is opened."""
CROWD = 8
"""Segments of one size that are put together."""
FULL = MAX_DOCS // 2
"""Documents of a segment that is sorted into blocks, and not put together any more."""
PLACES = 1 << 16
"""Numbers kept free for the blocks of a segment."""
REBUILT_AT_ONCE = 2000
_DOCUMENT = ("pk", "title", "text", "site", "source", "source_raw", "published_at", "section", "disguised")
DOCUMENT_COLUMNS = tuple(article.c[key] for key in _DOCUMENT)


def add_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index articles that are not in the index yet, within the caller's transaction."""
    ordered = sorted(documents, key=lambda d: d.pk)
    for start in range(0, len(ordered), MAX_DOCS):
        part = ordered[start : start + MAX_DOCS]
        _insert_segment(connection, np.array([d.pk for d in part], dtype=np.int64), Fresh.of(part))
    if ordered:
        _put_together(connection)


def replace_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index new versions of articles that are in the index."""
    _supersede(connection, [d.pk for d in documents])
    add_documents(connection, documents)


def remove_documents(connection: Connection, pks: Sequence[int]) -> None:
    """Take articles out of the index: what it holds of their present and former versions."""
    for segment, docs in _lock_segments_of(connection, pks):
        if np.isin(abs(docs), pks).any():
            _merge(connection, [segment], without=pks)


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


def _insert_segment(connection: Connection, pks: Numbers, held: Fresh | Numbers) -> None:
    """Insert a segment: the text of new documents as it is, if there are few of them, else blocks of postings."""
    if isinstance(held, Fresh) and len(pks) >= FULL:
        held = held.postings()
        if connection.dialect.name == "postgresql":  # what it replaces takes as much room; autovacuum comes by once a minute
            run_afterwards(connection, "VACUUM (SKIP_LOCKED, TRUNCATE false) search_block")
    blocks = [Block(0, held.packed())] if isinstance(held, Fresh) else list(pack(held))
    firsts = [] if isinstance(held, Fresh) else [block.first_token for block in blocks]
    row = {
        "n_docs": len(pks),
        "first_pk": int(pks[0]),
        "last_pk": int(pks[-1]),
        "docs": pks.astype("<i8").tobytes(),
        "directory": np.array(firsts, dtype="<i8").tobytes(),
    }
    segment = connection.execute(insert(search_segment).returning(search_segment.c.segment), row).scalar_one()
    insert_rows(
        connection, search_block, [{"place": segment * PLACES + number, "packed": block.packed} for number, block in enumerate(blocks)]
    )


def _put_together(connection: Connection) -> None:
    """Put small segments together where there are many of one size."""
    while crowd := _find_crowd(connection):
        locked = select(search_segment.c.segment).where(search_segment.c.segment.in_(crowd)).order_by(search_segment.c.segment)
        if len(connection.execute(locked.with_for_update(skip_locked=True)).all()) < len(crowd):
            return  # another writer has them in hand
        _merge(connection, crowd)


def _find_crowd(connection: Connection) -> list[int]:
    sizes = select(search_segment.c.segment, search_segment.c.n_docs).where(search_segment.c.n_docs < FULL)
    alike: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(sizes.order_by(search_segment.c.segment)):
        alike[(row.n_docs.bit_length() - 1) // 3].append(row)
    for rows in alike.values():
        if len(rows) >= CROWD or sum(row.n_docs for row in rows) >= MAX_DOCS:
            totals = np.cumsum([row.n_docs for row in rows])
            return [row.segment for row in rows[: int(np.searchsorted(totals, MAX_DOCS, side="right"))]]
    return []


def _merge(connection: Connection, segments: Sequence[int], without: Sequence[int] = ()) -> None:
    """Replace segments by one that holds their documents, but not those superseded since, nor those of `without`."""
    held = [_read_segment(connection, segment) for segment in segments]
    for segment in segments:
        connection.execute(delete(search_block).where(search_block.c.place.between(segment * PLACES, segment * PLACES + PLACES - 1)))
    connection.execute(delete(search_segment).where(search_segment.c.segment.in_(segments)))
    pks = np.unique(np.concatenate([docs for docs, _ in held]))
    pks = pks[(pks > 0) & ~np.isin(pks, without)]
    if not len(pks):
        return
    fresh = [(docs, part) for docs, part in held if isinstance(part, Fresh)]
    if len(fresh) == len(held):
        _insert_segment(connection, pks, Fresh.joined(fresh, pks))
    else:
        sorted_parts = [(docs, part.postings() if isinstance(part, Fresh) else part) for docs, part in held]
        _insert_segment(connection, pks, sorted_once(np.concatenate([renumbered(docs, part, pks) for docs, part in sorted_parts])))


def _read_segment(connection: Connection, segment: int) -> tuple[Numbers, Fresh | Numbers]:
    """Return the documents of a segment, and their text or all their postings."""
    one = select(search_segment.c.docs, search_segment.c.directory).where(search_segment.c.segment == segment)
    row = connection.execute(one).one()
    places = search_block.c.place.between(segment * PLACES, segment * PLACES + PLACES - 1)
    packed = connection.execute(select(search_block.c.packed).where(places).order_by(search_block.c.place)).scalars()
    docs = read_numbers(row.docs)
    if not row.directory:
        return docs, Fresh.read(packed.one())
    return docs, Unpacked(list(map(Block, read_numbers(row.directory).tolist(), packed))).postings()


def _supersede(connection: Connection, pks: Sequence[int]) -> None:
    """Mark the entries of articles as outdated; what they hold goes when their segment is next put together with others."""
    for segment, docs in _lock_segments_of(connection, pks):
        is_old = np.isin(docs, pks)
        if is_old.any():
            marked = np.where(is_old, -docs, docs).astype("<i8").tobytes()
            connection.execute(update(search_segment).where(search_segment.c.segment == segment).values(docs=marked))


def _lock_segments_of(connection: Connection, pks: Sequence[int]) -> Iterator[tuple[int, Numbers]]:
    """Give each segment that may hold some of the articles, with its documents, kept from other writers."""
    among = (search_segment.c.first_pk <= max(pks, default=0), search_segment.c.last_pk >= min(pks, default=0))
    there = select(search_segment.c.segment).where(*among)
    seen: set[int] = set()
    # Another writer may have put some of them together while we waited for it: then there is a new segment at the next look.
    while fresh := set(connection.execute(there).scalars()) - seen:
        seen |= fresh
        query = select(search_segment.c.segment, search_segment.c.docs).where(search_segment.c.segment.in_(fresh))
        rows = connection.execute(query.order_by(search_segment.c.segment).with_for_update()).all()
        yield from ((row.segment, read_numbers(row.docs)) for row in rows)


def read_numbers(packed: bytes) -> Numbers:
    """Read numbers of 8 bytes."""
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)
