"""Sum over all ways to cut a stretch of text into words, with some characters unknown: forward and backward once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.repair.model import MAX_WORD, SCALE, UNKNOWN, Entries, LanguageModel
from pipelines.repair.page_words import PageWords

CUT_WORD = (1.0, 0.15, 0.05)
"""Weight of a window that begins or ends 0, 1 or 2 characters within a word, scaled by SCALE for each."""
MAX_STRINGS = 4000
"""Strings looked up for one stretch of places; more places are open only in text made to stall us."""

Place = tuple[str, ...]
"""The characters that may stand at a place, in the model's alphabet."""
Edge = tuple[int, int, str, Entries]
"""Begin and end of a word, the word, its classes."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What the lattice says of a stretch."""

    score: float
    """ln P of the stretch, all ways together."""
    beliefs: tuple[dict[str, float], ...]
    """At each place the share of belief of each character."""


def cover(places: Sequence[Place], model: LanguageModel, page: PageWords | None) -> Covered | None:
    """Weigh what may stand at each place; None where no way leads through."""
    edges = _edges(places, model, page)
    n = len(places)
    forward, ended = _reached(n, edges, model)
    forward[n] = ended[n]
    backward = _backward(n, edges, model)
    shares: list[dict[str, float]] = [{} for _ in places]
    for before, begins in zip(forward, edges, strict=False):
        for begin, end, word, entries in begins:
            after = backward[end]
            weight = sum(before[c] * p * after[c] for c, p in entries)
            if weight:
                for offset, char in enumerate(word):
                    share = shares[begin + offset]
                    share[char] = share.get(char, 0.0) + weight
    return _covered(shares, forward, backward, n)


def likelihood(places: Sequence[Place], model: LanguageModel) -> float:
    """Return ln P of a stretch without open places, as `cover` scores it; -inf where no way leads through."""
    n = len(places)
    ended = _reached(n, _edges(places, model, None), model)[1]
    total = sum(weight * sum(ended[n - cut]) for cut, weight in enumerate(CUT_WORD) if cut <= n)
    return math.log(total) - n * math.log(SCALE) if total else -math.inf


def _covered(shares: list[dict[str, float]], forward: list[list[float]], backward: list[list[float]], n: int) -> Covered | None:
    sums = [sum(share.values()) for share in shares]
    total = max(sums) if sums else sum(a * b for a, b in zip(forward[n], backward[n], strict=True))
    if not total:
        return None
    beliefs = tuple(
        {char: weight / whole for char, weight in share.items()} if whole else {} for share, whole in zip(shares, sums, strict=True)
    )
    return Covered(math.log(total) - n * math.log(SCALE), beliefs)


def _edges(places: Sequence[Place], model: LanguageModel, page: PageWords | None) -> list[list[Edge]]:
    """Return the words that fit, by where they begin."""
    found: list[list[Edge]] = []
    known = model.words
    unknown = ((model.name_class, UNKNOWN * SCALE),)
    for begin, first in enumerate(places):
        begins: list[Edge] = [(begin, begin + 1, char, model.entries(char) or unknown) for char in first]
        words, printed = list(first), list(first)
        is_open = len(first) > 1
        for end in range(begin + 2, min(begin + MAX_WORD, len(places)) + 1):
            place = places[end - 1]
            is_open |= len(place) > 1
            if words:
                words = _longer_words(words, place, model)
                begins += [(begin, end, word, model.entries(word)) for word in words if word in known]
            if page and printed:
                printed = page.longer(printed, place)
                begins += [(begin, end, word, ((model.page_class, p),)) for word in printed if (p := page.weight(word, is_open=is_open))]
            if not words and not (page and printed):
                break
        found.append(begins)
    return found


def _longer_words(strings: list[str], place: Place, model: LanguageModel) -> list[str]:
    """Return the strings one character longer that words begin with (as far as their first two characters tell)."""
    if len(strings) * len(place) > MAX_STRINGS:
        return []
    if len(strings[0]) > 1:
        return [string + char for string in strings for char in place]
    return [pair for string in strings for char in place if (pair := string + char) in model.beginnings]


def _reached(n: int, edges: list[list[Edge]], model: LanguageModel) -> tuple[list[list[float]], list[list[float]]]:
    """Return for each offset the weight of each class that may begin there, and of each that ended there."""
    n_classes = len(model.stationary)
    ended = [[0.0] * n_classes for _ in range(n + 1)]
    begun = []
    for at in range(n + 1):
        state = np.array(ended[at])
        if at < len(CUT_WORD):
            state += model.stationary * CUT_WORD[at]
        before = (state @ model.transitions).tolist()
        begun.append(before)
        for _, end, _, entries in edges[at] if at < n else ():
            into = ended[end]
            for c, p in entries:
                into[c] += before[c] * p
    return begun, ended


def _backward(n: int, edges: list[list[Edge]], model: LanguageModel) -> list[list[float]]:
    """Return for each offset the weight of all that follows, by the class that ends there."""
    n_classes = len(model.stationary)
    values: list[list[float]] = [[] for _ in range(n + 1)]
    for at in range(n, -1, -1):
        begun = [0.0] * n_classes
        for _, end, _, entries in edges[at] if at < n else ():
            after = values[end]
            for c, p in entries:
                begun[c] += p * after[c]
        value = model.transitions @ np.array(begun)
        if n - at < len(CUT_WORD):
            value += CUT_WORD[n - at]
        values[at] = value.tolist()
    return values
