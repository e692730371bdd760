"""A tree to the `PageView` that every reader looks at."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import lxml.html

from pipelines.extract.walk import Walk
from pipelines.types import PageView

HEAD_TAGS = ("base", "link", "meta", "script", "time", "title")


def view_page(tree: lxml.html.HtmlElement, url: str, *, is_flattened: bool = False) -> PageView:
    """Walk the tree once. `url`: the final URL."""
    return view_walk(Walk(tree), tree, url, is_flattened=is_flattened)


def view_walk(walk: Walk, tree: lxml.html.HtmlElement, url: str, *, is_flattened: bool = False) -> PageView:
    """Put what the walk found beside what the head says."""
    named: dict[str, list[lxml.html.HtmlElement]] = {tag: [] for tag in HEAD_TAGS}
    for element in tree.iter(*HEAD_TAGS):
        named[str(element.tag)].append(element)
    base = next((href for element in named["base"] if (href := element.get("href")) is not None), None)
    return PageView(
        blocks=tuple(walk.blocks),
        head_title=(_fold(named["title"][0].text) or None) if named["title"] else None,
        meta=_meta(named["meta"]),
        json_ld=tuple(_json_ld(named["script"])),
        link_rels={rel.lower(): link.get("href", "") for link in named["link"] for rel in link.get("rel", "").split()},
        html_lang=tree.get("lang"),
        base_url=join_url(url, base) if base is not None else url,
        url=url,
        sections=walk.sections,
        images=tuple(walk.images),
        times=tuple((_fold("".join(e.itertext())), _fold(e.get("datetime"))) for e in named["time"] if e.get("datetime")),
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


def _meta(tags: list[lxml.html.HtmlElement]) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tags:
        name = element.get("name") or element.get("property") or element.get("itemprop") or element.get("http-equiv")
        if name and element.get("content"):
            found.setdefault(name.strip().lower(), _fold(element.get("content")))
    return found


def _json_ld(scripts: list[lxml.html.HtmlElement]) -> Iterator[Mapping[str, Any]]:
    for element in scripts:
        if "ld+json" in (element.get("type") or ""):
            try:
                parsed = json.loads(element.text or "", strict=False)
            except (ValueError, RecursionError):
                continue
            for entry in parsed if isinstance(parsed, list) else [parsed]:
                if isinstance(entry, dict):
                    graph = entry.get("@graph", [entry])
                    yield from (g for g in (graph if isinstance(graph, list) else [graph]) if isinstance(g, dict))
