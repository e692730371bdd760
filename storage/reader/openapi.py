"""The description of the JSON API, for programs: OpenAPI 3.1. Its parameters are those that storage/reader/api.py reads by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from pipelines.record import RECORD_KEYS
from storage.compliance import CREDITS
from storage.reader.params import Param

_TEXT, _NUMBER, _BOOL = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
_ERRORS = {
    "400": "a parameter is missing, or not what is described here",
    "404": "there is none",
    "409": "the cursor is later than the newest change: the base was restored from a copy; `error` says where to go on",
    "429": "too many requests: `Retry-After` says how many seconds to wait",
    "503": "the database does not answer",
}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_HIGHLIGHTED = _object(text=_TEXT, hits=_list({"type": "array", "prefixItems": [_NUMBER, _NUMBER], "minItems": 2, "maxItems": 2}))
_COPIED = {"n_copies": _NUMBER, "n_credited": _NUMBER, "median_delay_s": _maybe({"type": "number"})}
_COUNTED = {
    "site": _TEXT, "name": _maybe(_TEXT), "n_articles": _NUMBER, "n_dated": _NUMBER, "n_sourced": _NUMBER, "n_disguised": _NUMBER,
    "last_fetched_at": _maybe(_TEXT),
}  # fmt: skip
_OUTLET = {"name": _TEXT, "outlet_id": _maybe(_TEXT), "is_listed": _BOOL, "n_articles": _NUMBER, **_COPIED}
SCHEMAS: dict[str, Any] = {
    "Error": _object(error=_TEXT),
    "Article": {
        "type": "object",
        "description": "the article record (README, pipelines/README.md), with the removed blocks and the evidence of each field",
        "properties": {**{key: {} for key in RECORD_KEYS}, "removed": _list({"type": "object"}), "evidence": {"type": "object"}},
        "required": [*RECORD_KEYS, "removed", "evidence"],
    },
    "Search": _object(hits=_list(_ref("Hit")), n_articles=_NUMBER, is_count_exact=_BOOL, has_more=_BOOL),
    "Hit": _object(
        id=_TEXT, url=_TEXT, site=_TEXT, site_name=_maybe(_TEXT), source=_maybe(_TEXT), published_at=_maybe(_TEXT),
        published_precision=_maybe(_TEXT), story_id=_maybe(_TEXT), n_copies=_NUMBER, title=_HIGHLIGHTED, snippet=_HIGHLIGHTED,
    ),
    "Story": _object(
        id=_TEXT, title=_maybe(_TEXT), earliest_id=_maybe(_TEXT), n_copies=_NUMBER, copies=_list(_ref("Copy")),
        origin=_object(article_id=_maybe(_TEXT), outlet=_maybe(_TEXT), confidence=_maybe(_SHARE), reasons=_list(_object(witness=_TEXT, outlet=_maybe(_TEXT), articles=_list(_TEXT)))),
    ),
    "Copy": _object(
        id=_TEXT, url=_TEXT, site=_TEXT, site_name=_maybe(_TEXT), title=_maybe(_TEXT), source=_maybe(_TEXT), published_at=_maybe(_TEXT),
        published_precision=_maybe(_TEXT), first_seen_at=_TEXT, disguised=_maybe(_BOOL), is_main=_BOOL,
        relation={"enum": ["original", "same", "part_of", "contains", "quotes"]},
        kept=_object(**{name: _maybe(_BOOL) for name in ("source", "author", "title", "editor", "is_listed")}),
    ),
    "Difference": _object(
        segments=_list(_object(change={"enum": ["equal", "removed", "added"]}, text=_TEXT)), similarity=_SHARE, is_cut=_BOOL
    ),
    "Sites": _object(
        sites=_list(_object(**_COUNTED, n_without_article=_NUMBER)),
        without_article=_list(_object(site=_TEXT, outcome=_TEXT, reason=_maybe(_TEXT), n_without_article=_NUMBER, last_fetched_at=_TEXT)),
    ),
    "Site": _object(
        **_COUNTED, outcomes=_list(_object(outcome=_TEXT, reason=_maybe(_TEXT), n=_NUMBER)),
        days=_list(_object(day=_TEXT, n_with=_NUMBER, n_without=_NUMBER)), articles=_list({"type": "object"}),
        credit=_object(**{name: {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2, "description": "reposts that keep it, of how many it can be told"} for name in CREDITS}),
    ),
    "Outlets": _object(outlets=_list(_object(**_OUTLET))),
    "Outlet": _object(**_OUTLET, n_stories=_NUMBER, aliases=_list(_TEXT), copied_by=_list(_object(site=_TEXT, site_name=_maybe(_TEXT), **_COPIED))),
    "Changes": _object(changes=_list(_ref("Change")), next=_TEXT),
    "Change": _object(
        cursor=_TEXT, at=_TEXT, kind={"enum": ["created", "updated", "story", "withdrawn"]}, id=_maybe(_TEXT), revision=_maybe(_NUMBER),
        story_id=_maybe(_TEXT), url=_maybe(_TEXT), detail={}, title=_maybe(_TEXT),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One question that the API answers."""

    path: str
    says: str
    schema: str
    """A key of `SCHEMAS`: of the answer."""
    params: tuple[Param, ...] = ()


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "yuanwen",
            "version": version("yuanwen"),
            "description": "Clean, credited news articles, grouped by story. Read-only: GET and HEAD. Every answer carries an ETag. No script "
            "of another web site may read it: there are no CORS headers.",
        },
        "paths": {operation.path: {"get": _get(operation)} for operation in operations},
        "components": {"schemas": SCHEMAS},
    }


def _get(operation: Operation) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", operation.path)
    ]
    in_query = [
        {"name": p.name, "in": "query", "required": p.is_required, "schema": p.schema, **({"description": p.says} if p.says else {})}
        for p in operation.params
    ]
    answers = {"200": _answer(operation.says, operation.schema)} | {code: _answer(says, "Error") for code, says in _ERRORS.items()}
    return {"summary": operation.says, "parameters": [*in_path, *in_query], "responses": answers}


def _answer(says: str, schema: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": _ref(schema)}}}
