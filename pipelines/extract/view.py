"""A page to the `PageView` that every reader looks at."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from pipelines.characters import fold_spaces
from pipelines.extract.walk import Walk, walk_page
from pipelines.types import PageView

WHOLE = re.compile(r"https?://[a-zA-Z0-9.-]+/[^?#;\s]*(?:\?[^#\s]+)?")
"""Addresses that a page cannot change: joining them takes ten times as long as knowing them."""

REPEATED = ("article:tag", "og:article:tag")
"""Names of meta tags that hold one word each: they are joined; of others the first counts."""


def view_page(html: str, url: str) -> PageView:
    """Walk through decoded HTML once. `url`: the final URL.

    Raises:
        TooDeep: text would be lost.
    """
    return view_walk(walk_page(html), url)


def view_walk(walk: Walk, url: str) -> PageView:
    """Put what the walk found beside what the head says."""
    tags, texts = walk.head.tags, walk.head.texts
    base = next((href for tag in tags["base"] if (href := tag.get("href")) is not None), None)
    return PageView(
        blocks=walk.blocks,
        head_title=(_fold(texts["title"][0]) or None) if texts["title"] else None,
        meta=_meta(tags["meta"]),
        json_ld=tuple(_json_ld(tags["script"], texts["script"])),
        link_rels={rel.lower(): link.get("href", "") for link in tags["link"] for rel in link.get("rel", "").split()},
        html_lang=tags["html"][0].get("lang") if tags["html"] else None,
        base_url=join_url(url, base) if base is not None else url,
        url=url,
        sections=walk.sections,
        images=walk.images,
        times=tuple(
            (_fold(shown), _fold(told)) for tag, shown in zip(tags["time"], texts["time"], strict=True) if (told := tag.get("datetime"))
        ),
        scripts=(*texts["script"], *_fields(tags["textarea"], texts["textarea"])),
        is_flattened=walk.is_flattened,
    )


def _fields(tags: Sequence[Mapping[str, str]], texts: Sequence[str]) -> Iterator[str]:
    """Give what stands in text fields that nobody sees, a value in each, as JSON by their names: a script puts it on the page."""
    named = {
        tag.get("name") or tag.get("id") or tag.get("class") or "": text for tag, text in zip(tags, texts, strict=True) if text.strip()
    }
    if len(named) > 1:
        yield json.dumps(named)


def join_url(base: str, href: str) -> str:
    """Join; an href that is no URL (`http://[`) gives the base."""
    href = href.strip()
    if WHOLE.fullmatch(href):
        return href
    try:
        return urljoin(base, href)
    except ValueError:
        return base


def _fold(text: str | None) -> str:
    return fold_spaces(text or "")


def _meta(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tags:
        name = tag.get("name") or tag.get("property") or tag.get("itemprop") or tag.get("http-equiv")
        if name and tag.get("content"):
            key, content = name.strip().lower(), _fold(tag.get("content"))
            found[key] = f"{found[key]};{content}" if key in REPEATED and key in found else found.get(key, content)
    return found


def _json_ld(tags: Iterable[Mapping[str, str]], texts: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for tag, text in zip(tags, texts, strict=True):
        if "ld+json" in (tag.get("type") or ""):
            try:
                parsed = json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue
            for entry in parsed if isinstance(parsed, list) else [parsed]:
                if isinstance(entry, dict):
                    graph = entry.get("@graph", [entry])
                    yield from (g for g in (graph if isinstance(graph, list) else [graph]) if isinstance(g, dict))
