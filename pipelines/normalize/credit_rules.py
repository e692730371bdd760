"""The words of credit lines, as rows: labels and what they stand for, values that name nobody, words that end a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.normalize.outlets import OutletTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRules:
    """data/tables/credit_words.toml, compiled, with the outlets."""

    outlets: OutletTable


def compile_credit_rules(rows: Sequence[Mapping[str, Any]], outlets: OutletTable) -> CreditRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    return CreditRules(outlets=outlets)
