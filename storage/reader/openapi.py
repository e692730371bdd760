"""The description of the JSON API, for programs: OpenAPI 3.1."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from pipelines.record import RECORD_KEYS

_TEXT, _NUMBER, _BOOL = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
_ERROR = {"description": "what was wrong", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _maybe(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _query(name: str, schema: dict[str, Any], *, required: bool = False, says: str = "") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema, "description": says}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _get(says: str, schema: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": {"description": says, "content": {"application/json": {"schema": schema}}}}
    refusals = dict.fromkeys(("400", "404", "429", "503"), _ERROR)
    return {"get": {"summary": says, "parameters": list(parameters), "responses": {**answers, **refusals}}}


_PAGE = (
    _query("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
    _query("offset", {"type": "integer", "minimum": 0, "maximum": 10_000, "default": 0}),
)
_HIGHLIGHTED = _object(text=_TEXT, hits=_list({"type": "array", "prefixItems": [_NUMBER, _NUMBER], "minItems": 2, "maxItems": 2}))
_SCHEMAS: dict[str, Any] = {
    "Error": _object(error=_TEXT),
    "Article": {
        "type": "object",
        "description": "the article record (README, pipelines/README.md), with the removed blocks and the evidence of each field",
        "properties": {**{key: {} for key in RECORD_KEYS}, "removed": _list({"type": "object"}), "evidence": {"type": "object"}},
        "required": [*RECORD_KEYS, "removed", "evidence"],
    },
    "Hit": _object(
        id=_TEXT, url=_TEXT, site=_TEXT, site_name=_maybe(_TEXT), source=_maybe(_TEXT), published_at=_maybe(_TEXT), story_id=_maybe(_TEXT),
        n_copies=_NUMBER, title=_HIGHLIGHTED, snippet=_HIGHLIGHTED,
    ),
    "Story": _object(
        id=_TEXT, title=_maybe(_TEXT), copies=_list({"type": "object"}),
        origin=_object(article_id=_maybe(_TEXT), outlet=_maybe(_TEXT), confidence=_maybe({"type": "number"}), reasons=_list(_object(witness=_TEXT, outlet=_maybe(_TEXT), articles=_list(_TEXT)))),
    ),
    "Difference": _object(
        segments=_list(_object(change={"enum": ["equal", "removed", "added"]}, text=_TEXT)), similarity={"type": "number"}, is_cut=_BOOL
    ),
    "Change": _object(
        cursor=_TEXT, at=_TEXT, kind=_TEXT, id=_maybe(_TEXT), revision=_maybe(_NUMBER), story_id=_maybe(_TEXT), url=_maybe(_TEXT), detail={},
        title=_maybe(_TEXT),
    ),
}  # fmt: skip


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def describe() -> dict[str, Any]:
    """Return the OpenAPI document."""
    query = _query(
        "q", {"type": "string", "minLength": 1, "maxLength": 500}, required=True, says='words, "phrases", AND OR -, site: source: day:'
    )
    cursor = _query(
        "after",
        {"type": "string", "maxLength": 37, "pattern": "^([0-9]{1,18}-[0-9]{1,18})?$", "default": ""},
        says="`next` of the answer before; empty: from the beginning",
    )
    result = _object(hits=_list(_ref("Hit")), n_articles=_NUMBER, is_count_exact=_BOOL, has_more=_BOOL)
    search_page = (
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 100}),
        _query("offset", {"type": "integer", "minimum": 0, "maximum": 1000}),
    )
    ids = tuple(_query(name, {"type": "string", "minLength": 1, "maxLength": 500}, required=True) for name in ("a", "b"))
    script = _query("script", {"enum": ["printed", "one"]}, says="one: compare in Simplified characters")
    url = _query("url", {"type": "string", "minLength": 1, "maxLength": 2048}, required=True)
    changes_limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "yuanwen",
            "version": version("yuanwen"),
            "description": "Clean, credited news articles, grouped by story. Read-only.",
        },
        "paths": {
            "/api/v1/search": _get("Stories that match, best first", result, query, *search_page),
            "/api/v1/article": _get("The article of a URL", _ref("Article"), url),
            "/api/v1/articles/{id}": _get("An article", _ref("Article"), _path("id")),
            "/api/v1/stories/{id}": _get("A story with its copies", _ref("Story"), _path("id")),
            "/api/v1/difference": _get("Two articles compared, character by character", _ref("Difference"), *ids, script),
            "/api/v1/sites": _get("Sites", _object(sites=_list({"type": "object"})), *_PAGE),
            "/api/v1/sites/{site}": _get("How well a site is read", {"type": "object"}, _path("site")),
            "/api/v1/outlets": _get("Outlets", _object(outlets=_list({"type": "object"})), *_PAGE),
            "/api/v1/outlets/{name}": _get("Who copies an outlet", {"type": "object"}, _path("name")),
            "/api/v1/changes": _get("What changed", _object(changes=_list(_ref("Change")), next=_TEXT), cursor, changes_limit),
        },
        "components": {"schemas": _SCHEMAS},
    }
