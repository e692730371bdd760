"""Keep the search index: segments of up to 32,768 articles, the same on both engines.

Articles come into it in the transaction that stores them, so search never misses one. Each batch makes a segment of folded text, and small
ones are put together in the same transaction, so that there are few of them. What is large is sorted beside saving: search_upkeep.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, delete, select, update

from storage.database import writing
from storage.schema import article
from storage.search_fresh import Fresh
from storage.search_segments import put_together, read_numbers, replace_segments, store_segment, text_segment
from storage.search_tables import search_block, search_segment, search_state
from storage.search_tokens import FIELD_KEYS, MAX_DOCS, Document, document_of
from storage.search_upkeep import FULL, find_crowd, read_sizes, sort_waiting

INDEX_VERSION = 4
"""Raise when folding, tokens or blocks change: the index is then made anew when a database is opened."""
REBUILT_AT_ONCE = 2000
DOCUMENT_COLUMNS = tuple(article.c[key] for key in ("pk", "title", "text", *FIELD_KEYS))


def add_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index articles that are not in the index yet, within the caller's transaction."""
    ordered = sorted(documents, key=lambda d: d.pk)
    for start in range(0, len(ordered), MAX_DOCS):
        part = ordered[start : start + MAX_DOCS]
        store_segment(connection, text_segment(np.array([d.pk for d in part], dtype=np.int64), Fresh.of(part)))
    if ordered:
        _put_small_together(connection)


def replace_documents(connection: Connection, documents: Sequence[Document]) -> None:
    """Index new versions of articles that are in the index."""
    _supersede(connection, [d.pk for d in documents])
    add_documents(connection, documents)


def remove_documents(connection: Connection, pks: Sequence[int]) -> None:
    """Take articles out of the index: what it holds of their present and former versions."""
    for row in _lock_segments_of(connection, pks):
        if np.isin(abs(read_numbers(row.docs)), pks).any():
            replace_segments(connection, [row], put_together(connection, [row], pks))


def is_index_current(connection: Connection) -> bool:
    """Tell whether today's rules made the index."""
    return bool(connection.execute(select(search_state.c.version)).scalar() == INDEX_VERSION)


def make_index(connection: Connection) -> int:
    """Make the index anew; return the number of articles in it. What is large waits to be sorted."""
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
        n_articles = make_index(connection)
    sort_waiting(engine)
    return n_articles


def _put_small_together(connection: Connection) -> None:
    """Put small segments of text together where there are many of one size."""
    while (crowd := find_crowd(read_sizes(connection))) and crowd.n_docs < FULL:
        query = select(search_segment).where(search_segment.c.segment.in_(crowd.segments)).order_by(search_segment.c.segment)
        rows = connection.execute(query.with_for_update(skip_locked=True)).all()
        if len(rows) < len(crowd.segments):
            return  # another writer has them in hand
        replace_segments(connection, rows, put_together(connection, rows))


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
