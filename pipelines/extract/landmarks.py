"""Where the headline and the running text of a page lie: what credit lines stand beside."""

import re
from dataclasses import dataclass

from pipelines.either_script import compile_either
from pipelines.normalize.credit_rules import DATE
from pipelines.types import Block, PageView

RUNNING_TEXT = 70
"""Characters of a block that is read as running text."""
LONG_HEADER = 160
"""Characters of a header line with all its fields."""
FULL_STOP = re.compile("[。！？；]")
DIVIDER = re.compile(r"(?<!\d)[：:]|[|｜丨]")
SENTENCE = 30
"""Characters of a block that is running text if it ends as a sentence does."""
SENTENCE_END = re.compile(r"[。！？][”」』]?\s?(?:[（(【][^（()）】]{2,40}[）)】]\d{0,8})?$")
CREDIT_LINE = compile_either(r"(?:新闻|文章|稿件|信息|内容)?(?:来源|出处)\s?[:：]\s?[^，。：:]{2,30}?(?:19|20)\d\d[-/.年]")
"""A header that notices stand behind: 新闻来源: 某报 于2023-05-06 8:51:46 敬请注意：新闻取自…！"""
HEADER_BLOCKS = 12
"""Blocks behind a headline that may still be its header."""
GAP = 25
"""Blocks without running text that end an article."""
FOOT_BLOCKS = 100
"""Blocks behind the running text that may still be the article's foot: some bodies end in many short lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmarks:
    """Indexes into `PageView.blocks`."""

    headline: int | None
    """None: no block repeats the head's title and none is a h1."""
    body: int
    """First block of running text behind the headline; one past the end where there is none."""
    body_end: int
    """One past the last block of the same run."""

    header: range
    """Indexes from a little before the headline to the running text."""
    behind: range
    """Indexes behind the header: the running text and what may still be the article's foot."""


def find_landmarks(view: PageView) -> Landmarks:
    """Find headline and running text."""
    headline = _headline(view)
    blocks, start = view.blocks, 0 if headline is None else headline + 1
    body = next((b.index for b in blocks[start:] if is_running(b)), len(blocks))
    end = body
    for block in blocks[body:]:
        if is_running(block):
            end = block.index + 1
        elif block.index - end > GAP:
            break
    limit = min(body, headline + HEADER_BLOCKS + 1) if headline is not None else min(body, HEADER_BLOCKS)
    header = range(max(0, (headline or 0) - 4), limit)
    return Landmarks(headline=headline, body=body, body_end=end, header=header, behind=range(limit, min(end + FOOT_BLOCKS, len(blocks))))


def is_header_line(text: str) -> bool:
    """Whether a line as long as a paragraph is a header with many fields: a date, strokes or colons between short pieces, no sentence."""
    return FULL_STOP.search(text) is None and DATE.search(text) is not None and len(DIVIDER.findall(text)) > 2


def is_running(block: Block) -> bool:
    """Whether the block is running text: long, or a sentence of some length, and not made of links."""
    text = block.text
    if RUNNING_TEXT <= len(text) <= LONG_HEADER and is_header_line(text):
        return False
    is_long = len(text) >= RUNNING_TEXT or (len(text) >= SENTENCE and SENTENCE_END.search(text) is not None and "，" in text)
    return is_long and block.n_link_chars * 3 < len(text) and not CREDIT_LINE.match(text)


def _headline(view: PageView) -> int | None:
    title = view.head_title or ""
    best, best_score = None, 0.0
    for block in view.blocks:
        text = block.text
        if not (block.tag == "h1" or (5 <= len(text) <= 90 and text[:5] in title)) or len(text) > 120:
            continue
        agreed = len(text) / max(len(title), 1) if text in title else 0.3 if text[:5] in title else 0.0
        dated = any(DATE.search(b.text) for b in view.blocks[block.index : block.index + 6] if len(b.text) < 150)
        score = (
            agreed
            + (0.5 if block.tag in ("h1", "h2", "h3") else 0)
            + (0.8 if dated else 0)
            - (0.6 if block.n_link_chars * 2 > len(text) else 0)
        )
        if score > best_score:
            best, best_score = block.index, score
    return best
