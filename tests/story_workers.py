"""Processes that put pages into stories at the same time, some of which are killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing.context import ForkServerContext

from sqlalchemy import Engine, event

from storage.database import open_database, reading, writing
from storage.stories import StoryBook, StoryPage
from tests.made_stories import made_document


def processes() -> ForkServerContext:
    """Return a way to start processes quickly."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.story_workers"])
    return context


def made_copies(n_stories: int, n_copies: int, *, sentences: int = 12) -> list[StoryPage]:
    """Near copies, one after the other: all first copies, then all second ones. The id says the story: `7-2`."""
    pages = []
    for copy in range(n_copies):
        for n in range(n_stories):
            document = made_document(n, sentences=sentences)
            lines = document["text"].split("\n")
            if copy:
                r = random.Random(n * 100 + copy)
                lines.pop(r.randrange(len(lines)))
                lines.insert(0, f"第{copy}次转载，供网友了解。")
            published = datetime.fromisoformat(document["published_at"])
            text = "\n".join(lines)
            pages.append(
                StoryPage(article_id=f"{n}-{copy}", title=document["title"], text=text, published_at=published, first_seen_at=None)
            )
    return pages


def put(engine: Engine, pages: Sequence[StoryPage], *, batch: int) -> None:
    """Publish pages and look for copies, batch by batch; what is there already is left alone."""
    book = StoryBook(engine)
    for start in range(0, len(pages), batch):
        some = pages[start : start + batch]
        with writing(engine) as connection:
            new = set(book.changed(connection, some))
            book.publish(connection, [page for page in some if page.article_id in new])
        book.link_pending()
    book.link_pending()


def work(url: str, pages: Sequence[StoryPage], batch: int, statement: int | None = None) -> None:
    """Do `put` in a process of its own. `statement`: kill the process at that SQL statement, wherever it is."""
    engine = open_database(url, upgrade=False)
    if statement is not None:
        event.listen(engine, "before_cursor_execute", _killer(statement))
    put(engine, pages, batch=batch)
    engine.dispose()


def _killer(statement: int) -> Callable[..., None]:
    seen = 0

    def kill(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def partition(engine: Engine) -> frozenset[frozenset[str]]:
    """Return the stories as sets of article ids."""
    groups: dict[int, set[str]] = {}
    with reading(engine) as connection:
        for article_id, story in connection.exec_driver_sql("SELECT article_id, story FROM story_page WHERE is_held"):
            groups.setdefault(story, set()).add(article_id)
        assert connection.exec_driver_sql("SELECT count(*) FROM story_queue").scalar_one() == 0
    return frozenset(map(frozenset, groups.values()))
