"""Text as search sees it. Every character is folded by itself, so that what is a substring before folding is one after it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

BOUNDARY = "\x01"
"""Stands between title and text, so that no query matches across; in a text it is a space."""
Units: TypeAlias = NDArray[np.uint16]
_UNKNOWN, _SEVERAL = 0xFFFE, 0xFFFF
"""In the table of code units: not looked at yet; folds into none or more than one. Neither is a character, so neither is left in a text."""
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


class _FoldTable(dict[int, str]):
    """Folds one character: width (NFKC), script (Traditional to Simplified), case; white space is a space, the invisible is gone."""

    def __init__(self) -> None:
        super().__init__()
        import opencc

        self.convert = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        folded, before = self._fold(chr(code)), ""
        while folded != before:  # what is folded already stays as it is
            folded, before = "".join(map(self._fold, folded)), folded
        self[code] = folded
        return folded

    def _fold(self, char: str) -> str:
        if unicodedata.category(char) in ("Cf", "Cs") or ord(char) in (_UNKNOWN, _SEVERAL):
            return ""
        if char.isspace() or char == BOUNDARY:
            return " "
        folded = unicodedata.normalize("NFKC", self.convert(unicodedata.normalize("NFKC", char)).lower())
        return " " if folded.isspace() else folded


@cache
def _fold_table() -> _FoldTable:
    return _FoldTable()


@cache
def _unit_table() -> Units:
    """Return what each UTF-16 unit folds into; filled as units are met. Halves of pairs stay: those characters are folded before."""
    table = np.full(0x10000, _UNKNOWN, dtype="<u2")
    table[ord(BOUNDARY)] = ord(BOUNDARY)
    table[0xD800:0xE000] = np.arange(0xD800, 0xE000)
    return table


def fold(text: str) -> str:
    """Fold text for comparison; runs of white space become one space.

    >>> fold("數字ＡＢ　 經濟\\n㈱")
    '数字ab 经济 (株)'
    """
    return _squeeze(text.translate(_fold_table()))


def _squeeze(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return `fold` of each, many times as fast.

    >>> fold_all(["數字", "ＡＢ…"])
    ['数字', 'ab...']
    """
    return str(fold_units(texts).tobytes(), "utf-16-le").split(BOUNDARY)[:-1]


def fold_units(texts: Sequence[str]) -> Units:
    """Return `fold` of each as UTF-16 units, with a `BOUNDARY` behind each."""
    joined = BOUNDARY.join((*texts, ""))
    if joined.count(BOUNDARY) > len(texts):
        joined = BOUNDARY.join((*(text.replace(BOUNDARY, " ") for text in texts), ""))
    folded = _fold_joined(joined)
    is_space = folded == ord(" ")
    is_further = is_space[1:] & is_space[:-1]
    return folded[np.concatenate((_TRUE, ~is_further))] if is_further.any() else folded


_TRUE = np.ones(1, dtype=bool)


def _fold_joined(text: str) -> Units:
    try:
        encoded = text.encode("utf-16-le")
    except UnicodeEncodeError:  # half a character
        text = text.encode("utf-16-le", "ignore").decode("utf-16-le")
        encoded = text.encode("utf-16-le")
    if len(encoded) > 2 * len(text):
        for char in set(_BEYOND.findall(text)):
            text = text.replace(char, _fold_table()[ord(char)])
        encoded = text.encode("utf-16-le")
    units, table = np.frombuffer(encoded, dtype="<u2"), _unit_table()
    folded: Units = table.take(units)
    places = np.flatnonzero(folded >= _UNKNOWN)
    if not len(places):
        return folded
    for code in np.unique(units[places]).tolist():
        one = _fold_table()[code]
        table[code] = ord(one) if len(one) == 1 and ord(one) < _UNKNOWN else _SEVERAL
    folded[places] = table[units[places]]
    places = places[folded[places] == _SEVERAL]
    return _spread(folded, places, [_fold_table()[code] for code in units[places].tolist()])


def _spread(units: Units, places: NDArray[np.intp], texts: Sequence[str]) -> Units:
    """Put texts in the place of single units."""
    whole, start = units.tobytes(), 0
    parts: list[bytes] = []
    for place, text in zip((places * 2).tolist(), texts, strict=True):
        parts += (whole[start:place], text.encode("utf-16-le"))
        start = place + 2
    return np.frombuffer(b"".join((*parts, whole[start:])), dtype="<u2")


def origins_of(text: str, folded: str) -> Sequence[int]:
    """Say for each character of a text's folded form which character of the text it came from."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    odd = np.flatnonzero(_unit_table().take(np.minimum(codes, 0xFFFF)) >= 0xD800)  # may fold into none or several
    if not len(odd) and len(folded) == len(text):
        return range(len(text))
    lengths = np.ones(len(text), dtype=np.intp)
    lengths[odd] = [len(_fold_table()[code]) for code in codes[odd].tolist()]
    origins = np.repeat(np.arange(len(text)), lengths)
    if len(origins) == len(folded):
        return list(origins.tolist())
    units = np.frombuffer("".join(map(_fold_table().__getitem__, map(ord, text))).encode("utf-32-le"), dtype="<u4")
    is_kept = np.ones(len(units), dtype=bool)
    is_kept[1:] = (units[1:] != ord(" ")) | (units[:-1] != ord(" "))  # one space of several
    return list(origins[is_kept].tolist())


def folded_documents(rows: Sequence[Any]) -> list[str]:
    """Return for each row with a `title` and a `text` what queries are checked against."""
    folded = fold_all([part or "" for row in rows for part in (row.title, row.text)])
    return [f"{title}{BOUNDARY}{text}" for title, text in zip(folded[::2], folded[1::2], strict=True)]


def field_name(name: str, value: str) -> str:
    """Return how a field's value is compared: folded."""
    return f"{name}:{fold(value).strip()}"
