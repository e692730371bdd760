"""Keywords a page prints."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from pipelines.either_script import compile_either
from pipelines.extract.landmarks import Landmarks, find_landmarks
from pipelines.types import Block, PageView, Printed

LABEL = compile_either(
    r"(?:^[【\[]?|[\s\]】）)|])(?:本文|文章|相关|话题|新闻){0,2}(?:关键词阅读|关键词|关键字|标签|Tags?|TAGS?|tags?)(?:[(（]Tags?[)）])?\s*(?:[:：】\]]|>>|\s(?=\S))\s*(?P<list>.*)$"
)
MAY_LABEL = compile_either("[签键gG]")
"""Each label has one of these."""
LONGEST = 200
"""Characters of a block that holds keywords."""
META = ("news_keywords", "parsely-tags", "article:tag", "og:article:tag")
CLASS = re.compile(r"key_?words?|(?:^|[\s_-])(?:hash)?tags?(?:$|[\s_-])|biaoqian")
LONGEST_ITEM = 16
"""Characters of a keyword that is a link of its own."""


def find_keywords(view: PageView, marks: Landmarks | None = None) -> tuple[Printed, ...]:
    """Return keyword lists as printed, label left out, visible ones before those of the head.

    The head's `keywords` are left alone: most sites print words for search engines there. `marks`: the page's, if at hand.
    """
    marks = marks or find_landmarks(view)
    start, end = marks.headline or 0, marks.body_end + 30
    found = list(_visible(view, start, end)) or list(_classed(view, marks.body, end))
    return (*found, *(Printed(text=view.meta[name], rule=f"meta:{name}") for name in META if view.meta.get(name)))


def _visible(view: PageView, start: int, end: int) -> Iterator[Printed]:
    for block in view.blocks[start:end]:
        if len(block.text) > LONGEST or not MAY_LABEL.search(block.text) or (match := LABEL.search(block.text)) is None:
            continue
        links = [link.text for link in block.links if link.text and link.text in match["list"]]
        if len(links) > 1:
            yield Printed(text=";".join(links), rule="keyword_links", block=block.index)
        elif match["list"].strip():
            yield Printed(text=match["list"].strip(), rule="keyword_label", block=block.index)
        elif follow := [b.text for b in takewhile(_is_item, view.blocks[block.index + 1 : block.index + 13])]:
            yield Printed(text=";".join(follow), rule="keyword_items", block=block.index)


def _classed(view: PageView, start: int, end: int) -> Iterator[Printed]:
    """Links of their own in an element whose class says keywords."""
    items = [b for b in view.blocks[start:end] if _is_item(b) and _is_near(b.labels)]
    lists = (b for b in view.blocks[start:end] if _is_list(b.labels) and len(b.text) <= LONGEST)
    if whole := next((b for b in lists if "|" in b.text or len(b.links) > 1), None):
        words = ";".join(link.text.strip("#＃ ") for link in whole.links) if len(whole.links) > 1 else whole.text
        yield Printed(text=words, rule="keyword_class", block=whole.index)
    elif items:
        yield Printed(text=";".join(b.text.strip("#＃ ") for b in items[:15]), rule="keyword_class", block=items[0].index)


@lru_cache(maxsize=4_096)  # the labels of a site's pages are the same
def _is_near(labels: str) -> bool:
    return CLASS.search(labels[:60]) is not None


@lru_cache(maxsize=4_096)
def _is_list(labels: str) -> bool:
    return CLASS.search(labels.split(" ", 1)[0]) is not None


def _is_item(block: Block) -> bool:
    text = block.text.strip("#＃ ")
    return 0 < len(text) <= LONGEST_ITEM and block.n_link_chars >= len(text) and not block.text.endswith(("：", ":"))
