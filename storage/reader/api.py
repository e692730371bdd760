"""The JSON API: the same questions as the pages ask, the answers as data. openapi.py describes it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.changes import read_changes
from storage.database import reading
from storage.reader import queries
from storage.reader.difference import compare, to_one_script
from storage.reader.openapi import describe
from storage.reader.params import choice_of, number_of, plain, text_of
from storage.reader.story_view import read_story
from storage.schema import dump_json
from storage.search import EmptyQuery
from storage.search import search as search_articles

SCRIPTS = ("printed", "one")
"""`one`: both texts in Simplified characters."""


def answer(value: Any, status: int = 200) -> Response:
    """Return JSON: Chinese readable, and nothing in it can be taken for markup."""
    body = dump_json(plain(value)).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Response(body, status, media_type="application/json")


def found(value: Any, what: str) -> Response:
    """Return a value as JSON.

    Raises:
        HTTPException: it is None (404).
    """
    if value is None:
        raise HTTPException(404, f"no such {what}")
    return answer(value)


def search(request: Request) -> Response:
    """Search stories."""
    query = text_of(request, "q", is_required=True)
    limit, offset = number_of(request, "limit", 20, low=1, high=100), number_of(request, "offset", 0, high=1000)
    try:
        return answer(search_articles(request.app.state.engine, query, limit=limit, offset=offset))
    except EmptyQuery:  # punctuation alone: a fair question with no answer
        return answer({"hits": [], "n_articles": 0, "is_count_exact": True, "has_more": False})


def article(request: Request) -> Response:
    """Return one article by its id."""
    with reading(request.app.state.engine) as connection:
        return found(queries.read_article(connection, request.path_params["id"]), "article")


def article_by_url(request: Request) -> Response:
    """Return one article by any of its URLs."""
    url = text_of(request, "url", is_required=True, max_chars=2048)
    with reading(request.app.state.engine) as connection:
        return found(queries.read_article(connection, url), "article")


def story(request: Request) -> Response:
    """Return one story with its copies."""
    with reading(request.app.state.engine) as connection:
        return found(read_story(connection, request.path_params["id"]), "story")


def difference(request: Request) -> Response:
    """Compare the texts of two articles."""
    first, second = text_of(request, "a", is_required=True), text_of(request, "b", is_required=True)
    with reading(request.app.state.engine) as connection:
        texts = queries.read_texts(connection, [first, second])
    if first not in texts or second not in texts:
        raise HTTPException(404, "no such article")
    return answer(compare(*(in_script(request, texts[key]["text"]) for key in (first, second))))


def in_script(request: Request, text: str | None) -> str:
    """Return a text as the request wants to compare it."""
    return to_one_script(text or "") if choice_of(request, "script", SCRIPTS) == "one" else text or ""


def site_rows(request: Request, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return a page of sites, at most a minute old."""
    state = request.app.state

    def read() -> list[dict[str, Any]]:
        with reading(state.engine) as connection:
            return queries.read_sites(connection, limit, offset)

    return list(state.remembered.get(("sites", limit, offset), read))


def outlet_rows(request: Request, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return a page of outlets, at most a minute old."""
    state = request.app.state

    def read() -> list[dict[str, Any]]:
        with reading(state.engine) as connection:
            return queries.read_outlets(connection, limit, offset)

    return list(state.remembered.get(("outlets", limit, offset), read))


def site_of(request: Request, name: str) -> dict[str, Any] | None:
    """Return one site, at most a minute old; None: unknown."""
    state = request.app.state

    def read() -> dict[str, Any] | None:
        with reading(state.engine) as connection:
            return queries.read_site(connection, name)

    return state.remembered.get(("site", name), read)  # type: ignore[no-any-return]


def outlet_of(request: Request, name: str) -> dict[str, Any] | None:
    """Return one outlet, at most a minute old; None: unknown."""
    state = request.app.state

    def read() -> dict[str, Any] | None:
        with reading(state.engine) as connection:
            return queries.read_outlet(connection, name)

    return state.remembered.get(("outlet", name), read)  # type: ignore[no-any-return]


def sites(request: Request) -> Response:
    """List sites."""
    return answer({"sites": site_rows(request, number_of(request, "limit", 50, low=1, high=500), number_of(request, "offset", 0))})


def site(request: Request) -> Response:
    """Return one site's health."""
    return found(site_of(request, request.path_params["site"]), "site")


def outlets(request: Request) -> Response:
    """List outlets."""
    return answer({"outlets": outlet_rows(request, number_of(request, "limit", 50, low=1, high=500), number_of(request, "offset", 0))})


def outlet(request: Request) -> Response:
    """Return who copies an outlet."""
    return found(outlet_of(request, request.path_params["name"]), "outlet")


def changes(request: Request) -> Response:
    """Return the feed after a cursor."""
    after, limit = text_of(request, "after", max_chars=64), number_of(request, "limit", 100, low=1, high=1000)
    rows = read_changes(request.app.state.engine, after or None, limit=limit)
    with reading(request.app.state.engine) as connection:
        shown = queries.with_titles(connection, rows)
    return answer({"changes": shown, "next": rows[-1].cursor if rows else after})


def openapi(request: Request) -> Response:
    """Return the description of this API."""
    return answer(describe())


ROUTES = [
    Route("/api/v1/search", search),
    Route("/api/v1/article", article_by_url),
    Route("/api/v1/articles/{id}", article),
    Route("/api/v1/stories/{id}", story),
    Route("/api/v1/difference", difference),
    Route("/api/v1/sites", sites),
    Route("/api/v1/sites/{site}", site),
    Route("/api/v1/outlets", outlets),
    Route("/api/v1/outlets/{name:path}", outlet),
    Route("/api/v1/changes", changes),
    Route("/openapi.json", openapi),
]
