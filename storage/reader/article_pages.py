"""The pages of an article and of its versions."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from storage.database import reading
from storage.reader import queries
from storage.reader.params import number_of
from storage.reader.rendering import render, shown
from storage.reader.story_pages import compared
from storage.reader.story_view import read_kept
from storage.search import count_copies

_GROUPS = (
    ("Headline", ("title", "title_raw", "original_title")),
    ("Time", ("published_at", "published_precision", "published_raw", "modified_at")),
    ("Source", ("source", "source_raw", "source_url", "via", "is_repost", "dateline")),
    ("People", ("authors", "editors")),
    ("Place on the site", ("site_name", "site", "section", "keywords", "language")),
    ("Reading", ("confidence", "extractor", "charset", "disguised", "repairs", "notes")),
    ("Address and archive", ("url", "final_url", "canonical_url", "first_seen_at", "fetched_at", "capture")),
)
"""Fields of the article record, in the order the page shows them."""


def article(request: Request) -> Response:
    """Show an article beside what was removed, and why each field is what it is."""
    with reading(request.app.state.engine) as connection:
        record = queries.read_article(connection, request.path_params["id"])
        if record is None:
            raise HTTPException(404, "no such article")
        if record["status"] != "usable":
            return _tombstone(record, queries.read_takedown(connection, record["id"]))
        revisions = queries.read_revisions(connection, record["id"])
        n_copies = count_copies(connection, [record["story_id"]]).get(record["story_id"], 1) if record["story_id"] else 1
        kept = read_kept(connection, record["story_id"]).get(record["id"]) if record["story_id"] else None
    groups = [(name, [_field(record, key) for key in keys]) for name, keys in _GROUPS]
    return render("article.html", record=record, groups=groups, evidence=record["evidence"], revisions=revisions, n_copies=n_copies,
                  removed=_by_kind(record["removed"]), kept=kept)  # fmt: skip


def _tombstone(record: dict[str, Any], takedown: dict[str, Any] | None) -> Response:
    """Say that an article is gone, or not to be shown."""
    return render("tombstone.html", 410 if record["status"] == "withdrawn" else 403, record=record, takedown=takedown)


def _field(record: dict[str, Any], key: str) -> tuple[str, str, Any, bool]:
    return key, shown(record[key]), record["evidence"].get(key), record[key] == []


def _by_kind(removed: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Sort removed blocks by kind, in the order in which the kinds first stand on the page."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for block in removed:
        kinds.setdefault((block["kind"] or "other").replace("_", " "), []).append(block)
    return kinds


def versions(request: Request) -> Response:
    """Show two versions of one article against each other."""
    newer = number_of(request, "to", 2, low=2)
    older = number_of(request, "from", newer - 1, low=1)
    with reading(request.app.state.engine) as connection:
        pair = [queries.read_version(connection, request.path_params["id"], n) for n in (older, newer)]
    first, second = pair
    if first is None or second is None:
        raise HTTPException(404, "no such version")
    return render(
        "versions.html", id=request.path_params["id"], first=first, second=second, view="one", **compared(first, second, "printed")
    )
