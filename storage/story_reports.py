"""A story for readers: what is known of it, and its copies by time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from pipelines.dedupe.difference import difference
from storage.article_reading import find_id
from storage.database import reading

_STORY_OF = text("SELECT story_id FROM v1_articles WHERE id = :id AND status <> 'withdrawn'")
_STORY = text("SELECT * FROM v1_stories WHERE story_id = :story_id")
_COPIES = text(
    "SELECT c.*, a.text AS text FROM v1_copies c JOIN v1_articles a ON a.id = c.id WHERE c.story_id = :story_id AND a.status <> 'withdrawn'"
)


def find_story(engine: Engine, given: str) -> dict[str, Any] | None:
    """Find a story by its id, by the id of one of its articles, or by an article's URL. None: there is none.

    Each copy carries its relation and `difference`, the places where its text is not that of the origin
    (of the earliest page, where no origin is held).
    """
    with reading(engine) as connection:
        article_id = find_id(connection, given) or given
        story_id = connection.execute(_STORY_OF, {"id": article_id}).scalar() or article_id
        row = connection.execute(_STORY, {"story_id": story_id}).mappings().one_or_none()
        if row is None:
            return None
        copies = [dict(copy) for copy in connection.execute(_COPIES, {"story_id": story_id}).mappings()]
    story = dict(row) | {"evidence": json.loads(row["evidence"] or "[]")}
    return story | {"copies": _compared(copies, story["origin_id"] or story["earliest_seen_id"])}


def _compared(copies: list[dict[str, Any]], reference: str | None) -> list[dict[str, Any]]:
    model = next((copy["text"] for copy in copies if copy["id"] == reference), None)
    out = []
    for copy in sorted(copies, key=_by_time):
        changes = difference(model or "", copy["text"] or "") if model is not None and copy["id"] != reference else ()
        kept = {key: value for key, value in copy.items() if key not in ("text", "story_id")}
        kept["is_main"] = bool(copy["is_main"])
        kept["difference"] = [{"at": c.at, "before": c.before, "after": c.after} for c in changes]
        out.append(kept)
    return out


def _by_time(copy: dict[str, Any]) -> tuple[bool, float, str]:
    printed = copy["published_at"]
    return (printed is None, datetime.fromisoformat(printed).timestamp() if printed else 0.0, copy["id"])
