"""What is archived and can be processed again: the pages behind articles, and those that gave none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, func, select

from pipelines.types import Capture
from storage.database import reading
from storage.schema import article, outcome

STEP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page of the archive, and the further pages of its article."""

    url: str
    capture: Capture
    parts: tuple[Capture, ...] = ()
    is_article: bool = True
    """False: it was rejected, quarantined or failed when it was last processed."""


def stored_pages(engine: Engine, *, site: str | None = None, since: datetime | None = None, url: str | None = None) -> Iterator[StoredPage]:
    """Give the newest capture of every article, then of every page that gave none. `since`: fetched then or later; `url`: that one only."""
    articles = select(article.c.pk, article.c.url, article.c.capture, article.c.parts).where(article.c.status == "usable")
    newest = select(func.max(outcome.c.pk)).where(outcome.c.capture.is_not(None)).group_by(outcome.c.url)
    others = (
        select(outcome.c.pk, outcome.c.url, outcome.c.capture)
        .where(outcome.c.pk.in_(newest), outcome.c.outcome.in_(("rejected", "quarantined", "failed")))
        .where(~select(article.c.pk).where(article.c.url == outcome.c.url).exists())
    )
    for query, table in ((articles, article), (others, outcome)):
        if site is not None:
            query = query.where(table.c.site == site)
        if since is not None:
            query = query.where(table.c.fetched_at >= since)
        if url is not None:
            query = query.where(table.c.url == url)
        yield from _in_steps(engine, query)


def _in_steps(engine: Engine, query: Select[tuple[object, ...]]) -> Iterator[StoredPage]:
    """Read in steps of the row number, so that no transaction stands open while the caller works."""
    number = query.selected_columns[0]
    last = 0
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(number > last).order_by(number).limit(STEP)).all()
        if not rows:
            return
        for row in rows:
            is_article = "parts" in row._fields
            if row.capture is not None:
                parts = tuple(Capture(**part) for part in (row.parts or [])) if is_article else ()
                yield StoredPage(url=row.url, capture=Capture(**row.capture), parts=parts, is_article=is_article)
        last = rows[-1].pk
