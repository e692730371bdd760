"""Boilerplate around and inside a body: known phrases as rows, and what repeats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BoilerplateRules:
    """data/tables/boilerplate.toml, compiled."""


def compile_boilerplate(rows: Sequence[Mapping[str, Any]]) -> BoilerplateRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    return BoilerplateRules()
