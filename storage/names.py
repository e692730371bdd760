"""Sites and outlets as they are met: every name seen is kept, known or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, update

from pipelines.types import NormalizedArticle
from storage.schema import outlet, outlet_alias, site
from storage.sql import insert_tuples, select_in

TOLD_BY_TABLE = ("outlet_id", "is_listed")
"""Columns of an outlet that data/tables tells."""


def save_names(connection: Connection, articles: Sequence[NormalizedArticle]) -> None:
    """Add the sites, outlets and spellings of articles that are not there yet; say of outlets what the table says of them now.

    In sorted order: two writers that add the same names must wait for each other in the same order.
    """
    newest_first = sorted(articles, key=lambda a: a.fetched_at, reverse=True)
    sites = {a.site: {"site": a.site, "name": a.site_name, "first_seen_at": a.fetched_at} for a in newest_first}
    _add(connection, site, sites)
    sources = {(s.name, s.raw): (s, a.fetched_at) for a in newest_first for s in (*a.sources, *a.via, *((a.source,) if a.source else ()))}
    outlets = {
        s.name: {"name": s.name, "outlet_id": s.outlet_id, "first_seen_at": at, "is_listed": s.is_listed} for s, at in sources.values()
    }
    _add(connection, outlet, outlets)
    aliases = {(raw, name) for name, raw in sources}
    known = set(
        map(tuple, select_in(connection, outlet_alias.c.alias, {raw for raw, _ in aliases}, outlet_alias.c.alias, outlet_alias.c.name))
    )
    insert_tuples(connection, outlet_alias, ("alias", "name"), sorted(aliases - known), "ON CONFLICT DO NOTHING")


def _add(connection: Connection, table: Table, rows: Mapping[str, dict[str, Any]]) -> None:
    """Add the rows whose name is not there yet: nearly all are, which to look up costs less than to try them.

    An outlet that was in no table when it was met may stand in one by now, or on the list; what an archive says that is read later may be earlier.
    """
    (key,) = table.primary_key
    known = {row[0]: row._mapping for row in select_in(connection, key, rows.keys(), *table.c)}
    new = [tuple(rows[name].values()) for name in sorted(rows.keys() - known.keys())]
    insert_tuples(connection, table, tuple(table.c.keys()), new, "ON CONFLICT DO NOTHING")
    for name in sorted(known):
        told = {column: rows[name][column] for column in TOLD_BY_TABLE if rows[name].get("outlet_id") is not None}
        told["first_seen_at"] = min(known[name]["first_seen_at"], rows[name]["first_seen_at"])
        if any(known[name][column] != value for column, value in told.items()):
            connection.execute(update(table).where(key == name).values(told))
