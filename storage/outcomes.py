"""Runs, and how each URL they fetched ended: exactly one outcome each, so that the counts add up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update
from uuid_utils import uuid7

from pipelines.errors import StorageError, YuanwenError
from pipelines.types import Capture
from storage.article_rows import capture_row
from storage.database import reading, writing
from storage.frontier_owners import dead_owners, owner_name
from storage.schema import outcome, run
from storage.sql import insert_rows

DIED = "died"
"""How a run ended whose process was killed: what it had written is kept, the rest is the next run's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOutcome:
    """How a fetched URL ended."""

    url: str
    """As asked for."""
    outcome: str
    """`created`, `updated`, `unchanged`, `rejected`, `quarantined`, `failed`."""
    reason: str | None = None
    """A `Reason`, for the last three."""
    detail: str | None = None
    """For people."""
    site: str | None = None
    """Registrable domain."""
    status: int | None = None
    """HTTP status, where the server answered."""
    fetched_at: datetime
    capture: Capture | None = None


_PLAIN = ("url", "outcome", "reason", "detail", "site", "status", "fetched_at")


def start_run(engine: Engine, command: str, *, detail: dict[str, Any] | None = None) -> str:
    """Note that a command starts, and which runs of this machine ended without a word; return its run id."""
    run_id = str(uuid7())
    noted = {**(detail or {}), "owner": owner_name()}
    row = {"id": run_id, "command": command, "started_at": datetime.now(UTC), "version": version("yuanwen"), "detail": noted}
    with writing(engine) as connection:
        _note_dead_runs(connection)
        connection.execute(run.insert(), row)
    return run_id


def _note_dead_runs(connection: Connection) -> None:
    """Write down for all machines what can be seen on this one: whose process is gone."""
    rows = connection.execute(select(run.c.id, run.c.detail).where(run.c.finished_at.is_(None))).all()
    owned = {row.id: row.detail for row in rows if row.detail and "owner" in row.detail}
    dead = set(dead_owners({detail["owner"] for detail in owned.values()}))
    for run_id, detail in owned.items():
        if detail["owner"] in dead:
            said = {key: value for key, value in detail.items() if key != "owner"} | {"finish_reason": DIED}
            connection.execute(update(run).where(run.c.id == run_id).values(detail=said))


def finish_run(engine: Engine, run_id: str, *, detail: dict[str, Any] | None = None) -> None:
    """Note that a run ended; `detail` replaces what `start_run` noted, where given."""
    values: dict[str, Any] = {"finished_at": datetime.now(UTC)} | ({} if detail is None else {"detail": detail})
    with writing(engine) as connection:
        connection.execute(update(run).where(run.c.id == run_id).values(values))


@contextmanager
def fault_noted(engine: Engine, run_id: str | None) -> Iterator[None]:
    """Have a run that a fault ends say for what; the fault goes on. `run_id` None: no run was started."""
    try:
        yield
    except YuanwenError as error:
        if run_id is not None:
            with suppress(StorageError):  # it may be the database itself: then the run stays unfinished
                finish_run(engine, run_id, detail={"stopped_for": str(error)})
        raise


def record_outcome(
    engine: Engine, run_id: str, url: str, outcome: str, reason: str | None = None, detail: str | None = None, *,
    site: str | None = None, status: int | None = None, fetched_at: datetime | None = None, capture: Capture | None = None,
) -> None:  # fmt: skip
    """Record how a URL ended; see `add_outcomes`."""
    ended = NewOutcome(
        url=url, outcome=outcome, reason=reason, detail=detail, site=site, status=status,
        fetched_at=fetched_at or datetime.now(UTC), capture=capture,
    )  # fmt: skip
    with writing(engine) as connection:
        add_outcomes(connection, run_id, [ended])


def add_outcomes(connection: Connection, run_id: str, outcomes: Sequence[NewOutcome]) -> None:
    """Record outcomes within the caller's transaction.

    A URL that ended before in this run keeps its first outcome, unless that was `failed` and a later try brought an answer.
    """
    rows = {
        o.url: {"run_id": run_id, **{key: getattr(o, key) for key in _PLAIN}, "capture": o.capture and capture_row(o.capture)}
        for o in outcomes
    }
    if not rows:
        return
    replaced = ", ".join(f"{key} = excluded.{key}" for key in (*_PLAIN[1:], "capture"))
    conflict = f"ON CONFLICT (run_id, url) DO UPDATE SET {replaced} WHERE outcome.outcome = 'failed'"
    insert_rows(connection, outcome, [rows[url] for url in sorted(rows)], conflict)


def count_outcomes(engine: Engine, run_id: str | None = None) -> dict[str, int]:
    """Count outcomes of a run, or of all: `created`, `rejected/list_page`, … to number. The counts add up to the URLs fetched."""
    query = select(outcome.c.outcome, outcome.c.reason, func.count()).group_by(outcome.c.outcome, outcome.c.reason)
    if run_id is not None:
        query = query.where(outcome.c.run_id == run_id)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return {f"{name}/{reason}" if reason else name: n for name, reason, n in sorted(rows, key=lambda row: (row[0], row[1] or ""))}


def list_outcomes(engine: Engine, run_id: str) -> list[dict[str, Any]]:
    """Return how each URL of a run ended, in the order it was noted: `url`, `outcome`, `reason`, `detail`, `site`, `status`."""
    columns = (outcome.c.url, outcome.c.outcome, outcome.c.reason, outcome.c.detail, outcome.c.site, outcome.c.status)
    query = select(*columns).where(outcome.c.run_id == run_id).order_by(outcome.c.pk)
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def recent_outcomes(engine: Engine, sites: Collection[str], n: int, *, beside: str) -> list[str]:
    """Return how the last `n` pages of these sites (registrable domains) ended that gave an article or were quarantined, in runs `beside` this one."""
    kinds = ("created", "updated", "unchanged", "quarantined")
    query = select(outcome.c.outcome).where(outcome.c.site.in_(sites), outcome.c.outcome.in_(kinds), outcome.c.run_id != beside)
    with reading(engine) as connection:
        return list(connection.execute(query.order_by(outcome.c.pk.desc()).limit(n)).scalars())


def last_run(engine: Engine, command: str | None = None) -> str | None:
    """Find the run that started last."""
    query = select(run.c.id).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(1)
    if command is not None:
        query = query.where(run.c.command == command)
    with reading(engine) as connection:
        return connection.execute(query).scalar()
