"""Tables and lists that belong to a text: their cells look like labels and counters to whoever takes these out."""

import re
from collections.abc import Sequence, Set

from pipelines.either_script import compile_either
from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.types import Block, PageView

STAFF = "editor_line"
"""Kind of the rows that name who worked on the text."""
MIN_PROSE = 40
"""Characters of prose after which a container is in its body."""
MIN_CELLS, MAX_CELL = 6, 60
"""Cells of a table, and characters of one."""
FIGURES_SHARE = 0.3
LISTS = frozenset(("table", "dl", "ul", "ol"))
ANNOUNCES = compile_either("[:：]$|(?:下表|如下)[^。]{0,6}[。:：]?$|以下[^。，、]{1,12}[。:：]$")
"""What the paragraph before a table or a list says of it."""
HAS_DIGIT = re.compile(r"\d")


def find_cells(view: PageView, start: int, end: int, weights: Sequence[float], folded: Sequence[str], rules: BoilerplateRules) -> Set[int]:
    """Return the blocks of tables and lists in a container that belong to its text: behind prose, many short cells, none with a link or a credit.

    Figures are enough; words must stand between prose, or be announced by it (…如下：), and no row may know one of them.
    `start`, `end`: blocks of the container; `folded`: their text as rows compare it.
    """
    cells: set[int] = set()
    for table in view.sections:
        if table.tag not in LISTS or table.start <= start or table.end > end or table.start in cells:
            continue
        blocks = view.blocks[table.start : table.end]
        if not _is_plain(blocks) or _n_prose(weights[start : table.start]) < MIN_PROSE:
            continue
        known = {row.kind for block in blocks if (row := rules.find_row(block.text, folded[block.index - start]))}
        if table.tag == "table" and _is_of_figures(blocks):
            belongs = known.isdisjoint(("source_line", STAFF))
        else:
            is_announced = weights[table.start - 1] > 0 and ANNOUNCES.search(view.blocks[table.start - 1].text) is not None
            belongs = not known and (is_announced or _n_prose(weights[table.end : end]) >= MIN_PROSE)
        if belongs:
            cells.update(range(table.start, table.end))
    return cells


def _is_plain(blocks: Sequence[Block]) -> bool:
    return len(blocks) >= MIN_CELLS and not any(block.links or block.is_hidden or len(block.text) > MAX_CELL for block in blocks)


def _is_of_figures(blocks: Sequence[Block]) -> bool:
    return sum([HAS_DIGIT.search(block.text) is not None for block in blocks]) >= FIGURES_SHARE * len(blocks)


def _n_prose(weights: Sequence[float]) -> float:
    return sum([weight for weight in weights if weight > 0])
