"""Outlets: rows with aliases, not strings compared in code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OutletTable:
    """data/tables/outlets*.toml, compiled."""


def compile_outlets(rows: Sequence[Mapping[str, Any]]) -> OutletTable:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    return OutletTable()
