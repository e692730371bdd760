"""The change feed: what happened to the base, in one order for every reader, nothing lost and nothing twice.

On SQLite one writer follows the other, so the row number is the order of commits. On PostgreSQL a lower number may commit
later; there each row carries its transaction's number, and a reader stops before the oldest transaction still running.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from storage.schema import change


class ChangeKind(StrEnum):
    """What happened."""

    CREATED = "created"
    """A new article."""
    UPDATED = "updated"
    """A new revision of an article."""
    STORY = "story"
    """An article joined, left or changed its story."""
    WITHDRAWN = "withdrawn"
    """A takedown: copies of the text elsewhere should go too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """A row to be added to the feed."""

    kind: ChangeKind
    article_id: str | None = None
    revision: int | None = None
    story_id: str | None = None
    url: str | None = None
    detail: dict[str, Any] | None = None


def append_changes(connection: Connection, changes: Sequence[NewChange]) -> None:
    """Add rows to the feed, within the transaction that makes the changes true."""
    if not changes:
        return
    now, xid = datetime.now(UTC), transaction_number(connection)
    rows = [
        {
            "xid": xid, "at": now, "kind": c.kind.value, "article_id": c.article_id, "revision": c.revision,
            "story_id": c.story_id, "url": c.url, "detail": c.detail,
        }
        for c in changes
    ]  # fmt: skip
    connection.execute(change.insert(), rows)


def transaction_number(connection: Connection) -> int:
    """Return what the running transaction's rows are ordered by: 0 on SQLite."""
    if connection.dialect.name != "postgresql":
        return 0
    return int(connection.execute(text("SELECT pg_current_xact_id()::text::bigint + xid_offset FROM feed_state")).scalar_one())


def is_settled(connection: Connection) -> bool:
    """Tell whether the feed's numbers fit this PostgreSQL cluster; always true on SQLite."""
    if connection.dialect.name != "postgresql":
        return True
    return connection.execute(text("SELECT cluster FROM feed_state")).scalar() == _cluster(connection)


def settle_feed(connection: Connection) -> None:
    """Make the feed's numbers fit this PostgreSQL cluster.

    Transaction numbers belong to a cluster. In a base restored into another one they would lie in the future and stay hidden;
    the offset puts every row that came along before all that follow.
    """
    if is_settled(connection):
        return
    known = connection.execute(text("SELECT cluster FROM feed_state")).scalar()
    if known is None:
        connection.execute(text("INSERT INTO feed_state (one, cluster, xid_offset) VALUES (1, :c, 0)"), {"c": _cluster(connection)})
    else:
        newest = connection.execute(text("SELECT coalesce(max(xid), 0) FROM change")).scalar_one()
        connection.execute(text("UPDATE feed_state SET cluster = :c, xid_offset = :x"), {"c": _cluster(connection), "x": newest + 1})


def _cluster(connection: Connection) -> str:
    return str(connection.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one())
