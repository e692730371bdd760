"""trafilatura, fed a tree made for it alone: the engine for pages that are not Chinese, and the second opinion."""

import re
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
HEADER_DAY = re.compile(r"[^.!?。\d]{0,40}(?:19|20)\d\d\W{1,2}\d{1,2}\W{1,2}\d{1,2}\W{1,3}\d{1,2}:\d\d(?::\d\d)?\W{0,3}[^.!?。\d]{0,14}")
"""A day and a time, with a word in any language, above the text."""
LONGEST_LINK, LINKED = 80, 0.6
"""Characters of a line of links, and the share of them in links: others part them."""
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
        lines = part_joined(lines[0], view)
    removed = take_links(lines, view)
    if len(lines) > 1 and bare(lines[0]) in _headlines(view):
        removed.append(RemovedBlock(text=lines.pop(0), kind="headline", rule="headline"))
    while len(lines) > 1 and HEADER_DAY.fullmatch(lines[0]):
        removed.append(RemovedBlock(text=lines.pop(0), kind="source_line", rule="header_day"))
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


def take_links(lines: list[str], view: PageView) -> list[RemovedBlock]:
    """Take the links off both ends of lines: menus above, other stories below."""
    blocks = [block for block in view.blocks if len(block.text) <= LONGEST_LINK and block.n_link_chars > LINKED * len(block.text)]
    linked = {text for block in blocks for text in (block.text, *(link.text for link in block.links))}
    removed = []
    for end in (0, -1):
        while len(lines) > 1 and lines[end] in linked:
            removed.append(RemovedBlock(text=lines.pop(end), kind="links", rule="link_line"))
    return removed


def part_joined(line: str, view: PageView) -> list[str]:
    """Part a text that came as one line, as that of a short page does, where its blocks end; a line that is no run of blocks stays.

    What the headline stands below, and links, are left out.
    """
    rest, met = "".join(line.split()), list[Block]()
    for block in view.blocks:
        text = "".join(block.text.split())
        if rest.startswith(text):
            met.append(block)
            rest = rest[len(text) :]
        elif met:
            break
    first = find_headline(view) or 0
    pieces = [block.text for block in met if block.index >= first and 2 * block.n_link_chars <= len(block.text)]
    return pieces if len(met) > 1 and pieces and not rest else [line]


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
