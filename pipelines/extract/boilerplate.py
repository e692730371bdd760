"""Boilerplate around and inside a body: known phrases as rows of data/tables/boilerplate.toml."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from pipelines.characters import N_CODES, codes_of
from pipelines.errors import RuleError
from pipelines.extract.edges import EdgeRules, compile_edges
from pipelines.repair.script import to_simplified_table
from pipelines.types import Block

# One character to one character, so that a place in the folded text is a place in the printed one.
_PUNCTUATION = "０0１1２2３3４4５5６6７7８8９9：:，,（(）)［[］]｜|／/！!？?；;＞>＜<－-〉>〈<　 〔[〕]丨|╱/│|∣|"
FOLDED = np.arange(N_CODES, dtype="<u2")
_SIMPLIFIED = {code: simple for code, simple in to_simplified_table().items() if ord(simple) < N_CODES}
FOLDED[list(_SIMPLIFIED)] = codes_of("".join(_SIMPLIFIED.values()))
FOLDED[codes_of(_PUNCTUATION[::2])] = codes_of(_PUNCTUATION[1::2])
TAIL_CHARS = 72
LEAD_CHARS = 16
"""Where rows that cut ends are looked for: no row cuts more than this off a paragraph's end, or begins later than that at its start."""
LONG_BLOCKS = (121, 61, 0)
"""Characters from which a block may be taken by fewer rows."""
NEVER = re.compile(r"(?!)")
FIRST = re.compile(r"\[(?P<class>(?!\^)(?:\\.|[^\]\\])+)\]|(?P<digit>\\d)|[^\\()\[\].^$|?*+{}]")
OPTIONAL = re.compile(r"(?:[?*]|\{0?,\d*\})[?+]?")
"""Behind what need not be there."""
KEYS = frozenset(("name", "kind", "where", "pattern", "unless", "max", "cuts", "seen"))


class Where(StrEnum):
    """What of a block a row takes."""

    BLOCK = "block"
    HEADING = "heading"
    TAIL = "tail"
    LEAD = "lead"
    HEAD = "head"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateRow:
    """One row, compiled."""

    name: str
    kind: str
    where: Where
    pattern: re.Pattern[str]
    max_chars: int
    """Longest block the row may take; 0: any."""
    cuts_rest: bool
    """A heading that takes everything after it along, not only link lines."""
    unless: re.Pattern[str] = NEVER
    """Found in what the row leaves although its pattern is found there, too."""

    def takes(self, squeezed: str) -> bool:
        """Tell whether the row takes a block. `squeezed`: its text, folded, white space left out."""
        return self.pattern.search(squeezed) is not None and self.unless.search(squeezed) is None


@dataclass(frozen=True, slots=True)
class Look:
    """One call in place of many: what tells that a row may take a block of so many characters."""

    min_chars: int
    at_start: re.Pattern[str]
    """Matches at the start of a folded block if a row that is bound to the start does."""
    anywhere: re.Pattern[str]
    """Found in a folded block if a row that is not bound to the start is."""

    def passes(self, squeezed: str) -> bool:
        return self.at_start.match(squeezed) is not None or self.anywhere.search(squeezed) is not None


@dataclass(frozen=True, slots=True)
class BoilerplateRules:
    """data/tables/boilerplate.toml, compiled."""

    rows: tuple[BoilerplateRow, ...] = ()
    whole: tuple[BoilerplateRow, ...] = ()
    """Those that take whole blocks."""
    ends: tuple[BoilerplateRow, ...] = ()
    """Those that cut the ends of a paragraph."""
    looks: tuple[Look, ...] = ()
    """Of the `whole` rows; the one for the longest blocks first."""
    any_tail: re.Pattern[str] = NEVER
    """Found near the end of a folded paragraph if a `tail` row is."""
    any_lead: re.Pattern[str] = NEVER
    """Matches at the start of a folded paragraph if a `lead` row does."""
    max_chars: int = 0
    """The longest block a `whole` row may take."""
    placed: Mapping[Where, tuple[BoilerplateRow, ...]] = field(default_factory=dict)
    """Those that take whole blocks in one place only: before the text, beside an editor line."""
    edges: EdgeRules = field(default_factory=EdgeRules)
    """What takes notices and buttons that no row knows, where the text begins and ends."""

    def find_row(self, text: str, folded: str | None = None) -> BoilerplateRow | None:
        """Return the first row that takes the whole block; None: it stays. `text` as printed, white space folded; `folded`: if at hand."""
        n_chars = len(text)
        if n_chars > self.max_chars:
            return None
        squeezed = squeeze(text, folded)
        look = next((look for look in self.looks if n_chars >= look.min_chars), None)
        if look is None or not look.passes(squeezed):
            return None
        return next((row for row in self.whole if n_chars <= row.max_chars and row.takes(squeezed)), None)

    def find_placed(self, text: str, where: Where, folded: str | None = None) -> BoilerplateRow | None:
        """Return the first row that takes the whole block where it stands in a place of that kind; None: it stays."""
        rows = [row for row in self.placed.get(where, ()) if len(text) <= row.max_chars]
        squeezed = squeeze(text, folded) if rows else ""
        return next((row for row in rows if row.takes(squeezed)), None)

    def trim(self, paragraph: str, folded: str | None = None) -> tuple[str, tuple[tuple[str, BoilerplateRow], ...]]:
        """Cut boilerplate off both ends of a paragraph, again and again; return what stays, and the pieces with their rows."""
        pieces: list[tuple[str, BoilerplateRow]] = []
        folded = fold(paragraph) if folded is None else folded
        while self._may_trim(folded):
            folded = folded.rstrip()
            for row in self.ends:
                place = row.pattern.search(folded)
                if place is not None and place.end() > place.start():
                    break
            else:
                break
            pieces.append((paragraph[place.start() : place.end()].strip(), row))
            paragraph = (paragraph[: place.start()] + paragraph[place.end() :]).strip()
            folded = fold(paragraph)
        return paragraph, tuple(pieces)

    def _may_trim(self, folded: str) -> bool:
        return self.any_tail.search(folded[-TAIL_CHARS:].rstrip()) is not None or self.any_lead.match(folded[:LEAD_CHARS]) is not None


def fold(text: str) -> str:
    """Fold for matching, character by character: Traditional to Simplified, ASCII punctuation.

    >>> fold("責任編輯 ： 張三")
    '责任编辑 : 张三'
    """
    return FOLDED[codes_of(text)].tobytes().decode("utf-16-le", "surrogatepass")


def squeeze(text: str, folded: str | None = None) -> str:
    """Fold for matching, and leave white space out. `folded`: if at hand.

    >>> squeeze("責任編輯 ： 張三")
    '责任编辑:张三'
    """
    return "".join((fold(text) if folded is None else folded).split())


def fold_blocks(blocks: Sequence[Block]) -> list[str]:
    """Fold the texts of blocks: all at once takes a tenth of the time."""
    return fold("\n".join([block.text for block in blocks])).split("\n") if blocks else []


def compile_boilerplate(rows: Sequence[Mapping[str, Any]], edge_rows: Sequence[Mapping[str, Any]] = ()) -> BoilerplateRules:
    """Compile the rows. `edge_rows`: those of data/tables/edge_words.toml.

    Raises:
        RuleError: a row is wrong.
    """
    compiled = tuple(_compile(row, i) for i, row in enumerate(rows, 1))
    whole = tuple(row for row in compiled if row.where in (Where.BLOCK, Where.HEADING))
    ends = tuple(row for row in compiled if row.where in (Where.TAIL, Where.LEAD))
    return BoilerplateRules(
        rows=compiled,
        whole=whole,
        ends=ends,
        looks=tuple(_look(whole, min_chars) for min_chars in LONG_BLOCKS),
        any_tail=_any_of([row.pattern.pattern for row in ends if row.where is Where.TAIL]),
        any_lead=_any_of([row.pattern.pattern for row in ends if row.where is Where.LEAD]),
        max_chars=max((row.max_chars for row in whole), default=0),
        placed={place: tuple(row for row in compiled if row.where is place) for place in (Where.HEAD, Where.BESIDE)},
        edges=compile_edges(edge_rows),
    )


def _look(rows: Sequence[BoilerplateRow], min_chars: int) -> Look:
    choices = [choice for row in rows if row.max_chars >= min_chars for choice in split_choices(row.pattern.pattern)]
    return Look(
        min_chars,
        at_start=_any_of([choice for choice in choices if choice.startswith("^")]),
        anywhere=_any_of([choice for choice in choices if not choice.startswith("^")]),
    )


def split_choices(pattern: str) -> list[str]:
    """Split a pattern at the `|` that stand outside of every group and class.

    >>> split_choices("^a|(?:b|c)d|[|]")
    ['^a', '(?:b|c)d', '[|]']
    """
    choices, depth, is_class, start, i = [], 0, False, 0, 0
    while i < len(pattern):
        sign = pattern[i]
        if sign == "\\":
            i += 1
        elif is_class:
            is_class = sign != "]"
        elif sign == "[":
            is_class = True
            i += pattern[i + 1 : i + 2] == "^"
            i += pattern[i + 1 : i + 2] == "]"  # first in a class it is one of the class
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            choices.append(pattern[start:i])
            start = i + 1
        i += 1
    return [*choices, pattern[start:]]


def openings(pattern: str) -> str | None:
    """Return the inside of a class of the characters that a match may begin with; None: it does not show.

    >>> openings("(?:转载|[Cc]opy)right|©"), openings("^a?b|[+-]"), openings(".b")
    ('转Cc©', 'ab+\\\\-', None)
    """
    found = [_opening(choice) for choice in split_choices(pattern)]
    return None if None in found else "".join(letters for letters in found if letters)


def _opening(choice: str) -> str | None:
    choice = choice.removeprefix("^")
    if choice.startswith("(?:"):
        end = _group_end(choice)
        letters, rest = openings(choice[3:end]), choice[end + 1 :]
    elif first := FIRST.match(choice):
        letters, rest = _as_one_of(first), choice[first.end() :]
    else:
        return None
    if letters is None or (optional := OPTIONAL.match(rest)) is None:
        return letters
    following = _opening(rest[optional.end() :])
    return letters + following if following is not None else None


def _as_one_of(first: re.Match[str]) -> str:
    """Return what stands for a first character within a class that others stand in, too: there a hyphen at the edge would make a range."""
    return re.sub(r"^-|(?<!\\)-$", r"\\-", first["class"]) if first["class"] else first["digit"] or re.escape(first[0])


def _group_end(choice: str) -> int:
    """Return the place of the `)` that closes the group a choice begins with: with it gone nothing is a choice of its own."""
    return next(i for i, sign in enumerate(choice) if sign == ")" and len(split_choices(choice[: i + 1] + "|")) == 2)


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """Compile the choice. Where a place of the text cannot begin a match, one look at its character spares trying most of them."""
    letters = {pattern: openings(pattern) for pattern in patterns}
    shown = "|".join(f"(?:{pattern})" for pattern in patterns if letters[pattern])
    others = [f"(?:{pattern})" for pattern in patterns if not letters[pattern]]
    if shown:
        others.append(f"(?=[{''.join(filter(None, letters.values()))}])(?:{shown})")
    return re.compile("|".join(others)) if others else NEVER


def _compile(row: Mapping[str, Any], number: int) -> BoilerplateRow:
    where_wrong = f"data/tables/boilerplate.toml: row {number} ({row.get('name')})"
    if unknown := set(row) - KEYS:
        raise RuleError(f"{where_wrong}: unknown key {', '.join(sorted(unknown))}")
    if missing := {"name", "kind", "where", "pattern", "seen"} - set(row):
        raise RuleError(f"{where_wrong}: no {', '.join(sorted(missing))}")
    if row["where"] not in set(Where):
        raise RuleError(f"{where_wrong}: where = {row['where']!r} is none of {', '.join(Where)}")
    if row["where"] not in (Where.TAIL, Where.LEAD) and not isinstance(row.get("max"), int):
        raise RuleError(f"{where_wrong}: max is needed, a whole number of characters")
    try:
        pattern, unless = (re.compile(row[key].translate(_SIMPLIFIED)) if key in row else NEVER for key in ("pattern", "unless"))
    except re.error as error:
        raise RuleError(f"{where_wrong}: pattern: {error}") from error
    return BoilerplateRow(
        name=row["name"], kind=row["kind"], where=Where(row["where"]), pattern=pattern,
        max_chars=row.get("max", 0), cuts_rest=row.get("cuts") == "rest", unless=unless,
    )  # fmt: skip
