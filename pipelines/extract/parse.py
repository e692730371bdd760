"""HTML text to a tree, once a page.

Why lxml. Accuracy: with stray end tags cut, it reads the same visible characters as lexbor on every one of 158 real pages (410,575
against 410,568). Speed over 473 real pages, in units of its own parse (CPU, one run): parse alone, then parse and touch of every
element's tag, text and attributes:

    lxml 1.0, 1.6    lexbor (selectolax) 0.44, 0.98    turbohtml 0.4, 0.6 to 0.8    resiliparse 0.3, 5.2

What the walk makes of the elements (blocks, paths, labels, links) costs another 2 to 2.5 units whatever the parser, so the fastest one would
save a quarter of parse and walk, a tenth of a page. Against that: trafilatura and the selectors of site files need lxml's tree, an HTML5 tree
has other paths (`tbody`) than stored templates, and turbohtml has no wheel for Macs with Intel processors. A tokenizer of our own over one regular
expression (no tree; 0.4 units for the tokens) was built, too: by the time it gave the same blocks it was 10 to 40 % slower than parse and walk.
"""

import re

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
EMPTY_PAGE = b"<html><body></body></html>"


class TooDeep(ValueError):
    """The parser gave up part of the text even with the nesting dropped."""


def parse_tree(html: str) -> tuple[lxml.html.HtmlElement, bool]:
    """Parse decoded HTML. The flag: the markup nested deeper than the parser follows (2,048), so wrappers were dropped and the text kept.

    Raises:
        TooDeep: text would be lost.
    """
    cleaned = cut_stray_ends(html)
    tree = _parse(cleaned)
    if tree is not None:
        return tree, False
    tree = _parse(WRAPPER.sub("<br>", cleaned))
    if tree is None:
        raise TooDeep("nested too deeply")
    return tree, True


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
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    parser.set_element_class_lookup(LOOKUP)
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", "replace") or EMPTY_PAGE, parser=parser)
    except etree.ParserError:  # nothing but white space or comments
        tree = lxml.html.document_fromstring(EMPTY_PAGE, parser=parser)
    is_cut = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log) if len(parser.error_log) else False
    return None if is_cut else tree
