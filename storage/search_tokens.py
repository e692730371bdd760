"""What the index knows of an article: pairs of its folded UTF-16 units, as numbers.

A pair is one number, and the pairs that begin with one character lie side by side: so a query of one or two characters is found
exactly, and a longer one by its pairs and a look at the text. A character outside the first 65,536 is two units: a pair.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.search_text import field_name

Numbers: TypeAlias = NDArray[np.int64]

Record: TypeAlias = Mapping[Any, Any]
"""An article's row by column; JSON may be text or read."""

MAX_DOCS = 4096
"""Articles of a segment."""
DOC_BITS = 16
"""The lowest bits of a posting: the position of its document in the segment."""
PAIR, TITLE_PAIR, FIELD = 0, 1 << 32, 2 << 32
"""Kinds of token: pairs of title and text, pairs of the title alone, values of fields."""


class Document(NamedTuple):
    """An article as it is indexed."""

    pk: int
    title: str | None
    text: str | None
    fields: Sequence[int]
    """Tokens of the fields."""


class Tokens(NamedTuple):
    """The tokens from `first` to `last`."""

    first: int
    last: int


def document_of(pk: int, article: Record) -> Document:
    """Make the document of an article's row."""
    return Document(pk, article["title"], article["text"], [_token_of(*field) for field in _fields_of(article)])


def fields_of(article: Record) -> set[str]:
    """Return the fields of an article's row that filters ask for."""
    return {_name_of(*field) for field in _fields_of(article)}


def _fields_of(article: Record) -> list[tuple[str, str]]:
    """Return what filters ask for, by name: site, disguised, source, as printed too, day, and section."""
    source, printed, day, section = article["source"], article["source_raw"], article["published_at"], article["section"]
    fields = [("site", article["site"]), ("disguised", "yes" if article["disguised"] else "no")]
    if source:
        fields.append(("source", source))
    if printed and printed != source:
        fields.append(("source", printed))
    if day:
        fields += (("day", day[:4]), ("day", day[:7]), ("day", day[:10]))
    if section:
        fields += [("section", part) for part in (_parts_of(section) if isinstance(section, str) else section)]
    return fields


_name_of = lru_cache(maxsize=16_384)(field_name)  # the same values come again and again


@lru_cache(maxsize=16_384)
def _token_of(name: str, value: str) -> int:
    return field_token(field_name(name, value))


@lru_cache(maxsize=1024)
def _parts_of(section: str) -> tuple[str, ...]:
    return tuple(json.loads(section))


def is_first(values: Numbers) -> NDArray[np.bool_]:
    """Tell which of sorted values differ from the one before."""
    first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def field_token(name: str) -> int:
    """Return the token of a field: a number of 32 bits; that two share one is found out against the article."""
    return FIELD | zlib.crc32(name.encode())


def text_tokens(folded: str, *, in_title: bool = False) -> list[Tokens]:
    """Return the tokens of which every text holding `folded` (not empty) has at least one each.

    >>> text_tokens("ab"), text_tokens("a")
    ([Tokens(first=6357090, last=6357090)], [Tokens(first=6356992, last=6422527)])
    """
    kind = TITLE_PAIR if in_title else PAIR
    units = np.frombuffer(folded.encode("utf-16-le"), dtype="<u2").tolist()
    if len(units) == 1:
        return [Tokens(kind | units[0] << 16, kind | units[0] << 16 | 0xFFFF)]
    return _single(kind | first << 16 | second for first, second in pairwise(units))


def _single(tokens: Iterable[int]) -> list[Tokens]:
    return [Tokens(token, token) for token in dict.fromkeys(tokens)]
