"""One parse and one walk: HTML text to a tree and a `PageView`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import lxml.html
from lxml import etree

from pipelines.types import Block, Link, PageView

STRAY_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "iframe",
        "select",
        "option",
        "textarea",
        "button",
        "head",
        "title",
    ]
)
SPACE = re.compile(r"\s+")


def parse_tree(html: str) -> lxml.html.HtmlElement:
    """Parse decoded HTML. Stray end tags of html and body are cut: lxml stops reading there."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    cleaned = STRAY_END.sub("", html).encode("utf-8", "surrogatepass")
    return lxml.html.document_fromstring(cleaned or b"<html></html>", parser=parser)


def view_page(tree: lxml.html.HtmlElement, url: str) -> PageView:
    """Walk the tree once. `url`: the final URL."""
    base = tree.find(".//base[@href]")
    title = tree.find(".//title")
    return PageView(
        blocks=tuple(_blocks(tree)),
        head_title=(SPACE.sub(" ", title.text_content()).strip() or None) if title is not None else None,
        meta=_meta(tree),
        json_ld=tuple(_json_ld(tree)),
        link_rels={rel.lower(): link.get("href", "") for link in tree.iter("link") for rel in link.get("rel", "").split()},
        html_lang=tree.get("lang"),
        base_url=urljoin(url, base.get("href")) if base is not None else url,
    )


def _meta(tree: lxml.html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
        if name and element.get("content"):
            found.setdefault(name.strip().lower(), SPACE.sub(" ", element.get("content") or "").strip())
    return found


def _json_ld(tree: lxml.html.HtmlElement) -> Iterator[Mapping[str, Any]]:
    for element in tree.iter("script"):
        if "ld+json" in (element.get("type") or ""):
            try:
                parsed = json.loads(element.text or "", strict=False)
            except (ValueError, RecursionError):
                continue
            for entry in parsed if isinstance(parsed, list) else [parsed]:
                if isinstance(entry, dict):
                    yield from (g for g in entry.get("@graph", [entry]) if isinstance(g, dict))


def _blocks(tree: lxml.html.HtmlElement) -> Iterator[Block]:
    index = 0
    parts: list[str] = []
    links: list[Link] = []
    n_link_chars = 0
    owner: lxml.html.HtmlElement = tree
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start" and tag in SKIPPED:
            element.set("data-skip", "1")
        skipped = any(a.tag in SKIPPED for a in (element, *element.iterancestors()))
        if tag not in INLINE:
            text = SPACE.sub(" ", "".join(parts)).strip()
            if text:
                yield _block(index, text, owner, n_link_chars, tuple(links))
                index += 1
            parts, links, n_link_chars = [], [], 0
            parent = element.getparent()
            owner = element if event == "start" or parent is None else parent
        if event == "start":
            if not skipped and element.text:
                parts.append(element.text)
        else:
            if tag == "a":
                label = SPACE.sub(" ", element.text_content()).strip()
                links.append(Link(text=label, href=element.get("href", "")))
                n_link_chars += len(label)
            if element.tail and not any(a.tag in SKIPPED for a in element.iterancestors()):
                parts.append(element.tail)


def _block(index: int, text: str, owner: lxml.html.HtmlElement, n_link_chars: int, links: tuple[Link, ...]) -> Block:
    chain = [owner, *owner.iterancestors()]
    path = "/".join(str(e.tag) + "".join("." + c for c in (e.get("class") or "").split()[:1]) for e in reversed(chain))
    labels = " ".join(f"{e.get('class', '')} {e.get('id', '')}" for e in chain).lower()
    return Block(
        index=index,
        text=text,
        tag=str(owner.tag),
        path=path,
        labels=SPACE.sub(" ", labels).strip(),
        n_link_chars=min(n_link_chars, len(text)),
        links=links,
    )
