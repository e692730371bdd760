"""Save articles, idempotently and in batches, and find them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from pipelines.types import NormalizedArticle
from storage.article_echoes import find_echoes
from storage.article_finding import find_known
from storage.article_reading import find_any_id, find_id, is_id, read_records
from storage.article_rows import fingerprint
from storage.article_saving import Saved, save_articles
from storage.article_stories import article_story_book, publish_articles
from storage.database import reading, writing
from storage.schema import article
from storage.search_upkeep import IndexUpkeep
from storage.sql import select_in

_STORY = (article.c.id, article.c.story_id)


class ArticleStore:
    """The articles of a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stories = article_story_book(engine)
        self.index = IndexUpkeep(engine)

    def save(self, articles: Sequence[NormalizedArticle], *, run_id: str | None = None) -> list[Saved]:
        """Save articles in one transaction, with their outcomes where `run_id` is given; one `Saved` each, in order.

        Saving the same again changes nothing. A changed article gets a new revision and keeps its older text.
        Each is published to its story in the same transaction; copies are looked for right after it.

        Raises:
            StorageError: the database refused; nothing of the batch was stored.
        """
        with writing(self.engine) as connection:
            saved = save_articles(connection, articles, run_id=run_id)
            self.publish(connection, articles, saved)
        return self.link(saved)

    def publish(self, connection: Connection, articles: Sequence[NormalizedArticle], saved: Sequence[Saved]) -> None:
        """Let stories know of saved articles, within the transaction that saved them."""
        news = {s.article_id: a for s, a in zip(saved, articles, strict=True) if s.outcome in ("created", "updated")}
        publish_articles(connection, self.stories, news)

    def link(self, saved: Sequence[Saved]) -> list[Saved]:
        """Look for copies of what waits for it, these articles among them, and after the index; return them with the stories they are in now."""
        n_settled = self.stories.link_pending()
        if not n_settled and all(s.outcome in ("unchanged", "rejected") for s in saved):
            return list(saved)  # most of a crawl that comes again: their stories were read a moment ago
        self.index.look_after()
        with reading(self.engine) as connection:
            now = {row.id: row.story_id for row in select_in(connection, article.c.id, {s.article_id for s in saved}, *_STORY)}
        return [s._replace(story_id=now.get(s.article_id, s.story_id)) for s in saved]

    def find(self, url_or_id: str) -> dict[str, Any] | None:
        """Find the record of an article by its id, or by any of its URLs."""
        with reading(self.engine) as connection:
            article_id = url_or_id if is_id(url_or_id) else find_id(connection, url_or_id)
            return read_records(connection, [article_id]).get(article_id) if article_id else None

    def find_stored(self, a: NormalizedArticle) -> dict[str, Any] | None:
        """Find the record that saving this article would change."""
        with reading(self.engine) as connection:
            row = find_known(connection, [a]).get(a.url)
            return None if row is None else read_records(connection, [row.id])[row.id]

    def is_echo(self, a: NormalizedArticle) -> bool:
        """Tell whether this address says what it said before, while the stored version is of another address of the article."""
        with reading(self.engine) as connection:
            row = find_known(connection, [a]).get(a.url)
            return row is not None and bool(find_echoes(connection, [(row.pk, a, fingerprint(a).content_hash)]))

    def find_any(self, url_or_id: str) -> dict[str, Any] | None:
        """As `find`, also by the URL of a further page; for single questions."""
        with reading(self.engine) as connection:
            article_id = url_or_id if is_id(url_or_id) else find_any_id(connection, url_or_id)
            return read_records(connection, [article_id]).get(article_id) if article_id else None

    def urls(self, site: str | None = None, since: datetime | None = None) -> Iterator[str]:
        """Give the URLs of usable articles, in the order they were first stored. `site`: registrable domain; `since`: fetched then or later."""
        query = select(article.c.pk, article.c.url).where(article.c.status == "usable").order_by(article.c.pk).limit(1000)
        if site is not None:
            query = query.where(article.c.site == site)
        if since is not None:
            query = query.where(article.c.fetched_at >= since)
        last = 0
        while True:  # in steps, so that no read stands open while the caller works
            with reading(self.engine) as connection:
                rows = connection.execute(query.where(article.c.pk > last)).all()
            if not rows:
                return
            yield from (row.url for row in rows)
            last = rows[-1].pk
