"""The query language: words and "phrases", AND, OR, - or NOT, and ( ), `site:` and other filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from pipelines.errors import UsageError
from pipelines.normalize.normalize import registrable_domain
from storage.search_days import day_of, days_between
from storage.search_text import BOUNDARY, field_name, fold
from storage.search_tokens import Tokens, field_token, text_tokens

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?")
MAX_DEPTH = 20
"""Brackets within brackets; deeper ones are left out."""
FILTERS = ("site", "source", "day", "section", "disguised", "story")
"""`day` takes a day, a month or a year as printed by the page: 2024-03-01, 2024-03, 2024, and ranges: 2024-03-01..2024-04; `disguised` takes yes or no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase, folded."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field that must have a value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What must not be there."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any_:
    """At least one of the parts."""

    parts: tuple[Node, ...]


Node: TypeAlias = Term | Filter | Not | All | Any_

_QUOTES = {'"': '"', "“": "”", "「": "」", "＂": "＂"}
_WORD = re.compile(r"""\s*(?:(?P<minus>[-－](?=\S))|(?P<open>[(（])|(?P<close>[)）])|(?P<quote>["“「＂])|(?P<word>[^\s()（）"“「＂]+))""")


def parse_query(query: str) -> Node:
    """Read a query. Here nothing is an error: an open quote ends at the end, a lone operator is left out.

    AND binds closer than OR: `a b OR c` finds what has both a and b, or c.

    >>> parse_query('东河 -site:a.cn')
    All(parts=(Term(text='东河'), Not(part=Filter(name='site', value='a.cn'))))
    """
    return _Reader(list(_words(query))).read_any()


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    text: str = ""


def _words(query: str) -> Iterator[_Word]:
    at = 0
    while match := _WORD.match(query, at):
        at, kind = match.end(), str(match.lastgroup)
        name, colon, value = match[0].strip().replace("：", ":", 1).partition(":")
        if kind == "quote":
            text, at = _quoted(query, at, _QUOTES[match["quote"]])
            yield _Word("phrase", text)
        elif kind == "word" and colon and name.lower() in FILTERS:
            if not value and at < len(query) and query[at] in _QUOTES:
                value, at = _quoted(query, at + 1, _QUOTES[query[at]])
            yield _Word(f"filter {name.lower()}", value)
        elif kind == "word" and match["word"] in ("AND", "OR", "|"):
            yield _Word("OR" if match["word"] != "AND" else "AND")
        elif kind == "word" and match["word"] == "NOT":
            yield _Word("minus")
        else:
            yield _Word("phrase" if kind == "word" else kind, match[0].strip())


def _quoted(query: str, start: int, closing: str) -> tuple[str, int]:
    end = query.find(closing, start)
    return (query[start:], len(query)) if end < 0 else (query[start:end], end + len(closing))


class _Reader:
    """Recursive descent over the words of a query."""

    def __init__(self, words: list[_Word]) -> None:
        self.words, self.at = words, 0

    def _next(self) -> _Word | None:
        return self.words[self.at] if self.at < len(self.words) else None

    def read_any(self, depth: int = 0) -> Node:
        parts = [self._read_all(depth)]
        while (word := self._next()) and (word.kind == "OR" or (word.kind == "close" and depth == 0)):
            self.at += 1
            if word.kind == "OR":
                parts.append(self._read_all(depth))
        real = tuple(part for part in parts if part != All(parts=()))
        return real[0] if len(real) == 1 else Any_(parts=real) if real else All(parts=())

    def _read_all(self, depth: int) -> Node:
        parts: list[Node] = []
        while (word := self._next()) and word.kind not in ("OR", "close"):
            self.at += 1
            part = self._read_one(word, depth)
            if part is not None:
                parts.append(part)
        return parts[0] if len(parts) == 1 else All(parts=tuple(parts))

    def _read_one(self, word: _Word, depth: int) -> Node | None:
        if word.kind == "minus":
            return self._read_negated(depth)
        if word.kind == "open" and depth == MAX_DEPTH:
            return None
        if word.kind == "open":
            inner = self.read_any(depth + 1)
            self.at += self._next() is not None  # the closing one, where it was not forgotten
            return None if inner == All(parts=()) else inner
        if word.kind.startswith("filter "):
            return _filter_of(word.kind.removeprefix("filter "), word.text)
        text = fold(word.text).strip().replace(BOUNDARY, "")
        return Term(text=text) if word.kind == "phrase" and text else None

    def _read_negated(self, depth: int) -> Node | None:
        while (word := self._next()) and word.kind == "minus":
            self.at += 1
        if word is None or word.kind in ("OR", "AND", "close"):
            return None
        self.at += 1
        part = self._read_one(word, depth)
        return None if part is None else Not(part=part)


def _filter_of(name: str, value: str) -> Node:
    days = days_between(value) if name == "day" else None
    if days is None:
        return Filter(name=name, value=value)
    return Any_(parts=tuple(Filter(name=name, value=day) for day in days))


def terms_of(node: Node) -> tuple[str, ...]:
    """Return the words and phrases that a match shows, each once."""
    if isinstance(node, Term):
        return (node.text,)
    if isinstance(node, All | Any_):
        return tuple(dict.fromkeys(text for part in node.parts for text in terms_of(part)))
    return ()


def filters_of(node: Node, name: str) -> Iterator[str]:
    """Give the values that filters of this name ask for."""
    if isinstance(node, Filter) and node.name == name:
        yield node.value
    elif isinstance(node, All | Any_):
        for part in node.parts:
            yield from filters_of(part, name)
    elif isinstance(node, Not):
        yield from filters_of(node.part, name)


def matches(node: Node, document: str, fields: Collection[str]) -> bool:
    """Tell whether a folded document with these fields is what the query asks for."""
    if isinstance(node, Term):
        return node.text in document
    if isinstance(node, Filter):
        return field_of(node) in fields
    if isinstance(node, Not):
        return not matches(node.part, document, fields)
    return (all if isinstance(node, All) else any)(matches(part, document, fields) for part in node.parts)


@lru_cache(maxsize=1024)  # asked for each article that may match
def field_of(node: Filter) -> str:
    """Return the field that an article with the filter's value has."""
    if node.name == "disguised":
        return field_name("disguised", _YES_OR_NO.get(fold(node.value), ""))
    if node.name == "site":
        return field_name("site", site_domain(node.value) or node.value)  # people write the host they see
    if node.name == "day":
        return field_name("day", day_of(node.value) or node.value)
    return field_name(node.name, node.value)


def site_domain(named: str) -> str | None:
    """Return the registrable domain of a site that a person names by its domain, a host below it, or a page; None: it is none of these.

    >>> site_domain("www.A.example"), site_domain("http://a.example/1.html"), site_domain("东河网")
    ('a.example', 'a.example', None)
    """
    host = fold(named).partition("://")[2].partition("/")[0] or fold(named)
    return registrable_domain(f"http://{host}") if _HOST.fullmatch(host) else None


def check_filters(node: Node) -> None:
    """Insist on values that an article can have: nothing would be found, and whoever asks would take it for an answer.

    Raises:
        UsageError: naming the filter, its value, and what it takes.
    """
    for name, expected in _EXPECTED.items():
        for value in filters_of(node, name):
            if not value.strip():
                raise UsageError(f"{name}: has no value behind it (without a space between); it takes {expected}")
            if not _FITS.get(name, bool)(fold(value)):
                raise UsageError(f"{name}:{value} is not {expected}")


_YES_OR_NO = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}
_EXPECTED = {
    "site": "a domain, such as example.com",
    "source": "the name of an outlet",
    "day": "a day, month or year, such as 2024-03-01, 2024-03 or 2024, or a range of them, such as 2024-03-01..2024-04",
    "section": "the name of a section",
    "disguised": "yes or no",
    "story": "the id of a story",
}
_FITS: dict[str, Callable[[str], object]] = {
    "site": lambda value: site_domain(value) or re.fullmatch(r"[\w.-]+", value, re.ASCII),
    "day": day_of,
    "disguised": _YES_OR_NO.get,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # known by itself: it is looked up for each segment
class Lookup:
    """What to ask the index: a set that holds every match, and perhaps a little more (`is_exact` false)."""

    operator: Literal["tokens", "every", "and", "or", "not"]
    tokens: Tokens | None = None
    parts: tuple[Lookup, ...] = ()
    is_exact: bool = True


EVERY = Lookup(operator="every", is_exact=False)


def lookup_of(node: Node, *, in_title: bool = False) -> Lookup:
    """Return the index lookup of a query. `in_title`: only those with the words in their titles."""
    if isinstance(node, Term):
        tokens = tuple(Lookup(operator="tokens", tokens=one) for one in text_tokens(node.text, in_title=in_title))
        return tokens[0] if len(tokens) == 1 else Lookup(operator="and", parts=tokens, is_exact=False)
    if isinstance(node, Filter):
        # The members of a story change without the article: they are looked up in the table, by the caller.
        token = field_token(field_of(node))
        return EVERY if node.name == "story" else Lookup(operator="tokens", tokens=Tokens(token, token))
    if isinstance(node, Not):
        part = lookup_of(node.part)
        # Where the index may hold a little too much, or two fields share a token, taking that away would lose matches.
        return Lookup(operator="not", parts=(part,)) if isinstance(node.part, Term) and part.is_exact else EVERY
    parts = tuple(lookup_of(part, in_title=in_title) for part in node.parts)
    if not parts:
        return EVERY
    return Lookup(operator="and" if isinstance(node, All) else "or", parts=parts, is_exact=all(part.is_exact for part in parts))
