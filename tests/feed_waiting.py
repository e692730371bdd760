"""Wait for the feed: on PostgreSQL it waits for every open transaction of the server, also of other tests."""

import time

from sqlalchemy import Engine

from storage.changes import Change, all_changes

PATIENCE_S = 60.0


def changes_when(engine: Engine, count: int, after: str | None = None) -> list[Change]:
    """Return all changes after a cursor as soon as there are `count`; fewer only when the patience is at its end."""
    end = time.monotonic() + PATIENCE_S
    while len(found := list(all_changes(engine, after))) < count and time.monotonic() < end:
        time.sleep(0.02)
    return found
