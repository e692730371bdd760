"""What the index knows of an article: pairs of its folded UTF-16 units, as numbers.

A pair is one number, and the pairs that begin with one character lie side by side: so a query of one or two characters is found
exactly, and a longer one by its pairs and a look at the text. A character outside the first 65,536 is two units: a pair.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from storage.schema import dump_json
from storage.search_text import BOUNDARY, field_name, fold_all

Numbers: TypeAlias = NDArray[np.int64]

Record: TypeAlias = Mapping[Any, Any]
"""An article's row by column; JSON may be text or read."""

MAX_DOCS = 4096
"""Articles of a segment: as many as the lowest bits of a posting tell apart."""
DOC_BITS = 12
PAIR, TITLE_PAIR, FIELD = 0, 1 << 32, 2 << 32
"""Kinds of token: pairs of title and text, pairs of the title alone, values of fields."""
_BOUNDARY = ord(BOUNDARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as it is indexed."""

    pk: int
    title: str | None
    text: str | None
    fields: Sequence[int]
    """Tokens of the fields."""


@dataclass(frozen=True, slots=True, order=True)
class Tokens:
    """The tokens from `first` to `last`."""

    first: int
    last: int


def document_of(pk: int, article: Record) -> Document:
    """Make the document of an article's row."""
    return Document(pk=pk, title=article["title"], text=article["text"], fields=_field_tokens(_field_values(article)))


FieldValues: TypeAlias = tuple[str, bool, str | None, str | None, str | None, str | None]


def _field_values(article: Record) -> FieldValues:
    """Return what filters ask for: site, disguised, source, as printed, day, and section as JSON."""
    day, section = article["published_at"], article["section"]
    section = section if section is None or isinstance(section, str) else dump_json(section)
    return (article["site"], bool(article["disguised"]), article["source"], article["source_raw"], day and day[:10], section)


def fields_of(article: Record) -> tuple[str, ...]:
    """Return the fields of an article's row that filters ask for."""
    return _fields(_field_values(article))


@lru_cache(maxsize=16_384)  # articles of one site and day share them
def _fields(values: FieldValues) -> tuple[str, ...]:
    site, is_disguised, source, source_raw, day, section = values
    fields = [field_name("site", site), field_name("disguised", "yes" if is_disguised else "no")]
    fields += [field_name("source", name) for name in {source, source_raw} if name]
    fields += [field_name("day", day[:length]) for length in (4, 7, 10) if day]
    return (*fields, *(field_name("section", part) for part in json.loads(section or "[]")))


@lru_cache(maxsize=16_384)
def _field_tokens(values: FieldValues) -> tuple[int, ...]:
    return tuple(map(field_token, _fields(values)))


def postings_of(documents: Sequence[Document]) -> Numbers:
    """Return all postings of documents (at most `MAX_DOCS`), sorted: a token, and in the lowest bits the position of the document."""
    folded = fold_all([part or "" for d in documents for part in (d.title, d.text)])
    # A boundary after each title and text: the last character has a pair, too.
    units = np.frombuffer(f"{BOUNDARY.join(folded)}{BOUNDARY}".encode("utf-16-le"), dtype="<u2").astype(np.int64)
    is_boundary = units == _BOUNDARY
    part = np.cumsum(is_boundary)  # even: a title, odd: a text
    pairs = ((units[:-1] << (16 + DOC_BITS)) | (part[:-1] >> 1)) + (units[1:] << DOC_BITS)
    is_pair = ~is_boundary[:-1]
    title_pairs = pairs[is_pair & (part[:-1] & 1 == 0)] + (TITLE_PAIR << DOC_BITS)
    fields = np.array([token << DOC_BITS | n for n, d in enumerate(documents) for token in d.fields], dtype=np.int64)
    return sorted_once(np.concatenate((pairs[is_pair], title_pairs, fields)))


def sorted_once(postings: Numbers) -> Numbers:
    """Sort, each posting once; the array is changed."""
    postings.sort()
    return postings[is_first(postings)]


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
