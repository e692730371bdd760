"""Sites and outlets as they are met: every name seen is kept, known or not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, update

from pipelines.types import NormalizedArticle
from storage.schema import outlet, outlet_alias, site
from storage.sql import insert_new


def save_names(connection: Connection, articles: Sequence[NormalizedArticle]) -> None:
    """Add the sites, outlets and spellings of articles that are not there yet.

    In sorted order: two writers that add the same names must wait for each other in the same order.
    """
    first_seen = {a.site: {"site": a.site, "name": a.site_name, "first_seen_at": a.fetched_at} for a in articles}
    insert_new(connection, site, [first_seen[key] for key in sorted(first_seen)])
    sources = {(s.name, s.raw): (s, a.fetched_at) for a in articles for s in (*a.sources, *a.via, *((a.source,) if a.source else ()))}
    outlets = {
        s.name: {"name": s.name, "outlet_id": s.outlet_id, "first_seen_at": at, "is_listed": s.is_listed} for s, at in sources.values()
    }
    insert_new(connection, outlet, [outlets[name] for name in sorted(outlets)])
    listed = sorted({s.name for s, _ in sources.values() if s.is_listed})
    if listed:  # the list may have grown since the outlet was first met
        connection.execute(update(outlet).where(outlet.c.name.in_(listed), ~outlet.c.is_listed).values(is_listed=True))
    insert_new(connection, outlet_alias, [{"alias": raw, "name": name} for name, raw in sorted(sources)])
