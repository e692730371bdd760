"""Sites and outlets as they are met: every name seen is kept, known or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, update

from pipelines.types import NormalizedArticle
from storage.schema import outlet, outlet_alias, site
from storage.sql import insert_tuples, select_in


def save_names(connection: Connection, articles: Sequence[NormalizedArticle]) -> None:
    """Add the sites, outlets and spellings of articles that are not there yet.

    In sorted order: two writers that add the same names must wait for each other in the same order.
    """
    first_seen = {a.site: (a.site, a.site_name, a.fetched_at) for a in articles}
    _add(connection, site, ("site", "name", "first_seen_at"), first_seen)
    sources = {(s.name, s.raw): (s, a.fetched_at) for a in articles for s in (*a.sources, *a.via, *((a.source,) if a.source else ()))}
    outlets = {s.name: (s.name, s.outlet_id, at, s.is_listed) for s, at in sources.values()}
    _add(connection, outlet, ("name", "outlet_id", "first_seen_at", "is_listed"), outlets)
    listed = sorted({s.name for s, _ in sources.values() if s.is_listed})
    if listed:  # the list may have grown since the outlet was first met
        connection.execute(update(outlet).where(outlet.c.name.in_(listed), ~outlet.c.is_listed).values(is_listed=True))
    _add(connection, outlet_alias, ("alias", "name"), {(raw, name): (raw, name) for name, raw in sources})


def _add(connection: Connection, table: Table, keys: tuple[str, ...], rows: Mapping[Any, tuple[Any, ...]]) -> None:
    """Add the rows whose key is not there yet: nearly all are, which to look up costs less than to try them."""
    key = tuple(table.primary_key)
    known = select_in(connection, key[0], {row[0] for row in rows.values()}, *key)
    new = rows.keys() - (set(map(tuple, known)) if len(key) > 1 else {row[0] for row in known})
    insert_tuples(connection, table, keys, [rows[one] for one in sorted(new)], "ON CONFLICT DO NOTHING")
