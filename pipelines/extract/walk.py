"""One walk over a page, linear in its size: the parser calls it at each tag and text, and no tree is built."""

from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.characters import fold_spaces
from pipelines.extract.class_words import role_of_class
from pipelines.extract.head import HEAD_TAGS, TOLD, Head
from pipelines.extract.parse import TYPED_STYLE, TooDeep, break_lines, drop_wrappers, parse_events
from pipelines.extract.places import Attributes, Place, is_styled_away, known_places
from pipelines.types import Block, Link, PageImage, Section

INLINE = frozenset(
    "abbr acronym b bdi bdo big cite code em font i ins kbd label mark nobr q s samp small span strike strong sub sup time tt u var "
    "wbr o:p".split()
)
SKIPPED = frozenset(
    "script style noscript template svg math object iframe select option textarea button head title embed canvas map video audio".split()
)
KIND_INLINE, KIND_LINK, KIND_SKIPPED, KIND_IMAGE, KIND_BREAK = range(1, 6)
KINDS = {
    **dict.fromkeys(INLINE, KIND_INLINE), **dict.fromkeys(SKIPPED, KIND_SKIPPED), "a": KIND_LINK, "img": KIND_IMAGE, "br": KIND_BREAK,
}  # fmt: skip
"""What the walk does with an element; block-level ones have none."""
# Elements that are sections even with one block inside; others (a paragraph cut by line breaks) need two.
CONTAINERS = frozenset("article aside body center div dl footer form header main nav ol section table tbody td ul".split())
LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-echo", "data-url", "original", "_src", "src")
SMALL_PX = 100
MAX_DEPTH = 2048
"""Open elements; `parse_tree` follows as many, so that a tree of the page has the same elements."""
MAX_APART = 120
"""Characters of a text whose inline elements are kept apart: a line of a header, not a paragraph."""
MAX_ROLE_PARTS = 20
"""Pieces of text in an element that names somebody."""

_new = tuple.__new__  # what making a named tuple comes to, without a call in Python


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What a walk found."""

    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]
    numbers: tuple[int, ...]
    """The place of each section's element among all elements of the page."""
    images: tuple[PageImage, ...]
    head: Head
    is_flattened: bool = False


def walk_page(html: str) -> Walk:
    """Walk through decoded HTML.

    Raises:
        TooDeep: text would be lost.
    """
    try:
        return _walk(html)
    except TooDeep:
        return replace(_walk(drop_wrappers(html)), is_flattened=True)


def _walk(html: str) -> Walk:
    walk = _walk_once(html)
    # To look for `<pre>` in the page takes longer than to look at the blocks, and few pages have one.
    if TYPED_STYLE in html or any("/pre" in block.path for block in walk.blocks):
        broken = break_lines(html)
        return walk if broken == html else _walk_once(broken)
    return walk


def _walk_once(html: str) -> Walk:
    walker = Walker("body")
    walk = parse_events(html, walker)
    return walk if walker.has_entered else parse_events(html, Walker("html"))  # frames, or nothing but a head


class Walker:
    """Collects blocks, sections and images, and what the head says. The parser calls `start`, `end`, `data` and `close`."""

    def __init__(self, root: str) -> None:
        self.has_entered = False
        """Whether the page has the element that was to be walked."""
        self._blocks: list[Block] = []
        self._images: list[PageImage] = []
        self._head = Head()
        self._told = self._head.open
        """The head's own list: elements open whose text is kept for it."""
        self._root, self._root_depth = root, 1 if root == "html" else 2
        self._sections: list[tuple[int, Section]] = []
        """With the place of the section's element among all elements."""
        self._frames: list[tuple[Place, int, int]] = []
        """Of each open block-level element its place, its first block and its place among all elements."""
        self._parts: list[str] = []
        self._links: list[Link] = []
        self._href: str | None = None
        self._label: list[str] = []
        self._closed = -1
        """Parts read when an inline element closed: one that opens at the same place touches it."""
        self._touching: list[int] = []
        self._opened: list[tuple[int, str, int]] = []
        """Of each open inline element that says whom it names its depth, the role and the parts read before."""
        self._roles: list[tuple[str, str]] = []
        self._n_elements = self._depth = 0
        self._n_outside = 1
        """Open elements that are skipped, counted from the outermost; 1 more outside of the root."""

    def start(self, tag: str, attributes: Attributes) -> None:
        """Open an element."""
        self._n_elements += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep("nested too deeply")
        if tag in HEAD_TAGS:
            self._head.start(tag, attributes)
        if self._n_outside:
            self._start_outside(tag)
            return
        kind = KINDS.get(tag)
        if kind is None:
            around = self._frames[-1][0]
            if self._parts:
                self._flush(around)
            key = (tag, attributes.get("class"), attributes.get("id"), attributes.get("style")) if attributes else tag
            self._frames.append((around.below.get(key) or around.add(key, tag, attributes), len(self._blocks), self._n_elements - 1))
        elif kind <= KIND_LINK:
            if self._parts and self._closed == len(self._parts):
                self._touching.append(self._closed)
            # Junk between the words of a paragraph, on pages that fight copying.
            is_hidden = "style" in attributes and is_styled_away(attributes)
            name = attributes.get("class") or (kind == KIND_INLINE and attributes.get("id")) if attributes else None
            if name and not is_hidden and (role := role_of_class(name)):
                self._opened.append((self._depth, role, len(self._parts)))
            if kind == KIND_LINK:  # links do not nest: an open one was never closed
                if self._label:
                    self._close_link()
                self._href = None if is_hidden else attributes.get("href") or ""
            if is_hidden:
                self._n_outside = 1
        elif kind == KIND_SKIPPED:
            self._n_outside = 1
        elif kind == KIND_IMAGE:
            self._see(attributes)
        elif kind == KIND_BREAK and self._parts:
            self._flush(self._frames[-1][0])

    def end(self, tag: str) -> None:
        """Close the innermost open element."""
        self._depth -= 1
        if self._told and tag in TOLD:
            self._head.end(tag)
        if self._n_outside:
            self._n_outside -= 1
            return
        kind = KINDS.get(tag)
        if kind is None:
            place, first, number = self._frames.pop()
            if self._parts:
                self._flush(place)
            n_blocks = len(self._blocks) - first
            if n_blocks > 1 or (n_blocks and place.tag in CONTAINERS):
                self._sections.append((number, Section(first, first + n_blocks, place.tag, place.path, place.own)))
            if not self._frames:
                self._n_outside = self._root_depth
        elif kind <= KIND_LINK:
            if kind == KIND_LINK:
                if self._label:
                    self._close_link()
                self._href = None
            if self._parts:
                self._closed = len(self._parts)
                if self._opened:
                    self._close_role()

    def data(self, text: str) -> None:
        """Read text, which may come in pieces."""
        if self._told:
            self._head.data(text)
        # White space counts between words only: most text nodes are the line breaks of the markup.
        if not self._n_outside and (self._parts or not text.isspace()):
            self._parts.append(text)
            if self._href is not None:
                self._label.append(text)

    def close(self) -> Walk:
        """End the page."""
        kept = sorted(self._sections)  # as they open
        walk = Walk(
            blocks=tuple(self._blocks),
            sections=tuple([section for _, section in kept]),
            numbers=tuple([number for number, _ in kept]),
            images=tuple(self._images),
            head=self._head,
        )
        # The parser and what it calls hold each other until the garbage collector comes by: leave it nothing to hold.
        self._blocks, self._images, self._sections, self._head = [], [], [], Head()
        return walk

    def _start_outside(self, tag: str) -> None:
        if tag == self._root and self._depth == self._root_depth and not self.has_entered:
            self.has_entered, self._n_outside = True, 0
            self._frames.append((known_places.root(), 0, self._n_elements - 1))
        else:
            self._n_outside += 1

    def _close_role(self) -> None:
        """Keep the words of the inline elements that end here and say whom they name."""
        while self._opened and self._opened[-1][0] > self._depth:
            _, role, first = self._opened.pop()
            if len(self._parts) - first <= MAX_ROLE_PARTS and (words := fold_spaces("".join(self._parts[first:]))):
                self._roles.append((role, words))

    def _close_link(self) -> None:
        """Give the words of the open link, as far as read, to the block being read."""
        label = fold_spaces("".join(self._label))
        if label and self._href is not None:
            self._links.append(_new(Link, (label, self._href)))
        self._label = []

    def _flush(self, place: Place) -> None:
        """End a block. `place`: of the element it lies in."""
        text = fold_spaces("".join(self._parts))
        apart = ""
        roles: tuple[tuple[str, str], ...] = ()
        if self._touching or self._opened or self._roles:
            apart, roles = self._close_inline(text)
        self._parts = []
        self._closed = -1
        if self._label:
            self._close_link()
        links: tuple[Link, ...] = ()
        if self._links:
            links, self._links = tuple(self._links), []
        if text:
            n_link_chars = min(len(text), sum([len(link.text) for link in links])) if links else 0
            fields = (len(self._blocks), text, place.tag, place.path, place.labels, n_link_chars, links, place.is_hidden, apart, roles)
            self._blocks.append(_new(Block, fields))

    def _close_inline(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return what the inline elements of a block make of its text: `Block.apart` and `Block.roles`."""
        apart = _apart(self._parts, self._touching) if self._touching and len(text) <= MAX_APART else ""
        roles = tuple(self._roles)
        self._touching, self._opened, self._roles = [], [], []
        return apart, roles

    def _see(self, image: Attributes) -> None:
        src = None
        for name in LAZY_SOURCES if image else ():
            if src := image.get(name):
                break
        if src:
            before = len(self._blocks) + bool("".join(self._parts).strip())
            is_small = _is_small(image.get("width")) or _is_small(image.get("height"))
            self._images.append(PageImage(src.strip(), image.get("alt") or "", image.get("title") or "", before, is_small))


def _apart(parts: list[str], touching: list[int]) -> str:
    """Join the parts, with a space at each place."""
    cuts = [0, *touching, len(parts)]
    return fold_spaces(" ".join("".join(parts[start:end]) for start, end in pairwise(cuts)))


def _is_small(size: str | None) -> bool:
    return size is not None and size.isdigit() and int(size) < SMALL_PX
