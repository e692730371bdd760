"""Text as search sees it: folded, and cut into tokens that both engines index alike.

Every character is folded by itself, so that what is a substring before folding is one after it. Tokens are the single
characters and the overlapping pairs of the folded text: a query of one or two characters is found exactly, a longer one is
looked up by its pairs and then checked against the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

_ASCII_SHIFT = 0xE000
"""Tokens hold no ASCII: FTS5's `ascii` tokenizer, many times faster than `unicode61`, then leaves every token whole."""
_TITLE, _FIELD, _EVERY = "\ue101", "\ue102", "\ue103"
"""First characters of tokens that are not text: a pair of the title, a field's value, what every article has."""
EVERY_TOKEN = _EVERY
BOUNDARY = "\x01"
"""Stands between title and text, so that no query matches across."""
_MAX_FIELD_CHARS = 120


class _FoldTable(dict[int, str]):
    """Folds one character: width (NFKC), script (Traditional to Simplified), case; white space is a space, the invisible is gone."""

    def __init__(self) -> None:
        super().__init__()
        import opencc

        self.convert = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if unicodedata.category(char) in ("Cf", "Cs"):
            folded = ""
        elif char.isspace():
            folded = " "
        else:
            folded = unicodedata.normalize("NFKC", self.convert(unicodedata.normalize("NFKC", char)).lower())
            folded = " " if folded.isspace() else folded
        self[code] = folded
        return folded


@cache
def _fold_table() -> _FoldTable:
    return _FoldTable()


_SHIFT = {code: chr(_ASCII_SHIFT + code) for code in range(128)}


def fold(text: str) -> str:
    """Fold text for comparison; runs of white space become one space.

    >>> fold("數字ＡＢ　 經濟\\n㈱")
    '数字ab 经济 (株)'
    """
    folded = text.translate(_fold_table())
    return " ".join(folded.split(" ")) if "  " not in folded else _squeeze(folded)


def _squeeze(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def fold_map(text: str) -> tuple[str, list[int]]:
    """Fold text and say for each folded character which character it came from."""
    folded: list[str] = []
    origins: list[int] = []
    table = _fold_table()
    for index, char in enumerate(text):
        for new in table[ord(char)]:
            if new == " " and folded and folded[-1] == " ":
                continue
            folded.append(new)
            origins.append(index)
    return "".join(folded), origins


def folded_document(title: str | None, text: str | None) -> str:
    """Return what queries are checked against."""
    return f"{fold(title or '')}{BOUNDARY}{fold(text or '')}"


class _ShiftedTable(dict[int, str]):
    """Folds and shifts in one pass over the text."""

    def __missing__(self, code: int) -> str:
        self[code] = _fold_table()[code].translate(_SHIFT)
        return self[code]


_SHIFTED = _ShiftedTable()
_SHIFTED_SPACE = chr(_ASCII_SHIFT + ord(" "))


def _fold_and_shift(text: str) -> str:
    """Return `fold(text).translate(_SHIFT)`, twice as fast."""
    shifted = text.translate(_SHIFTED)
    while _SHIFTED_SPACE * 2 in shifted:
        shifted = shifted.replace(_SHIFTED_SPACE * 2, _SHIFTED_SPACE)
    return shifted


def query_tokens(folded: str, *, in_title: bool = False) -> list[str]:
    """Return the tokens that every text holding `folded` (not empty) has in the index.

    >>> [len(token) for token in query_tokens("东河桥")]
    [2, 2]
    """
    shifted = folded.translate(_SHIFT)
    pairs = [shifted[at : at + 2] for at in range(len(shifted) - 1)] or [shifted]
    return [_TITLE + pair for pair in pairs] if in_title else pairs


def field_token(name: str, value: str) -> str:
    """Return the token of a field's value, for filters; compared folded."""
    return _FIELD + f"{name}:{fold(value).strip()}"[:_MAX_FIELD_CHARS].translate(_SHIFT)


def document_tokens(title: str | None, text: str | None, fields: Iterable[str]) -> str:
    """Return all tokens of an article, each once, with spaces between: of its folded title and text, of the title alone, and `fields`."""
    folded_title = _fold_and_shift(title or "")
    whole = f"{folded_title}{BOUNDARY}{_fold_and_shift(text or '')}"
    title_tokens = {*folded_title, *map(str.__add__, folded_title, folded_title[1:])}
    return " ".join([_characters_and_pairs(whole), *(_TITLE + token for token in sorted(title_tokens)), *fields, EVERY_TOKEN])


def _characters_and_pairs(text: str) -> str:
    # numpy sorts the pairs as numbers: many times as fast as a set of strings, and as numpy's own `unique`
    codes: Any = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    pairs = codes[:-1] | (codes[1:].astype("<u8") << np.uint64(32))  # in memory the first character comes first
    pairs.sort()
    is_first = np.ones(len(pairs), dtype=bool)
    np.not_equal(pairs[1:], pairs[:-1], out=is_first[1:])
    pairs = pairs[is_first]
    spaced = np.full((len(pairs), 3), ord(" "), dtype="<u4")
    spaced[:, :2] = pairs.view("<u4").reshape(-1, 2)
    # Beside the boundary stands a single character, which is a token anyway.
    together = spaced.tobytes().decode("utf-32-le").replace(BOUNDARY, " ")
    return f"{together} {' '.join(set(text) - {BOUNDARY})}"
