"""HTML text to the events that the walk is made of, once a page; to a tree only for those who need one.

Why lxml. Accuracy: with stray end tags cut, it reads the same visible characters as lexbor on every one of 158 real pages (410,575
against 410,568). Speed over 473 real pages, in units of its own parse into a tree (CPU, one run): parse alone, then parse and touch of
every element's tag, text and attributes:

    lxml 1.0, 1.6    lexbor (selectolax) 0.44, 0.98    turbohtml 0.4, 0.6 to 0.8    resiliparse 0.3, 5.2

Why events. They carry the same elements as the tree, and a tree's elements are dear to touch from Python. Over 120 of these pages, in the same
units: all events collected 1.1 to 1.8, the walk made of events 2.3 to 2.9, the walk over a tree 2.9 to 4.2 (least and most of three runs on a
busy machine, in each of which events were the faster way).

Who needs a tree: trafilatura (all 89 English pages of the score, 5 of its 473 Chinese ones) and the selectors of a site file. Those pages are
parsed a second time, by the same parser with the same options, so that the elements are the same. lxml serves both: an HTML5 tree has other
paths (`tbody`) than stored templates, and turbohtml has no wheel for Macs with Intel processors. A tokenizer of our own over one regular
expression (0.4 units for the tokens) was built, too: by the time it gave the same blocks it was 10 to 40 % slower than parse and walk of a tree.
Over 120 pages, parse and walk of events being 1: the parser calling nothing .15, calling functions that do nothing .4, a list of all events
.5 and that list read in one loop with local variables 1.0; the tree .35, written out as a string .45, its tags cut apart by one expression .7,
and the walk made of these 1.4. lexbor's parse is .11, with its tree written out .2. What is left is Python's own time at each tag.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol, TypeVar

import lxml.html
from lxml import etree

# Spelt out: a pattern that ignores case is tried at every character of the page.
STRAY_END = re.compile(r"</\s*(?:[hH][tT][mM][lL]|[bB][oO][dD][yY])\s*>")
# Tags that only nest; dropping them keeps every word.
WRAPPER = re.compile(
    r"</?(?:div|span|font|section|article|table|tbody|tr|td|ul|ol|li|dl|dd|dt|b|i|u|em|strong|center|blockquote|form|small|big|label|nobr)\b[^<>]*>",
    re.IGNORECASE,
)
# The class trafilatura wants for every element, looked up in C: lxml.html asks a Python function for each.
LOOKUP = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
OPTIONS: Mapping[str, Any] = {"encoding": "utf-8", "remove_comments": True, "remove_pis": True, "collect_ids": False, "huge_tree": True}
TYPED_STYLE = "white-space"
TYPED_WORDS = ("<pre", "<PRE", TYPED_STYLE)
AS_TYPED = re.compile(r"<(?P<tag>pre|PRE)\b|white-space\s?:\s?pre")
"""What shows line breaks as they are typed: an element, or its style."""
LONGEST_STYLE = 2000
"""Characters of a tag before its style."""
PARAGRAPH_BREAK = re.compile(r"\n(?:[ \t\r]*\n\s*|(?=[ \t]{2,}\S|[ \t]*[\u3000\xa0]))|(?<=[。！？”」])[ \t\r]*\n\s*")
"""What parts paragraphs there: an empty line, a line that is indented, or one behind the end of a sentence; other lines are folded ones."""
TAG = re.compile("<[^<>]*>")
LINE_BREAK = re.compile(r"(?<=\S)[ \t\r]*\n\s*(?=\S)")
SHORT_LINE = 40
"""Characters: half of the lines of a poem or a program are shorter, those of a folded letter are not."""
Found = TypeVar("Found", covariant=True)
EMPTY_PAGE = b"<html><body></body></html>"


class TooDeep(ValueError):
    """The parser gave up part of the text even with the nesting dropped."""


class Target(Protocol[Found]):
    """What the parser calls at each tag and text, and at the end for what it found."""

    def start(self, tag: str, attributes: Mapping[str, str], /) -> None: ...
    def end(self, tag: str, /) -> None: ...
    def data(self, text: str, /) -> None: ...
    def close(self) -> Found: ...


def parse_events(html: str, target: Target[Found]) -> Found:
    """Parse decoded HTML without making a tree of it; return what the target found.

    Raises:
        TooDeep: the parser hit a limit.
    """
    make: Any = etree.HTMLParser
    parser = make(target=target, **OPTIONS)
    found: Found = etree.fromstring(cut_stray_ends(html).encode("utf-8", "replace"), parser=parser)
    if _is_cut(parser.error_log):
        raise TooDeep("the parser hit a limit")
    return found


def parse_tree(html: str) -> tuple[lxml.html.HtmlElement, bool]:
    """Parse decoded HTML. The flag: the markup nested deeper than the parser follows (2,048), so wrappers were dropped and the text kept.

    Raises:
        TooDeep: text would be lost.
    """
    tree = _parse(cut_stray_ends(break_lines(html)))
    if tree is not None:
        return tree, False
    tree = _parse(cut_stray_ends(drop_wrappers(html)))
    if tree is None:
        raise TooDeep("nested too deeply")
    return tree, True


class LazyTree:
    """The tree of a page, made when it is first asked for."""

    def __init__(self, html: str) -> None:
        self._html = html

    @cached_property
    def root(self) -> lxml.html.HtmlElement:
        """Return the root element; wrappers are dropped where the walk dropped them."""
        return parse_tree(self._html)[0]


def drop_wrappers(html: str) -> str:
    """Write a line break for each tag that only nests."""
    return WRAPPER.sub("<br>", html)


def break_lines(html: str) -> str:
    """Write the breaks between paragraphs of prose, and between lines of verse or code, as tags where they are shown as typed: in all of a
    `<pre>`, in the text a styled element begins with.

    >>> break_lines("<pre>甲。\\n乙\\n丙\\n\\n丁</pre><p>戊。\\n\\n己")
    '<pre>甲。<br>乙\\n丙<br>丁</pre><p>戊。\\n\\n己'
    >>> break_lines("<pre>甲\\n乙，\\n丙</pre>")
    '<pre>甲<br>乙，<br>丙</pre>'
    """
    parts: list[str] = []
    end = seen = 0
    places = sorted(place for word in TYPED_WORDS for place in _places(html, word))
    for found in filter(None, (AS_TYPED.match(html, place) for place in places)):
        before = max(end, found.start() - LONGEST_STYLE)
        is_shown = found["tag"] or html.rfind("<", before, found.start()) > html.rfind(">", before, found.start())  # else a style sheet
        start = html.find(">", found.end()) + 1
        if found.start() < seen or not start or not is_shown:
            continue
        stop = html.find(f"</{found['tag']}" if found["tag"] else "<", start)
        if stop < 0:
            break
        seen, typed = stop, html[start:stop]
        breaks = PARAGRAPH_BREAK if "。" in typed else LINE_BREAK if _is_of_short_lines(typed) else None
        if breaks is not None:
            parts += (html[end:start], breaks.sub("<br>", typed))
            end = stop
    return "".join((*parts, html[end:]))


def _is_of_short_lines(typed: str) -> bool:
    lengths = sorted(len(TAG.sub("", line).strip()) for line in typed.splitlines() if not line.isspace())
    return len(lengths) > 1 and lengths[len(lengths) // 2] <= SHORT_LINE


def _places(html: str, word: str) -> Iterator[int]:
    """Give where a word stands: finding it takes a tenth of what a pattern takes."""
    place = html.find(word)
    while place >= 0:
        yield place
        place = html.find(word, place + len(word))


def cut_stray_ends(html: str) -> str:
    """Cut every `</html>` and `</body>` that has text after it: lxml stops reading there.

    >>> cut_stray_ends("<p>a</html><p>b</p></body></html>")
    '<p>a<p>b</p></body></html>'
    """
    ends = list(STRAY_END.finditer(html))
    if not ends or not html[ends[0].end() :].strip():
        return html
    last_text = len(html.rstrip())
    while ends and ends[-1].end() == last_text:
        last_text = len(html[: ends.pop().start()].rstrip())
    for end in reversed(ends):
        html = html[: end.start()] + html[end.end() :]
    return html


def _parse(html: str) -> lxml.html.HtmlElement | None:
    """Return the tree; None where the parser hit a limit."""
    parser = lxml.html.HTMLParser(**OPTIONS)
    parser.set_element_class_lookup(LOOKUP)
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", "replace") or EMPTY_PAGE, parser=parser)
    except etree.ParserError:  # nothing but white space or comments
        tree = lxml.html.document_fromstring(EMPTY_PAGE, parser=parser)
    return None if _is_cut(parser.error_log) else tree


def _is_cut(log: Any) -> bool:
    return len(log) > 0 and any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in log)
