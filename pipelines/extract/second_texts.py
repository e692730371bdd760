"""What a page prints behind its text and is a text, too: the same once more, or another article."""

import re
from collections.abc import Sequence, Set

from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.extract.scorer import MARKED, bare
from pipelines.types import Block

PARAGRAPH = 25
"""Characters of a paragraph that no two places of a text share by chance."""
MIN_AGAIN = 2
HEADER = 4
"""Blocks behind a headline in which its article's header stands."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
YEAR = re.compile(r"(?:19|20)\d\d\s?[-/.年]")


def find_second(blocks: Sequence[Block], headline: Block | None, taken: Set[int], rules: BoilerplateRules) -> tuple[int, str] | None:
    """Return the `Block.index` where a second text begins in a container, and the rule that says so; None: there is one text.

    `taken`: blocks that are no text. `headline`: the first article's.
    """
    return _find_again(blocks, taken) or _find_other(blocks, headline, taken, rules) or _find_linked(blocks, headline, taken, rules)


def _find_again(blocks: Sequence[Block], taken: Set[int]) -> tuple[int, str] | None:
    """The text printed twice, for two widths of screen: from the first paragraph that comes again all others do."""
    kept = [block for block in blocks if block.index not in taken and len(block.text) >= PARAGRAPH]
    first_at: dict[str, int] = {}
    places = [first_at.setdefault(block.text, i) for i, block in enumerate(kept)]
    start = next((i for i, place in enumerate(places) if place != i), len(places))
    again = places[start:]
    if len(again) < MIN_AGAIN or again != list(range(again[0], again[0] + len(again))):
        return None
    return kept[start].index, "printed_twice"


def _find_other(blocks: Sequence[Block], headline: Block | None, taken: Set[int], rules: BoilerplateRules) -> tuple[int, str] | None:
    """Another article below this one: a headline of the same make with a date and a source of its own, and text behind."""
    if headline is None or not (headline.tag in ("h1", "h2") or MARKED.search(headline.path)):
        return None
    words, n_text = bare(headline.text), 0
    for i, block in enumerate(blocks):
        if n_text and block.tag == headline.tag and block.path == headline.path and bare(block.text) not in words:
            below = blocks[i + 1 : i + 1 + HEADER]
            if any(_is_header(b, rules) for b in below) and any(b.index not in taken and len(b.text) >= PARAGRAPH for b in below):
                return block.index, "another_article"
        n_text += block.index > headline.index and block.index not in taken and len(block.text) >= PARAGRAPH
    return None


def _find_linked(blocks: Sequence[Block], headline: Block | None, taken: Set[int], rules: BoilerplateRules) -> tuple[int, str] | None:
    """Another article that leads to its own page: a heading in a link, a date and a source, and text behind."""
    n_text = 0
    for i, block in enumerate(blocks):
        if n_text and block.tag in HEADINGS and block.links and block.n_link_chars > 0.5 * len(block.text):
            below = blocks[i + 1 : i + 1 + HEADER]
            if any(_is_header(b, rules) for b in below) and any(b.index not in taken and len(b.text) >= PARAGRAPH for b in below):
                return block.index, "another_article"
        n_text += (headline is None or block.index > headline.index) and block.index not in taken and len(block.text) >= PARAGRAPH
    return None


def _is_header(block: Block, rules: BoilerplateRules) -> bool:
    row = rules.find_row(block.text) if len(block.text) <= 60 and YEAR.search(block.text) else None
    return row is not None and row.kind == "source_line"
