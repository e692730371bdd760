"""Turn facts into the pages of a site: articles, lists, feed, sitemap, robots.txt, in the site's house style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo.facts import PageFacts, convert
from crawler.demo.stories import Plan, Site, as_utc

_NEXT = {"hans": "下一页", "hant": "下一頁"}
_LATEST = {"hans": "最新文章", "hant": "最新消息"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry of a list, a menu, a related box."""

    title: str
    href: str
    date: str = ""
    summary: str = ""
    section: str = ""
    section_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What all pages of one site share."""

    site: Site
    base: str
    """Scheme, host and port, no slash at the end."""
    articles: tuple[PageFacts, ...]
    """Newest first."""
    friends: tuple[Link, ...]
    outlets: Mapping[str, str]
    """Outlet to the address of its own site."""
    plan: Plan
    folder: Path

    def link(self, facts: PageFacts) -> Link:
        """Link to an article as this site's lists show it."""
        section = facts.entry.section[-1]
        return Link(
            title=facts.headline, href=self.site.path_of(facts.entry), date=f"{facts.entry.published:%Y-%m-%d}",
            summary=facts.paragraphs[0][:70], section=section, section_href=section_path(self, section),
        )  # fmt: skip

    def section_names(self) -> tuple[str, ...]:
        """Return the sections in the order of their first article."""
        return tuple(dict.fromkeys(name for facts in self.articles for name in facts.entry.section))


def section_path(view: SiteView, name: str) -> str:
    """Return the path of a section's list page."""
    return f"/list/{view.section_names().index(name) + 1}/"


@cache
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder / "styles"), autoescape=True, undefined=StrictUndefined)


def _shared(view: SiteView) -> dict[str, Any]:
    sections = tuple(Link(title=name, href=section_path(view, name)) for name in view.section_names())
    return {"site": view.site, "friends": view.friends, "sections": sections, **view.plan.noise}


def _put(view: SiteView, values: Mapping[str, Any]) -> bytes:
    html = _environment(view.folder).get_template(f"{view.site.style}.html").render(**_shared(view), **values)
    return encode(html, view.site.charset)


def encode(text: str, charset: str) -> bytes:
    """Return the bytes; a character the charset lacks becomes a reference, as CMSs do."""
    return text.encode(charset, "xmlcharrefreplace")


def article_page(view: SiteView, facts: PageFacts, page_no: int = 1) -> bytes:
    """Render one page of an article."""
    site, place = view.site, view.articles.index(facts)
    newer = view.link(view.articles[place - 1]) if place > 0 else None
    older = view.link(view.articles[place + 1]) if place + 1 < len(view.articles) else None
    lines = facts.pages[page_no - 1]
    pages = [Link(title=str(n), href=site.path_of(facts.entry, n)) for n in range(1, len(facts.pages) + 1)]
    sections = [Link(title=name, href=section_path(view, name)) for name in facts.entry.section]
    return _put(
        view,
        {
            "facts": facts, "lines": lines, "head_title": facts.headline, "section_name": facts.entry.section[-1],
            "crumbs": sections, "url": view.base + site.path_of(facts.entry, page_no),
            "source_url": view.outlets.get(facts.source, "#"), "prev": older, "next": newer,
            "related": [view.link(other) for other in view.articles if other is not facts][:5],
            "pages": pages, "page_no": page_no, "next_href": pages[page_no].href if page_no < len(pages) else None,
            "content_html": "".join(f'<p class="para">{escape(line)}</p>' for line in lines),
        },
    )  # fmt: skip


def list_pages(view: SiteView, path: str, title: str, links: Sequence[Link]) -> dict[str, bytes]:
    """Render a list and its further pages: path to bytes."""
    size = view.site.per_page
    chunks = [links[start : start + size] for start in range(0, len(links), size)] or [links]
    paths = [path if n == 1 else f"{path}index_{n}.html" for n in range(1, len(chunks) + 1)]
    turns = [Link(title=str(n), href=each) for n, each in enumerate(paths, 1)]
    next_word = "Next" if view.site.language == "en" else _NEXT[view.site.script]
    onward = {each: [Link(title=next_word, href=after)] for each, after in pairwise(paths)}
    return {
        each: _put(
            view,
            {
                "facts": None,
                "items": chunk,
                "related": links[:5],
                "list_pages": [*turns, *onward.get(each, [])],
                "list_title": title,
                "head_title": title,
                "section_name": title,
            },
        )
        for each, chunk in zip(paths, chunks, strict=True)
    }


def front_title(site: Site) -> str:
    """Return the heading of a site's front page."""
    return "Latest" if site.language == "en" else _LATEST[site.script]


def feed(view: SiteView) -> bytes:
    """Render the RSS feed, in the site's charset."""
    items = "".join(
        f"<item><title>{escape(facts.headline)}</title><link>{view.base}{view.site.path_of(facts.entry)}</link>"
        f"<pubDate>{format_datetime(facts.entry.published)}</pubDate><description>{escape(facts.paragraphs[0])}</description></item>\n"
        for facts in view.articles
    )
    name = escape(view.site.name)
    text = (
        f'<?xml version="1.0" encoding="{view.site.charset}"?>\n<rss version="2.0"><channel><title>{name}</title>'
        f"<link>{view.base}/</link><description>{name}</description>\n{items}</channel></rss>\n"
    )
    return encode(text, view.site.charset)


def sitemap(view: SiteView) -> bytes:
    """Render the sitemap; always UTF-8."""
    entries = "".join(
        f"<url><loc>{view.base}{view.site.path_of(facts.entry)}</loc><lastmod>{as_utc(facts.entry.published).isoformat()}</lastmod></url>\n"
        for facts in view.articles
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'.encode()


def robots(view: SiteView) -> bytes:
    """Render robots.txt."""
    lines = ["User-agent: *", "Disallow: /neibu/", "Disallow: /e/member/"]
    return "\n".join([*lines, *([f"Sitemap: {view.base}/sitemap.xml"] if view.site.sitemap else []), ""]).encode()


def digest_page(view: SiteView, title: str) -> bytes:
    """Render a page of links that looks like an article: headline, date, one linked line a paragraph."""
    lines = "".join(
        f'<p>　　<a href="{escape(link.href)}">{escape(link.title)}</a></p>\n' for link in [view.link(facts) for facts in view.articles]
    )
    more = "".join(f'<p>　　<a href="{friend.href}">{escape(friend.title)}</a>：{view.plan.noise["headlines"][i % 12]}</p>\n'
                   for i, friend in enumerate(view.friends))  # fmt: skip
    html = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={view.site.meta_charset}" />'
        f"<title>{title}_{view.site.name}</title></head>"
        f'<body><div class="viewbox"><div class="title"><h2>{title}</h2></div><div class="info"><small>时间:</small>2024-04-01 07:00</div>'
        f'<div class="content">{lines}{more}</div></div></body></html>'
    )
    return encode(html, view.site.charset)


def removed_page(view: SiteView) -> bytes:
    """Render a notice that the article is gone, sent with status 200 as such sites do."""
    html = (
        f'<!DOCTYPE html><html><head><meta charset="{view.site.meta_charset}"><title>{view.site.name}</title></head><body>'
        f'<div class="site-nav"><a href="/">{view.site.name}</a></div><div class="error"><h2>抱歉，您访问的页面不存在或已被删除</h2>'
        '<p>您可以返回<a href="/">首页</a>，或查看其他内容。页面将在5秒后自动跳转。</p></div></body></html>'
    )
    return encode(html, view.site.charset)


def convert_title(view: SiteView, title: str) -> str:
    """Return a link text in the site's script."""
    return convert(title, "hans", view.site.script)
