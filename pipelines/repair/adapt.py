"""Make a better model from a user's own accepted articles: how often words come there, and words and names it did not know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.repair.gbk import is_han
from pipelines.repair.model import normal_table

Arrays = Mapping[str, NDArray[Any]]

MAX_NEW_WORD = 4
MIN_COUNT = 5
"""A string that comes less often is not taken for a word."""
MIN_COHESION = 30.0
"""How many times more often the parts stand together than by chance."""
BASE_WORDS = 2_000_000
"""How many words of the user's text weigh as much as the model one begins with."""
MAX_FACTOR = 50.0
NEW_CLASS = "B n"
CHARS_PER_WORD = 1.7
MAX_STRINGS = 4_000_000
"""Strings counted at once; the rare ones are forgotten when there are more, so that memory stays bounded."""


def adapt(base: Arrays, texts: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model for text such as `texts`.

    Raises:
        ValueError: too little text to learn from.
    """
    counts, n_chars = count_strings(texts)
    if n_chars < 10_000:
        raise ValueError(f"{n_chars} Chinese characters of text; 10,000 are the least, some millions are good")
    words = base["words"].tobytes().decode("utf-8").split("\0")
    numbers = np.repeat(np.arange(len(words)), base["n_entries"].astype(np.int64))
    classes = base["entry_classes"].astype(np.int64)
    weights = np.exp(base["logarithms"].astype(np.float64) / -16)
    usual = np.bincount(numbers, weights * base["stationary"].astype(np.float64)[classes], len(words))
    n_words = n_chars / CHARS_PER_WORD
    seen = np.array([counts.get(word, 0) for word in words], dtype=np.float64)
    longer = np.array([len(word) > 1 for word in words])
    factors = (usual * BASE_WORDS + seen) / (usual * (BASE_WORDS + n_words) + 1e-300)
    factors = np.where(longer, np.clip(factors, 1 / MAX_FACTOR, MAX_FACTOR), 1.0)
    new = new_words(counts, set(words), n_chars)
    names = [str(name) for name in base["classes"]]
    new_class = names.index(NEW_CLASS)
    scale = float(base["stationary"][new_class]) * (BASE_WORDS + n_words)
    return _merged(base, words, weights * factors[numbers], {word: (new_class, count / scale) for word, count in new.items()})


def count_strings(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """Count strings of one to four Chinese characters, and the characters."""
    table = normal_table()
    counts: Counter[str] = Counter()
    n_chars, floor = 0, 1
    for text in texts:
        for run in "".join(char if is_han(char) else " " for char in text.translate(table)).split():
            n_chars += len(run)
            counts.update(run[at : at + size] for size in range(1, MAX_NEW_WORD + 1) for at in range(len(run) - size + 1))
        if len(counts) > MAX_STRINGS:
            floor += 1
            counts = Counter({string: count for string, count in counts.items() if count >= floor or len(string) == 1})
    return counts, n_chars


def new_words(counts: Mapping[str, int], known: set[str], n_chars: int) -> dict[str, int]:
    """Return the strings that stand together far more often than by chance and are no words yet."""
    return {
        string: count
        for string, count in counts.items()
        if count >= MIN_COUNT and len(string) > 1 and string not in known and _cohesion(string, counts, n_chars) >= MIN_COHESION
    }


def _cohesion(string: str, counts: Mapping[str, int], n_chars: int) -> float:
    """How many times more often a string comes than its likeliest two parts would meet by chance."""
    pairs = ((string[:at], string[at:]) for at in range(1, len(string)))
    return counts[string] * n_chars / max(counts.get(a, 1) * counts.get(b, 1) for a, b in pairs)


def _merged(base: Arrays, words: list[str], weights: NDArray[np.float64], new: dict[str, tuple[int, float]]) -> dict[str, NDArray[Any]]:
    """Put new words among the old ones and make each class add up to one again."""
    entries = [
        (word, int(number), float(weight))
        for word, number, weight in zip(np.repeat(words, base["n_entries"].astype(np.int64)), base["entry_classes"], weights, strict=True)
    ]
    entries += [(word, number, weight) for word, (number, weight) in new.items()]
    entries.sort(key=lambda entry: entry[0])
    classes = np.array([number for _, number, _ in entries])
    totals = np.bincount(classes, [weight for _, _, weight in entries], len(base["classes"]))
    logarithms = -16 * np.log(np.array([weight for _, _, weight in entries]) / totals[classes])
    counts = Counter(word for word, _, _ in entries)
    ordered = sorted(counts)
    return dict(base) | {
        "words": np.frombuffer("\0".join(ordered).encode(), dtype=np.uint8),
        "n_entries": np.array([counts[word] for word in ordered], dtype=np.uint8),
        "entry_classes": classes.astype(np.uint8),
        "logarithms": np.clip(np.rint(logarithms), 0, 400).astype(np.uint16),
    }
