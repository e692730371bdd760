"""A story for reading: its copies on a line of time, the original with the reasons, what each copy keeps of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from storage.reader.queries import find_story_of, read_copies, read_members


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a copy keeps of its original, as the view `v1_compliance` says it; None: not a repost, or it cannot be told."""

    source: bool | None = None
    """Names the outlet the text comes from."""
    author: bool | None = None
    """Names all its authors."""
    title: bool | None = None
    """Has its title, or prints it as the original one."""
    editor: bool | None = None
    """Names an editor of its own, as the rules for reposts want."""
    is_listed: bool | None = None
    """The source stands on the list of outlets that may be copied from."""


WORDS = {
    "source_line": ("names it as its source", "name it as their source"),
    "dateline": ("opens with its name", "open with its name"),
    "link": ("links to it as source or canonical page", "link to it as source or canonical page"),
    "self": ("calls the text its own", "call the text their own"),
    "earliest": ("was there first, by a time that can be believed", "were there first, by times that can be believed"),
    "mirror": ("has the same path as another host", "have the same path on different hosts: one copies the other whole"),
    "contained": ("is cut from a fuller page, so it is not the original", "are not the original: one is cut from the other"),
    "disputed": ("names another outlet", "name another outlet"),
    "disguised": ("is a disguised mirror, so it is not the original", "are disguised mirrors, so they are not the original"),
}
"""What each kind of evidence (pipelines/dedupe/attribution.py) says of the copy, or copies, it lists."""


def words_for(witness: str, n_copies: int) -> str:
    """Return what evidence says of so many copies."""
    return WORDS.get(witness, (witness, witness))[n_copies > 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One piece of evidence for the origin of a story."""

    witness: str
    """A key of `WORDS`."""
    outlet: str | None
    articles: tuple[str, ...]
    """Ids of the copies that show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a story comes from, and why we think so."""

    article_id: str | None
    """The original among our copies; None: it is not here, or not known."""
    outlet: str | None
    confidence: float | None
    """0 to 1."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story."""

    id: str
    title: str | None
    n_copies: int
    """More than `copies` where they are too many to be shown."""
    copies: tuple[Mapping[str, Any], ...]
    """Rows of `queries.read_copies`, each with `relation` and `kept`."""
    origin: Origin
    earliest_id: str | None
    """The copy that was there first, as far as times can be believed; not the same as the origin."""

    @property
    def first(self) -> Mapping[str, Any] | None:
        """The copy from which delays are counted: the earliest time that is printed to the minute."""
        return min((copy for copy in self.copies if has_minute(copy)), key=lambda copy: copy["published_utc"], default=None)

    @property
    def reference(self) -> Mapping[str, Any]:
        """The copy that the others are compared with: the original, else the earliest."""
        wanted = (self.origin.article_id, self.earliest_id)
        return next((copy for key in wanted for copy in self.copies if copy["id"] == key), self.copies[0])

    def kind_of(self, copy: Mapping[str, Any]) -> str:
        """Return `origin`, `mirror` or `copy`."""
        return "origin" if copy["id"] == self.origin.article_id else "mirror" if copy["disguised"] else "copy"

    def share_kept(self) -> dict[str, tuple[int, int]]:
        """Count for each part of `Kept` how many copies keep it, of those of which it can be told."""
        told = {name: [value for copy in self.copies if (value := getattr(copy["kept"], name)) is not None] for name in Kept.__slots__}
        return {name: (sum(values), len(values)) for name, values in told.items()}


def has_minute(copy: Mapping[str, Any]) -> bool:
    """Tell whether a copy's time is printed to the minute."""
    return copy["published_utc"] is not None and copy["published_precision"] in ("minute", "second")


def delay_of(copy: Mapping[str, Any], first: Mapping[str, Any] | None) -> float | None:
    """Return the seconds between the first copy and this one; None: a time is not printed to the minute."""
    if first is None or not has_minute(copy):
        return None
    return float((copy["published_utc"] - first["published_utc"]).total_seconds())


def read_story(connection: Connection, story_id: str) -> StoryView | None:
    """Return a story, by its id or the id of one of its articles: it may have been a story of its own; None: it has no usable copy."""
    members = read_members(connection, story_id)
    if not members and (current := find_story_of(connection, story_id)):
        story_id, members = current, read_members(connection, current)
    if not members:
        return None
    origin, earliest = find_origin(connection, story_id, members)
    copies = read_copies(connection, members, (origin.article_id, earliest))
    kept = read_kept(connection, story_id)
    shown = tuple({**copy, "kept": kept.get(copy["id"], Kept())} for copy in copies)
    titled = next((copy for key in (origin.article_id, earliest) for copy in copies if copy["id"] == key), copies[0])
    return StoryView(
        id=story_id, title=titled["title"], n_copies=len(members), copies=shown, origin=origin, earliest_id=earliest
    )  # fmt: skip


def read_kept(connection: Connection, story_id: str) -> dict[str, Kept]:
    """Return what each repost of a story keeps, by article id."""
    columns = {
        "source": "keeps_source",
        "author": "keeps_author",
        "title": "keeps_title",
        "editor": "names_editor",
        "is_listed": "is_source_listed",
    }
    query = text(f"SELECT id, {', '.join(columns.values())} FROM v1_compliance WHERE story_id = :id")
    rows = connection.execute(query, {"id": story_id}).mappings()
    # SQLite gives 0 and 1 for what PostgreSQL gives as false and true.
    return {row["id"]: Kept(**{name: None if row[key] is None else bool(row[key]) for name, key in columns.items()}) for row in rows}


def find_origin(connection: Connection, story_id: str, members: Collection[str]) -> tuple[Origin, str | None]:
    """Say where a story comes from, as its settling found, or that the pages do not tell; and which copy was there first."""
    query = text("SELECT origin_id, origin_outlet, earliest_seen_id, confidence, evidence FROM v1_stories WHERE story_id = :id")
    row = connection.execute(query, {"id": story_id}).mappings().first()
    if row is None:
        return Origin(article_id=None, outlet=None, confidence=None, reasons=()), None
    reasons = tuple(
        Reason(witness=e["witness"], outlet=e["outlet"], articles=tuple(e["articles"])) for e in json.loads(row["evidence"] or "[]")
    )
    origin_id = row["origin_id"] if row["origin_id"] in members else None
    origin = Origin(article_id=origin_id, outlet=row["origin_outlet"], confidence=row["confidence"], reasons=reasons)
    return origin, row["earliest_seen_id"]
