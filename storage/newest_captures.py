"""Where the newest capture of a URL lies: of articles, of their further pages, and of pages that were rejected."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from pipelines.types import Capture
from storage.database import reading
from storage.schema import article, outcome, page


def find_newest_capture(engine: Engine, url: str) -> Capture | None:
    """Find the newest capture of a URL as asked for, or of the article it belongs to; None: never archived."""
    fetched = select(outcome.c.capture).where(outcome.c.url == url, outcome.c.capture.is_not(None)).order_by(outcome.c.fetched_at.desc())
    stored = select(article.c.capture).where(article.c.url == url)
    further = select(article.c.capture).join(page, page.c.article_pk == article.c.pk).where(page.c.url == url)
    with reading(engine) as connection:
        for query in (fetched.limit(1), stored, further):
            found: Any = connection.execute(query).scalar()
            if found is not None:
                return Capture(**found)
    return None
