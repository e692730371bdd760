"""The link to an article's next page."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.either_script import compile_either
from pipelines.extract.view import join_url
from pipelines.types import Block, PageView, Printed

NEXT = compile_either(
    r"^[\[(（【<《>»›\s]*(?:下一?页|后一?页|余下全文|阅读下一?页|next(?:\s*page)?)[\])）】>》»›\s]*$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^[\[(（【\s]*(\d{1,3})[\])）】\s]*$")
STEM = re.compile(r"^(?P<stem>.*?)(?:[_\-]p?(?P<page>\d{1,3}))?(?P<ending>\.[a-z]{3,5})?$", re.IGNORECASE)
PAGE_KEYS = re.compile(r"^(?:p|page|pn|pageno|pagenum|cpage|page_no|curpage|paged)$", re.IGNORECASE)
N_NEAR = 40
"""Blocks after the body in which a pager may stand."""


def find_next_page(view: PageView, url: str, first: int | None, last: int | None, slot: str | None = None) -> Printed | None:
    """Return the link to the article's next page; None: the article ends here.

    Only a URL that is a further page of this very article is believed: same host, same stem, the next number.
    `first`, `last`: blocks of the body. `slot`: the path where the site's pages print their pager.
    """
    number = page_number(url)
    for block in _near(view.blocks, first, last, slot):
        for link in block.links:
            text = link.text.strip()
            says_number = NUMBER.match(text)
            if NEXT.match(text) or (says_number and int(says_number[1]) == number + 1):
                target = join_url(view.base_url, link.href)
                if is_next_page(url, target):
                    return Printed(text=text, rule="pager", block=block.index, href=target)
    named = view.link_rels.get("next")
    if named and is_next_page(url, join_url(view.base_url, named)):
        return Printed(text=named, rule="link_rel_next", href=join_url(view.base_url, named))
    return None


def is_next_page(url: str, target: str) -> bool:
    """Tell whether a URL is the page after this one of the same article.

    >>> is_next_page("http://a.example/2022/1.html", "http://a.example/2022/1_2.html")
    True
    >>> is_next_page("http://a.example/2022/1.html", "http://a.example/2022/2.html")
    False
    """
    return _identity(url) == _identity(target) and page_number(target) in (
        page_number(url) + 1,
        *((1,) if _counts_from_zero(url, target) else ()),
    )


def page_number(url: str) -> int:
    """Return which page of its article a URL is, 1 where it does not say.

    >>> page_number("http://a.example/2022/1_3.html"), page_number("http://a.example/read?id=7&page=2")
    (3, 2)
    """
    parts = urlsplit(url)
    for pair in parts.query.split("&"):
        key, _, value = pair.partition("=")
        if PAGE_KEYS.match(key) and value.isdigit():
            return int(value)
    found = STEM.match(parts.path.rpartition("/")[2])
    return int(found["page"]) if found and found["page"] and found["stem"] else 1


def _counts_from_zero(url: str, target: str) -> bool:
    """Tell whether `a.html` goes on with `a_1.html`."""
    return page_number(target) == 1 and urlsplit(url).path != urlsplit(target).path


def _identity(url: str) -> tuple[str, str, str, tuple[str, ...]]:
    """Return what all pages of one article share."""
    parts = urlsplit(url)
    folder, _, last = parts.path.rpartition("/")
    found = STEM.match(last)
    stem = (found["stem"] + (found["ending"] or "")) if found and found["stem"] else last
    pairs = tuple(pair for pair in parts.query.split("&") if pair and not PAGE_KEYS.match(pair.partition("=")[0]))
    return (parts.hostname or "", folder, stem, pairs)


def _near(blocks: Sequence[Block], first: int | None, last: int | None, slot: str | None) -> Sequence[Block]:
    start = first or 0
    end = len(blocks) if last is None else last + N_NEAR
    return [b for b in blocks[start:end] if b.links and (slot is None or b.path == slot)] or [b for b in blocks[start:end] if b.links]
