"""Texts without sentences: verse, lists of names, tables alone. Nothing in them weighs as prose; their place and their likeness tell them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.characters import count
from pipelines.extract.boilerplate import BoilerplateRules, fold_blocks
from pipelines.extract.scorer import HAN, Choice, bare, find_aside, find_headline
from pipelines.types import Block, PageView

VERSION = "lines/1"
HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
TITLE_PARTS = re.compile(r"[_|｜\-–—]+")
MIN_LINES, MIN_HAN = 4, 12
"""Lines of one make, and the Chinese characters in them."""
MAX_LINE = 80
MAX_LINKED = 0.2
"""Share of a container's blocks that have links."""
NEAR = 30
"""Blocks behind the headline in which the text begins."""
BEFORE = 12
"""Blocks before the headline in which the day of a printed issue stands."""
CELLS = frozenset(("td", "th"))
CLOCK = re.compile(r"\d{1,2}[:：]\d\d")
DAY = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\b\d{1,2}[-/月]\d{1,2}日?\s+\d{1,2}:\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A container whose lines are a text."""

    choice: Choice
    weights: Sequence[float]
    """Of all blocks, those of the lines as those of prose."""
    headline: int


def find_lines(view: PageView, weights: Sequence[float], rules: BoilerplateRules) -> Lines | None:
    """Return the container of short lines below a headline and a date; None: there is none."""
    headline = _headline(view)
    if headline is None:
        return None
    blocks = view.blocks[headline + 1 :]
    own = [_is_line(block, plain, rules) for block, plain in zip(blocks, fold_blocks(blocks), strict=True)]
    near = [s for s in view.sections if s.start <= headline + NEAR and s.end > headline + MIN_LINES and not find_aside(s.labels)]
    rated = [(n_han, s) for s in near if (n_han := _n_han(blocks[: s.end - headline - 1], own, max(s.start - headline - 1, 0)))]
    if not rated:
        return None
    value, best = max(rated, key=lambda entry: (entry[0], entry[1].start - entry[1].end))
    start = max(best.start, headline + 1)
    lines = [block for block in view.blocks[start : best.end] if own[block.index - headline - 1]]
    if not _is_dated(view, headline, lines[0].index):
        return None
    weighed = list(weights)
    for block in lines:
        weighed[block.index] = float(len(block.text))
    choice = Choice(start=start, end=best.end, value=value, overlap=0.0, margin=0.0, path=best.path)
    return Lines(choice=choice, weights=weighed, headline=headline)


def _headline(view: PageView) -> int | None:
    """Return the block of the headline; that of a poem may be of two characters."""
    if (found := find_headline(view)) is not None:
        return found
    parts = {bare(part) for part in TITLE_PARTS.split(view.head_title or "")} - {""}
    return next((b.index for b in view.blocks if b.tag in HEADINGS and len(b.text) > 1 and bare(b.text) in parts), None)


def _is_line(block: Block, plain: str, rules: BoilerplateRules) -> bool:
    if block.links or block.is_hidden or len(block.text) > MAX_LINE:
        return False
    row = rules.find_row(block.text, plain)
    return row is None or (row.kind == "source_line" and block.tag in CELLS and CLOCK.fullmatch(block.text) is not None)


def _n_han(blocks: Sequence[Block], own: Sequence[bool], start: int) -> int:
    """Return the Chinese characters of the lines that stand in one kind of place; 0: the container holds something else."""
    held = [(block, is_own) for block, is_own in zip(blocks[start:], own[start:], strict=False) if not block.is_hidden]
    n_lines = Counter(block.path for block, is_own in held if is_own)
    path = max(n_lines, key=n_lines.__getitem__, default="")
    n_linked = sum([bool(block.links) for block, _ in held])
    if n_lines[path] < MIN_LINES or n_linked > MAX_LINKED * len(held):
        return 0
    n_han = sum([count(block.text, HAN) for block, is_own in held if is_own and block.path == path])
    return n_han if n_han >= MIN_HAN else 0


def _is_dated(view: PageView, headline: int, first: int) -> bool:
    """Tell whether a day stands around the headline: pages of forms, maps and lists have none."""
    return bool(view.times) or any(
        block.n_link_chars < len(block.text) and DAY.search(block.text) for block in view.blocks[max(0, headline - BEFORE) : first]
    )
