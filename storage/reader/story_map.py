"""What of its original a copy keeps, sentence by sentence: the map of cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipelines.counted import counted
from storage.search_text import fold

State: TypeAlias = Literal["kept", "changed", "cut"]
CHANGED = 0.5
"""A sentence that is not there as it was, but whose character pairs are to this share, was changed, not cut."""
MIN_CHARS = 4
"""Shorter sentences go with the one before."""
MAX_CHARS = 20_000
_END = re.compile(r"(?<=[。！？!?\n])")


@dataclass(frozen=True, slots=True)
class Piece:
    """Sentences in a row that fared alike."""

    state: State
    n_chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMap:
    """One copy beside its original."""

    pieces: tuple[Piece, ...]
    """Of the original, in its order."""
    n_added: int
    """Characters of sentences that the original does not have."""

    def share(self, state: State) -> float:
        """Return how much of the original fared so, 0 to 1."""
        total = sum(piece.n_chars for piece in self.pieces)
        return sum(piece.n_chars for piece in self.pieces if piece.state == state) / total if total else 0.0

    @property
    def in_words(self) -> str:
        """Say what the copy keeps: `keeps 75 %, changes 5 %, cuts 20 %, adds 12 characters`."""
        if self.share("kept") == 1 and not self.n_added:
            return "the whole text"
        verbs: tuple[tuple[State, str], ...] = (("kept", "keeps"), ("changed", "changes"), ("cut", "cuts"))
        parts = [f"{verb} {100 * self.share(state):.0f} %" for state, verb in verbs if self.share(state) >= 0.005]
        return ", ".join([*parts, f"adds {counted(self.n_added, 'character')}"] if self.n_added else parts)


class MappedText:
    """A text made ready for comparison."""

    def __init__(self, text: str) -> None:
        self.sentences = list(_sentences(text[:MAX_CHARS]))
        self.whole = "".join(self.sentences)
        self.pairs = _pairs(self.whole)

    def state_of(self, sentence: str) -> State:
        """Say what became of a sentence here."""
        if sentence in self.whole:
            return "kept"
        pairs = _pairs(sentence)
        return "changed" if pairs and len(pairs & self.pairs) >= CHANGED * len(pairs) else "cut"


def map_copy(original: MappedText, copy: MappedText) -> CutMap:
    """Compare a copy with its original.

    >>> found = map_copy(MappedText("桥通车了。市民很高兴。明年完工。"), MappedText("桥通車了！明年才完工。记者后记在此。"))
    >>> [(piece.state, piece.n_chars) for piece in found.pieces], found.n_added
    ([('kept', 4), ('cut', 5), ('changed', 4)], 6)
    """
    pieces: list[Piece] = []
    for sentence in original.sentences:
        state = copy.state_of(sentence)
        if pieces and pieces[-1].state == state:
            pieces[-1] = Piece(state, pieces[-1].n_chars + len(sentence))
        else:
            pieces.append(Piece(state, len(sentence)))
    n_added = sum(len(sentence) for sentence in copy.sentences if original.state_of(sentence) == "cut")
    return CutMap(pieces=tuple(pieces), n_added=n_added)


def _sentences(text: str) -> Iterator[str]:
    """Give the sentences, folded, letters and digits only."""
    held = ""
    for printed in _END.split(text):
        held += "".join(filter(str.isalnum, fold(printed)))
        if len(held) >= MIN_CHARS:
            yield held
            held = ""
    if held:
        yield held


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
