"""The newest articles as Atom and JSON Feed, for people's feed readers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from sqlalchemy import Engine, select

from pipelines.errors import UsageError
from storage.article_reading import read_records
from storage.database import reading
from storage.schema import article
from storage.search import find_newest

ATOM = "http://www.w3.org/2005/Atom"
ADDRESSES = {"atom": "feed.atom", "jsonfeed": "feed.json"}
"""Of the feeds, below the front page of the web page."""
_SUMMARY_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChoice:
    """Which articles a feed holds; empty: all."""

    site: str = ""
    """Registrable domain."""
    source: str = ""
    """Outlet that they name as their source."""
    story: str = ""
    query: str = ""
    """What they match, in the language of search; alone."""

    @property
    def title(self) -> str:
        """What the feed is called."""
        return " ".join(["yuanwen", *(value for value in (self.site, self.source, self.story, self.query) if value)])

    def address_of(self, form: str) -> str:
        """Where the web page has the feed of this choice, below its front page.

        >>> FeedChoice(site="a.example").address_of("atom")
        'feed.atom?site=a.example'
        """
        names = {"site": "site", "source": "source", "story": "story", "query": "q"}
        given = {name: value for field, name in names.items() if (value := getattr(self, field))}
        return ADDRESSES[form] + (f"?{urlencode(given)}" if given else "")


def write_feed(
    engine: Engine, form: str, *, home: str = "http://127.0.0.1:8080/", choice: FeedChoice = FeedChoice(), limit: int = 50
) -> str:
    """Write the newest usable articles as a feed document. `form`: `atom` or `jsonfeed`; `home`: where this base is shown.

    Raises:
        UsageError: another form, or a query that cannot be searched for.
    """
    if form not in ADDRESSES:
        raise UsageError(f"{form}: the feeds are atom and jsonfeed")
    records = newest_records(engine, choice, limit)
    own = home + choice.address_of(form)
    return _atom(records, choice.title, home, own) if form == "atom" else _json_feed(records, choice.title, home, own)


def newest_records(engine: Engine, choice: FeedChoice, limit: int) -> list[dict[str, Any]]:
    """Read the records stored last, newest first."""
    columns = {article.c.site: choice.site, article.c.source: choice.source, article.c.story_id: choice.story}
    wanted = [column == value for column, value in columns.items() if value]
    query = select(article.c.id).where(article.c.status == "usable", *wanted).order_by(article.c.pk.desc()).limit(limit)
    with reading(engine) as connection:
        ids = find_newest(connection, choice.query, limit) if choice.query else list(connection.execute(query).scalars())
        records = read_records(connection, ids)
    return [records[article_id] for article_id in ids]


def _atom(records: list[dict[str, Any]], title: str, home: str, own: str) -> str:
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", own)
    _add(feed, "title", title)
    _add(feed, "updated", max((_changed_at(r) for r in records), default=datetime(1970, 1, 1, tzinfo=UTC)).isoformat())
    _add(feed, "link", rel="self", type="application/atom+xml", href=own)
    _add(feed, "link", rel="alternate", type="text/html", href=home)
    for record in records:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:uuid:{record['id']}")
        _add(entry, "title", record["title"] or record["url"])
        _add(entry, "updated", _changed_at(record).isoformat())
        if record["published_at"]:
            _add(entry, "published", record["published_at"])
        _add(entry, "link", rel="alternate", href=_link_of(record))
        for name in record["authors"] or [record["source"] or record["site"]]:
            _add(_add(entry, "author"), "name", name)
        for keyword in record["keywords"]:
            _add(entry, "category", term=keyword)
        _add(entry, "summary", summary_of(record))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode")


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", {key: _xml_text(value) for key, value in attributes.items()})
    element.text = None if text is None else _xml_text(text)
    return element


def _xml_text(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(char for char in text if char in "\t\n" or (char >= " " and char not in "\ufffe\uffff"))


def _json_feed(records: list[dict[str, Any]], title: str, home: str, own: str) -> str:
    items = [
        {
            "id": record["id"],
            "url": _link_of(record),
            "title": record["title"] or record["url"],
            "content_text": record["text"] or "",
            "summary": summary_of(record),
            "date_modified": _changed_at(record).isoformat(),
            "tags": record["keywords"],
            "authors": [{"name": name} for name in record["authors"]],
            **({"date_published": record["published_at"]} if record["published_at"] else {}),
            **({"language": record["language"]} if record["language"] else {}),
        }
        for record in records
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home, "feed_url": own, "items": items}
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _link_of(record: dict[str, Any]) -> str:
    """Return the canonical URL if a feed reader may open it, else the one that was fetched: a page names its canonical one itself."""
    canonical = str(record["canonical_url"])
    return canonical if canonical.startswith(("http://", "https://")) else str(record["url"])


def summary_of(record: dict[str, Any]) -> str:
    """Return the beginning of the text, with what a reader wants to know first: where it comes from."""
    source = f"{record['source']}｜" if record["source"] else ""
    text = (record["text"] or "").replace("\n", " ")
    return source + (text if len(text) <= _SUMMARY_CHARS else text[:_SUMMARY_CHARS] + "…")


def _changed_at(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["fetched_at"])
