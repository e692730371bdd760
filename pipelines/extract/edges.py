"""Notices and buttons at the edges of a text, told by the words they are made of: their wordings are without number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.errors import RuleError

MAX_NOTICE, MAX_TOOL = 400, 40
"""Characters of the longest one, white space left out."""
OPENING = 16
"""Characters in which a notice says what it is about."""
MIN_CONCEPTS = 3
SHORT_NOTICE, MIN_SHORT = 45, 2
"""A notice of so few characters that opens with what it is about needs fewer concepts."""
NEVER = re.compile(r"(?!)")
ROLES = frozenset(("about", "claim", "concept", "story", "tool", "filler"))
KEYS = frozenset(("role", "pattern", "seen"))


@dataclass(frozen=True, slots=True)
class EdgeRules:
    """data/tables/edge_words.toml, compiled."""

    about: re.Pattern[str] = NEVER
    claims: tuple[re.Pattern[str], ...] = ()
    concepts: tuple[re.Pattern[str], ...] = ()
    story: re.Pattern[str] = NEVER
    """Found in no notice."""
    tool: re.Pattern[str] = NEVER
    """Found in a line that may be a button."""
    word: re.Pattern[str] = NEVER
    """What such a line is made of. Cut out word by word: to try all ways to part a line takes time without bound."""

    def is_notice(self, squeezed: str) -> bool:
        """Tell whether a line is a notice of the site. `squeezed`: folded, white space left out."""
        if len(squeezed) > MAX_NOTICE or (about := self.about.search(squeezed, 0, OPENING)) is None:
            return False
        least = MIN_SHORT if len(squeezed) <= SHORT_NOTICE and about.start() <= 1 else MIN_CONCEPTS
        if self.story.search(squeezed) is not None:
            return False
        n_claims = sum([claim.search(squeezed) is not None for claim in self.claims])
        return n_claims > 0 and n_claims + sum([concept.search(squeezed) is not None for concept in self.concepts]) >= least

    def is_button(self, squeezed: str) -> bool:
        """Tell whether a line is a button, a counter or an invitation. `squeezed`: as above."""
        if len(squeezed) > MAX_TOOL or squeezed[-1:] == "。":  # a step of an instruction: 打开微信，点击右上角。
            return False
        return self.tool.search(squeezed) is not None and not self.word.sub("", squeezed)

    def find_edges(self, lines: Sequence[str]) -> dict[int, tuple[str, str]]:
        """Return kind and rule of the lines that stand before and behind a text and are none of it. `lines`: squeezed, the text's among them."""
        found: dict[int, tuple[str, str]] = {}
        for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            for place in order:
                kind = "disclaimer" if self.is_notice(lines[place]) else "share" if self.is_button(lines[place]) else None
                if kind is None:
                    break
                found[place] = (kind, f"edge_words:{kind}")
        return found


def compile_edges(rows: Sequence[Mapping[str, Any]]) -> EdgeRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    of_role: dict[str, list[str]] = {role: [] for role in ROLES}
    for number, row in enumerate(rows, 1):
        if row.keys() != KEYS or row["role"] not in ROLES:
            raise RuleError(
                f"data/tables/edge_words.toml: row {number}: needs {', '.join(sorted(KEYS))}; role: one of {', '.join(sorted(ROLES))}"
            )
        try:
            re.compile(row["pattern"])
        except re.error as error:
            raise RuleError(f"data/tables/edge_words.toml: row {number}: pattern: {error}") from error
        of_role[row["role"]].append(row["pattern"])
    if not rows:
        return EdgeRules()
    tools = "|".join(of_role["tool"])
    fillers = "|".join(sorted("|".join(of_role["filler"]).split("|"), key=len, reverse=True))  # the longest first
    return EdgeRules(
        about=re.compile("|".join(of_role["about"])),
        claims=tuple(map(re.compile, of_role["claim"])),
        concepts=tuple(map(re.compile, of_role["concept"])),
        story=re.compile("|".join(of_role["story"])),
        tool=re.compile(tools),
        word=re.compile(rf"{tools}|{fillers}|[\d\W_]|[Kk万亿千]\+?"),
    )
