"""The pages for people: plain HTML that works without a script. Here search, changes and feeds; the rest in `*_pages.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipelines.errors import UsageError
from storage.article_reading import find_id
from storage.changes import START, read_changes
from storage.database import reading
from storage.feeds import ADDRESSES, FeedChoice, write_feed
from storage.printed_times import moment
from storage.reader import article_pages, queries, site_pages, story_pages
from storage.reader.params import number_of, text_of
from storage.reader.rendering import HERE, link, render, web_url
from storage.search import MAX_QUERY_CHARS, EmptyQuery, SearchResult
from storage.search import search as search_articles
from storage.search_query import FILTERS as QUERY_FILTERS
from storage.search_query import site_domain

PER_SEARCH, FACETED, MAX_FACETS = 20, 60, 8
"""Stories a page; best stories that facets are counted among; values shown of each facet."""
CHANGES_A_PAGE = 100
MAX_FILTER_CHARS = 200
FILTERS = ("site", "source", "day", "section")
_FEEDS = {f"/{ADDRESSES[form]}": (form, kind) for form, kind in (("atom", "application/atom+xml"), ("jsonfeed", "application/feed+json"))}
_STATIC = {
    "style.css": ("style.css", "text/css"), "robots.txt": ("robots.txt", "text/plain"), "icon.svg": ("icon.svg", "image/svg+xml"),
    "favicon.ico": ("icon.svg", "image/svg+xml"),  # asked for beside JSON, which names no icon
}  # fmt: skip
"""Addresses to files and their types."""


def front(request: Request) -> Response:
    """Show the newest stories."""
    offset = number_of(request, "offset", 0, high=1000)
    with reading(request.app.state.engine) as connection:
        stories = queries.newest_stories(connection, PER_SEARCH + 1, offset)
        return render(
            "front.html", stories=stories[:PER_SEARCH], spread=_spread(connection, stories[:PER_SEARCH]), totals=queries.totals(connection), offset=offset,
            onward=link("/", offset=offset + PER_SEARCH) if len(stories) > PER_SEARCH and offset + PER_SEARCH <= 1000 else None,
            back=link("/", offset=max(0, offset - PER_SEARCH)) if offset else None,
        )  # fmt: skip


def _spread(connection: Any, rows: Iterable[Any]) -> dict[str, Any]:
    return queries.read_spread(connection, [row["story_id"] for row in rows if row["story_id"] and row["n_copies"] > 1])


def search(request: Request) -> Response:
    """Show the stories that match, with what to narrow them down by."""
    words, offset = text_of(request, "q"), number_of(request, "offset", 0, high=1000)
    chosen = {name: value for name in FILTERS if (value := text_of(request, name, max_chars=MAX_FILTER_CHARS))}
    query = with_filters(words, chosen)
    if not query:
        return front(request)
    engine = request.app.state.engine
    if web_url(words) and not chosen:
        with reading(engine) as connection:
            article_id = find_id(connection, words.strip())
        if article_id is not None:
            return RedirectResponse(f"/article/{article_id}", 307)
    try:
        # The first pages come out of the stories that facets are counted among: one search for both.
        start = 0 if offset + PER_SEARCH <= FACETED else offset
        result = search_articles(engine, query, limit=FACETED if start == 0 else PER_SEARCH, offset=start)
    except UsageError as error:
        detail = "There is no word or character in it to look for." if isinstance(error, EmptyQuery) else str(error)
        return render("error.html", 400, title="This cannot be searched for", detail=detail, query=words)
    with reading(engine) as connection:
        hits = queries.with_language(connection, result.hits[offset - start : offset - start + PER_SEARCH])
        spread = _spread(connection, hits)
    parameters = {"q": words, **chosen}
    has_more = result.has_more or len(result.hits) > offset - start + PER_SEARCH
    links = {
        "onward": link("/search", **parameters, offset=offset + PER_SEARCH) if has_more and offset + PER_SEARCH <= 1000 else None,
        "back": link("/search", **parameters, offset=max(0, offset - PER_SEARCH)) if offset else None,
    }
    return render(
        "search.html", query=words, hits=hits, spread=spread, result=result, facets=_facets(result, chosen) if start == 0 else {}, chosen=_without(parameters, chosen),
        parameters=parameters, offset=offset, n_faceted=len(result.hits), filters=QUERY_FILTERS, feed={"q": query}, **links,
    )  # fmt: skip


def with_filters(words: str, chosen: Mapping[str, str]) -> str:
    """Return the query that also asks for the chosen values: before the words, whose quotes may be open.

    >>> with_filters("桥 OR 路", {"source": "东河日报"})
    'source:"东河日报" (桥 OR 路)'
    """
    asked = [f"{name}:{_quoted(value)}" for name, value in chosen.items()]
    return " ".join([*asked, f"({words})" if words and asked else words]).strip()


def _quoted(value: str) -> str:
    """Put a value in quotes that it does not close itself: names of accounts hold some."""
    for opening, closing in ('""', "“”", "「」"):
        if closing not in value:
            return f"{opening}{value}{closing}"
    return f'"{value.replace(chr(34), "")}"'


def _facets(best: SearchResult, chosen: Mapping[str, str]) -> dict[str, list[tuple[str, str, int]]]:
    """Count values among the best stories: of each facet that is not chosen yet (value, what to call it, stories)."""
    sites = Counter((hit.site, hit.site_name or hit.site) for hit in best.hits)
    sources = Counter((hit.source, hit.source) for hit in best.hits if hit.source)
    length = 7 if len(chosen.get("day", "")) == 4 else 10 if len(chosen.get("day", "")) == 7 else 4
    days = Counter((day,) * 2 for hit in best.hits if len(day := moment(hit.published_at, hit.published_precision)[:length]) == length)
    found = {"site": sites, "source": sources} | ({"day": days} if len(chosen.get("day", "")) < 10 else {})
    return {
        name: [(value, shown, n) for (value, shown), n in counts.most_common(MAX_FACETS)]
        for name, counts in found.items()
        if (name == "day" or name not in chosen) and len(counts) > 1
    }


def _without(parameters: Mapping[str, str], chosen: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return each chosen filter with the link that takes it off."""
    return [
        (name, value, link("/search", **{key: kept for key, kept in parameters.items() if key != name})) for name, value in chosen.items()
    ]


def changes(request: Request) -> Response:
    """Show the feed: its newest rows, those before a cursor, the newest first, or those after one, in order."""
    after, before = text_of(request, "after", max_chars=64), text_of(request, "before", max_chars=64)
    later = read_changes(request.app.state.engine, after, limit=CHANGES_A_PAGE) if after else None
    with reading(request.app.state.engine) as connection:
        rows = (
            queries.newest_changes(connection, CHANGES_A_PAGE, before or None) if later is None else queries.with_titles(connection, later)
        )
    onward = link("/changes", **{"after" if after else "before": rows[-1]["cursor"]}) if len(rows) == CHANGES_A_PAGE else None
    return render("changes.html", changes=rows, after=after, before=before, start=START, onward=onward, here="changes")


def help_page(request: Request) -> Response:
    """Explain the query language and what the pages show."""
    return render("help.html", here="help")


def feed(request: Request) -> Response:
    """Return the newest articles as a feed: all, or those of a site, a source, a story, or that match a query."""
    form, kind = _FEEDS[request.url.path]
    words = text_of(request, "q", max_chars=MAX_QUERY_CHARS)
    given = {name: value for name in ("site", "source", "story") if (value := text_of(request, name))}
    if words:
        choice = FeedChoice(query=with_filters(words, given))
    else:
        choice = FeedChoice(**given | {"site": site_domain(given.get("site", "")) or given.get("site", "")})
    return Response(write_feed(request.app.state.engine, form, home=str(request.base_url), choice=choice), media_type=kind)


def static(request: Request) -> Response:
    """Return the style sheet, the icon, or what robots are told."""
    name, kind = _STATIC[request.url.path.removeprefix("/")]
    return Response((HERE / "static" / name).read_bytes(), media_type=kind, headers={"cache-control": "max-age=86400"})


ROUTES = [
    Route("/", front),
    Route("/search", search),
    Route("/story/{id}", story_pages.story),
    Route("/difference", story_pages.difference),
    Route("/article/{id}", article_pages.article),
    Route("/article/{id}/versions", article_pages.versions),
    Route("/sites", site_pages.sites),
    Route("/site/{site}", site_pages.site),
    Route("/outlets", site_pages.outlets),
    Route("/outlet/{name:path}", site_pages.outlet),
    Route("/changes", changes),
    Route("/help", help_page),
    *(Route(path, feed) for path in _FEEDS),
    *(Route(f"/{name}", static) for name in _STATIC),
]
