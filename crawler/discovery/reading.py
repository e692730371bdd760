"""An HTML page as discovery sees it: an article, or a list with its links."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.discovery.links import ListPage, find_links, read_list_page
from crawler.discovery.rules import DiscoveryRules
from crawler.politeness.pace import politeness_key
from crawler.safety.markup import has_attribute_flood
from pipelines.decode.decode import decode
from pipelines.errors import PageQuarantined, Reason
from pipelines.extract.parse import TooDeep, parse_tree
from pipelines.extract.view import view_page
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import Block, FetchedPage

MIN_OWN_CHARS = 30
"""Text of a block outside links from which it counts as running text; teasers under a link are shorter."""
SHORT_CHARS, SHORTEST_CHARS = 150, 40
"""Running text of a short article on a page with links to others, and on one without."""
MAX_SECTIONS = 500
"""An index of links that say nothing of what they lead to."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What discovery made of a page."""

    is_article: bool
    listing: ListPage
    sections: tuple[str, ...]
    """Further list pages of the site, for a seed that lists no articles itself."""


def read_html(page: FetchedPage, discovery: DiscoveryRules, book: RuleBook, site: SiteRules | None) -> ReadPage:
    """Read a page's links and tell whether it is an article.

    Raises:
        PageRejected, PageQuarantined: it cannot be decoded.
    """
    if has_attribute_flood(page.body):
        raise PageQuarantined(Reason.PARSE_LIMIT, stage="discover", url=page.url, detail="a tag with thousands of attributes")
    try:
        html = decode(page).text
        tree, _ = parse_tree(html)
        blocks = view_page(html, page.final_url).blocks
    except TooDeep as error:
        raise PageQuarantined(Reason.PARSE_LIMIT, stage="discover", url=page.url, detail=str(error)) from error
    pattern = site.article_url if site else None
    listing = read_list_page(tree, page.final_url, discovery, book.urls, pattern)
    parts = urlsplit(page.final_url)
    score = discovery.shape_score(parts.path + ("?" + parts.query if parts.query else ""))
    is_article = bool(pattern and re.search(pattern, page.final_url)) or _reads_like_article(
        blocks, score, len(listing.articles), is_front=parts.path in ("", "/") and not parts.query
    )
    known = {*listing.articles, listing.next_page, page.final_url}
    sections = dict.fromkeys(
        link.url
        for link in find_links(tree, page.final_url, book.urls)
        if link.text
        and link.url not in known
        and politeness_key(link.url) == politeness_key(page.final_url)
        and discovery.is_fetchable(_tail(link.url))
    )
    return ReadPage(is_article, listing, tuple(sections)[:MAX_SECTIONS])


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + ("?" + parts.query if parts.query else "")


def _reads_like_article(blocks: tuple[Block, ...], url_score: int, n_articles: int, *, is_front: bool) -> bool:
    """Weigh running text against link text; the shape of the URL tips the balance."""
    own = [len(b.text) - b.n_link_chars for b in blocks]
    running = sum(n for n in own if n >= MIN_OWN_CHARS)
    linked = sum(b.n_link_chars for b in blocks)
    if is_front:  # a front page of few teasers holds as much running text as a short article: the DedeCMS site of the demo
        return False
    if url_score >= 2:
        return running * 4 >= linked or running >= 200
    if n_articles >= 5:
        return running > 3 * linked
    # Where no link leads to an article, a short text is all that the page can be named for.
    return running >= (SHORT_CHARS if n_articles else SHORTEST_CHARS) and running >= linked
