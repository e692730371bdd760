"""The demo site as one value: every URL of every made-up site, what is served there, and what must come out of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crawler.demo import render
from crawler.demo.facts import PageFacts, expected_record, facts_of
from crawler.demo.render import Link, SiteView
from crawler.demo.stories import CHINA, Plan, Site, Special, as_utc, load_plan
from crawler.load_rules import DATA

DEMO_FOLDER = DATA / "demo"
DEFAULT_PORT = 8642
# A page whose date is not its own: lists, robots.txt. Fixed, so that the same bytes keep the same headers.
_BUILT_AT = datetime(2024, 7, 1, tzinfo=CHINA)
_ERROR_BODY = "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr></body></html>"
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """What one URL answers, and what must come of it."""

    url: str
    """Absolute."""
    kind: str
    """`article`, `continuation` (a further page of one), `list`, `feed`, `sitemap`, `robots`, or the kind of a special page."""
    body: bytes
    headers: tuple[tuple[str, str], ...]
    """As a server sends them, in lower case; without length and compression."""
    status: int = 200
    outcome: str | None = None
    """Of the contract: `article`, `rejected`, `failed`; None: a page that only leads to others."""
    reason: str | None = None
    expected: Mapping[str, Any] | None = None
    """Fields of the article record that the page states plainly."""
    is_exact: bool = True
    """False: a disguised mirror; its bytes do not print the text that must come out."""
    story: str | None = None
    following: tuple[str, ...] = ()
    """URLs of the article's further pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """All pages by URL, and where a crawl begins."""

    pages: Mapping[str, DemoPage]
    start_urls: tuple[str, ...]

    def articles(self) -> Iterator[DemoPage]:
        """Yield the pages that are articles."""
        return (page for page in self.pages.values() if page.expected is not None)


def default_bases(n_sites: int, port: int = DEFAULT_PORT) -> tuple[str, ...]:
    """Return one loopback address a site, so that each is a host of its own."""
    return tuple(f"http://127.0.0.{2 + i}:{port}" for i in range(n_sites))


def build_demo(bases: tuple[str, ...] | None = None, folder: Path = DEMO_FOLDER) -> DemoSite:
    """Render every page of the demo. `bases`: scheme, host and port of each site, in the order of sites.toml.

    Raises:
        RuleError: a file of the folder is wrong.
    """
    plan = load_plan(folder)
    views = _views(plan, bases or default_bases(len(plan.sites)), folder)
    pages: dict[str, DemoPage] = {}
    for view in views:
        for page in _site_pages(view):
            pages[page.url] = page
    for special in plan.specials:
        page = _special_page(next(view for view in views if view.site.id == special.site), special)
        pages[page.url] = page
    return DemoSite(pages=MappingProxyType(pages), start_urls=tuple(f"{view.base}/" for view in views))


def n_sites(folder: Path = DEMO_FOLDER) -> int:
    """Return how many addresses the demo needs."""
    return len(load_plan(folder).sites)


def _views(plan: Plan, bases: tuple[str, ...], folder: Path) -> list[SiteView]:
    by_id = dict(zip((site.id for site in plan.sites), bases, strict=True))
    outlets = {site.outlet: f"{by_id[site.id]}/" for site in plan.sites if site.outlet}
    views = []
    for site in plan.sites:
        articles = sorted((facts_of(site, entry, plan.stories[entry.story]) for entry in site.article), key=_published, reverse=True)
        friends = tuple(Link(title=other.name, href=f"{by_id[other.id]}/") for other in plan.sites if other is not site)
        views.append(
            SiteView(site=site, base=by_id[site.id], articles=tuple(articles), friends=friends, outlets=outlets, plan=plan, folder=folder)
        )
    return views


def _published(facts: PageFacts) -> datetime:
    return facts.entry.published


def _site_pages(view: SiteView) -> Iterator[DemoPage]:
    for facts in view.articles:
        yield from _article_pages(view, facts)
    links = [view.link(facts) for facts in view.articles]
    odd = [Link(title=render.convert_title(view, s.title), href=s.path, date="2023-09-01", summary=s.title, section=links[0].section,
                section_href=links[0].section_href) for s in view.plan.specials if s.site == view.site.id]  # fmt: skip
    lists = render.list_pages(view, "/", render.front_title(view.site), [*links, *odd])
    for name in view.section_names():
        inside = [view.link(facts) for facts in view.articles if name in facts.entry.section]
        lists |= render.list_pages(view, render.section_path(view, name), name, inside)
    for path, body in lists.items():
        yield _page(view, path, "list", body)
    yield _page(view, "/robots.txt", "robots", render.robots(view), content_type="text/plain")
    if view.site.feed:
        yield _page(view, "/feed.xml", "feed", render.feed(view), content_type="application/rss+xml")
    if view.site.sitemap:
        yield _page(view, "/sitemap.xml", "sitemap", render.sitemap(view), content_type="application/xml")


def _article_pages(view: SiteView, facts: PageFacts) -> Iterator[DemoPage]:
    site, entry = view.site, facts.entry
    urls = [view.base + site.path_of(entry, n) for n in range(1, len(facts.pages) + 1)]
    frozen = view.folder / "mirror" / f"{entry.n}.html"
    body = frozen.read_bytes() if site.frozen else render.article_page(view, facts)
    yield _page(
        view, site.path_of(entry), "article", body, outcome="article", at=entry.published, story=entry.story,
        expected=expected_record(facts, urls[0]), is_exact=not site.frozen, following=tuple(urls[1:]),
    )  # fmt: skip
    for n in range(2, len(urls) + 1):
        yield _page(view, site.path_of(entry, n), "continuation", render.article_page(view, facts, n), at=entry.published)


def _page(
    view: SiteView, path: str, kind: str, body: bytes, *, content_type: str | None = None, at: datetime = _BUILT_AT, **rest: Any
) -> DemoPage:
    return DemoPage(url=view.base + path, kind=kind, body=body, headers=_headers(view.site, body, content_type, at), **rest)


def _headers(site: Site, body: bytes, content_type: str | None, at: datetime) -> tuple[tuple[str, str], ...]:
    kind = content_type or "text/html" + (f"; charset={site.header_charset}" if site.header_charset else "")
    modified = format_datetime(as_utc(at), usegmt=True)
    return (("content-type", kind), ("last-modified", modified), ("etag", f'"{sha256(body).hexdigest()[:20]}"'))


def _special_page(view: SiteView, special: Special) -> DemoPage:
    makers = {
        "link_digest": lambda: _page(view, special.path, special.kind, render.digest_page(view, special.title)),
        "empty": lambda: _page(view, special.path, special.kind, b""),
        "removed": lambda: _page(view, special.path, special.kind, render.removed_page(view)),
        "missing": lambda: _missing(view, special),
        "redirect": lambda: _redirect(view, special),
        "forbidden": lambda: _page(view, special.path, special.kind, render.removed_page(view)),
        "pdf": lambda: _page(view, special.path, special.kind, _PDF, content_type="application/pdf"),
    }
    page: DemoPage = makers[special.kind]()
    return replace(page, outcome=special.outcome, reason=special.reason)


def _missing(view: SiteView, special: Special) -> DemoPage:
    headers = (("content-type", "text/html"),)
    return DemoPage(url=view.base + special.path, kind="missing", body=_ERROR_BODY.encode(), headers=headers, status=404)


def _redirect(view: SiteView, special: Special) -> DemoPage:
    target = next(facts for facts in view.articles if facts.entry.story == special.to)
    headers = (("content-type", "text/html"), ("location", view.site.path_of(target.entry)))
    return DemoPage(url=view.base + special.path, kind="redirect", body=b"", headers=headers, status=301)
