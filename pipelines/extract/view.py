"""A tree to the `PageView` that every reader looks at."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import lxml.html

from pipelines.extract.walk import Walk
from pipelines.types import PageView


def view_page(tree: lxml.html.HtmlElement, url: str, *, is_flattened: bool = False) -> PageView:
    """Walk the tree once. `url`: the final URL."""
    return view_walk(Walk(tree), tree, url, is_flattened=is_flattened)


def view_walk(walk: Walk, tree: lxml.html.HtmlElement, url: str, *, is_flattened: bool = False) -> PageView:
    """Put what the walk found beside what the head says."""
    base = tree.find(".//base[@href]")
    title = tree.find(".//title")
    return PageView(
        blocks=tuple(walk.blocks),
        head_title=(_fold(title.text) or None) if title is not None else None,
        meta=_meta(tree),
        json_ld=tuple(_json_ld(tree)),
        link_rels={rel.lower(): link.get("href", "") for link in tree.iter("link") for rel in link.get("rel", "").split()},
        html_lang=tree.get("lang"),
        base_url=join_url(url, base.get("href", "")) if base is not None else url,
        url=url,
        sections=walk.sections,
        images=tuple(walk.images),
        times=tuple((_fold("".join(e.itertext())), _fold(e.get("datetime"))) for e in tree.iter("time") if e.get("datetime")),
        is_flattened=is_flattened,
    )


def join_url(base: str, href: str) -> str:
    """Join; an href that is no URL (`http://[`) gives the base."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return base


def _fold(text: str | None) -> str:
    return " ".join((text or "").split())


def _meta(tree: lxml.html.HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
        if name and element.get("content"):
            found.setdefault(name.strip().lower(), _fold(element.get("content")))
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
                    graph = entry.get("@graph", [entry])
                    yield from (g for g in (graph if isinstance(graph, list) else [graph]) if isinstance(g, dict))
