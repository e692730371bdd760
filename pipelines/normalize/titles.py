"""Headlines: site suffixes and click-bait prefixes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TitleRules:
    """data/tables/title_prefixes.toml, compiled."""


def compile_titles(rows: Sequence[Mapping[str, Any]]) -> TitleRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    return TitleRules()
