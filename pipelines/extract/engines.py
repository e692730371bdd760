"""trafilatura, fed a tree made for it alone: the engine for pages that are not Chinese, and the second opinion."""

from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from importlib.metadata import version

import lxml.html

from pipelines.characters import INVISIBLE, count
from pipelines.extract.body import Body
from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.extract.scorer import HAN, bare, find_headline
from pipelines.types import Block, PageView, RemovedBlock

TABLE_TAGS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
CODE = frozenset("{}[]();<>")
TABLE_SHARE = 0.5
"""With more of the text than this in table rows, the tables are the page's layout."""


@cache
def trafilatura_version() -> str:
    """Return `trafilatura/<version>`, read from the installed package's metadata: the package itself is loaded at its first use."""
    return f"trafilatura/{version('trafilatura')}"


def read_with_trafilatura(tree: lxml.html.HtmlElement, view: PageView, rules: BoilerplateRules) -> Body | None:
    """Return what trafilatura takes for the text, without the headline it begins with and the lines that rows know; None: nothing."""
    lines = _lines(tree)
    if sum(len(line) for line in lines if line.startswith("|")) > TABLE_SHARE * sum(map(len, lines)):
        lines = _lines(_without_tables(tree)) or lines
    if len(lines) == 1:
        lines = part_joined(lines[0], view.blocks)
    removed: list[RemovedBlock] = []
    if len(lines) > 1 and bare(lines[0]) in _headlines(view):
        removed.append(RemovedBlock(text=lines.pop(0), kind="headline", rule="headline"))
    for line in list(lines):
        row = rules.find_row(line)
        # Most rows are written for Chinese; a day, or signs alone that are no code, are the same everywhere.
        is_of_signs = not any(map(str.isalpha, line)) and CODE.isdisjoint(line)
        if (
            row is not None
            and (row.kind == "copyright" or row.name.startswith("en_") or count(line, HAN) or is_of_signs)
            and len(lines) > 1
        ):
            lines.remove(line)
            removed.append(RemovedBlock(text=line, kind=row.kind, rule=row.name))
    if not lines:
        return None
    return Body(paragraphs=tuple(lines), removed=tuple(removed), first=None, last=None, extractor=trafilatura_version(), confidence=0.5)


def part_joined(line: str, blocks: Sequence[Block]) -> list[str]:
    """Part a text that came as one line, as that of a short page does, where its blocks end; a line that is no run of blocks stays."""
    rest, pieces = "".join(line.split()), []
    for block in blocks:
        text = "".join(block.text.split())
        if rest.startswith(text):
            pieces.append(block.text)
            rest = rest[len(text) :]
        elif pieces:
            break
    return pieces if len(pieces) > 1 and not rest else [line]


def _lines(tree: lxml.html.HtmlElement) -> list[str]:
    import trafilatura

    try:
        text = trafilatura.extract(tree, include_comments=False, with_metadata=False)
    except (RecursionError, ValueError):  # very deep markup; control characters that XML forbids
        return []
    return [line.strip() for line in (text or "").translate(INVISIBLE).split("\n") if line.strip()]


def _without_tables(tree: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """Return a copy whose tables are plain containers."""
    changed = deepcopy(tree)
    for element in changed.iter(*TABLE_TAGS):
        element.tag = "div"
    return changed


def _headlines(view: PageView) -> set[str]:
    headline = find_headline(view)
    first = [view.blocks[headline].text] if headline is not None else []
    return {bare(text) for text in (*first, *(b.text for b in view.blocks if b.tag == "h1"))} - {""}
