"""One walk over the tree, in plain Python and linear in its size: blocks, sections and images of a page."""

import re

import lxml.html

from pipelines.types import Block, Link, PageImage, Section

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var "
    "wbr o:p".split()
)
SKIPPED = frozenset(
    "script style noscript template svg math object iframe select option textarea button head title embed canvas map video audio".split()
)
# Elements that are sections even with one block inside; others (a paragraph cut by line breaks) need two.
CONTAINERS = frozenset("article aside body center div dl footer form header main nav ol section table tbody td ul".split())
DIGITS = re.compile(r"\d+")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-echo", "data-url", "original", "_src", "src")
SMALL_PX = 100
MAX_MARK, MAX_PATH = 60, 2000
"""Characters of a class in a path, and of a path that is still made longer; real ones have fewer than 400."""
MAX_OWN, MAX_LABELS = 200, 2000
"""Characters kept of an element's classes, and of those around it, the nearest first: deep nesting with long classes would take gigabytes."""


class Frame:
    """An open element. Mutable, and does not leave the walk."""

    __slots__ = ("element", "end", "is_hidden", "is_inline", "is_skipped", "labels", "own", "owner", "path", "start", "tag")

    def __init__(self, element: lxml.html.HtmlElement, tag: str) -> None:
        self.element, self.tag, self.owner = element, tag, tag
        self.is_inline = self.is_skipped = self.is_hidden = False
        self.path, self.labels, self.own = tag, "", ""
        self.start = self.end = -1


def _below(above: Frame, element: lxml.html.HtmlElement, tag: str, marks: dict[tuple[str | None, str | None], tuple[str, str]]) -> Frame:
    """Open a block-level element: its path, labels and visibility follow from the one above. `marks`: those met on this page."""
    frame = Frame(element, tag)
    name, key = element.get("class"), element.get("id")
    if name or key:
        known = marks.get((name, key))
        if known is None:
            known = marks[name, key] = (_mark(name, key), f"{name or ''} {key or ''}".strip().lower()[:MAX_OWN])
        mark, own = known
        frame.own, frame.labels = own, f"{own} {above.labels}"[:MAX_LABELS] if above.labels else own
        step = f"/{tag}{mark}"
    else:
        frame.labels, step = above.labels, f"/{tag}"
    frame.path = above.path if len(above.path) > MAX_PATH else above.path + step
    frame.is_hidden = above.is_hidden or _is_hidden(element)
    return frame


def _inside(above: Frame, element: lxml.html.HtmlElement, tag: str, *, is_skipped: bool) -> Frame:
    """Open an inline or a skipped element: its words belong to the block-level element above."""
    frame = Frame(element, tag)
    frame.is_inline, frame.is_skipped = True, is_skipped or above.is_skipped
    frame.path, frame.labels, frame.owner = above.path, above.labels, above.owner
    frame.is_hidden = above.is_hidden
    return frame


def _mark(name: str | None, key: str | None) -> str:
    """Return `.first-class` or `#id`, digits folded to 0 so that sibling pages agree."""
    if name and (classes := name.split()):
        return "." + DIGITS.sub("0", classes[0][:MAX_MARK])
    return "#" + DIGITS.sub("0", key[:MAX_MARK]) if key else ""


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    style = element.get("style")
    return style is not None and HIDDEN.search(style) is not None


class Walk:
    """Collects blocks, sections and images; `elements[i]` is the element of `sections[i]`."""

    def __init__(self, tree: lxml.html.HtmlElement) -> None:
        self.blocks: list[Block] = []
        self.images: list[PageImage] = []
        self._entered: list[Frame] = []
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._href: str | None = None
        self._label: list[str] = []
        self._marks: dict[tuple[str | None, str | None], tuple[str, str]] = {}
        self._run(tree)
        kept = [frame for frame in self._entered if _is_section(frame)]
        self.sections = tuple([Section(f.start, f.end, f.tag, f.path, f.own) for f in kept])
        self.elements = tuple([frame.element for frame in kept])

    def _run(self, tree: lxml.html.HtmlElement) -> None:
        """Go through the tree in document order; an element is left when one comes whose parent is further out."""
        body = tree.find("body")
        root = tree if body is None else body
        frames = [Frame(root, "body")]
        self._entered.append(frames[0])
        frames[0].start = 0
        self._say(root.text)
        for element in root.iterdescendants():
            parent = element.getparent()
            while frames[-1].element is not parent:
                self._leave(frames)
            above, tag = frames[-1], element.tag
            if above.is_skipped or not isinstance(tag, str) or tag in SKIPPED:
                self._skip(frames, element)
            elif tag == "br":
                if self._parts:
                    self._flush(above)
                self._say(element.tail)
            elif tag == "img":
                self._see(element)
                self._say(element.tail)
            elif tag in INLINE:
                if len(element):
                    self._enter_inline(frames, element, tag)
                else:
                    self._read_leaf(element, tag)
            else:
                self._enter_block(frames, element, tag)
        while frames:
            self._leave(frames)

    def _skip(self, frames: list[Frame], element: lxml.html.HtmlElement) -> None:
        if len(element):
            frames.append(_inside(frames[-1], element, "", is_skipped=True))
        elif not frames[-1].is_skipped:
            self._say(element.tail)

    def _enter_inline(self, frames: list[Frame], element: lxml.html.HtmlElement, tag: str) -> None:
        is_hidden = _is_hidden(element)  # junk between the words of a paragraph, on pages that fight copying
        if tag == "a":
            self._close_link()
            self._href = element.get("href") or ""
        if not is_hidden:
            self._say(element.text)
        frames.append(_inside(frames[-1], element, tag, is_skipped=is_hidden))

    def _read_leaf(self, element: lxml.html.HtmlElement, tag: str) -> None:
        """Read an inline element without children, which most are: no frame is needed."""
        text = element.text
        if tag == "a" and self._href is not None:  # links do not nest: the outer one was never closed
            self._close_link()
            self._href = None
        if text and not _is_hidden(element):
            if tag == "a" and (label := " ".join(text.split())):
                self._parts.append(text)
                self._links.append(Link(label, element.get("href") or ""))
            else:
                self._say(text)
        if tail := element.tail:
            self._say(tail)

    def _enter_block(self, frames: list[Frame], element: lxml.html.HtmlElement, tag: str) -> None:
        above = frames[-1]
        if self._parts:
            self._flush(above)
        frame = _below(above, element, tag, self._marks)
        frame.start = len(self.blocks)
        self._entered.append(frame)
        if text := element.text:
            self._say(text)
        frames.append(frame)

    def _leave(self, frames: list[Frame]) -> None:
        frame = frames.pop()
        if frame.is_inline:
            if frame.is_skipped and frames and frames[-1].is_skipped:
                return
            self._leave_inline(frame.element, frame.tag)
            return
        if self._parts:
            self._flush(frame)
        frame.end = len(self.blocks)
        if frames and (tail := frame.element.tail):
            self._say(tail)

    def _leave_inline(self, element: lxml.html.HtmlElement, tag: str) -> None:
        if tag == "a":
            self._close_link()
            self._href = None
        self._say(element.tail)

    def _say(self, text: str | None) -> None:
        # White space counts between words only: most text nodes are the line breaks of the markup.
        if text and (self._parts or not text.isspace()):
            self._parts.append(text)
            if self._href is not None:
                self._label.append(text)

    def _close_link(self) -> None:
        """Give the words of the open link, as far as read, to the block being read."""
        if self._href is not None and self._label:
            label = " ".join("".join(self._label).split())
            if label:
                self._links.append(Link(label, self._href))
        self._label = []

    def _flush(self, frame: Frame) -> None:
        """End a block: `frame` is the element it lies in."""
        text = " ".join("".join(self._parts).split())
        self._parts = []
        if self._href is not None:
            self._close_link()
        links, self._links = tuple(self._links), []
        if text:
            n_link_chars = min(len(text), sum([len(link.text) for link in links])) if links else 0
            self.blocks.append(Block(len(self.blocks), text, frame.owner, frame.path, frame.labels, n_link_chars, links, frame.is_hidden))

    def _see(self, image: lxml.html.HtmlElement) -> None:
        src = next((found for name in LAZY_SOURCES if (found := image.get(name))), None)
        if src:
            before = len(self.blocks) + bool("".join(self._parts).strip())
            is_small = _is_small(image.get("width")) or _is_small(image.get("height"))
            self.images.append(PageImage(src.strip(), image.get("alt") or "", image.get("title") or "", before, is_small))


def _is_small(size: str | None) -> bool:
    return size is not None and size.isdigit() and int(size) < SMALL_PX


def _is_section(frame: Frame) -> bool:
    n_blocks = frame.end - frame.start
    return n_blocks > 1 or (n_blocks == 1 and frame.tag in CONTAINERS)
