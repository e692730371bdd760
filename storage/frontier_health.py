"""How the frontier is doing: what is due, who holds leases, what is dead and why, which sites are behind their interval."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, and_, case, func, or_, select

from storage.database import reading
from storage.frontier import LEASE_S
from storage.frontier_schema import frontier_url as urls


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadUrl:
    """A URL that is not tried again."""

    url: str
    reason: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeHealth:
    """The lists and feeds of one site, or of one host without a site file."""

    scope: str
    """`site:<site_id>`, or what shares the host's pace."""
    n_lists: int
    n_due: int
    interval_s: float
    """The shortest of its lists."""
    visited_s: float | None
    """Seconds since 1970 of the last visit to any of them."""
    overdue_s: float
    """How long the list that waits longest has been due; 0: none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierHealth:
    """What `status` shows of the frontier."""

    states: dict[str, int]
    """URLs by state."""
    n_due: int
    """URLs that a crawl would fetch now: ready, or their wait is over."""
    oldest_lease_s: float | None
    """Seconds since the lease that was left alone longest was taken or renewed; more than a lease lasts: its worker is dead."""
    dead_reasons: dict[str, int]
    dead: tuple[DeadUrl, ...]
    """The first few, the newest first."""
    scopes: tuple[ScopeHealth, ...]
    """Longest overdue first."""

    @property
    def n_dead(self) -> int:
        """URLs given up."""
        return self.states.get("dead", 0)


def read_frontier(connection: Connection, *, n_dead: int = 5, n_scopes: int = 50, now_s: float | None = None) -> FrontierHealth:
    """Read it within the caller's transaction."""
    now = time.time() if now_s is None else now_s
    states = {
        row[0]: row[1] for row in connection.execute(select(urls.c.state, func.count()).group_by(urls.c.state).order_by(urls.c.state))
    }
    n_waited = connection.execute(select(func.count()).where(urls.c.state == "waiting", urls.c.due_s <= now)).scalar_one()
    lease_end_s = connection.execute(select(func.min(urls.c.due_s)).where(urls.c.state == "leased")).scalar()
    reason = func.coalesce(urls.c.reason, "unknown")
    reasons = select(reason, func.count()).where(urls.c.state == "dead").group_by(reason).order_by(func.count().desc(), reason)
    dead = select(urls.c.url, reason.label("reason"), urls.c.detail).where(urls.c.state == "dead").order_by(urls.c.pk.desc()).limit(n_dead)
    return FrontierHealth(
        states=states,
        n_due=states.get("ready", 0) + n_waited,
        oldest_lease_s=None if lease_end_s is None else max(0.0, now - (lease_end_s - LEASE_S)),
        dead_reasons={row[0]: row[1] for row in connection.execute(reasons)},
        dead=tuple(DeadUrl(**row._mapping) for row in connection.execute(dead)),
        scopes=_scopes(connection, n_scopes, now),
    )


def read_lists(engine: Engine) -> list[tuple[str, str, str | None]]:
    """Return site id, rhythm and, where the last visit failed, its reason of all lists that belong to a site file."""
    query = select(urls.c.site_id, urls.c.rhythm, urls.c.reason).where(urls.c.rhythm.is_not(None), urls.c.site_id.is_not(None))
    with reading(engine) as connection:
        return [(row.site_id, row.rhythm, row.reason) for row in connection.execute(query)]


def _scopes(connection: Connection, limit: int, now: float) -> tuple[ScopeHealth, ...]:
    """Only lists and feeds have an interval; articles are looked at twice and then done with."""
    is_due = or_(urls.c.state == "ready", and_(urls.c.state == "waiting", urls.c.due_s <= now))
    # A row made ready has lost its due time: it was due an interval after its last visit.
    due_s = case((urls.c.state == "ready", urls.c.visited_s + urls.c.interval_s), else_=urls.c.due_s)
    waited = func.coalesce(func.max(case((is_due, now - due_s))), 0.0)
    query = (
        select(
            urls.c.scope, func.count().label("n_lists"), func.count(case((is_due, 1))).label("n_due"),
            func.min(urls.c.interval_s).label("interval_s"), func.max(urls.c.visited_s).label("visited_s"), waited.label("overdue_s"),
        )
        .where(urls.c.interval_s.is_not(None), urls.c.state != "dead")
        .group_by(urls.c.scope).order_by(waited.desc(), urls.c.scope).limit(limit)
    )  # fmt: skip
    return tuple(ScopeHealth(**{**row._mapping, "overdue_s": max(0.0, row.overdue_s)}) for row in connection.execute(query))
