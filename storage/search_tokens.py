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

from storage.printed_times import DAY_CHARS, printed_chars
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
    return Document(pk, article["title"], article["text"], tokens_of(_values_of(article)))


FIELD_KEYS = ("site", "source", "source_raw", "published_at", "published_precision", "section", "disguised")
"""The columns that filters ask for."""


def tokens_of(values: Sequence[Any]) -> list[int]:
    """Return the tokens of the values of `FIELD_KEYS`. `section`: JSON text, or a tuple."""
    return [token for fields in _fields(*values) for token in fields.tokens]


def fields_of(article: Record) -> set[str]:
    """Return the fields of an article's row that filters ask for."""
    return {name for fields in _fields(*_values_of(article)) for name in fields.names}


def _values_of(article: Record) -> tuple[Any, ...]:
    values = (article[key] for key in FIELD_KEYS)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


class _Fields(NamedTuple):
    names: tuple[str, ...]
    tokens: tuple[int, ...]


def _fields(
    site: str,
    source: str | None,
    printed: str | None,
    published_at: str | None,
    precision: str | None,
    section: str | tuple[str, ...] | None,
    disguised: bool | None,
) -> tuple[_Fields, ...]:
    """Return what filters ask for: site, source, as printed too, day, section and disguised. A page that prints a month is of none of its days."""
    named = (_of("site", site), _of("disguised", "yes" if disguised else "no"), _of("source", source, printed))
    return *named, _of_day(published_at and published_at[: min(DAY_CHARS, printed_chars(precision))]), _of_section(section)


@lru_cache(maxsize=16_384)  # the same values come again and again
def _of(name: str, *values: str | None) -> _Fields:
    names = tuple(field_name(name, value) for value in dict.fromkeys(values) if value)
    return _Fields(names, tuple(map(field_token, names)))


@lru_cache(maxsize=4096)
def _of_day(day: str | None) -> _Fields:
    return _of("day", day[:4], day[:7], day) if day else _of("day")


@lru_cache(maxsize=1024)
def _of_section(section: str | tuple[str, ...] | None) -> _Fields:
    return _of("section", *(json.loads(section) if isinstance(section, str) else section or ()))


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
