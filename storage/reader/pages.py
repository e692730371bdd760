"""The pages for people: plain HTML that works without a script, everything from the crawl escaped by the templates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from pipelines.errors import UsageError
from storage.changes import read_changes
from storage.database import reading
from storage.feeds import write_feed
from storage.reader import charts, queries
from storage.reader.api import SCRIPTS, in_script, outlet_of, outlet_rows, site_of, site_rows
from storage.reader.difference import compare
from storage.reader.params import choice_of, number_of, text_of
from storage.reader.story_view import WORDS, StoryView, read_story
from storage.search import search as search_articles

_HERE = Path(__file__).parent
_PER_PAGE = 20
_FEEDS = {"/feed.atom": ("atom", "application/atom+xml"), "/feed.json": ("jsonfeed", "application/feed+json")}
_FIELDS = (
    "title", "title_raw", "original_title", "published_at", "published_precision", "published_raw", "modified_at", "source", "source_raw",
    "source_url", "via", "dateline", "authors", "editors", "keywords", "section", "language", "is_repost", "disguised", "repairs", "notes",
    "confidence", "extractor", "charset", "url", "final_url", "canonical_url", "site", "site_name", "fetched_at", "first_seen_at", "capture",
)  # fmt: skip
"""Of the article record, in the order the page shows them."""


def web_url(url: object) -> str | None:
    """Return a stored URL if it is one that a link may carry; `javascript:` and the like are shown as text only.

    >>> web_url("https://a.example/1"), web_url("javascript:alert(1)"), web_url("//a"), web_url(None)
    ('https://a.example/1', None, None, None)
    """
    try:
        return url if isinstance(url, str) and urlsplit(url.strip()).scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


def moment(value: Any) -> str:
    """Show a time as printed by its precision: `2023-05-18 08:12`."""
    return "" if value is None else str(value)[:16].replace("T", " ")


def duration(seconds: float | None) -> str:
    """Say how long.

    >>> duration(None), duration(40), duration(5400), duration(200000)
    ('', '1 min', '1.5 h', '2.3 days')
    """
    if seconds is None:
        return ""
    if seconds < 3600:
        return f"{max(1, round(seconds / 60)) if seconds else 0} min"
    return f"{seconds / 3600:.1f} h" if seconds < 2 * 86_400 else f"{seconds / 86_400:.1f} days"


def shown(value: Any) -> str:
    """Show a field's value as text."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(entry)}" for key, entry in value.items() if entry is not None)
    if isinstance(value, list):
        return "、".join(shown(entry) for entry in value)
    return str(value)


def marked(value: Any) -> list[tuple[bool, str]]:
    """Cut a highlighted text into its pieces: does it match, and the text."""
    pieces, at = [], 0
    for start, end in value.hits:
        pieces += [(False, value.text[at:start]), (True, value.text[start:end])]
        at = end
    return [piece for piece in [*pieces, (False, value.text[at:])] if piece[1]]


def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"moment": moment, "duration": duration, "shown": shown, "marked": marked, "web_url": web_url}
    environment.filters["path"] = lambda value: quote(str(value), safe="")
    environment.globals["bar"] = charts.bar
    return environment


_TEMPLATES = _environment()


def render(name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Render a template."""
    return HTMLResponse(_TEMPLATES.get_template(name).render({"query": "", **values}), status)


def front(request: Request) -> Response:
    """Show the newest stories."""
    with reading(request.app.state.engine) as connection:
        return render("front.html", stories=queries.newest_stories(connection, _PER_PAGE), totals=queries.totals(connection))


def search(request: Request) -> Response:
    """Show the stories that match."""
    query, offset = text_of(request, "q"), number_of(request, "offset", 0, high=1000)
    if not query:
        return front(request)
    try:
        result = search_articles(request.app.state.engine, query, limit=_PER_PAGE, offset=offset)
    except UsageError as error:
        return render("error.html", 400, title="This cannot be searched for", detail=str(error), query=query)
    onward = urlencode({"q": query, "offset": offset + _PER_PAGE}) if result.has_more and offset + _PER_PAGE <= 1000 else None
    back = urlencode({"q": query, "offset": max(0, offset - _PER_PAGE)}) if offset else None
    return render("search.html", query=query, result=result, onward=onward, back=back)


def story(request: Request) -> Response:
    """Show a story with all its copies."""
    with reading(request.app.state.engine) as connection:
        found = read_story(connection, request.path_params["id"])
    if found is None:
        raise HTTPException(404, "no such story")
    by_id = {copy["id"]: copy for copy in found.copies}
    reasons = [
        (WORDS.get(r.witness, r.witness), r.outlet, [by_id[key] for key in r.articles if key in by_id]) for r in found.origin.reasons
    ]
    return render("story.html", story=found, line=charts.time_line(_marks(found)), pairs=_default_pair(found), reasons=reasons)


def _marks(found: StoryView) -> list[charts.Mark]:
    marks = []
    for copy in found.copies:
        kind = "origin" if copy["id"] == found.origin.article_id else "mirror" if copy["disguised"] else "copy"
        if copy["published_utc"] is not None:
            marks.append(charts.Mark(copy["published_utc"], kind, f"{moment(copy['published_at'])} {copy['site_name'] or copy['site']}"))
    return marks


def _default_pair(found: StoryView) -> tuple[str, str]:
    first = found.origin.article_id or found.copies[0]["id"]
    return first, next((copy["id"] for copy in found.copies if copy["id"] != first), first)


def difference(request: Request) -> Response:
    """Show two copies against each other."""
    ids = [text_of(request, name, is_required=True) for name in ("a", "b")]
    with reading(request.app.state.engine) as connection:
        texts = queries.read_texts(connection, ids)
    if any(key not in texts for key in ids):
        raise HTTPException(404, "no such article")
    first, second = (texts[key] for key in ids)
    whole = compare(*(in_script(request, copy["text"]) for copy in (first, second)))
    titles = compare(*(in_script(request, copy["title"]) for copy in (first, second)))
    script = choice_of(request, "script", SCRIPTS)
    other = urlencode({"a": ids[0], "b": ids[1], "script": "printed" if script == "one" else "one"})
    swapped = urlencode({"a": ids[1], "b": ids[0], "script": script})
    return render("difference.html", first=first, second=second, text=whole, titles=titles, script=script, other=other, swapped=swapped)


def article(request: Request) -> Response:
    """Show an article beside what was removed, and why each field is what it is."""
    with reading(request.app.state.engine) as connection:
        record = queries.read_article(connection, request.path_params["id"])
        if record is None:
            raise HTTPException(404, "no such article")
        revisions = queries.read_revisions(connection, record["id"])
    fields = [(key, shown(record[key]), record["evidence"].get(key)) for key in _FIELDS]
    return render("article.html", record=record, fields=fields, revisions=revisions)


def versions(request: Request) -> Response:
    """Show two versions of one article against each other."""
    newer = number_of(request, "to", 2, low=2)
    older = number_of(request, "from", newer - 1, low=1)
    with reading(request.app.state.engine) as connection:
        pair = [queries.read_version(connection, request.path_params["id"], n) for n in (older, newer)]
    if pair[0] is None or pair[1] is None:
        raise HTTPException(404, "no such version")
    text = compare(*(in_script(request, version["text"]) for version in pair if version))
    titles = compare(*(in_script(request, version["title"]) for version in pair if version))
    return render("versions.html", id=request.path_params["id"], pair=pair, text=text, titles=titles)


def sites(request: Request) -> Response:
    """Show all sites with their health."""
    offset = number_of(request, "offset", 0)
    rows = site_rows(request, 51, offset)
    return render("sites.html", sites=rows[:50], **_turns("/sites", rows, offset))


def site(request: Request) -> Response:
    """Show one site."""
    found = site_of(request, request.path_params["site"])
    if found is None:
        raise HTTPException(404, "no such site")
    parts = [(day["day"], (("good", day["n_with"]), ("bad", day["n_without"]))) for day in found["days"]]
    return render("site.html", site=found, chart=charts.columns(parts, f"pages fetched on {len(parts)} days"))


def outlets(request: Request) -> Response:
    """Show all outlets."""
    offset = number_of(request, "offset", 0)
    rows = outlet_rows(request, 51, offset)
    return render("outlets.html", outlets=rows[:50], **_turns("/outlets", rows, offset))


def outlet(request: Request) -> Response:
    """Show who copies an outlet, how fast, and who keeps its name."""
    found = outlet_of(request, request.path_params["name"])
    if found is None:
        raise HTTPException(404, "no such outlet")
    return render("outlet.html", outlet=found)


def changes(request: Request) -> Response:
    """Show the feed: its newest rows, or those after a cursor."""
    after = text_of(request, "after", max_chars=64)
    older = read_changes(request.app.state.engine, after, limit=100) if after else None
    with reading(request.app.state.engine) as connection:
        rows = queries.newest_changes(connection, 100) if older is None else queries.with_titles(connection, older)
    return render("changes.html", changes=rows, after=after)


def feed(request: Request) -> Response:
    """Return the newest articles as a feed."""
    form, kind = _FEEDS[request.url.path]
    return Response(write_feed(request.app.state.engine, form, home=str(request.base_url)), media_type=kind)


def _turns(path: str, rows: Sequence[Any], offset: int) -> dict[str, Any]:
    return {
        "onward": f"{path}?offset={offset + 50}" if len(rows) > 50 and offset + 50 <= 10_000 else None,
        "back": f"{path}?offset={max(0, offset - 50)}" if offset else None,
    }


def style(request: Request) -> Response:
    """Return the style sheet."""
    return FileResponse(_HERE / "static" / "style.css", media_type="text/css", headers={"cache-control": "max-age=3600"})


ROUTES = [
    Route("/", front),
    Route("/search", search),
    Route("/story/{id}", story),
    Route("/difference", difference),
    Route("/article/{id}", article),
    Route("/article/{id}/versions", versions),
    Route("/sites", sites),
    Route("/site/{site}", site),
    Route("/outlets", outlets),
    Route("/outlet/{name:path}", outlet),
    Route("/changes", changes),
    *(Route(path, feed) for path in _FEEDS),
    Route("/style.css", style),
]
