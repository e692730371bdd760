"""The frontier's frequent statements, in the words of each engine: one statement for many hosts, many pages, many URLs.

`ready` is written out in them: an index over the ready rows only is not used for a parameter. SQLite, which has no statistics, is told the index
where it would go through all rows of a state.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, text

from storage.frontier_schema import frontier_host
from storage.frontier_types import Ended, LeasedHost, LeasedUrl
from storage.sql import array_of, insert_rows

_LEASED_NAMES = tuple(LeasedUrl.__dataclass_fields__)
_LEASED_COLUMNS = ", ".join(_LEASED_NAMES)

_PICK = {
    "sqlite": """
        SELECT u.pk, u.host, u.rank, u.n_leases FROM json_each(:hosts) AS wanted
        JOIN frontier_host AS h ON h.host = wanted.value AND h.owner = :owner
        CROSS JOIN frontier_url AS u
        WHERE u.pk IN (
            SELECT r.pk FROM frontier_url AS r INDEXED BY ix_frontier_url_next
            WHERE r.host = h.host AND r.state = 'ready' {scopes} ORDER BY r.rank, r.pk LIMIT :n
        )
    """,
    "postgresql": """
        SELECT u.pk, u.host, u.rank, u.n_leases FROM frontier_host AS h
        CROSS JOIN LATERAL (
            SELECT r.* FROM frontier_url AS r WHERE r.host = h.host AND r.state = 'ready' {scopes} ORDER BY r.rank, r.pk LIMIT :n
        ) AS u
        WHERE h.host = ANY(:hosts) AND h.owner = :owner
    """,
}
_LEASE = f"""
    UPDATE frontier_url SET state = 'leased', owner = :owner, due_s = :until_s, n_leases = n_leases + 1
    WHERE pk {{pks}} AND state || '' = 'ready' RETURNING {_LEASED_COLUMNS}
"""
"""`||` keeps SQLite from looking through the index of states: half of a large frontier is ready."""
_MARK_DUE = """
    UPDATE frontier_host SET is_due = EXISTS (SELECT 1 FROM frontier_url AS r WHERE r.host = frontier_host.host AND r.state = 'ready')
    WHERE host {hosts}
"""
BY_SCOPE = "INDEXED BY ix_frontier_url_scope"
_LOCK_HOSTS = text("SELECT 1 FROM frontier_host WHERE host = ANY(:hosts) ORDER BY host FOR UPDATE")
_FREE_HOSTS = """
    SELECT h.host, h.next_s, h.delay_s FROM frontier_host AS h
    WHERE h.is_due AND (h.owner IS NULL OR h.lease_until_s < :now_s OR h.lease_until_s > :far_s) {scopes}
    ORDER BY h.next_s LIMIT :n {lock}
"""
_READY_IN_SCOPE = "AND EXISTS (SELECT 1 FROM frontier_url AS r {by_scope} WHERE r.host = h.host AND r.state = 'ready' AND r.scope {scopes})"


@cache
def _statement(template: str, dialect: str, *lists: str) -> Any:
    """Fill in the places of a statement that name a list."""
    words = {name: f"= ANY(:{name})" if dialect == "postgresql" else f"IN (SELECT value FROM json_each(:{name}))" for name in lists}
    return text(template.format(**words))


def _listed(connection: Connection, values: Collection[Any]) -> Any:
    return array_of(values) if connection.dialect.name == "postgresql" else json.dumps(list(values))


def free_hosts(connection: Connection, n: int, *, now_s: float, far_s: float, scopes: Sequence[str] | None) -> list[LeasedHost]:
    """Return hosts that have work and are nobody's, those first that may be asked first; no other worker sees them until we commit."""
    lock = "FOR UPDATE OF h SKIP LOCKED" if connection.dialect.name == "postgresql" else ""
    by_scope = BY_SCOPE if connection.dialect.name == "sqlite" else ""
    in_scope = "" if scopes is None else _READY_IN_SCOPE.replace("{by_scope}", by_scope)
    template = _FREE_HOSTS.replace("{lock}", lock).replace("{scopes}", in_scope)
    values: dict[str, Any] = {"n": n, "now_s": now_s, "far_s": far_s}
    if scopes is not None:
        values["scopes"] = _listed(connection, scopes)
    statement = _statement(template, connection.dialect.name, *(() if scopes is None else ("scopes",)))
    return [LeasedHost(**row._mapping) for row in connection.execute(statement, values)]


def pick_ready(connection: Connection, hosts: Collection[str], n: int, *, owner: str, scopes: Sequence[str] | None) -> Sequence[Row[Any]]:
    """Return `pk`, `host`, `rank`, `n_leases` of the first `n` ready URLs of each host that is the owner's."""
    values = {"hosts": _listed(connection, hosts), "n": n, "owner": owner}
    template = _PICK[connection.dialect.name].replace("{scopes}", "" if scopes is None else "AND r.scope {scopes}")
    if scopes is not None:
        values["scopes"] = _listed(connection, scopes)
    statement = _statement(template, connection.dialect.name, *(() if scopes is None else ("scopes",)))
    return connection.execute(statement, values).all()


def lease(connection: Connection, pks: Collection[int], *, owner: str, until_s: float) -> list[LeasedUrl]:
    """Lease ready URLs, in the order of their rank."""
    statement = _statement(_LEASE, connection.dialect.name, "pks")
    rows = connection.execute(statement, {"pks": _listed(connection, pks), "owner": owner, "until_s": until_s})
    return sorted((LeasedUrl(**dict(zip(_LEASED_NAMES, row, strict=True))) for row in rows), key=lambda leased: (leased.rank, leased.pk))


def mark_due(connection: Connection, hosts: Collection[str]) -> None:
    """Note of each host whether it has ready URLs."""
    if connection.dialect.name == "postgresql":  # who adds URLs at this moment holds the host's row: wait for them, then look
        connection.execute(_LOCK_HOSTS, {"hosts": sorted(hosts)})
    connection.execute(_statement(_MARK_DUE, connection.dialect.name, "hosts"), {"hosts": _listed(connection, hosts)})


def wake_hosts(connection: Connection, hosts: Collection[str]) -> None:
    """Note that hosts have ready URLs; a host not known before is added."""
    rows = [{"host": h, "is_due": True, "lease_until_s": 0.0, "next_s": 0.0, "delay_s": 0.0} for h in sorted(hosts)]
    insert_rows(connection, frontier_host, rows, "ON CONFLICT (host) DO UPDATE SET is_due = true WHERE NOT frontier_host.is_due")


_ENDED_COLUMNS: Mapping[str, str] = {
    "pk": "bigint", "state": "text", "due_s": "float8", "attempts": "integer", "reason": "text", "detail": "text", "interval_s": "float8",
    "n_trusted": "integer", "etag": "text", "last_modified": "text", "body_hash": "text",
    "rhythm": "text",
}  # fmt: skip
_SET = ", ".join(f"{name} = {{v}}{name}" for name in _ENDED_COLUMNS if name != "pk")
_ALSO = "owner = NULL, n_leases = 0, n_visits = n_visits + 1"
_END = {
    "sqlite": f"""
        UPDATE frontier_url SET {_SET.replace("{v}", ":")}, visited_s = :visited_s, {_ALSO}
        WHERE pk = :pk AND owner = :owner AND state = 'leased'
    """,
    "postgresql": f"""
        UPDATE frontier_url AS u SET {_SET.replace("{v}", "v.")}, visited_s = %s, {_ALSO}
        FROM unnest({", ".join(f"%s::{kind}[]" for kind in _ENDED_COLUMNS.values())}) AS v({", ".join(_ENDED_COLUMNS)})
        WHERE u.pk = v.pk AND u.owner = %s AND u.state = 'leased'
    """,
}


def end_leases(connection: Connection, ended: Sequence[Ended], *, owner: str, visited_s: float) -> None:
    """Write what became of leased URLs. A lease that was lost in the meantime is another worker's: what becomes of the URL is theirs to say."""
    if connection.dialect.name == "postgresql":
        columns = [array_of([getattr(e, name) for e in ended]) for name in _ENDED_COLUMNS]
        connection.exec_driver_sql(_END["postgresql"], (visited_s, *columns, owner))
    else:
        same = {"visited_s": visited_s, "owner": owner}
        rows = [{**{name: getattr(e, name) for name in _ENDED_COLUMNS}, **same} for e in ended]
        connection.exec_driver_sql(_END["sqlite"], rows)
