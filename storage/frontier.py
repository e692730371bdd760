"""The frontier: URLs to be fetched, in a table. Work is leased, not taken away, so nothing is lost when a worker dies.

A worker leases hosts and, of its hosts, batches of URLs. What became of a page, the links it brought and its acknowledgement are one
transaction. A lease that ends without a word makes the URL ready again: each is fetched at least once, and stored idempotently.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import reading, writing
from storage.frontier_owners import dead_owners
from storage.frontier_schema import frontier_host as hosts
from storage.frontier_schema import frontier_url as urls
from storage.frontier_types import SUSPECT_RANK, Ended, LeasedHost, LeasedUrl, NewUrl, Pending, key_of, new_row
from storage.outcomes import NewOutcome, add_outcomes
from storage.sql import CHUNK, insert_new

LEASE_S = 90.0
"""Heartbeats renew it every third of it; a dead machine's work is taken over after it."""
MAX_LEASES = 20
"""A URL leased so often without a word brings the program down: it is dead, with that reason."""
SUSPECT_LEASES = 4
MAX_CLOCK_JUMP_S = 30 * 86400.0 * 4
"""A due time later than this cannot be ours: the clock was set back."""


_LEASED_COLUMNS = tuple(urls.c[name] for name in (
    "pk", "url", "host", "scope", "site_id", "kind", "rank", "depth", "attempts", "added_s", "interval_s", "n_visits", "n_trusted", "etag",
    "last_modified", "body_hash", "rhythm",
))  # fmt: skip


class Frontier:
    """One worker's view of the frontier.

    `scopes`: work only on these; None: on all. `horizon_s`: revisits that fall due later belong to a later run.
    """

    def __init__(
        self, engine: Engine, owner: str, *, scopes: Sequence[str] | None = None, horizon_s: float | None = None,
        lease_s: float = LEASE_S, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.engine, self.owner, self.scopes, self.lease_s, self.clock = engine, owner, scopes, lease_s, clock
        self.horizon_s = clock() if horizon_s is None else horizon_s

    # What was found and what became of it

    def commit(
        self, added: Sequence[NewUrl] = (), ended: Sequence[Ended] = (), *, run_id: str | None = None, outcomes: Sequence[NewOutcome] = (),
    ) -> None:  # fmt: skip
        """Write found URLs, ended visits and their outcomes in one transaction."""
        with writing(self.engine) as connection:
            self._add(connection, added)
            if ended:
                connection.execute(_END, [self._end_values(e) for e in sorted(ended, key=lambda e: e.pk)])
            if run_id is not None and outcomes:
                add_outcomes(connection, run_id, outcomes)

    def _add(self, connection: Connection, added: Sequence[NewUrl]) -> None:
        if not added:
            return
        rows = {key_of(a.url): a for a in added}
        forced = {key: a for key, a in rows.items() if a.is_forced}
        known = _known(connection, rows)
        now = self.clock()
        insert_new(connection, urls, [new_row(key, a, now) for key, a in sorted(rows.items()) if key not in known])
        if forced:
            connection.execute(_FORCE, [{"old_key": key, "new_rank": a.rank, "new_scope": a.scope} for key, a in sorted(forced.items())])
        self._wake_hosts(connection, {a.host for key, a in rows.items() if key not in known or a.is_forced})

    def _wake_hosts(self, connection: Connection, names: Iterable[str]) -> None:
        rows = [{"host": h, "is_due": True, "lease_until_s": 0.0, "next_s": 0.0, "delay_s": 0.0} for h in sorted(names)]
        if rows:
            insert = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(hosts)
            wake = insert.on_conflict_do_update(index_elements=["host"], set_={"is_due": True}, where=hosts.c.is_due.is_(False))
            connection.execute(wake, rows)

    def _end_values(self, ended: Ended) -> dict[str, Any]:
        return {
            "old_pk": ended.pk, "old_owner": self.owner, "state": ended.state, "due_s": ended.due_s, "attempts": ended.attempts,
            "reason": ended.reason, "detail": ended.detail, "interval_s": ended.interval_s, "n_trusted": ended.n_trusted, "etag": ended.etag,
            "last_modified": ended.last_modified, "body_hash": ended.body_hash, "rhythm": ended.rhythm, "visited_s": self.clock(),
        }  # fmt: skip

    def known(self, candidates: Iterable[str]) -> set[str]:
        """Return those of the URLs that the frontier holds."""
        by_key = {key_of(url): url for url in candidates}
        with reading(self.engine) as connection:
            return {by_key[key] for key in _known(connection, by_key)}

    def rhythms(self) -> list[str]:
        """Return what is known of all lists, as the crawler wrote it."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(urls.c.rhythm).where(urls.c.rhythm.is_not(None))).scalars())

    # Leases

    def lease_hosts(self, n: int) -> list[LeasedHost]:
        """Lease up to `n` further hosts that have work; another worker's are left alone."""
        now = self.clock()
        free = or_(hosts.c.owner.is_(None), hosts.c.lease_until_s < now, hosts.c.lease_until_s > now + MAX_CLOCK_JUMP_S)
        query = select(hosts.c.host, hosts.c.next_s, hosts.c.delay_s).where(hosts.c.is_due, free)
        if self.scopes is not None:
            query = query.where(exists().where(urls.c.host == hosts.c.host, urls.c.state == "ready", urls.c.scope.in_(self.scopes)))
        query = query.order_by(hosts.c.next_s, hosts.c.host).limit(n).with_for_update(skip_locked=True, of=hosts)
        with writing(self.engine) as connection:
            found = [LeasedHost(**row._mapping) for row in connection.execute(query)]
            mine = update(hosts).where(hosts.c.host.in_([h.host for h in found]))
            if found:
                connection.execute(mine.values(owner=self.owner, lease_until_s=now + self.lease_s))
        return found

    def claim(self, wanted: Mapping[str, int]) -> list[LeasedUrl]:
        """Lease URLs of hosts that are ours: host to how many, at the most."""
        with writing(self.engine) as connection:
            picked = {host: self._pick(connection, host, n) for host, n in wanted.items()}
            for host in (h for h, n in wanted.items() if len(picked[h]) < n):
                has_ready = exists().where(urls.c.host == host, urls.c.state == "ready", urls.c.pk.not_in(picked[host]))
                connection.execute(update(hosts).where(hosts.c.host == host).values(is_due=has_ready))
            found = [pk for pks in picked.values() for pk in pks]
            if not found:
                return []
            lease = update(urls).where(urls.c.pk.in_(found)).values(
                state="leased", owner=self.owner, due_s=self.clock() + self.lease_s, n_leases=urls.c.n_leases + 1
            )  # fmt: skip
            rows = connection.execute(lease.returning(*_LEASED_COLUMNS)).all()
        return sorted((LeasedUrl(**row._mapping) for row in rows), key=lambda leased: (leased.rank, leased.pk))

    def _pick(self, connection: Connection, host: str, n: int) -> list[int]:
        ready = select(urls.c.pk, urls.c.rank).where(urls.c.host == host, urls.c.state == "ready").order_by(urls.c.rank, urls.c.pk)
        if self.scopes is not None:
            ready = ready.where(urls.c.scope.in_(self.scopes))
        rows = connection.execute(ready.limit(n)).all()
        alone = bool(rows) and rows[0].rank >= SUSPECT_RANK
        return [row.pk for row in (rows[:1] if alone else [r for r in rows if r.rank < SUSPECT_RANK])]

    def heartbeat(self) -> None:
        """Renew all our leases."""
        until = self.clock() + self.lease_s
        with writing(self.engine) as connection:
            connection.execute(update(urls).where(urls.c.state == "leased", urls.c.owner == self.owner).values(due_s=until))
            connection.execute(update(hosts).where(hosts.c.owner == self.owner).values(lease_until_s=until))

    def release_host(self, host: str, *, next_s: float, delay_s: float) -> None:
        """Give a host back, and say when it may be asked again."""
        with writing(self.engine) as connection:
            mine = update(hosts).where(hosts.c.host == host, hosts.c.owner == self.owner)
            connection.execute(mine.values(owner=None, lease_until_s=0.0, next_s=next_s, delay_s=delay_s))

    def release_all(self, next_s: Mapping[str, float]) -> None:
        """Give everything back at a clean end. `next_s`: host to when it may be asked again."""
        with writing(self.engine) as connection:
            back = update(urls).where(urls.c.state == "leased", urls.c.owner == self.owner)
            connection.execute(back.values(state="ready", owner=None, due_s=0.0, n_leases=urls.c.n_leases - 1))
            connection.execute(update(hosts).where(hosts.c.owner == self.owner).values(owner=None, lease_until_s=0.0, is_due=True))
            rows = [{"old_host": host, "at": at} for host, at in sorted(next_s.items())]
            if rows:
                connection.execute(update(hosts).where(hosts.c.host == bindparam("old_host")).values(next_s=bindparam("at")), rows)

    def recover(self, *, least_delay_s: float = 0.0) -> int:
        """Make ready what is due, and what dead workers left; return how many URLs were left by the dead."""
        now = self.clock()
        with writing(self.engine) as connection:
            dead = dead_owners(row.owner for row in connection.execute(select(hosts.c.owner).where(hosts.c.owner.is_not(None)).distinct()))
            is_lost = or_(urls.c.due_s < now, urls.c.due_s > now + MAX_CLOCK_JUMP_S, urls.c.owner.in_(dead))
            n_lost = self._take_back(connection, and_(urls.c.state == "leased", is_lost))
            free = update(hosts).where(hosts.c.owner.in_(dead))
            next_s = now + case((hosts.c.delay_s > least_delay_s, hosts.c.delay_s), else_=least_delay_s)
            connection.execute(free.values(owner=None, lease_until_s=0.0, next_s=next_s, is_due=True))
            self._make_ready(connection, now)
        return n_lost

    def _take_back(self, connection: Connection, lost: Any) -> int:
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
        rows = connection.execute(update(urls).where(lost).values(**values).returning(urls.c.host)).all()
        self._wake_hosts(connection, {row.host for row in rows})
        return len(rows)

    def _make_ready(self, connection: Connection, now: float) -> None:
        """Failed tries whose wait is over, and revisits that were due when the run began."""
        is_due = or_(
            and_(urls.c.due_s <= now, or_(urls.c.attempts > 0, urls.c.due_s <= self.horizon_s)), urls.c.due_s > now + MAX_CLOCK_JUMP_S
        )
        waiting = update(urls).where(urls.c.state == "waiting", is_due)
        if self.scopes is not None:
            waiting = waiting.where(urls.c.scope.in_(self.scopes))
        rows = connection.execute(waiting.values(state="ready").returning(urls.c.host)).all()
        self._wake_hosts(connection, {row.host for row in rows})

    def pending(self) -> Pending:
        """Count what this run still has to wait for."""
        counts = select(urls.c.state, func.count()).where(urls.c.state.in_(("ready", "leased"))).group_by(urls.c.state)
        retry = select(func.min(urls.c.due_s)).where(urls.c.state == "waiting", urls.c.attempts > 0)
        if self.scopes is not None:
            counts, retry = counts.where(urls.c.scope.in_(self.scopes)), retry.where(urls.c.scope.in_(self.scopes))
        with writing(self.engine) as connection:
            n = {row[0]: row[1] for row in connection.execute(counts)}
            next_due_s = connection.execute(retry).scalar()
            if n.get("ready"):  # a host that lost its mark to a concurrent claim is found again here
                has_ready = exists().where(urls.c.host == hosts.c.host, urls.c.state == "ready")
                connection.execute(update(hosts).where(hosts.c.is_due.is_(False), has_ready).values(is_due=True))
        return Pending(n_ready=n.get("ready", 0), n_leased=n.get("leased", 0), next_due_s=next_due_s)


def _known(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    wanted = sorted(keys)
    found: set[bytes] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(bytes(row.key) for row in connection.execute(select(urls.c.key).where(urls.c.key.in_(wanted[start : start + CHUNK]))))
    return found


_END = (
    update(urls)
    .where(urls.c.pk == bindparam("old_pk"), urls.c.owner == bindparam("old_owner"), urls.c.state == "leased")
    .values(
        **{name: bindparam(name) for name in (
            "state", "due_s", "attempts", "reason", "detail", "interval_s", "n_trusted", "etag", "last_modified", "body_hash", "rhythm", "visited_s",
        )},
        owner=None, n_leases=0, n_visits=urls.c.n_visits + 1,
    )
)  # fmt: skip
"""A lease that was lost in the meantime is another worker's: what became of the URL is theirs to say."""

_FORCE = (
    update(urls)
    .where(urls.c.key == bindparam("old_key"), urls.c.state != "leased")
    .values(
        state="ready", rank=bindparam("new_rank"), scope=bindparam("new_scope"), due_s=0.0, attempts=0, n_leases=0, reason=None, detail=None
    )
)
