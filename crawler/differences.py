"""What changed between two records of an article, and how a person is shown it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crawler.talk import printable

if TYPE_CHECKING:
    from rich.console import Console

COMPARED_KEYS = (
    "title", "title_raw", "original_title", "published_at", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "via", "dateline", "authors", "editors", "keywords", "section", "site_name", "language",
    "canonical_url", "is_repost", "disguised", "repairs", "images", "notes", "confidence", "extractor", "charset", "text",
)  # fmt: skip
"""Record keys that the page gives, in the order shown; times of fetching and the like are no change of the article."""

READING_KEYS = frozenset({"confidence", "extractor"})
"""How the page was read: shown beside a change of what it says, but no change by themselves (a template was learned in the meantime)."""

Change = tuple[Any, Any]
"""Before, after."""


def diff_records(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Change]:
    """Return the keys whose values differ; `before` None: all that `after` holds.

    >>> diff_records({"title": "旧", "id": 1}, {"title": "新", "id": 2})
    {'title': ('旧', '新')}
    >>> diff_records(None, {"title": "新", "authors": []})
    {'title': (None, '新')}
    >>> diff_records({"title": "旧", "extractor": "scorer/1"}, {"title": "旧", "extractor": "template/1"})
    {}
    """
    if before is None:
        return {key: (None, after[key]) for key in COMPARED_KEYS if after.get(key) not in (None, [], "")}
    changes = {key: (before.get(key), after.get(key)) for key in COMPARED_KEYS if before.get(key) != after.get(key)}
    return changes if changes.keys() - READING_KEYS else {}


def print_change(console: Console, key: str, change: Change) -> None:
    """Print one field: old lines in red, new ones in green, of long texts only the lines that changed."""
    console.print(key, style="bold cyan", markup=False)
    was, now = map(_as_lines, change)
    kept = set(was) & set(now) if len(was) + len(now) > 2 else set()
    for sign, style, lines in (("-", "red", was), ("+", "green", now)):
        for line in _differing(lines, kept):
            console.print(f"  {sign} {printable(line)}", style=style, markup=False)
    if kept:
        console.print(f"    ({len(kept)} line(s) as before)", style="dim", markup=False)


def _differing(lines: Sequence[str], kept: set[str]) -> Iterator[str]:
    return (line for line in lines if line not in kept)


def _as_lines(value: Any) -> list[str]:
    if value is None:
        return []
    return value.split("\n") if isinstance(value, str) else [json.dumps(value, ensure_ascii=False)]
