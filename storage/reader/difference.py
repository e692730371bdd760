"""The difference of two texts, character by character: Chinese has no spaces to hang words on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from rapidfuzz.distance import Indel

MAX_CHARS = 20_000
"""Longer texts are compared up to here; the page says so."""
MIN_ISLAND = 3
"""Fewer equal characters than this between two changes are shown as changed too: they are equal by chance, and hard to read."""

Change: TypeAlias = Literal["equal", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters that both texts have, or only one."""

    change: Change
    """`removed`: only in the first text; `added`: only in the second."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two texts compared."""

    segments: tuple[Segment, ...]
    similarity: float
    """0 to 1: characters in common, of all characters of both."""
    is_cut: bool
    """True: at least one text was longer than `MAX_CHARS`."""


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def to_one_script(text: str) -> str:
    """Return a text in Simplified characters, so that only other words differ."""
    return str(_simplifier().convert(text))


def compare(first: str, second: str) -> Difference:
    """Compare two texts.

    The segments that are not `added` give the first text, those that are not `removed` the second.

    >>> [(s.change, s.text) for s in compare("年发电量1.86亿千瓦时", "年发电量超1.8亿千瓦时").segments]
    [('equal', '年发电量'), ('added', '超'), ('equal', '1.8'), ('removed', '6'), ('equal', '亿千瓦时')]
    """
    a, b = first[:MAX_CHARS], second[:MAX_CHARS]
    segments: list[Segment] = []
    for operation in Indel.opcodes(a, b):
        before, after = a[operation.src_start : operation.src_end], b[operation.dest_start : operation.dest_end]
        if operation.tag == "equal":
            segments.append(Segment("equal", before))
        elif operation.tag == "delete":
            segments.append(Segment("removed", before))
        else:
            segments.append(Segment("added", after))
    n_equal = sum(len(s.text) for s in segments if s.change == "equal")
    similarity = 2 * n_equal / (len(a) + len(b)) if a or b else 1.0
    return Difference(segments=tuple(_tidy(segments)), similarity=similarity, is_cut=len(first) > MAX_CHARS or len(second) > MAX_CHARS)


def _tidy(segments: list[Segment]) -> list[Segment]:
    """Give small islands to the changes round them, and put what is removed before what is added."""
    tidied: list[Segment] = []
    removed, added = "", ""
    last = len(segments) - 1
    for i, segment in enumerate(segments):
        is_island = segment.change == "equal" and len(segment.text) < MIN_ISLAND and 0 < i < last and removed and added
        if segment.change == "equal" and not is_island:
            tidied += _changed(removed, added)
            tidied.append(segment)
            removed, added = "", ""
        else:
            removed += segment.text if segment.change != "added" else ""
            added += segment.text if segment.change != "removed" else ""
    return tidied + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Segment]:
    return [Segment("removed", removed)] * bool(removed) + [Segment("added", added)] * bool(added)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much two texts differ."""

    n_places: int
    n_removed: int
    """Characters that only the first text has."""
    n_added: int


def count_changes(found: Difference) -> Counts:
    """Count the places that differ and their characters."""
    n_places = sum(s.change != "equal" and (i == 0 or found.segments[i - 1].change == "equal") for i, s in enumerate(found.segments))
    return Counts(
        n_places=n_places,
        n_removed=sum(len(s.text) for s in found.segments if s.change == "removed"),
        n_added=sum(len(s.text) for s in found.segments if s.change == "added"),
    )


Row: TypeAlias = tuple[tuple[Segment, ...], tuple[Segment, ...]]


def in_rows(found: Difference) -> list[Row]:
    """Lay both texts beside each other: a row for each paragraph they share, each side with its own characters.

    >>> [["".join(s.text for s in side) for side in row] for row in in_rows(compare("甲乙丙丁\\n戊己庚辛", "甲乙丙丁\\n戊己庚辛壬"))]
    [['甲乙丙丁', '甲乙丙丁'], ['戊己庚辛', '戊己庚辛壬']]
    """
    rows: list[tuple[list[Segment], list[Segment]]] = [([], [])]
    for segment in found.segments:
        if segment.change != "equal":
            rows[-1][segment.change == "added"].append(segment)
            continue
        for i, paragraph in enumerate(segment.text.split("\n")):
            if i:
                rows.append(([], []))
            if paragraph:
                for side in rows[-1]:
                    side.append(Segment("equal", paragraph))
    return [(tuple(first), tuple(second)) for first, second in rows if first or second]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One place where two texts differ, with what stands round it."""

    before: str
    removed: str
    added: str
    after: str


BESIDE = 12
"""Characters shown before and after an edit."""
MAX_EDITS = 200


def list_changes(found: Difference) -> list[Edit]:
    """List the places that differ, at most `MAX_EDITS`, for those who cannot see colours or do not want to look for them."""
    edits: list[Edit] = []
    segments = found.segments
    for i, segment in enumerate(segments):
        if segment.change == "equal" or (segment.change == "added" and i and segments[i - 1].change == "removed"):
            continue
        added = next((s.text for s in segments[i : i + 2] if s.change == "added"), "")
        last = i + 1 if segment.change == "removed" and added else i
        before = segments[i - 1].text[-BESIDE:] if i and segments[i - 1].change == "equal" else ""
        after = segments[last + 1].text[:BESIDE] if last + 1 < len(segments) else ""
        edits.append(Edit(before=before, removed=segment.text if segment.change == "removed" else "", added=added, after=after))
    return edits[:MAX_EDITS]
