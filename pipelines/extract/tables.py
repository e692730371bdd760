"""Tables of figures that belong to a text: their cells look like labels and counters to whoever takes these out."""

import re
from collections.abc import Sequence, Set

from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.types import Block, PageView

STAFF = "editor_line"
"""Kind of the rows that name who worked on the text."""
MIN_PROSE = 40
"""Characters of prose after which a container is in its body."""
MIN_CELLS, MAX_CELL = 6, 60
"""Cells of a table, and characters of one."""
FIGURES_SHARE = 0.3
HAS_DIGIT = re.compile(r"\d")


def find_cells(view: PageView, start: int, end: int, weights: Sequence[float], folded: Sequence[str], rules: BoilerplateRules) -> Set[int]:
    """Return the blocks of tables of figures in a container: behind prose, in rows, many cells with digits, none with a link or a credit.

    `start`, `end`: blocks of the container; `folded`: their text as rows compare it.
    """
    cells: set[int] = set()
    for table in view.sections:
        if table.tag == "table" and start < table.start and table.end <= end and table.start not in cells:
            blocks = view.blocks[table.start : table.end]
            if (
                _is_of_figures(blocks)
                and sum([weight for weight in weights[start : table.start] if weight > 0]) >= MIN_PROSE
                and not any(_is_credit(block, folded[block.index - start], rules) for block in blocks)
            ):
                cells.update(range(table.start, table.end))
    return cells


def _is_of_figures(blocks: Sequence[Block]) -> bool:
    if len(blocks) < MIN_CELLS or any(block.links or block.is_hidden or len(block.text) > MAX_CELL for block in blocks):
        return False
    return sum([HAS_DIGIT.search(block.text) is not None for block in blocks]) >= FIGURES_SHARE * len(blocks)


def _is_credit(block: Block, plain: str, rules: BoilerplateRules) -> bool:
    row = rules.find_row(block.text, plain)
    return row is not None and row.kind in ("source_line", STAFF)
