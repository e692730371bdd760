"""Templates and how values are shown in them; everything from the crawl is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from pipelines.counted import counted
from storage.printed_times import DAY_CHARS, moment, printed_chars
from storage.reader import charts

HERE = Path(__file__).parent
PER_PAGE = 25
"""Rows of a list of sites or outlets."""


def web_url(url: object) -> str | None:
    """Return a stored URL if it is one that a link may carry; `javascript:` and the like are shown as text only.

    >>> web_url("https://a.example/1"), web_url("javascript:alert(1)"), web_url("//a"), web_url(None)
    ('https://a.example/1', None, None, None)
    """
    try:
        return url if isinstance(url, str) and urlsplit(url.strip()).scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


HOME_ZONE = "+08:00"
"""Of the pages this is made for; times in it are shown without a zone."""


def zone(value: Any, precision: str | None = None) -> str:
    """Return the zone of a printed time where a reader would take it for another one; empty for a day or less.

    >>> zone("2023-05-18T08:12:41+08:00"), zone("2023-05-18T08:12:41-05:00"), zone("2023-05-18T00:00:00-05:00", "day")
    ('', ' UTC-05:00', '')
    """
    is_fine = value is not None and printed_chars(precision) > DAY_CHARS
    offset = str(value)[19:]
    return f" UTC{'' if offset == '+00:00' else offset}" if is_fine and offset and offset != HOME_ZONE else ""


def utc(value: Any) -> str:
    """Show an instant of ours, which no page printed: in UTC, and said so.

    >>> utc("2024-03-01T00:31:00+00:00"), utc(None)
    ('2024-03-01 00:31 UTC', '')
    """
    return "" if value is None else f"{moment(value)} UTC"


def duration(seconds: float | None) -> str:
    """Say how long.

    >>> duration(None), duration(0), duration(40), duration(5400), duration(200000), duration(9e7)
    ('', '0 min', '1 min', '1 h 30 min', '2.3 days', '2.9 years')
    """
    if seconds is None:
        return ""
    minutes = max(1, round(seconds / 60)) if seconds else 0
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 36 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = seconds / 86_400
    return f"{days:.1f} days" if days < 730 else f"{days / 365:.1f} years"


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


def percent(part: float, whole: float) -> str:
    """Show a share of a whole; a part that is there is never 0 %, and one that is not all never 100 %.

    >>> percent(1, 3), percent(1, 1000), percent(999, 1000), percent(0, 0)
    ('33 %', '1 %', '99 %', '–')
    """
    if not whole:
        return "–"
    rounded = round(100 * part / whole)
    return f"{min(99, max(1, rounded)) if 0 < part < whole else rounded} %"


def link(path: str, /, **parameters: Any) -> str:
    """Return a path with the parameters that are set."""
    given = {key: value for key, value in parameters.items() if value not in (None, "", 0)}
    return f"{path}?{urlencode(given)}" if given else path


def turns(path: str, rows: Sequence[Any], offset: int, size: int = PER_PAGE, **parameters: Any) -> dict[str, Any]:
    """Return the links to the pages before and after, where `rows` holds one row more than a page if there is more."""
    return {
        "onward": link(path, **parameters, offset=offset + size) if len(rows) > size and offset + size <= 10_000 else None,
        "back": link(path, **parameters, offset=max(0, offset - size)) if offset else None,
    }


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "moment": moment,
        "zone": zone,
        "utc": utc,
        "duration": duration,
        "counted": counted,
        "shown": shown,
        "marked": marked,
        "web_url": web_url,
    }
    environment.filters["path"] = lambda value: quote(str(value), safe="")
    style = (HERE / "static" / "style.css").read_bytes()
    # Another version of the program has another style sheet: a browser that kept the old one must not use it.
    environment.globals |= {"bar": charts.bar, "percent": percent, "link": link, "style": f"/style.css?v={crc32(style):08x}"}
    return environment


_TEMPLATES = _environment()


def render(name: str, status: int = 200, headers: Mapping[str, str] | None = None, /, **values: Any) -> HTMLResponse:
    """Render a template. `query`: what stands in the search box; `feed`: parameters of the feed of this page."""
    defaults: Mapping[str, Any] = {"query": "", "feed": {}, "here": ""}
    return HTMLResponse(_TEMPLATES.get_template(name).render({**defaults, **values}), status, headers)
