"""A story for reading: its copies on a line of time, the original with the reasons, what each copy keeps of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from storage.reader.queries import read_copies


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
    "source_line": "name it as their source",
    "dateline": "open with its name",
    "link": "is where source or canonical links point",
    "self": "names its own site as the source",
    "earliest": "was there first, by a time that can be believed",
    "mirror": "has the same path on another host: one copies the other whole",
    "contained": "is cut from a fuller one, so it is not the original",
    "disputed": "name another outlet",
    "disguised": "is a disguised mirror, so it is not the original",
}
"""What each kind of evidence (pipelines/dedupe/origin.py) says of the copies it lists."""


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
    copies: tuple[Mapping[str, Any], ...]
    """Rows of `queries.read_copies`, each with `relation` and `kept`."""
    origin: Origin


def read_story(connection: Connection, story_id: str) -> StoryView | None:
    """Return a story; None: it has no usable copy."""
    copies = read_copies(connection, story_id)
    if not copies:
        return None
    origin = find_origin(connection, story_id, copies)
    original = next((copy for copy in copies if copy["id"] == origin.article_id), None)
    kept = read_kept(connection, story_id)
    shown = tuple({**copy, "kept": kept.get(copy["id"], Kept())} for copy in copies)
    return StoryView(id=story_id, title=(original or copies[0])["title"], copies=shown, origin=origin)


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


def find_origin(connection: Connection, story_id: str, copies: Sequence[Mapping[str, Any]]) -> Origin:
    """Say where a story comes from, as its settling found, or that the pages do not tell."""
    query = text("SELECT origin_id, origin_outlet, confidence, evidence FROM v1_stories WHERE story_id = :id")
    row = connection.execute(query, {"id": story_id}).mappings().first()
    if row is None:
        return Origin(article_id=None, outlet=None, confidence=None, reasons=())
    is_shown = any(copy["id"] == row["origin_id"] for copy in copies)
    reasons = tuple(
        Reason(witness=e["witness"], outlet=e["outlet"], articles=tuple(e["articles"])) for e in json.loads(row["evidence"] or "[]")
    )
    return Origin(
        article_id=row["origin_id"] if is_shown else None, outlet=row["origin_outlet"], confidence=row["confidence"], reasons=reasons
    )
