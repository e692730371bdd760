"""The tables of discovery, compiled: what a URL's shape tells, and the words of pagers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.load_rules import load_rows
from pipelines.either_script import compile_either
from pipelines.errors import RuleError

KINDS = frozenset({"article", "list", "other", "trap"})


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """One row of data/tables/article_urls.toml."""

    kind: str
    pattern: re.Pattern[str]
    weight: int


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What discovery knows of all sites."""

    shapes: tuple[ShapeRule, ...]
    pager: re.Pattern[str]

    def shape_score(self, path: str) -> int:
        """Add up what the path and query of a URL tell; 2 and more: an article's."""
        best = max((r.weight for r in self.shapes if r.kind == "article" and r.pattern.search(path)), default=0)
        return best + sum(r.weight for r in self.shapes if r.kind != "article" and r.pattern.search(path))

    def is_fetchable(self, path: str) -> bool:
        """Tell whether a URL may be asked for at all: no trap, no file that is no page."""
        return not any(r.pattern.search(path) for r in self.shapes if r.kind in ("trap", "other"))


def compile_discovery(shapes: Sequence[Mapping[str, Any]], pager: Sequence[Mapping[str, Any]]) -> DiscoveryRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong; names it.
    """
    compiled = []
    for row in shapes:
        try:
            if row["kind"] not in KINDS:
                raise RuleError(f"article_urls: kind {row['kind']!r} is none of {', '.join(sorted(KINDS))}")
            compiled.append(ShapeRule(row["kind"], re.compile(row["pattern"], re.IGNORECASE), int(row["weight"])))
        except (KeyError, TypeError, ValueError, re.error) as error:
            raise RuleError(f"article_urls: {dict(row)}: {error}") from error
    try:
        words = "|".join(f"(?:{row['pattern']})" for row in pager)
        return DiscoveryRules(tuple(compiled), compile_either(rf"[\s\[<«]*(?:{words})[\s\]>»›]*", re.IGNORECASE))
    except (KeyError, re.error) as error:
        raise RuleError(f"pager_words: {error}") from error


@cache
def load_discovery_rules() -> DiscoveryRules:
    """Read the tables, once."""
    return compile_discovery(load_rows("article_urls"), load_rows("pager_words"))
