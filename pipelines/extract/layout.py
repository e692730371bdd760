"""The selectors of a site file: what a person wrote about a site goes before what is found by itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import lxml.html
from lxml.cssselect import CSSSelector

from pipelines.extract.scorer import Choice
from pipelines.extract.view import join_url
from pipelines.extract.walk import SKIPPED, Walk
from pipelines.site_rules import Layout
from pipelines.types import PageView, Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutReading:
    """What the selectors of a layout meet on a page; all empty where the site has none."""

    titles: tuple[Printed, ...] = ()
    dates: tuple[Printed, ...] = ()
    credits: tuple[Printed, ...] = ()
    body: Choice | None = None
    removed: tuple[tuple[int, str], ...] = ()
    """`Block.index` and the name of the `remove` entry that takes it."""
    next_page: Printed | None = None


@lru_cache(maxsize=512)
def compile_css(css: str) -> CSSSelector:
    """Compile a selector.

    Raises:
        cssselect.SelectorError: it is wrong.
    """
    return CSSSelector(css, translator="html")


def read_layout(layout: Layout, tree: lxml.html.HtmlElement, walk: Walk, view: PageView) -> LayoutReading:
    """Follow the selectors of a layout."""
    places = _Places(tree, walk, view)
    next_pages = [p for p in _printed(layout.next_page, "next_page", tree, places) if p.href]
    return LayoutReading(
        titles=tuple(_printed(layout.headline, "headline", tree, places)),
        dates=tuple(_printed(layout.date, "date", tree, places)),
        credits=tuple(_printed(layout.credit, "credit", tree, places)),
        body=_body(layout.body, tree, places),
        removed=tuple(_removed(layout, tree, places)),
        next_page=next(iter(next_pages), None),
    )


class _Places:
    """Finds the blocks an element holds."""

    def __init__(self, tree: lxml.html.HtmlElement, walk: Walk, view: PageView) -> None:
        self.view = view
        elements = list(tree.iter("*"))
        self._ranges = {elements[number]: (s.start, s.end) for number, s in zip(walk.numbers, walk.sections, strict=True)}

    def blocks_of(self, element: lxml.html.HtmlElement) -> tuple[int, ...]:
        """Return the blocks with text of the element: all of a container, of a smaller one those that its text holds or that hold it."""
        if element in self._ranges:
            return tuple(range(*self._ranges[element]))
        above = next((a for a in element.iterancestors() if a in self._ranges), None)
        start, end = self._ranges[above] if above is not None else (0, len(self.view.blocks))
        text = printed_text(element)
        return tuple(b.index for b in self.view.blocks[start:end] if text and (b.text in text or text in b.text))


def printed_text(element: lxml.html.HtmlElement) -> str:
    """Return the visible text of an element, white space folded; of a `<meta>` its content, of a `<time>` without text its `datetime`."""
    pieces = [element.text or ""]
    for inner in element.iterdescendants():
        if inner.tag not in SKIPPED:
            pieces.append(inner.text or "")
        pieces.append(inner.tail or "")
    return " ".join("".join(pieces).split()) or " ".join((element.get("content") or element.get("datetime") or "").split())


def _printed(css: str | None, key: str, tree: lxml.html.HtmlElement, places: _Places) -> Iterator[Printed]:
    for element in compile_css(css)(tree) if css else ():
        text = printed_text(element)
        link = element if element.tag == "a" else element.find(".//a[@href]")
        target = link.get("href") if link is not None else None
        href = join_url(places.view.base_url, target) if target else None
        if text:
            yield Printed(text=text, rule=f"layout:{key}", block=next(iter(places.blocks_of(element)), None), href=href)


def _body(css: str | None, tree: lxml.html.HtmlElement, places: _Places) -> Choice | None:
    indexes = [i for element in (compile_css(css)(tree) if css else ()) for i in places.blocks_of(element)]
    if not indexes:
        return None
    start, end = min(indexes), max(indexes) + 1
    path = places.view.blocks[start].path.rpartition("/")[0]
    return Choice(start=start, end=end, value=sum(len(b.text) for b in places.view.blocks[start:end]), overlap=1.0, margin=0.0, path=path)


def _removed(layout: Layout, tree: lxml.html.HtmlElement, places: _Places) -> Iterator[tuple[int, str]]:
    for rule in layout.remove:
        if rule.css:
            yield from ((i, rule.name) for element in compile_css(rule.css)(tree) for i in places.blocks_of(element))
        if rule.text:
            yield from _matching(rule.text, rule.name, places.view)


def _matching(pattern: str, name: str, view: PageView) -> Sequence[tuple[int, str]]:
    wanted = re.compile(pattern)
    return [(block.index, name) for block in view.blocks if wanted.search(block.text)]
