"""The frontier: URLs to be fetched, in a table. Work is leased, not taken away, so nothing is lost when a worker dies.

A worker leases hosts and, of its hosts, batches of URLs. What became of a page, the links it brought and its acknowledgement are one
transaction. A lease that ends without a word makes the URL ready again: each is fetched at least once, and stored idempotently.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select, update

from storage.database import reading, writing
from storage.frontier_recovery import MAX_CLOCK_JUMP_S, find_pending, free_hosts_of_the_dead, make_ready, revive, take_back
from storage.frontier_schema import frontier_host as hosts
from storage.frontier_schema import frontier_url as urls
from storage.frontier_sql import end_leases, free_hosts, lease, mark_due, pick_ready, wake_hosts
from storage.frontier_types import SUSPECT_RANK, Claimed, Ended, HostBack, LeasedHost, NewUrl, Pending, key_of, new_row
from storage.outcomes import NewOutcome, add_outcomes
from storage.sql import CHUNK, insert_new

LEASE_S = 90.0
"""Heartbeats renew it every third of it; a dead machine's work is taken over after it."""
MAX_SHAKEN = 4
"""Of the URLs that were in memory when a program died, so many a host are taken at a time: one of them may have been the cause, and the others
must not be held for it as well."""


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
        self._turn = threading.Lock()

    @contextmanager
    def _writing(self, *, is_durable: bool = True) -> Iterator[Connection]:
        """One transaction at a time: the heartbeat comes from another thread and touches the same rows."""
        with self._turn, writing(self.engine, is_durable=is_durable) as connection:
            yield connection

    # What was found and what became of it

    def commit(
        self, added: Sequence[NewUrl] = (), ended: Sequence[Ended] = (), *, run_id: str | None = None, outcomes: Sequence[NewOutcome] = (),
    ) -> None:  # fmt: skip
        """Write found URLs, ended visits and their outcomes in one transaction."""
        with self._writing() as connection:
            if added:
                self._add(connection, added)
            if ended:
                end_leases(connection, ended, owner=self.owner, visited_s=self.clock())
            if run_id is not None and outcomes:
                add_outcomes(connection, run_id, outcomes)

    def _add(self, connection: Connection, added: Sequence[NewUrl]) -> None:
        rows = {key_of(a.url): a for a in added}
        now = self.clock()
        insert_new(connection, urls, [new_row(key, a, now) for key, a in sorted(rows.items())])
        forced = [{"old_key": key, "new_rank": a.rank, "new_scope": a.scope} for key, a in sorted(rows.items()) if a.is_forced]
        if forced:
            connection.execute(_FORCE, forced)
        wake_hosts(connection, {a.host for a in added})

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
        with self._writing(is_durable=False) as connection:
            found = free_hosts(connection, n, now_s=now, far_s=now + MAX_CLOCK_JUMP_S, scopes=self.scopes)
            if found:
                mine = update(hosts).where(hosts.c.host.in_([h.host for h in found]))
                connection.execute(mine.values(owner=self.owner, lease_until_s=now + self.lease_s))
        return found

    def claim(self, names: Collection[str], n: int) -> Claimed:
        """Lease up to `n` URLs of each of these hosts; of hosts that are not ours, none."""
        with self._writing(is_durable=False) as connection:
            by_host: dict[str, list[Row[Any]]] = {}
            for row in pick_ready(connection, names, n, owner=self.owner, scopes=self.scopes):
                by_host.setdefault(row.host, []).append(row)
            kept = {host: _bearable(rows) for host, rows in by_host.items()}
            pks = [row.pk for rows in kept.values() for row in rows]
            leased = lease(connection, pks, owner=self.owner, until_s=self.clock() + self.lease_s) if pks else []
            short = [host for host in names if len(by_host.get(host, ())) < n]
            if short:
                mark_due(connection, short)
        return Claimed(leased, frozenset(host for host in short if len(kept.get(host, ())) == len(by_host.get(host, ()))))

    def heartbeat(self) -> None:
        """Renew all our leases."""
        until = self.clock() + self.lease_s
        with self._writing(is_durable=False) as connection:
            connection.execute(update(urls).where(urls.c.state == "leased", urls.c.owner == self.owner).values(due_s=until))
            connection.execute(update(hosts).where(hosts.c.owner == self.owner).values(lease_until_s=until))

    def release_hosts(self, back: Sequence[HostBack]) -> None:
        """Give hosts back, and say when they may be asked again."""
        if back:
            with self._writing(is_durable=False) as connection:
                connection.execute(_RELEASE, [_release_values(b, self.owner) for b in sorted(back, key=lambda b: b.host)])

    def release_all(self, back: Sequence[HostBack] = ()) -> None:
        """Give everything back at a clean end, and say of our hosts when they may be asked again."""
        with self._writing() as connection:
            mine = update(urls).where(urls.c.state == "leased", urls.c.owner == self.owner)
            connection.execute(mine.values(state="ready", owner=None, due_s=0.0, n_leases=urls.c.n_leases - 1))
            connection.execute(update(hosts).where(hosts.c.owner == self.owner).values(is_due=True))
            if back:
                connection.execute(_RELEASE, [_release_values(b, self.owner) for b in sorted(back, key=lambda b: b.host)])
            connection.execute(update(hosts).where(hosts.c.owner == self.owner).values(owner=None, lease_until_s=0.0))

    def recover(self, *, least_delay_s: float = 0.0, retry_failed: bool = False, retry_dead: bool = False) -> int:
        """Make ready what is due, and what dead workers left; return how many URLs were left by the dead.

        `retry_failed`: also what failed and was to be asked for later; somebody wants it now. `retry_dead`: also what was given up.
        """
        now = self.clock()
        with self._writing() as connection:
            dead = free_hosts_of_the_dead(connection, now, least_delay_s)
            n_lost = take_back(connection, dead, now)
            make_ready(connection, now, horizon_s=self.horizon_s, scopes=self.scopes, also_failed=retry_failed)
            if retry_dead:
                revive(connection, self.scopes)
        return n_lost

    def pending(self, within_s: float, *, beside: Collection[str] = ()) -> Pending:
        """Tell what this run still has to wait for. `within_s`: a failed try that falls due later is the next run's; `beside`: so are these hosts."""
        with reading(self.engine) as connection:
            return find_pending(connection, self.scopes, self.clock() + within_s, beside)


def _bearable(rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Return those of a host's next URLs that may be held together; a suspect goes alone."""
    if rows[0].rank >= SUSPECT_RANK:
        return rows[:1]
    shaken = [row.pk for row in rows if row.n_leases][MAX_SHAKEN:]
    return [row for row in rows if row.rank < SUSPECT_RANK and row.pk not in shaken]


def _known(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    wanted = sorted(keys)
    found: set[bytes] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(bytes(row.key) for row in connection.execute(select(urls.c.key).where(urls.c.key.in_(wanted[start : start + CHUNK]))))
    return found


def _release_values(back: HostBack, owner: str) -> dict[str, Any]:
    return {"old_host": back.host, "old_owner": owner, "new_next_s": back.next_s, "new_delay_s": back.delay_s}


_RELEASE = (
    update(hosts)
    .where(hosts.c.host == bindparam("old_host"), hosts.c.owner == bindparam("old_owner"))
    .values(owner=None, lease_until_s=0.0, next_s=bindparam("new_next_s"), delay_s=bindparam("new_delay_s"))
)
_FORCE = (
    update(urls)
    .where(urls.c.key == bindparam("old_key"), urls.c.state != "leased")
    .values(
        state="ready", rank=bindparam("new_rank"), scope=bindparam("new_scope"), due_s=0.0, attempts=0, n_leases=0, reason=None, detail=None
    )
)
