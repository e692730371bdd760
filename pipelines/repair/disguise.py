"""Undo the disguise of mirror pages: strip the pinyin, read the split characters back, convert to Simplified."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.repair.marks import INSERTED_COMMA, count_inserted_commas, is_folded, unfold
from pipelines.repair.model import LanguageModel
from pipelines.repair.page_words import PageWords
from pipelines.repair.readings import LETTERS, is_toned, readings
from pipelines.repair.runs import EATEN, readings_at
from pipelines.repair.screen import HAN, Fingerprint
from pipelines.repair.script import to_simplified
from pipelines.repair.search import CONTEXT, choose
from pipelines.repair.untouched import Untouched
from pipelines.types import ChangedSpan

EVENT = re.compile(rf"\?(?=[。！？，：；!?,:;]|[{LETTERS}]{{1,6}}\))|(?<=[{HAN}])\(([{LETTERS}]{{1,6}})\)")
PRIVATE = re.compile("[\ue000-\uf8ff]")
MARGIN = 4.0
"""Natural logarithms by which a reading must beat the text as shown."""
MARGIN_ALONE = 14.0
"""What the best reading of a page must reach where no pinyin shows that it is a mirror's."""
MIN_PLACES_ALONE = 3
BUDGET = 20_000
"""Places scored in one page, a tenth of a millisecond each: 2 MB of mirrored news need as many. What is left then stays as it is."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A disguised text made readable."""

    text: str
    changed: tuple[ChangedSpan, ...]
    n_pinyin: int
    n_splits: int
    n_unsure: int
    n_commas: int
    n_unread: int
    """Runs that look split and could not be read; they stand as they were."""


def undo(text: str, fingerprint: Fingerprint, model: LanguageModel) -> Undone | None:
    """Return the text without its disguise; None where nothing of it could be read back with certainty."""
    changes = _changes(text, fingerprint, model)
    n_splits = sum(change.kind == "split_character" for change in changes)
    if not fingerprint.has_pairs and not n_splits:
        return None
    folded = is_folded(text)
    n_commas = count_inserted_commas(text) if fingerprint.has_pairs else 0
    pieces = []
    for piece, touched in _applied(text, changes):
        if touched:
            piece = INSERTED_COMMA.sub("", piece) if n_commas else piece
            piece = to_simplified(unfold(piece) if folded else piece)
        pieces.append(piece)
    return Undone(
        "".join(pieces).replace(EATEN, "?"),
        tuple(replace(c, after=c.after.replace(EATEN, "?")) if EATEN in c.after else c for c in changes),
        n_pinyin=sum(change.kind == "pinyin" for change in changes),
        n_splits=n_splits,
        n_unsure=sum(change.after.count(EATEN) for change in changes),
        n_commas=n_commas,
        n_unread=_count_unread(text, changes) if fingerprint.has_pairs else 0,
    )


UNREAD = re.compile(rf"\?[{LETTERS}]{{1,6}}\)|\?[。！？，：；!?,:;][^<>\n]{{0,4}}[\ue000-\uf8ff]")


def _count_unread(text: str, changes: list[ChangedSpan]) -> int:
    """Count what is surely split and was not read back."""
    reached = [(change.start, change.start + len(change.before)) for change in changes]
    starts = [start for start, _ in reached]
    n = 0
    for match in UNREAD.finditer(text):
        place = bisect_right(starts, match.start()) - 1
        n += place < 0 or match.start() >= reached[place][1]
    return n


def _changes(text: str, fingerprint: Fingerprint, model: LanguageModel) -> list[ChangedSpan]:
    """Find pinyin and runs from left to right; what was read back is context for what follows."""
    folded = is_folded(text)
    untouched = Untouched(text)
    read = _Tail(text)
    page = PageWords(text, model)
    dropped = not PRIVATE.search(text)
    reached, spent, best = 0, 0, 0.0
    changes: list[ChangedSpan] = []
    for event in EVENT.finditer(text):
        at = event.start()
        if at < reached or untouched.holds(at):
            continue
        syllable = event.group(1)
        if syllable is not None:
            if fingerprint.has_pairs and is_toned(syllable) and syllable in readings(text[at - 1]):
                reached = event.end()
                read.change(at, reached, "")
                changes.append(ChangedSpan(start=at, before=event.group(), after="", kind="pinyin"))
            continue
        if spent >= BUDGET:
            continue
        before = read.before(at)
        options = readings_at(text, at, before[-1:], folded=folded)
        spent += 1 + sum(len(option.places) + 2 * CONTEXT for option in options)
        choice = choose(text, before, options, model, page) if options else None
        if dropped and not (choice and choice.is_plain) and spent < BUDGET:
            options = readings_at(text, at, before[-1:], folded=folded, dropped=True)
            spent += sum(len(option.places) + 2 * CONTEXT for option in options)
            choice = choose(text, before, options, model, page) if options else None
        if choice and choice.gain > MARGIN:
            best = max(best, choice.gain if choice.end - at >= MIN_PLACES_ALONE else 0.0)
            reached = choice.end
            read.change(at, reached, choice.text)
            changes.append(ChangedSpan(start=at, before=text[at:reached], after=choice.text, kind="split_character"))
    return changes if fingerprint.has_pairs or best > MARGIN_ALONE else []


class _Tail:
    """The last characters of the text as repaired so far."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._tail = text, 0, ""

    def before(self, at: int) -> str:
        return (self._tail + self._text[max(self._at, at - 12) : at])[-12:]

    def change(self, start: int, end: int, after: str) -> None:
        self._tail, self._at = (self.before(start) + after)[-12:], end


def _applied(text: str, changes: list[ChangedSpan]) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of the changed text, and whether each may be converted."""
    reached, place = 0, 0
    for start, end in [*Untouched(text).spans, (len(text), len(text))]:
        if start < reached:
            continue  # a run swallowed the tag's beginning
        piece = []
        while place < len(changes) and changes[place].start < start:
            change = changes[place]
            piece += [text[reached : change.start], change.after]
            reached = change.start + len(change.before)
            place += 1
        piece.append(text[reached : max(start, reached)])
        yield "".join(piece), True
        yield text[max(start, reached) : end], False
        reached = max(end, reached)
