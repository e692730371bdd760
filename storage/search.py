"""Search the articles: exact on any query of one character or more, in both scripts, the same on both engines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, select

from pipelines.errors import UsageError
from storage.database import reading
from storage.schema import article
from storage.search_lookup import IndexReader
from storage.search_query import FILTERS, All, Lookup, Node, Not, check_filters, filters_of, lookup_of, matches, parse_query, terms_of
from storage.search_text import BOUNDARY, field_name, fold_all, folded_documents, origins_of
from storage.search_tokens import fields_of
from storage.sql import select_in
from storage.story_sql import among as condition_among
from storage.story_sql import rows_among

MAX_QUERY_CHARS = 1000
"""The 500 that the search box takes, and what they are narrowed down by."""
WINDOW = 100
"""Articles ranked against each other at a time: those with the words in the title first, newest first."""
_SNIPPET_CHARS, _LONGEST_WORD = 80, 20


class Article(NamedTuple):
    """An article as it is stored: what is checked, and what is shown."""

    pk: int
    id: str
    url: str
    story_id: str | None
    site: str
    site_name: str | None
    title: str | None
    text: str | None
    source: str | None
    source_raw: str | None
    published_at: str | None
    published_precision: str | None
    section: str | None
    """JSON."""
    disguised: bool | None


class EmptyQuery(UsageError):
    """A query without a word, number or character to search for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlighted:
    """A piece of text with the places that matched."""

    text: str
    hits: tuple[tuple[int, int], ...]
    """Start and end of each place, in characters of `text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One story that matched, shown by its best copy."""

    id: str
    url: str
    site: str
    site_name: str | None
    source: str | None
    published_at: str | None
    published_precision: str | None
    story_id: str | None
    n_copies: int
    """Articles of the story, this one included, matching or not."""
    title: Highlighted
    snippet: Highlighted


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One page of hits."""

    hits: tuple[SearchHit, ...]
    n_articles: int
    """Articles that match."""
    is_count_exact: bool
    """False: a few of `n_articles` may turn out not to match."""
    has_more: bool


@dataclass(frozen=True, slots=True)
class _Match:
    row: Article
    document: str
    """Its folded title and text."""
    score: float


def search(engine: Engine, query: str, *, limit: int = 20, offset: int = 0) -> SearchResult:
    """Find stories; storage/search_query.py tells the language of `query`.

    Raises:
        UsageError: the query is too long, empty, or a filter asks for what no article can have.
        StorageError: the database refused.
    """
    node = read_query(query)
    lookup = lookup_of(node)
    with reading(engine) as connection:
        index = IndexReader(connection)
        best: list[_Match] = []
        stories: set[str] = set()
        n_seen, is_whole = 0, True
        for match in find_matches(connection, index, node, lookup):
            n_seen += 1
            key = match.row.story_id or match.row.id
            if key not in stories:
                stories.add(key)
                best.append(match)
            if len(best) > offset + limit:
                is_whole = False
                break
        shown = best[offset : offset + limit]
        copies = count_copies(connection, [match.row.story_id for match in shown if match.row.story_id])
        n_articles, is_exact = (n_seen, True) if is_whole else _count(connection, index, node, lookup)
    terms = terms_of(node)
    return SearchResult(
        hits=tuple(_hit(match, terms, copies) for match in shown), n_articles=n_articles,
        is_count_exact=is_exact, has_more=len(best) > offset + limit,
    )  # fmt: skip


def _count(connection: Connection, index: IndexReader, node: Node, lookup: Lookup) -> tuple[int, bool]:
    """Count the articles that match, and tell whether the count is exact: the index is asked, the texts are not read."""
    if _stories_of(node):
        return sum(1 for _ in find_matches(connection, index, node, lookup)), True
    n_articles = index.count(lookup)
    return n_articles, lookup.is_exact or n_articles == 0


def read_query(query: str) -> Node:
    """Read a query, within bounds.

    Raises:
        UsageError: too long, or a filter asks for what no article can have.
        EmptyQuery: nothing in it can be searched for.
    """
    if len(query) > MAX_QUERY_CHARS:
        raise UsageError(f"the query has {len(query)} characters, more than {MAX_QUERY_CHARS}")
    node = parse_query(query)
    if node == All(parts=()):
        raise EmptyQuery("the query is empty")
    check_filters(node)
    return node


def find_all(engine: Engine, query: str) -> list[str]:
    """Find the ids of all articles that match, in the order of rank."""
    node = read_query(query)
    with reading(engine) as connection:
        return [match.row.id for match in find_matches(connection, IndexReader(connection), node, lookup_of(node))]


def find_newest(connection: Connection, query: str, limit: int) -> list[str]:
    """Find the ids of the articles that match, those stored last first.

    Raises:
        UsageError: as `search`.
    """
    node = read_query(query)
    found: list[str] = []
    for window in _windows(IndexReader(connection).find(lookup_of(node), _story_members(connection, node)), set()):
        found += [match.row.id for match in _ranked(_read_articles(connection, window), node, ())]
        if len(found) >= limit:
            break
    return found[:limit]


def find_matches(connection: Connection, index: IndexReader, node: Node, lookup: Lookup) -> Iterator[_Match]:
    """Give the articles that match, each once, checked against their text, best first within each window. `lookup`: the query's."""
    seen: set[int] = set()
    terms, among = terms_of(node), _story_members(connection, node)
    for narrower in (lookup_of(node, in_title=True), None) if terms else (None,):
        for window in _windows(index.find(lookup, among, narrower=narrower), seen):
            yield from _ranked(_read_articles(connection, window), node, terms)


def _windows(candidates: Iterator[int], seen: set[int]) -> Iterator[list[int]]:
    """Give those that were not seen yet, some at a time."""
    while window := list(islice((pk for pk in candidates if pk not in seen), WINDOW)):
        seen.update(window)
        yield window


def _read_articles(connection: Connection, pks: Sequence[int]) -> list[Article]:
    """Read those that may be shown, in no order: a hundred at a time, as the driver gives them."""
    query = f"SELECT {', '.join(Article._fields)} FROM article WHERE {condition_among(connection, 'pk')} AND status = 'usable'"
    return [Article._make(row) for row in rows_among(connection, query, pks)]


def _stories_of(node: Node) -> list[str]:
    """Return the stories that filters name, where one of them is required."""
    required = node.parts if isinstance(node, All) else (node,)
    return [story for part in required if not isinstance(part, Not) for story in filters_of(part, "story")]


def _story_members(connection: Connection, node: Node) -> list[int] | None:
    """Return the articles of the stories that filters require; None: no such filter."""
    stories = _stories_of(node)
    return [row.pk for row in select_in(connection, article.c.story_id, stories, article.c.pk)] if stories else None


def _ranked(rows: Sequence[Article], node: Node, terms: Sequence[str]) -> list[_Match]:
    found = []
    has_filters = any(True for name in FILTERS for _ in filters_of(node, name))
    for row, document in zip(rows, folded_documents(rows), strict=True):
        fields = {*fields_of(row._asdict()), field_name("story", row.story_id or "")} if has_filters else set()
        if matches(node, document, fields):
            found.append(_Match(row, document, score_of(document, terms)))
    return sorted(found, key=lambda match: (-match.score, -match.row.pk))


def score_of(document: str, terms: Sequence[str]) -> float:
    """Rank a document: words in the title, then how often they stand in the text for its length; whole Latin words first."""
    title, _, body = document.partition(BOUNDARY)
    score = 0.0
    for term in terms:
        count = body.count(term)
        score += 3.0 * (term in title) + math.log1p(count) / (1.0 + len(body) / 2000.0)
        if term.isascii() and re.search(rf"(?<![0-9a-z]){re.escape(term)}(?![0-9a-z])", document):
            score += 1.0
    return score


def count_copies(connection: Connection, stories: Sequence[str]) -> dict[str, int]:
    """Count the usable articles of each story; one that has none is left out."""
    # As a condition of the query, `usable` misleads PostgreSQL while it has no statistics: it looks all of them up in another index.
    n_usable = func.count().filter(article.c.status == "usable").label("n")
    query = select(article.c.story_id, n_usable).group_by(article.c.story_id)
    return {row.story_id: row.n for row in select_in(connection, article.c.story_id, set(stories), query=query) if row.n}


def _hit(match: _Match, terms: Sequence[str], copies: dict[str, int]) -> SearchHit:
    row = match.row
    title, _, body = match.document.partition(BOUNDARY)
    return SearchHit(
        id=row.id, url=row.url, site=row.site, site_name=row.site_name, source=row.source, published_at=row.published_at,
        published_precision=row.published_precision, story_id=row.story_id, n_copies=copies.get(row.story_id or "", 1),
        title=_highlighted(row.title or "", title, terms), snippet=_snippet(row.text or "", body, terms),
    )  # fmt: skip


def highlight(text: str, terms: Sequence[str]) -> Highlighted:
    """Find the places of folded terms in a text as printed.

    >>> highlight("京津冀數字經濟", ("数字",)).hits
    ((3, 5),)
    """
    return _highlighted(text, fold_all([text])[0], terms)


def _highlighted(text: str, folded: str, terms: Sequence[str]) -> Highlighted:
    found = [(at.start(), at.end() - 1) for term in terms for at in re.finditer(re.escape(term), folded)]
    if not found:
        return Highlighted(text=text, hits=())
    origins = origins_of(text, folded)
    spans = sorted((origins[first], origins[last] + 1) for first, last in found)
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return Highlighted(text=text, hits=tuple(merged))


def _snippet(text: str, folded: str, terms: Sequence[str]) -> Highlighted:
    """Cut a piece of the text round the place where most of the terms stand together."""
    whole = _highlighted(text.replace("\n", " "), folded, terms)
    starts = [start for start, _ in whole.hits]
    best = max(starts, key=lambda at: sum(at <= other < at + _SNIPPET_CHARS for other in starts), default=0)
    first = max(0, best - _SNIPPET_CHARS // 3)
    # No word is cut at the end: of 北京 a marked 北 would be left.
    last = max(
        (end for start, end in whole.hits if start < first + _SNIPPET_CHARS <= end < first + _SNIPPET_CHARS + _LONGEST_WORD), default=0
    )
    piece = whole.text[first : max(first + _SNIPPET_CHARS, last)]
    hits = tuple((start - first, min(end - first, len(piece))) for start, end in whole.hits if first <= start < first + len(piece))
    return Highlighted(text=piece, hits=hits)
