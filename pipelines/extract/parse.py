"""HTML text to a tree, once a page.

Parsers measured on 158 real pages (2 cores, ms a page, parse + text): lxml 0.91 + 0.46, lexbor 1.44 + 0.17, resiliparse
0.84 + 0.24, turbohtml 0.52 + 0.30. With stray end tags cut, lxml reads the same visible characters as lexbor on every one of
them (410,575 against 410,568), and its tree is the one trafilatura takes: a faster parser would mean a second parse.
"""

import re

import lxml.html
from lxml import etree

STRAY_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
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
