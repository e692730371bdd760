"""The language model that repair scores readings with: words by class, and which class follows which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.script import to_simplified_table

MAX_WORD = 5
"""Longest word looked up, in characters: longer ones add less than one reading in a thousand."""
SCALE = 1000.0
"""Factor a character, so that products over a window stay within what a float can hold."""
UNKNOWN = 2e-8
"""Probability of a character no word begins with."""

Entries = tuple[tuple[int, float], ...]
"""Class of a word and P(word | class), scaled."""


def normal_table() -> dict[int, str]:
    """Return the `str.translate` table of the model's alphabet: Simplified, half width, digits as 0, letters as a, tags as line ends."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | to_simplified_table()
    table |= {ord(digit): "0" for digit in "123456789"} | dict.fromkeys(range(65296, 65306), "0")
    letters = [*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
    return table | dict.fromkeys(letters, "a") | dict.fromkeys(map(ord, "\t\u3000\xa0"), " ") | dict.fromkeys(map(ord, "\r<>"), "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """Words of each class, and the chance of each class after each other."""

    table: Mapping[int, str]
    """Into the model's alphabet."""
    words: Mapping[str, int]
    """Word to its number."""
    letters: frozenset[str]
    """Characters that stand in any word: repair writes no others."""
    beginnings: frozenset[str]
    """The first two characters of each word."""
    bounds: list[int]
    """Where the entries of each word begin; one more than there are words."""
    classes: list[int]
    """Class of each entry."""
    weights: list[float]
    """P(word | class) of each entry, scaled by its length."""
    transitions: NDArray[np.float64]
    """P(class | class before), a row for each class before."""
    stationary: NDArray[np.float64]
    """P(class) anywhere in text."""
    name_class: int
    """The class an unknown character is taken for."""
    page_class: int
    """The class of strings that the same page prints elsewhere."""

    looked_up: dict[str, Entries] = field(default_factory=dict)
    """Entries asked for before."""
    printed: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)
    """Places asked for before: characters in the model's alphabet, and as the page would print them."""

    def normal(self, text: str) -> str:
        """Return `text` in the model's alphabet, character for character."""
        return text.translate(self.table)

    def entries(self, word: str) -> Entries:
        """Return the classes of a word; () where it is unknown."""
        known = self.looked_up.get(word)
        if known is None:
            number = self.words.get(word)
            if number is None:
                return ()
            span = slice(self.bounds[number], self.bounds[number + 1])
            known = self.looked_up[word] = tuple(zip(self.classes[span], self.weights[span], strict=True))
        return known


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> LanguageModel:
    """Build the model from the arrays of its file.

    Raises:
        KeyError, ValueError: the arrays are not a model's.
    """
    words = arrays["words"].tobytes().decode("utf-8").split("\0")
    counts = arrays["n_entries"].astype(np.int64)
    if len(words) != len(counts):
        raise ValueError("as many counts as words are needed")
    bounds = np.concatenate([[0], np.cumsum(counts)])
    lengths = np.repeat(np.array([len(word) for word in words]), counts)
    weights = np.exp(arrays["logarithms"].astype(np.float64) / -16) * SCALE**lengths
    classes = [str(name) for name in arrays["classes"]]
    return LanguageModel(
        table=normal_table(),
        words={word: number for number, word in enumerate(words)},
        letters=frozenset("".join(words)),
        beginnings=frozenset(word[:2] for word in words),
        bounds=bounds.tolist(),
        classes=arrays["entry_classes"].astype(np.int64).tolist(),
        weights=weights.tolist(),
        transitions=arrays["transitions"].astype(np.float64),
        stationary=arrays["stationary"].astype(np.float64),
        name_class=classes.index("B nr"),
        page_class=classes.index("page"),
    )
