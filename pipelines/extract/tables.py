"""Tables, lists and times of day that belong to a text: they look like labels, counters and bylines to whoever takes these out."""

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from pipelines.either_script import compile_either
from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.types import Block, PageView

STAFF = "editor_line"
"""Kind of the rows that name who worked on the text."""
MIN_PROSE = 40
"""Characters of prose after which a container is in its body."""
MIN_CELLS, MIN_ITEMS, MAX_CELL = 6, 3, 60
"""Cells of a table, those of one that is announced, and characters of one."""
LEAD = 5
"""Characters of a line that announces them though it is no sentence."""
FIGURES_SHARE = 0.3
LISTS = frozenset(("table", "dl", "ul", "ol"))
ANNOUNCES = compile_either("[:：]$|(?:下表|如下)[^。]{0,6}[。:：]?$|以下[^。，、]{1,12}[。:：]$")
"""What the paragraph before a table or a list says of it."""
FOLLOWS = compile_either("[^，。]{4,}(?:如下|以下[^。，、]{1,12})[:：]$")
"""What alone is text enough before them."""
HAS_DIGIT = re.compile(r"\d")
MIN_TIMED, MAX_TIMED = 3, 24
"""Lines of one make that nothing but the time of what follows stands in, and characters of one."""
CLOCK = r"(?:[上下中]午|凌晨|清晨|早上|晚上|晚间|傍晚)?\s?\d{1,2}\s?(?:[:：]\s?\d\d(?:[:：]\d\d)?|[时点](?:\d{1,2}分|半|整|许)?)"
DAY = r"(?P<year>(?=(?:19|20)\d\d\s?[-/.年]))?(?:(?:19|20)\d\d\s?年(?:\s?\d{1,2}月)?(?!\s?\d)|(?:(?:19|20)\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?)"
TIMED = compile_either(rf"\W?(?P<day>{DAY})?[\s，,]?(?P<clock>{CLOCK})?\W{{0,2}}$")
"""What heads an entry of a live report, 07:30, or of a chronicle, 2012年3月5日; a year and a time of day say when a post was made."""

MAX_HEAD = 10
"""Characters of a line that heads a part."""
BRACKETED = re.compile(r"[【〖\[][^】〗\]\d]{2,8}[】〗\]]")


def find_cells(view: PageView, start: int, end: int, weights: Sequence[float], folded: Sequence[str], rules: BoilerplateRules) -> Set[int]:
    """Return the blocks in a container that belong to its text though they look like none of it.

    Tables and lists: behind prose, many short cells, none with a link or a credit. Figures are enough; words must stand between prose, or be announced by it (…如下：), and no row may know one of them.
    Times: the lines that head the entries of a live report or a chronicle; words in brackets that head parts.
    `start`, `end`: blocks of the container; `folded`: their text as rows compare it.
    """
    cells: set[int] = set()
    for table in view.sections:
        if table.tag not in LISTS or table.start <= start or table.end > end or table.start in cells:
            continue
        blocks = view.blocks[table.start : table.end]
        before = view.blocks[table.start - 1]
        is_announced = (weights[before.index] > 0 or len(before.text) >= LEAD) and ANNOUNCES.search(before.text) is not None
        if not _is_plain(blocks, MIN_ITEMS if is_announced else MIN_CELLS) or not (
            _n_prose(weights[start : table.start]) >= MIN_PROSE or FOLLOWS.search(before.text)
        ):
            continue
        known = {row.kind for block in blocks if (row := rules.find_row(block.text, folded[block.index - start]))}
        if table.tag == "table" and _is_of_figures(blocks):
            belongs = known.isdisjoint(("source_line", STAFF))
        else:
            belongs = not known and (is_announced or _n_prose(weights[table.end : end]) >= MIN_PROSE)
        if belongs:
            cells.update(range(table.start, table.end))
    return cells | _find_timed(view.blocks[start:end], weights) | _find_heads(view.blocks[start:end], weights)


def _find_timed(blocks: Sequence[Block], weights: Sequence[float]) -> Set[int]:
    """Return the lines that head the entries of a live report or a chronicle: several of one make, prose below each."""
    found: dict[tuple[bool, bool], set[int]] = {}
    for block, below in pairwise(blocks):
        text = block.text
        if (
            len(text) <= MAX_TIMED
            and not block.links
            and HAS_DIGIT.search(text)
            and weights[below.index] > 0
            and (timed := TIMED.match(text))
            and (timed["year"] is None or timed["clock"] is None)
        ):
            found.setdefault((timed["day"] is None, timed["clock"] is None), set()).add(block.index)
    return {index for lines in found.values() if len(lines) >= MIN_TIMED for index in lines}


def _find_heads(blocks: Sequence[Block], weights: Sequence[float]) -> Set[int]:
    """Return the words in brackets that head the parts of a text (【本地】, 【国内】): several, prose below each."""
    heads = {
        block.index
        for block, below in pairwise(blocks)
        if len(block.text) <= MAX_HEAD and not block.links and weights[below.index] > 0 and BRACKETED.fullmatch(block.text)
    }
    return heads if len(heads) >= MIN_TIMED else set()


def _is_plain(blocks: Sequence[Block], least: int) -> bool:
    return len(blocks) >= least and not any(block.links or block.is_hidden or len(block.text) > MAX_CELL for block in blocks)


def _is_of_figures(blocks: Sequence[Block]) -> bool:
    return sum([HAS_DIGIT.search(block.text) is not None for block in blocks]) >= FIGURES_SHARE * len(blocks)


def _n_prose(weights: Sequence[float]) -> float:
    return sum([weight for weight in weights if weight > 0])
