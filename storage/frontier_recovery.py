"""The frontier put right: what dead workers left, failed tries whose wait is over, revisits that are due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal_column, or_, select, update

from storage.frontier_owners import dead_owners
from storage.frontier_schema import frontier_host as hosts
from storage.frontier_schema import frontier_url as urls
from storage.frontier_sql import BY_SCOPE, wake_hosts
from storage.frontier_types import SUSPECT_RANK, Pending, key_of

MAX_LEASES = 20
"""A URL leased so often without a word brings the program down: it is dead, with that reason."""
SUSPECT_LEASES = 4
MAX_CLOCK_JUMP_S = 5 * 86400.0
"""A due time later than this cannot be ours (an article is looked at again at the age of three days): the clock was set back."""


def free_hosts_of_the_dead(connection: Connection, now: float, least_delay_s: float) -> list[str]:
    """Give back the hosts of workers that died on this machine, each a delay from now; return those workers."""
    owners = connection.execute(select(hosts.c.owner).where(hosts.c.owner.is_not(None)).distinct()).scalars()
    dead = dead_owners(owners)
    if dead:
        next_s = now + case((hosts.c.delay_s > least_delay_s, hosts.c.delay_s), else_=least_delay_s)
        connection.execute(update(hosts).where(hosts.c.owner.in_(dead)).values(owner=None, lease_until_s=0.0, next_s=next_s, is_due=True))
    return dead


def take_back(connection: Connection, dead: Sequence[str], now: float) -> int:
    """Make ready what was leased to the dead, or for too long; return how many."""
    is_poison = urls.c.n_leases >= MAX_LEASES
    is_suspect = and_(urls.c.n_leases >= SUSPECT_LEASES, urls.c.rank < SUSPECT_RANK)
    values = {
        "state": case((is_poison, "dead"), else_="ready"),
        "reason": case((is_poison, "internal"), else_=urls.c.reason),
        "detail": case((is_poison, f"the program ended {MAX_LEASES} times while this was in work"), else_=urls.c.detail),
        "rank": case((is_suspect, urls.c.rank + SUSPECT_RANK), else_=urls.c.rank),
        "owner": None,
        "due_s": 0.0,
    }
    is_lost = or_(urls.c.due_s < now, urls.c.due_s > now + MAX_CLOCK_JUMP_S, urls.c.owner.in_(dead))
    rows = connection.execute(update(urls).where(urls.c.state == "leased", is_lost).values(**values).returning(urls.c.host)).all()
    wake_hosts(connection, {row.host for row in rows})
    return len(rows)


def make_ready(connection: Connection, now: float, *, horizon_s: float, scopes: Sequence[str] | None, also_failed: bool = False) -> None:
    """Make ready failed tries whose wait is over, and revisits that were due by `horizon_s`; `also_failed`: all that failed before."""
    is_due = and_(urls.c.due_s <= now, or_(urls.c.attempts > 0, urls.c.due_s <= horizon_s))
    wanted = [is_due, urls.c.due_s > now + MAX_CLOCK_JUMP_S, *([urls.c.reason.is_not(None)] if also_failed else [])]
    for is_wanted in wanted:  # one after the other: each is a range of the index
        waiting = update(urls).where(urls.c.state == "waiting", is_wanted)
        if scopes is not None:
            waiting = waiting.where(urls.c.scope.in_(scopes))
        rows = connection.execute(waiting.values(state="ready").returning(urls.c.host)).all()
        wake_hosts(connection, {row.host for row in rows})


def revive(connection: Connection, scopes: Sequence[str] | None) -> None:
    """Make ready what was given up."""
    dead = update(urls).where(urls.c.state == "dead")
    if scopes is not None:
        dead = dead.where(urls.c.scope.in_(scopes))
    values = {"state": "ready", "due_s": 0.0, "attempts": 0, "n_leases": 0, "reason": None, "detail": None}
    rows = connection.execute(dead.values(**values).returning(urls.c.host)).all()
    wake_hosts(connection, {row.host for row in rows})


def settle(connection: Connection, url: str) -> None:
    """Note that a page which the frontier had given up was stored in another way. `url`: canonical."""
    dead = update(urls).where(urls.c.key == key_of(url), urls.c.state == "dead")
    connection.execute(dead.values(state="done", reason=None, detail=None))


def find_pending(connection: Connection, scopes: Sequence[str] | None, until_s: float, beside: Collection[str] = ()) -> Pending:
    """Tell what there is to wait for until then, `beside` these hosts."""
    in_scope: list[Any] = [] if scopes is None else [urls.c.scope.in_(scopes)]
    elsewhere: list[Any] = [urls.c.host.not_in(sorted(beside))] if beside else []

    def is_any(state: str) -> bool:
        found = select(urls.c.pk).where(urls.c.state == literal_column(f"'{state}'"), *in_scope, *elsewhere).limit(1)
        if state == "ready" and in_scope:
            found = found.with_hint(urls, BY_SCOPE, "sqlite")
        return connection.execute(found).first() is not None

    retry = select(func.min(urls.c.due_s)).where(
        urls.c.state == "waiting", urls.c.due_s <= until_s, urls.c.attempts > 0, *in_scope, *elsewhere
    )
    return Pending(is_ready=is_any("ready"), is_leased=is_any("leased"), next_due_s=connection.execute(retry).scalar())
