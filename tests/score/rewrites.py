"""The rewrites of `tests/score/variants.py`: each changes how a page is laid out, none what it says."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import lxml.html
import opencc

from tests.score.credits import bare

LABEL = re.compile(
    r"((?:文章|稿件|信息|新闻|本文)?(?:来源|來源|稿源|作者|记者|編輯|编辑|责编|责任编辑|責任編輯|发布时间|时间))\s?([:：])\s*"
)
DATE = re.compile(r"((?:19|20)\d\d)[-年/.](\d{1,2})[-月/.](\d{1,2})日?(\s*\d{1,2}:\d\d(?::\d\d)?)?")
HEADER_CHARS = 120
Tree = lxml.html.HtmlElement


def _texts(tree: Tree) -> Iterator[tuple[Tree, str, str]]:
    """Give the short runs of text below `body` as (element, `text` or `tail`, words): header and foot lines are among them."""
    body = tree.find("body")
    for element in list(body.iter()) if body is not None else ():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "textarea"):
            continue
        if element.text and 2 <= len(element.text.strip()) <= HEADER_CHARS:
            yield element, "text", element.text
        if element is not body and element.tail and 2 <= len(element.tail.strip()) <= HEADER_CHARS:
            yield element, "tail", element.tail


def _as_is(tree: Tree) -> None:
    """Change nothing but the bytes: the page is written again in UTF-8."""


def _no_classes(tree: Tree) -> None:
    for element in tree.iter("*"):
        for name in ("class", "id"):
            element.attrib.pop(name, None)


def _hashed_classes(tree: Tree) -> None:
    """As CSS modules name them."""
    for element in tree.iter("*"):
        for name in ("class", "id"):
            if value := element.get(name):
                element.set(name, " ".join("c" + hashlib.md5(word.encode()).hexdigest()[:6] for word in value.split()))


def _retag(tree: Tree, names: str, new: str) -> None:
    for element in list(tree.iter(*names.split())):
        element.tag = new


def _headings_plain(tree: Tree) -> None:
    _retag(tree, "h1 h2 h3 h4 h5", "p")


def _all_divs(tree: Tree) -> None:
    _retag(tree, "p h1 h2 h3 h4 article section header footer nav aside main ul ol li dl dt dd", "div")


def _tables(tree: Tree) -> None:
    """As pages of 2003 were: every div a table with one cell."""
    for element in list(tree.iter("div")):
        element.tag = "td"
        row, table = lxml.html.Element("tr"), lxml.html.Element("table")
        parent = element.getparent()
        if parent is None:
            element.tag = "div"
            continue
        tail, element.tail = element.tail, None
        parent.replace(element, table)
        table.append(row)
        row.append(element)
        table.tail = tail


def _line_breaks(tree: Tree) -> None:
    """Paragraphs parted by two line breaks only."""
    for element in list(tree.iter("p")):
        element.tag = "span"
        for _ in range(2):
            element.addnext(lxml.html.Element("br"))


def _spans(tree: Tree) -> None:
    """Label and value in two inline elements."""
    _split_labels(tree, "span")


def _cells(tree: Tree) -> None:
    """Label and value in two block-level elements."""
    _split_labels(tree, "div")


def _split_labels(tree: Tree, tag: str) -> None:
    for element, place, text in _texts(tree):
        match = LABEL.search(text)
        if match is None or not text[match.end() :].strip():
            continue
        label, value = lxml.html.Element(tag), lxml.html.Element(tag)
        label.text, value.text = match[1] + match[2], text[match.end() :]
        setattr(element, place, text[: match.start()])
        if place == "text":
            element.insert(0, label)
            element.insert(1, value)
        else:
            parent = element.getparent()
            at = parent.index(element) + 1
            element.tail = text[: match.start()]
            parent.insert(at, label)
            parent.insert(at + 1, value)


def _sub_texts(tree: Tree, pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> None:
    for element, place, text in _texts(tree):
        if pattern.search(text):
            _put(element, place, pattern.sub(new, text))


def _put(element: Tree, place: str, text: str) -> None:
    with suppress(ValueError):  # a control character that no XML may hold: the text stays as it is
        setattr(element, place, text)


def _other_colon(tree: Tree) -> None:
    _sub_texts(tree, LABEL, lambda m: m[1] + (":" if m[2] == "：" else "：") + m[0][m.end(2) - m.start() :])


def _spaced_colon(tree: Tree) -> None:
    _sub_texts(tree, LABEL, r"\1 \2\u00a0 ".replace("\\u00a0", "\u00a0"))


def _hard_spaces(tree: Tree) -> None:
    _sub_texts(tree, re.compile(r" +"), "\u00a0\u3000\u00a0")


def _glued(tree: Tree) -> None:
    """Header fields without spaces: 2020-01-01 12:00来源：某报作者：某某."""
    _sub_texts(tree, re.compile(r"[\s\u3000]+(?=" + LABEL.pattern + ")"), "")


def _date_words(tree: Tree) -> None:
    _sub_texts(tree, DATE, lambda m: f"{m[1]}年{m[2]}月{m[3]}日{m[4] or ''}")


def _date_slashes(tree: Tree) -> None:
    _sub_texts(tree, DATE, lambda m: f"{m[1]}/{m[2]}/{m[3]}{m[4] or ''}")


def _date_dots(tree: Tree) -> None:
    _sub_texts(tree, DATE, lambda m: f"{m[1]}.{m[2]}.{m[3]}{m[4] or ''}")


def _date_wide(tree: Tree) -> None:
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789:"}
    _sub_texts(tree, DATE, lambda m: m[0].translate(wide))


def _bare_head(tree: Tree) -> None:
    """No description of the article in the head: no meta, no JSON-LD."""
    for element in [*tree.iter("meta"), *tree.xpath("//script[@type='application/ld+json']")]:
        element.drop_tree()


def _no_title(tree: Tree) -> None:
    _bare_head(tree)
    for element in list(tree.iter("title")):
        element.text = "某某网"


def _suffixed(separator: str) -> Callable[[Tree], None]:
    """The headline, a channel and the site in the `<title>`, where the page prints the headline whole in one element."""

    def rewrite(tree: Tree) -> None:
        title, body = next(tree.iter("title"), None), tree.find("body")
        if title is None or body is None:
            return
        told = bare(title.text or "")
        shown = [" ".join(text.split()) for _, _, text in _texts(tree) if len(text.strip()) > 7 and told.startswith(bare(text))]
        _bare_head(tree)
        if shown:
            title.text = separator.join((max(shown, key=len), "时政要闻", "临江新闻网"))

    return rewrite


def _chrome(tree: Tree) -> None:
    """More of what stands around: a long menu, a list of other stories with dates, comments."""
    body = tree.find("body")
    if body is None:
        return
    menu = "".join(f'<li><a href="/c{i}/">频道{i}</a></li>' for i in range(40))
    stories = "".join(
        f'<li><a href="/n/{i}.html">某地举行第{i}次运动会开幕式</a><span>2019-03-{i:02} 10:{i:02}</span></li>' for i in range(10, 25)
    )
    replies = "".join(f"<div><b>网友{i}</b><span>2019-04-{i:02} 08:00:00</span><p>说得好，支持一下。</p></div>" for i in range(10, 18))
    body.insert(0, lxml.html.fragment_fromstring(f"<div><ul>{menu}</ul></div>"))
    body.append(lxml.html.fragment_fromstring(f"<div><h3>热点新闻</h3><ul>{stories}</ul></div>"))
    body.append(lxml.html.fragment_fromstring(f"<div><h3>网友评论</h3>{replies}</div>"))


def _traditional(tree: Tree) -> None:
    """The whole page in traditional characters; the scorer compares in simplified ones."""
    for element in tree.iter("*"):
        if element.tag not in ("script", "style"):
            for place in ("text", "tail"):
                if text := getattr(element, place):
                    _put(element, place, _converter("s2t").convert(text))
        if element.tag == "meta" and element.get("content"):
            element.set("content", _converter("s2t").convert(element.get("content")))


@cache
def _converter(way: str) -> opencc.OpenCC:
    return opencc.OpenCC(way)


def simplified(value: Any) -> Any:
    if isinstance(value, str):
        return _converter("t2s").convert(value)
    return [simplified(v) for v in value] if isinstance(value, list) else value


VARIANTS: dict[str, Callable[[Tree], None]] = {
    "as is": _as_is,
    "no classes": _no_classes,
    "hashed classes": _hashed_classes,
    "headings plain": _headings_plain,
    "all divs": _all_divs,
    "tables": _tables,
    "line breaks": _line_breaks,
    "label in spans": _spans,
    "label in cells": _cells,
    "other colon": _other_colon,
    "spaced colon": _spaced_colon,
    "hard spaces": _hard_spaces,
    "glued fields": _glued,
    "date in words": _date_words,
    "date in slashes": _date_slashes,
    "date in dots": _date_dots,
    "date wide": _date_wide,
    "bare head": _bare_head,
    "title: none": _no_title,
    "title: _": _suffixed("_"),
    "title: -": _suffixed("-"),
    "title: ——": _suffixed("——"),
    "title: space": _suffixed(" "),
    "more chrome": _chrome,
    "traditional": _traditional,
}
