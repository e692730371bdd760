"""Leases of runs: what must not run twice at once on one machine."""

from __future__ import annotations

import time

from sqlalchemy import Engine, delete, select

from storage.database import writing
from storage.frontier_owners import dead_owners
from storage.frontier_schema import frontier_run
from storage.sql import insert_new

LEASE_S = 6 * 3600.0
"""Longer than any run should take; a process that died is noticed at once on its own machine."""


def take_run_lease(engine: Engine, name: str, owner: str) -> str | None:
    """Take the lease of a run; None: it is ours, else who holds it."""
    now = time.time()
    with writing(engine) as connection:
        row = connection.execute(select(frontier_run).where(frontier_run.c.name == name).with_for_update()).first()
        if row is not None and row.until_s > now and row.until_s <= now + LEASE_S and not dead_owners([row.owner]):
            return str(row.owner)
        connection.execute(delete(frontier_run).where(frontier_run.c.name == name))
        insert_new(connection, frontier_run, [{"name": name, "owner": owner, "until_s": now + LEASE_S}])
        held = connection.execute(select(frontier_run.c.owner).where(frontier_run.c.name == name)).scalar_one()
        return None if held == owner else str(held)


def drop_run_lease(engine: Engine, name: str, owner: str) -> None:
    """Give the lease back."""
    with writing(engine) as connection:
        connection.execute(delete(frontier_run).where(frontier_run.c.name == name, frontier_run.c.owner == owner))
