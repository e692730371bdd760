"""The JSON API: the same questions as the pages ask, the answers as data. openapi.py describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.changes import read_changes
from storage.database import reading
from storage.reader import queries, site_queries
from storage.reader.difference import compare, to_one_script
from storage.reader.openapi import Operation, describe
from storage.reader.params import ChoiceParam, NumberParam, Param, TextParam, plain, read_params
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


def search(request: Request, given: dict[str, Any]) -> Response:
    """Search stories."""
    try:
        return answer(search_articles(request.app.state.engine, given["q"], limit=given["limit"], offset=given["offset"]))
    except EmptyQuery:  # punctuation alone: a fair question with no answer
        return answer({"hits": [], "n_articles": 0, "is_count_exact": True, "has_more": False})


def article(request: Request, given: dict[str, Any]) -> Response:
    """Return one article by its id, or by any of its URLs."""
    with reading(request.app.state.engine) as connection:
        return found(queries.read_article(connection, given["url"] if "url" in given else request.path_params["id"]), "article")


def story(request: Request, given: dict[str, Any]) -> Response:
    """Return one story with its copies."""
    with reading(request.app.state.engine) as connection:
        return found(read_story(connection, request.path_params["id"]), "story")


def difference(request: Request, given: dict[str, Any]) -> Response:
    """Compare the texts of two articles."""
    ids = (given["a"], given["b"])
    with reading(request.app.state.engine) as connection:
        texts = queries.read_texts(connection, ids)
    if not texts.keys() >= set(ids):
        raise HTTPException(404, "no such article")
    return answer(compare(*(in_script(texts[key]["text"], given["script"]) for key in ids)))


def in_script(text: str | None, script: str) -> str:
    """Return a text as it is to be compared."""
    return to_one_script(text or "") if script == "one" else text or ""


def site_rows(request: Request, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return a page of sites, at most a minute old."""
    state = request.app.state

    def read() -> list[dict[str, Any]]:
        with reading(state.engine) as connection:
            return site_queries.read_sites(connection, limit, offset)

    return list(state.remembered.get(("sites", limit, offset), read))


def silent_sites(request: Request) -> list[dict[str, Any]]:
    """Return the sites that were fetched and gave no article, at most a minute old."""
    state = request.app.state

    def read() -> list[dict[str, Any]]:
        with reading(state.engine) as connection:
            return site_queries.read_silent_sites(connection)

    return list(state.remembered.get(("silent",), read))


def outlet_rows(request: Request, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return a page of outlets, at most a minute old."""
    state = request.app.state

    def read() -> list[dict[str, Any]]:
        with reading(state.engine) as connection:
            return site_queries.read_outlets(connection, limit, offset)

    return list(state.remembered.get(("outlets", limit, offset), read))


def site_of(request: Request, name: str) -> dict[str, Any] | None:
    """Return one site, at most a minute old; None: unknown."""
    state = request.app.state

    def read() -> dict[str, Any] | None:
        with reading(state.engine) as connection:
            return site_queries.read_site(connection, name)

    return state.remembered.get(("site", name), read)  # type: ignore[no-any-return]


def outlet_of(request: Request, name: str) -> dict[str, Any] | None:
    """Return one outlet, at most a minute old; None: unknown."""
    state = request.app.state

    def read() -> dict[str, Any] | None:
        with reading(state.engine) as connection:
            return site_queries.read_outlet(connection, name)

    return state.remembered.get(("outlet", name), read)  # type: ignore[no-any-return]


def sites(request: Request, given: dict[str, Any]) -> Response:
    """List sites."""
    return answer({"sites": site_rows(request, given["limit"], given["offset"]), "without_article": silent_sites(request)})


def site(request: Request, given: dict[str, Any]) -> Response:
    """Return one site's health."""
    return found(site_of(request, request.path_params["site"]), "site")


def outlets(request: Request, given: dict[str, Any]) -> Response:
    """List outlets."""
    return answer({"outlets": outlet_rows(request, given["limit"], given["offset"])})


def outlet(request: Request, given: dict[str, Any]) -> Response:
    """Return who copies an outlet."""
    return found(outlet_of(request, request.path_params["name"]), "outlet")


def changes(request: Request, given: dict[str, Any]) -> Response:
    """Return the feed after a cursor."""
    after = given["after"]
    rows = read_changes(request.app.state.engine, after or None, limit=given["limit"])
    with reading(request.app.state.engine) as connection:
        shown = queries.with_titles(connection, rows)
    return answer({"changes": shown, "next": rows[-1].cursor if rows else after})


_PAGE = (NumberParam(name="limit", default=50, low=1, high=500), NumberParam(name="offset", default=0))
_QUERY = TextParam(name="q", is_required=True, says='words, "phrases", AND OR - ( ), site: source: day: section: disguised: story:')
_SEARCH_PAGE = (NumberParam(name="limit", default=20, low=1, high=100), NumberParam(name="offset", default=0, high=1000))
_URL = TextParam(name="url", is_required=True, max_chars=2048, says="as asked for, after redirects, or canonical")
_PAIR = (TextParam(name="a", is_required=True, says="id of the first article"), TextParam(name="b", is_required=True, says="of the second"))
_SCRIPT = ChoiceParam(name="script", choices=SCRIPTS, says="one: compare in Simplified characters")
_AFTER = TextParam(
    name="after", max_chars=37, pattern="^([0-9]{1,18}-[0-9]{1,18})?$", says="`next` of the answer before; empty: from the beginning"
)
_CHANGES_LIMIT = NumberParam(name="limit", default=100, low=1, high=1000)

Answer = Callable[[Request, dict[str, Any]], Response]


def _operation(path: str, says: str, schema: str, answers: Answer, *params: Param) -> tuple[Operation, Answer]:
    return Operation(path=path, says=says, schema=schema, params=params), answers


_ANSWERS = (
    _operation("/api/v1/search", "Stories that match, best first", "Search", search, _QUERY, *_SEARCH_PAGE),
    _operation("/api/v1/article", "The article of a URL", "Article", article, _URL),
    _operation("/api/v1/articles/{id}", "An article", "Article", article),
    _operation("/api/v1/stories/{id}", "A story with its copies", "Story", story),
    _operation("/api/v1/difference", "Two articles compared, character by character", "Difference", difference, *_PAIR, _SCRIPT),
    _operation("/api/v1/sites", "Sites, most articles first", "Sites", sites, *_PAGE),
    _operation("/api/v1/sites/{site}", "How well a site is read", "Site", site),
    _operation("/api/v1/outlets", "Outlets, most articles first", "Outlets", outlets, *_PAGE),
    _operation("/api/v1/outlets/{name}", "Who copies an outlet", "Outlet", outlet),
    _operation("/api/v1/changes", "What changed, in the order every reader gets", "Changes", changes, _AFTER, _CHANGES_LIMIT),
)
OPERATIONS = tuple(operation for operation, _ in _ANSWERS)


def _route(operation: Operation, answers: Answer) -> Route:
    def endpoint(request: Request) -> Response:
        return answers(request, read_params(request.query_params, operation.params))

    return Route(operation.path.replace("{name}", "{name:path}"), endpoint)


def openapi(request: Request) -> Response:
    """Return the description of this API."""
    return answer(describe(OPERATIONS))


ROUTES = [*(_route(*pair) for pair in _ANSWERS), Route("/openapi.json", openapi)]
