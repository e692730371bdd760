"""The change feed: what happened to the base, in one order for every reader, nothing lost and nothing twice.

On SQLite one writer follows the other, so the row number is the order of commits. On PostgreSQL a lower number may commit
later; there each row carries its transaction's number, and a reader stops before the oldest transaction still running.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, literal_column, select, text, tuple_

from pipelines.errors import UsageError
from storage.database import reading, utc_text
from storage.schema import change, dump_json
from storage.sql import insert_written


class CursorAhead(UsageError):
    """A cursor that this base has not come to: it was given by another one, or by this one before it was restored from a copy."""


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
    WITHHELD = "withheld"
    """An article is not to be shown, until it is released."""
    RELEASED = "released"
    """An article that was withheld may be shown again."""


class NewChange(NamedTuple):
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
    now, xid = utc_text(datetime.now(UTC)), transaction_number(connection)
    rows = [(xid, now, c[0].value, *c[1:5], c[5] and dump_json(c[5])) for c in changes]
    insert_written(connection, change, ("xid", "at", *NewChange._fields), rows)


def settled_condition(connection: Connection) -> tuple[ColumnElement[bool], ...]:
    """Return the condition on `change` that no row can still appear before those it lets through; empty on SQLite."""
    if connection.dialect.name != "postgresql":
        return ()
    horizon = "(SELECT xid_offset FROM feed_state) + pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    return (change.c.xid < literal_column(horizon),)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of the feed, as the view `v1_changes` shows it."""

    cursor: str
    """Give it back to go on after this row."""
    at: str
    """UTC, ISO 8601: when it was written; not the order of the feed."""
    kind: str
    id: str | None
    """Of the article."""
    revision: int | None
    story_id: str | None
    url: str | None
    detail: dict[str, Any] | None
    """`fields` of an update; `reason` of a withdrawal, of withholding and of release."""


START = "000000000000000000-000000000000000000"
"""The cursor before the first change."""


def read_changes(engine: Engine, after: str | None = None, *, limit: int = 1000, story_id: str | None = None) -> list[Change]:
    """Read the changes after a cursor (None: from the start), in the order that every reader gets, at most `limit`.

    Raises:
        UsageError: not a cursor of this feed.
        CursorAhead: it has not come to this one: what comes up to it would be lost without a word.
        StorageError: the database refused.
    """
    xid, seq = parse_cursor(after or START)
    with reading(engine) as connection:
        query = (
            select(change)
            .where(tuple_(change.c.xid, change.c.seq) > (xid, seq), *settled_condition(connection))
            .order_by(change.c.xid, change.c.seq)
            .limit(limit)
        )
        if story_id is not None:
            query = query.where(change.c.story_id == story_id)
        found = [_change_of(row) for row in connection.execute(query)]
        if not found:
            _check_is_reached(connection, xid, seq)
        return found


def _check_is_reached(connection: Connection, xid: int, seq: int) -> None:
    newest = connection.execute(select(change.c.xid, change.c.seq).order_by(change.c.xid.desc(), change.c.seq.desc()).limit(1)).first()
    reached = tuple(newest) if newest else (0, 0)
    if (xid, seq) > reached:
        raise CursorAhead(
            f"{_cursor(xid, seq)}: later than the newest change of this base (was it restored from a copy?); go on after {_cursor(*reached)}"
        )


def _cursor(xid: int, seq: int) -> str:
    return f"{xid:018}-{seq:018}"


def read_newest_changes(connection: Connection, limit: int, before: str | None = None) -> list[Change]:
    """Read the last changes of the feed, or the last ones before a cursor, the newest first.

    Raises:
        UsageError: not a cursor of this feed.
    """
    query = select(change).where(*settled_condition(connection)).order_by(change.c.xid.desc(), change.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(change.c.xid, change.c.seq) < parse_cursor(before))
    return [_change_of(row) for row in connection.execute(query)]


def _change_of(row: Row[Any]) -> Change:
    return Change(
        cursor=_cursor(row.xid, row.seq), at=row.at.isoformat(), kind=row.kind, id=row.article_id, revision=row.revision,
        story_id=row.story_id, url=row.url, detail=row.detail,
    )  # fmt: skip


def parse_cursor(cursor: str) -> tuple[int, int]:
    """Read a cursor.

    Raises:
        UsageError: not one of ours.
    """
    match = re.fullmatch(r"(\d{1,18})-(\d{1,18})", cursor, re.ASCII)
    if match is None:
        raise UsageError(f"{cursor!r}: not a cursor; take one from an earlier answer of `changes`")
    return int(match[1]), int(match[2])


def follow_changes(
    engine: Engine, after: str | None = None, *, poll_s: float = 1.0, wait: Callable[[float], None] = time.sleep
) -> Iterator[Change]:
    """Give the changes after a cursor, then wait for more, without end, `poll_s` seconds at a time."""
    while True:
        changes = read_changes(engine, after)
        yield from changes
        after = changes[-1].cursor if changes else after
        if not changes:
            wait(poll_s)


def all_changes(engine: Engine, after: str | None = None, *, limit: int | None = None) -> Iterator[Change]:
    """Give the changes after a cursor that are there now, in steps, so that no read stands open while the caller works."""
    n_given = 0
    while limit is None or n_given < limit:
        changes = read_changes(engine, after, limit=1000 if limit is None else min(1000, limit - n_given))
        if not changes:
            return
        yield from changes
        n_given, after = n_given + len(changes), changes[-1].cursor
