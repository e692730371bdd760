"""Put the language model together: classes of words, their chain, and the sentence marks between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

MARK, DIGIT, LETTER, PAGE = "mark ", "digit", "letter", "page"
P_ODD_MARK = 1e-5
"""A mark after a mark that no rule names."""
P_PAGE = 0.03
"""Chance that a string which the page prints elsewhere stands next."""
NUMBERED = {"q": 1.0, "m": 1.0, "n": 0.15, "v": 0.15, "t": 0.15}
"""What follows digits, by tag; others 0.02."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Classes of words, named "S tag" (single characters) or "B tag" (longer words)."""

    names: Sequence[str]
    words: Sequence[Mapping[str, float]]
    """P(word | class)."""
    rows: Doubles
    """P(class | class before), marks left out."""
    first: Doubles
    """P(class) at the beginning of a sentence."""


def to_arrays(classes: Classes, marks: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model file."""
    names = [*classes.names, *(MARK + mark for mark in marks["share"]), DIGIT, LETTER, PAGE]
    classes = replace(classes, first=0.995 * classes.first + 0.005 / len(classes.names))  # no way is quite closed
    transitions = _transitions(classes, marks, names)
    words = [*classes.words, *({mark: 1.0} for mark in marks["share"]), {"0": 1.0}, {"a": 1.0}, {}]
    stationary = transitions[names.index(MARK + "\n")]
    for _ in range(60):
        stationary = stationary @ transitions
        stationary = stationary / stationary.sum()
    return _words_as_arrays(words) | {
        "classes": np.array(names),
        "transitions": transitions.astype(np.float32),
        "stationary": stationary.astype(np.float32),
    }


def _transitions(classes: Classes, marks: Mapping[str, Any], names: Sequence[str]) -> Doubles:
    n = len(classes.names)
    place = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    totals = classes.rows.sum(axis=1, keepdims=True)
    chain = np.where(totals > 0, 0.98 * classes.rows / np.maximum(totals, 1e-300), 0.98 * classes.first) + 0.02 * classes.first
    share = np.zeros(len(names))
    for mark, part in marks["share"].items():
        share[place[MARK + mark]] = part / sum(marks["share"].values())
    digits = np.zeros(len(names))
    digits[place[DIGIT]], digits[place[LETTER]] = marks["digit_after_word"], marks["letter_after_word"]
    for number, name in enumerate(classes.names):
        kind, _, tag = name.partition(" ")
        chance = marks["mark_after_word"] * marks["after_tag"].get(tag, 1.0)
        if kind == "S":
            chance *= marks["single"].get(tag, marks["single"]["other"])
        matrix[number, :n] = (1 - chance - digits.sum()) * chain[number]
        matrix[number] += chance * share + digits
    for mark in marks["share"]:
        matrix[place[MARK + mark]] = _after_mark(mark, classes, marks, place)
    matrix[place[DIGIT]] = _after_digit(classes, place, share)
    matrix[place[LETTER], :n] = 0.25 * classes.first
    matrix[place[LETTER], place[LETTER]] = 0.6
    matrix[place[LETTER]] += 0.15 * share
    matrix[place[PAGE]] = matrix[place["B n"]]
    matrix *= 1 - P_PAGE
    matrix[:, place[PAGE]] = P_PAGE
    return matrix


def _after_mark(mark: str, classes: Classes, marks: Mapping[str, Any], place: Mapping[str, int]) -> Doubles:
    row = np.zeros(len(place))
    following = marks["between"].get(mark, {})
    left = 1 - sum(following.values())
    digit = left * marks["digit_after_mark"].get(mark, 0.04)
    row[: len(classes.names)] = (left - digit) * classes.first
    row[place[DIGIT]], row[place[LETTER]] = 0.8 * digit, 0.2 * digit
    for other in marks["share"]:
        row[place[MARK + other]] = following.get(other, P_ODD_MARK)
    return row


def _after_digit(classes: Classes, place: Mapping[str, int], share: Doubles) -> Doubles:
    row = 0.07 * share
    units = np.array([NUMBERED.get(name.partition(" ")[2], 0.02) for name in classes.names])
    row[: len(classes.names)] = 0.3 * units / units.sum()
    row[place[DIGIT]] = 0.6
    row[place[MARK + "%"]] = 0.03
    row[place[MARK + "."]] = 0.03
    return row


def _words_as_arrays(words: Sequence[Mapping[str, float]]) -> dict[str, NDArray[Any]]:
    entries: dict[str, list[tuple[int, float]]] = {}
    for number, group in enumerate(words):
        for word, p in group.items():
            entries.setdefault(word, []).append((number, p))
    ordered = sorted(entries)
    flat = [entry for word in ordered for entry in entries[word]]
    logarithms = np.clip(np.rint(-16 * np.log([p for _, p in flat])), 0, 400).astype(np.uint16)
    return {
        "words": np.frombuffer("\0".join(ordered).encode(), dtype=np.uint8),
        "n_entries": np.array([len(entries[word]) for word in ordered], dtype=np.uint8),
        "entry_classes": np.array([number for number, _ in flat], dtype=np.uint8),
        "logarithms": logarithms,
    }
