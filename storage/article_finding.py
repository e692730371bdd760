"""How articles on their way in are stored already: by any of their URLs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, func, select

from pipelines.dedupe.versions import Version, are_versions
from pipelines.normalize.date_relative import is_counted_back
from pipelines.types import NormalizedArticle, Precision
from storage.schema import article, page, revision
from storage.sql import select_in
from storage.story_sql import among, rows_among

Known: TypeAlias = Row[Any]
KNOWN = tuple(
    article.c[key] for key in ("pk", "id", "url", "revision", "story_id", "content_hash", "fetched_at", "site", "final_url", "status")
)


def urls_of(a: NormalizedArticle) -> tuple[str, ...]:
    """Return the URLs of an article: as asked for, after redirects, canonical."""
    return (a.url, a.final_url, a.canonical_url)


def is_one_page(a: NormalizedArticle, other: NormalizedArticle | Known) -> bool:
    """Tell whether both were fetched from one address, be it through a redirect."""
    return not {a.url, a.final_url}.isdisjoint((other.url, other.final_url))


FEW = 100
"""URLs taken down that are read rather than asked for: few bases have more."""


def find_refused(connection: Connection, articles: Iterable[NormalizedArticle]) -> set[str]:
    """Return URLs that were taken down: all, or, where they are many, those of the articles."""
    first = connection.exec_driver_sql(f"SELECT url FROM takedown LIMIT {FEW + 1}").scalars().all()
    if len(first) <= FEW:
        return set(first)
    urls = {url for a in articles for url in urls_of(a)}
    return {url for (url,) in rows_among(connection, f"SELECT url FROM takedown WHERE {among(connection, 'url')}", list(urls))}


class Stored(NamedTuple):
    """The version of an article that is stored."""

    url: str
    id: str
    revision: int
    story_id: str | None
    content_hash: str


def find_by_url(connection: Connection, urls: Sequence[str]) -> dict[str, Stored]:
    """Find how articles are stored, each under the URL it was first asked for."""
    query = f"SELECT url, id, revision, story_id, content_hash FROM article WHERE {among(connection, 'url')}"
    make = tuple.__new__  # what `_make` comes to, without a call in Python for each
    return {row[0]: make(Stored, row) for row in rows_among(connection, query, urls)}


def find_known(connection: Connection, articles: Sequence[NormalizedArticle], unknown: Collection[str] = ()) -> dict[str, Known]:
    """Find the stored article of each, by URL: as first asked for, else one of its further URLs, else the canonical one.

    What shares no more than a canonical link, and another text, is another article: some sites print one link on all their pages.
    `unknown`: URLs under which, as was found before, no article was first asked for.
    """
    found = {row.url: row for row in select_in(connection, article.c.url, {a.url for a in articles}.difference(unknown), *KNOWN)}
    missing = [a for a in articles if a.url not in found]
    if missing:
        wanted = {url for a in missing for url in urls_of(a)}
        joined = select(page.c.url.label("page_url"), *KNOWN).join(article, article.c.pk == page.c.article_pk)
        by_url = {row.url: row for row in select_in(connection, article.c.url, wanted - {a.url for a in missing}, *KNOWN)}
        by_url |= {row.page_url: row for row in select_in(connection, page.c.url, wanted, query=joined)}
        met = [(a, next((by_url[url] for url in urls_of(a) if url in by_url), None)) for a in missing]
        found |= _of_one_article(connection, [(a, row) for a, row in met if row is not None])
    return found


def _of_one_article(connection: Connection, pairs: Sequence[tuple[NormalizedArticle, Known]]) -> dict[str, Known]:
    doubtful = {row.pk for a, row in pairs if not is_one_page(a, row)}
    held = {row.pk: _stored_version(row) for row in select_in(connection, article.c.pk, doubtful, query=_VERSIONS)}
    return {a.url: row for a, row in pairs if row.pk not in held or is_one_page(a, row) or are_versions(version_of(a), held[row.pk])}


_VERSION = ("text", "title", "published_at", "published_precision", "published_raw")
_IS_KEPT = (revision.c.article_pk == article.c.pk) & (revision.c.revision == article.c.revision)
"""Of articles that are withheld: storage/withholding.py."""
_VERSIONS = select(article.c.pk, *(func.coalesce(article.c[key], revision.c[key]).label(key) for key in _VERSION)).select_from(
    article.outerjoin(revision, _IS_KEPT)
)


def version_of(a: NormalizedArticle) -> Version:
    """Return what tells whether it is a version of another article."""
    p = a.published
    return Version(a.text, a.title, None if p is None else _day_of(p.isoformat(), p.precision, p.text))


def _stored_version(row: Row[Any]) -> Version:
    return Version(row.text, row.title, row.published_at and _day_of(row.published_at, row.published_precision, row.published_raw))


def _day_of(published_at: str, precision: str, raw: str) -> str | None:
    return None if precision in (Precision.YEAR, Precision.MONTH) or is_counted_back(raw) else published_at[:10]
