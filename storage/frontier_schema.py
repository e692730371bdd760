"""The tables of the frontier. Times are seconds since 1970: they are compared at every claim, and read by nobody else."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, LargeBinary, String, Table, Text, text

from storage.schema import BigKey, metadata

frontier_url = Table(
    "frontier_url",
    metadata,
    Column("pk", BigKey, primary_key=True, autoincrement=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("site_id", Text),
    Column("kind", String(8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("due_s", Double, nullable=False),
    Column("owner", Text),
    Column("attempts", Integer, nullable=False),
    Column("n_leases", Integer, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("added_s", Double, nullable=False),
    Column("visited_s", Double),
    Column("interval_s", Double),
    Column("n_visits", Integer, nullable=False),
    Column("n_trusted", Integer, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(32)),
    Column("rhythm", Text),
)
"""One row a URL ever found. `state`: ready, leased, waiting (until `due_s`), done, dead (with `reason`). A lease ends at `due_s`."""
_IS_READY = text("state = 'ready'")
Index(
    "ix_frontier_url_next", frontier_url.c.host, frontier_url.c.rank, frontier_url.c.pk, sqlite_where=_IS_READY, postgresql_where=_IS_READY
)
Index("ix_frontier_url_scope", frontier_url.c.scope, frontier_url.c.host, sqlite_where=_IS_READY, postgresql_where=_IS_READY)
Index("ix_frontier_url_due", frontier_url.c.state, frontier_url.c.due_s)
_is_list = frontier_url.c.rhythm.is_not(None)
Index("ix_frontier_url_lists", frontier_url.c.pk, sqlite_where=_is_list, postgresql_where=_is_list)

frontier_host = Table(
    "frontier_host",
    metadata,
    Column("host", Text, primary_key=True),
    Column("is_due", Boolean, nullable=False),
    Column("owner", Text),
    Column("lease_until_s", Double, nullable=False),
    Column("next_s", Double, nullable=False),
    Column("delay_s", Double, nullable=False),
)
"""What shares one pace. One worker leases it at a time, so that the rate is one worker's; `next_s`: not asked before."""

Index("ix_frontier_host_due", frontier_host.c.next_s, sqlite_where=text("is_due"), postgresql_where=text("is_due"))

frontier_run = Table(
    "frontier_run",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until_s", Double, nullable=False),
)
"""Leases of runs: one `crawl --due` a machine."""
