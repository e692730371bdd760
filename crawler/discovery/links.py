"""Links of a list page: which lead to articles, which to its next page."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.html

from crawler.discovery.rules import DiscoveryRules
from crawler.politeness.pace import politeness_key
from pipelines.normalize.urls import UrlRules, canonical_url

MIN_ALIKE = 4
"""So many links of one shape with headline-like texts are articles, even where no rule knows the shape."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class PageLink:
    """One `<a href>` of a page, or one frame without a text; absolute and canonical."""

    url: str
    text: str
    rel: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page leads to."""

    articles: tuple[str, ...]
    next_page: str | None
    feeds: tuple[str, ...] = ()
    """Feeds the page announces in its head."""


def find_links(tree: lxml.html.HtmlElement, page_url: str, rules: UrlRules) -> Iterator[PageLink]:
    """Give the links of a parsed page in document order, and what it shows in frames; the same URL may come more than once."""
    base = tree.find(".//base[@href]")
    base_url = urljoin(page_url, base.get("href") or "") if base is not None else page_url
    for element in tree.iter("a", "frame", "iframe"):
        is_frame = element.tag != "a"
        href = (element.get("src" if is_frame else "href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        try:
            url = canonical_url(urljoin(base_url, href), rules)
        except ValueError:
            continue
        if url.startswith(("http://", "https://")):
            text = "" if is_frame else _SPACE.sub(" ", element.text_content()).strip() or (element.get("title") or "").strip()
            yield PageLink(url, text, (element.get("rel") or "").lower())


def read_list_page(
    tree: lxml.html.HtmlElement, page_url: str, discovery: DiscoveryRules, urls: UrlRules, article_url: str | None = None
) -> ListPage:
    """Tell the article links of a page from its other links. `article_url`: the site file's pattern, which then decides alone."""
    links = [link for link in find_links(tree, page_url, urls) if politeness_key(link.url) == politeness_key(page_url)]
    here = canonical_url(page_url, urls)
    texts: dict[str, str] = {}
    for link in links:
        if link.url != here and len(link.text) > len(texts.get(link.url, "")):
            texts[link.url] = link.text
        texts.setdefault(link.url, "") if link.url != here else None
    pager = _find_next(links, here, discovery)
    candidates = [url for url in texts if url != pager and discovery.is_fetchable(_tail(url))]
    articles = [u for u in candidates if re.search(article_url, u)] if article_url else _articles(candidates, texts, discovery)
    return ListPage(tuple(articles), pager, tuple(_feeds(tree, page_url, urls)))


def _articles(candidates: list[str], texts: dict[str, str], discovery: DiscoveryRules) -> list[str]:
    headline = {url for url in candidates if is_headline(texts[url])}
    shapes = Counter(_shape(url) for url in headline)
    found = []
    for url in candidates:
        score = discovery.shape_score(_tail(url)) + (url in headline)
        is_alike = url in headline and shapes[_shape(url)] >= MIN_ALIKE and score > 0
        if score >= 3 or (score >= 2 and (url in headline or not texts[url])) or is_alike:
            found.append(url)
    return found


def is_headline(text: str) -> bool:
    """Tell whether a link text may be a headline: eight Han characters, or four words.

    >>> is_headline("滚动"), is_headline("全市春耕备耕工作有序推进")
    (False, True)
    """
    return len(_HAN.findall(text)) >= 8 or len(text.split()) >= 4


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + ("?" + parts.query if parts.query else "")


def _shape(url: str) -> str:
    """Host, folders with their numbers folded, and the kind of file name."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    return (
        f"{parts.netloc}{_NUMBER.sub('9', folder)}/{'9' if _NUMBER.search(name) else 'x'}{name[name.rfind('.') :] if '.' in name else ''}"
    )


def _find_next(links: Iterable[PageLink], here: str, discovery: DiscoveryRules) -> str | None:
    for link in links:
        if link.url != here and ("next" in link.rel.split() or discovery.pager.fullmatch(link.text)) and _is_sibling(link.url, here):
            return link.url
    return None


def _is_sibling(url: str, here: str) -> bool:
    """A list's next page lies beside it, and differs in a page number."""
    there, this = urlsplit(url), urlsplit(here)
    if there.netloc != this.netloc:
        return False
    if there.path == this.path:
        return bool(_PAGE_NUMBER.search(there.query)) and there.query != this.query
    folder = this.path.rpartition("/")[0]
    return there.path.startswith(folder.rsplit("/page/", 1)[0]) and bool(
        _PAGE_NUMBER.search(there.path[len(folder.rsplit("/page/", 1)[0]) :])
    )


def _feeds(tree: lxml.html.HtmlElement, page_url: str, rules: UrlRules) -> Iterator[str]:
    for link in tree.iter("link"):
        kind = (link.get("type") or "").lower()
        if "alternate" in (link.get("rel") or "").lower() and ("rss" in kind or "atom" in kind or "feed+json" in kind):
            url = canonical_url(urljoin(page_url, link.get("href") or ""), rules)
            if url.startswith(("http://", "https://")) and politeness_key(url) == politeness_key(page_url):
                yield url
