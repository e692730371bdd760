"""Keywords a page prints."""

import re
from collections.abc import Iterator

from pipelines.extract.landmarks import find_landmarks
from pipelines.types import PageView, Printed

LABEL = re.compile(
    r"(?:^|[\s\]】）)|])(?:本文|文章|相关|相關)?(?:关键词|关键字|關鍵字|關鍵詞|标签|標籤|Tags?|TAGS?|tags?)\s*(?:[:：]|>>|\s(?=\S))\s*(?P<list>.*)$"
)
LONGEST = 200
"""Characters of a block that holds keywords."""
META = ("news_keywords", "article:tag", "parsely-tags")


def find_keywords(view: PageView) -> tuple[Printed, ...]:
    """Return keyword lists as printed, label left out, visible ones before those of the head.

    The head's `keywords` are left alone: most sites print words for search engines there.
    """
    marks = find_landmarks(view)
    found = list(_visible(view, marks.headline or 0, marks.body_end + 30))
    return (*found, *(Printed(text=view.meta[name], rule=f"meta:{name}") for name in META if view.meta.get(name)))


def _visible(view: PageView, start: int, end: int) -> Iterator[Printed]:
    for block in view.blocks[start:end]:
        if len(block.text) > LONGEST or block.is_hidden or (match := LABEL.search(block.text)) is None:
            continue
        links = [link.text for link in block.links if link.text and link.text in match["list"]]
        if len(links) > 1:
            yield Printed(text=";".join(links), rule="keyword_links", block=block.index)
        elif match["list"].strip():
            yield Printed(text=match["list"].strip(), rule="keyword_label", block=block.index)
        elif follow := [b.text for b in view.blocks[block.index + 1 : block.index + 9] if 0 < b.n_link_chars == len(b.text) <= 20]:
            yield Printed(text=";".join(follow), rule="keyword_items", block=block.index)
