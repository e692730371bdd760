"""The search index on both engines: FTS5 on SQLite, a GIN index over arrays on PostgreSQL; the same tokens in both.

It follows the change feed: what was saved and is not in the index yet is known, and search looks at those articles one by
one. So search is exact at any moment, and saving does not wait for the index.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, insert, select, text, tuple_, update

from storage.changes import settled_condition
from storage.database import reading, writing
from storage.schema import article, change, revision, search_doc, search_state
from storage.search_query import Lookup
from storage.search_text import document_tokens, field_token
from storage.sql import select_in

INDEX_VERSION = 1
"""Raise when folding or tokens change: the index is then made anew."""
BATCH = 1000
"""Changes taken into the index in one transaction: well under a second, in which no other writer of a SQLite base gets on."""
_INDEXED = ("title", "text", "source", "source_raw", "published_at", "section", "disguised")
DOCUMENT_COLUMNS = (article.c.pk, article.c.id, article.c.site, article.c.revision, article.c.status, *(article.c[key] for key in _INDEXED))


def fields_of(row: Row[Any]) -> list[str]:
    """Return the field tokens of an article's row."""
    fields = [field_token("site", row.site), field_token("disguised", "yes" if row.disguised else "no")]
    fields += [field_token("source", name) for name in {row.source, row.source_raw} if name]
    if row.published_at:
        day = row.published_at[:10]
        fields += [field_token("day", day[:length]) for length in (4, 7, 10)]
    section = json.loads(row.section) if isinstance(row.section, str) else row.section
    return fields + [field_token("section", part) for part in section or []]


def tokens_of(row: Row[Any]) -> str:
    """Return all index tokens of an article's row, with spaces between."""
    return document_tokens(row.title, row.text, fields_of(row))


def pending_changes(connection: Connection) -> Select[Any]:
    """Return the query of article changes that the index has not taken in."""
    state = connection.execute(select(search_state)).one()
    after = tuple_(change.c.xid, change.c.seq) > (state.xid, state.seq)
    return select(change.c.xid, change.c.seq, change.c.article_id).where(after, change.c.kind.in_(("created", "updated")))


def update_index(engine: Engine) -> int:
    """Take all that is pending into the index; return the number of articles.

    Raises:
        StorageError: the database refused.
    """
    total = 0
    while n_done := _take_batch(engine):
        total += n_done
    return total


def rebuild_index(engine: Engine) -> int:
    """Make the index anew; return the number of changes taken in."""
    with writing(engine) as connection:
        _start_anew(connection)
    return update_index(engine)


def _take_batch(engine: Engine) -> int:
    with reading(engine) as connection:  # nothing to do is the usual case: no writer is disturbed
        if not _is_outdated(connection) and connection.execute(_settled(connection).limit(1)).first() is None:
            return 0
    with writing(engine) as connection:
        connection.execute(select(search_state).with_for_update())  # one indexer at a time
        if _is_outdated(connection):
            _start_anew(connection)
        batch = connection.execute(_settled(connection).order_by(change.c.xid, change.c.seq).limit(BATCH)).all()
        if batch:
            index_articles(connection, {row.article_id for row in batch})
            connection.execute(update(search_state).values(xid=batch[-1].xid, seq=batch[-1].seq))
        return len(batch)


def _settled(connection: Connection) -> Select[Any]:
    return pending_changes(connection).where(*settled_condition(connection))


def _is_outdated(connection: Connection) -> bool:
    return bool(connection.execute(select(search_state.c.version)).scalar_one() != INDEX_VERSION)


def _start_anew(connection: Connection) -> None:
    clear_index(connection)
    connection.execute(update(search_state).values(xid=0, seq=0, version=INDEX_VERSION))


def clear_index(connection: Connection) -> None:
    """Empty the index."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("TRUNCATE search_tokens"))
    else:
        connection.execute(text("INSERT INTO search_fts(search_fts) VALUES ('delete-all')"))
    connection.execute(delete(search_doc))


def index_articles(connection: Connection, ids: set[str]) -> None:
    """Bring the index entries of some articles up to date."""
    rows = list(select_in(connection, article.c.id, ids, *DOCUMENT_COLUMNS))
    remove_articles(connection, [row.pk for row in rows])
    usable = [row for row in rows if row.status == "usable"]
    if usable:
        connection.execute(insert(search_doc), [{"article_pk": row.pk, "revision": row.revision} for row in usable])
        _insert_tokens(connection, usable)


def _insert_tokens(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            with cursor.copy("COPY search_tokens (article_pk, tokens) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "int4[]"])
                for row in rows:
                    copy.write_row((row.pk, sorted({token_number(token) for token in tokens_of(row).split()})))
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            cursor.execute("SELECT gin_clean_pending_list('ix_search_tokens_tokens')")
    else:
        statement = text("INSERT INTO search_fts (rowid, tokens) VALUES (:pk, :tokens)")
        connection.execute(statement, [{"pk": row.pk, "tokens": tokens_of(row)} for row in rows])


def token_number(token: str) -> int:
    """Return a token as PostgreSQL indexes it: 32 bits instead of text. The rare collision is found out against the text."""
    return zlib.crc32(token.encode()) - (1 << 31)


def remove_articles(connection: Connection, pks: Sequence[int]) -> None:
    """Take articles out of the index."""
    known = {row.article_pk: row.revision for row in select_in(connection, search_doc.c.article_pk, pks, *search_doc.c)}
    if not known:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("DELETE FROM search_tokens WHERE article_pk = :pk"), [{"pk": pk} for pk in known])
    else:
        # FTS5 without the text needs the very tokens that were put in: those of the revision indexed then.
        statement = text("INSERT INTO search_fts (search_fts, rowid, tokens) VALUES ('delete', :pk, :tokens)")
        indexed = [(pk, _indexed_row(connection, pk, n)) for pk, n in known.items()]
        connection.execute(statement, [{"pk": pk, "tokens": tokens_of(row)} for pk, row in indexed])
    connection.execute(delete(search_doc).where(search_doc.c.article_pk == bindparam("pk")), [{"pk": pk} for pk in known])


def _indexed_row(connection: Connection, pk: int, number: int) -> Row[Any]:
    current = connection.execute(select(*DOCUMENT_COLUMNS).where(article.c.pk == pk)).one()
    if current.revision == number:
        return current
    older = select(article.c.site, *(revision.c[key] for key in _INDEXED)).join(article, article.c.pk == revision.c.article_pk)
    return connection.execute(older.where(revision.c.article_pk == pk, revision.c.revision == number)).one()


def find_candidates(
    connection: Connection, lookup: Lookup, *, below: int | None, limit: int, among: Sequence[int] | None = None
) -> list[int]:
    """Find article numbers, newest first. `below`: only smaller ones; `among`: only these."""
    source, key, parameters = _index_condition(connection, lookup)
    parameters["limit"] = limit
    if below is not None:
        source, parameters["below"] = f"{source} AND {key} < :below", below
    if among is not None:
        source, parameters["among"] = f"{source} AND {key} IN :among", list(among)
    statement = text(f"SELECT {key} FROM {source} ORDER BY {key} DESC LIMIT :limit")
    if among is not None:
        statement = statement.bindparams(bindparam("among", expanding=True))
    return list(connection.execute(statement, parameters).scalars())


def count_candidates(connection: Connection, lookup: Lookup) -> int:
    """Count what the index holds for a lookup."""
    source, _, parameters = _index_condition(connection, lookup)
    return int(connection.execute(text(f"SELECT count(*) FROM {source}"), parameters).scalar_one())


def _index_condition(connection: Connection, lookup: Lookup) -> tuple[str, str, dict[str, Any]]:
    """Return table and condition, the column of the article's number, and the parameters."""
    if connection.dialect.name == "postgresql":
        return f"search_tokens WHERE {array_query(lookup)}", "article_pk", {}
    return "search_fts WHERE search_fts MATCH :lookup", "rowid", {"lookup": match_query(lookup)}


def match_query(lookup: Lookup) -> str:
    """Write a lookup for FTS5. Tokens hold no ASCII, so there is nothing to escape."""
    if lookup.operator == "token":
        return f'"{lookup.token}"'
    return "(" + f" {lookup.operator.upper()} ".join(map(match_query, lookup.parts)) + ")"


def array_query(lookup: Lookup) -> str:
    """Write a lookup as conditions on an array of token numbers."""
    if lookup.operator == "token":
        return f"tokens @> '{{{token_number(lookup.token)}}}'"
    tokens = [token_number(part.token) for part in lookup.parts if part.operator == "token"]
    conditions = [array_query(part) for part in lookup.parts if part.operator != "token"]
    if tokens:  # one array holding all, or sharing some: a single walk of the index
        conditions.append(f"tokens {'@>' if lookup.operator == 'and' else '&&'} '{{{','.join(map(str, tokens))}}}'")
    return "(" + f" {lookup.operator.upper()} ".join(conditions) + ")"


def read_pending(connection: Connection, limit: int) -> list[Row[Any]]:
    """Read the articles that the index has not taken in, newest first, at most `limit`."""
    changes = pending_changes(connection).subquery()
    ids = select(changes.c.article_id).distinct()
    return list(
        connection.execute(
            select(*DOCUMENT_COLUMNS, article.c.url, article.c.story_id, article.c.site_name)
            .where(article.c.id.in_(ids), article.c.status == "usable").order_by(article.c.pk.desc()).limit(limit)
        )
    )  # fmt: skip


def index_bytes(engine: Engine) -> int:
    """Return how many bytes the index takes on disk."""
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            return int(connection.execute(text("SELECT pg_total_relation_size('search_tokens')")).scalar_one())
        return int(connection.execute(text("SELECT sum(length(block)) FROM search_fts_data")).scalar_one() or 0)
