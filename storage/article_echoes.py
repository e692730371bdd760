"""Echoes: what an address of an article still says while another address of it gave the current version.

The mobile and the desktop page of one article say it with other words around it. Fetched in turn, each would replace the other,
time after time, though neither page changed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from sqlalchemy import Connection, select

from pipelines.types import NormalizedArticle
from storage.article_rows import capture_row
from storage.schema import article, outcome, page, revision
from storage.sql import select_in

Hashed: TypeAlias = tuple[int, NormalizedArticle, str]
"""The number of a stored article, what was fetched of it, and the hash of that."""


def find_echoes(connection: Connection, fetched: Collection[Hashed]) -> set[int]:
    """Return the numbers of those articles of which nothing new was fetched: an older version, from another address than the current one.

    From the address that gave the current version it is news: the page was set back. So it is where nobody noted who gave that.
    """
    versions = (revision.c.article_pk, revision.c.content_hash)
    older = set(map(tuple, select_in(connection, revision.c.article_pk, {pk for pk, _, _ in fetched}, *versions)))
    returned = {pk: a for pk, a, content_hash in fetched if (pk, content_hash) in older}
    return {pk for pk, url, capture in _givers(connection, returned) if url != returned[pk].url and capture != _capture_of(returned[pk])}


def _givers(connection: Connection, numbers: Collection[int]) -> list[tuple[int, str, object]]:
    """Return the URL and the capture that the current version of each article came from, where a run noted them."""
    if not numbers:
        return []
    given = select(article.c.pk, outcome.c.url, outcome.c.capture).where(
        outcome.c.run_id == article.c.run_id, outcome.c.capture == article.c.capture, outcome.c.outcome.in_(("created", "updated"))
    )
    first = given.where(outcome.c.url == article.c.url)
    further = given.where(outcome.c.url == page.c.url, page.c.article_pk == article.c.pk)
    return [
        (row.pk, row.url, row.capture) for query in (first, further) for row in select_in(connection, article.c.pk, numbers, query=query)
    ]


def _capture_of(a: NormalizedArticle) -> object:
    return a.capture and capture_row(a.capture)
