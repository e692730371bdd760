"""A story for readers: what is known of it, and its copies by time."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from pipelines.dedupe.difference import difference
from storage.article_reading import find_any_id
from storage.compliance import CREDITS
from storage.database import reading
from storage.reader.difference import to_one_script
from storage.reader.story_map import MappedText, State, map_copy

_STORY_OF = text("SELECT story_id FROM v1_articles WHERE id = :id AND status = 'usable'")
_STATUS_OF = text("SELECT status FROM v1_articles WHERE id = :id")
_STORY = text("SELECT * FROM v1_stories WHERE story_id = :story_id")
_COPIES = text(
    "SELECT c.*, a.text AS text, a.published_precision AS published_precision, a.language AS language, "
    "k.keeps_source, k.keeps_author, k.keeps_title, k.names_editor, k.is_source_listed "
    "FROM v1_copies c JOIN v1_articles a ON a.id = c.id LEFT JOIN v1_compliance k ON k.id = c.id "
    "WHERE c.story_id = :story_id AND a.status = 'usable'"
)


def find_story(engine: Engine, given: str) -> dict[str, Any] | None:
    """Find a story by its id, by the id of one of its articles, or by an article's URL. None: there is none.

    Each copy carries its relation, what it keeps of the credit (`CREDITS`, null for an original) and of the text (`text_kept`), and
    `difference`, the places where its text is not that of the origin (of the earliest page, where no origin is held). Texts in two
    scripts are compared in Simplified characters.
    """
    with reading(engine) as connection:
        article_id = find_any_id(connection, given) or given
        story_id = connection.execute(_STORY_OF, {"id": article_id}).scalar() or article_id
        row = connection.execute(_STORY, {"story_id": story_id}).mappings().one_or_none()
        if row is None:
            return None
        copies = [dict(copy) for copy in connection.execute(_COPIES, {"story_id": story_id}).mappings()]
    story = dict(row) | {"evidence": json.loads(row["evidence"] or "[]")}
    return story | {"copies": _compared(copies, story["origin_id"] or story["earliest_seen_id"])}


def find_status(engine: Engine, given: str) -> str | None:
    """Find the status of an article, by id or URL: one that is not usable has left its story. None: there is none."""
    with reading(engine) as connection:
        article_id = find_any_id(connection, given) or given
        return connection.execute(_STATUS_OF, {"id": article_id}).scalar()


def _compared(copies: list[dict[str, Any]], reference: str | None) -> list[dict[str, Any]]:
    model = next((copy for copy in copies if copy["id"] == reference), None)
    mapped = MappedText(model["text"] or "") if model else None
    out = []
    for copy in sorted(copies, key=_by_time):
        is_compared = model is not None and copy["id"] != reference
        kept = {key: value for key, value in copy.items() if key not in ("text", "story_id")}
        kept["is_main"] = bool(copy["is_main"])
        kept |= {key: None if copy[key] is None else bool(copy[key]) for key in CREDITS}
        kept["text_kept"] = _text_kept(mapped, copy) if mapped and is_compared else None
        changes = difference(*_in_one_script(model, copy)) if model and is_compared else ()
        kept["difference"] = [{"at": c.at, "before": c.before, "after": c.after} for c in changes]
        out.append(kept)
    return out


def _text_kept(original: MappedText, copy: dict[str, Any]) -> dict[str, Any]:
    found = map_copy(original, MappedText(copy["text"] or ""))
    states: tuple[State, ...] = ("kept", "changed", "cut")
    shares: dict[str, Any] = {state: round(found.share(state), 3) for state in states}
    return {**shares, "n_added": found.n_added, "in_words": found.in_words}


def _in_one_script(model: dict[str, Any], copy: dict[str, Any]) -> tuple[str, str]:
    texts = (model["text"] or "", copy["text"] or "")
    return texts if model["language"] == copy["language"] else (to_one_script(texts[0]), to_one_script(texts[1]))


def _by_time(copy: dict[str, Any]) -> tuple[bool, float, str]:
    printed = copy["published_at"]
    return (printed is None, datetime.fromisoformat(printed).timestamp() if printed else 0.0, copy["id"])
