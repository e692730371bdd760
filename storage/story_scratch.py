"""Group documents into stories without keeping anything: the same tables and the same steps, in a file that goes away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from sqlalchemy import Connection, Engine

from storage.database import create_scratch_engine, reading, writing
from storage.schema import metadata
from storage.stories import BATCH, StoryBook, StoryPage
from storage.story_tables import STORY_TABLES
from storage.story_views import ALSO_IN


def group(pages: Iterable[StoryPage]) -> Iterator[tuple[str, list[str]]]:
    """Give each page's id with its stories, the main one first, in the order given. A story goes by the id of its first page.

    `pages` is read once; the ids must differ.
    """
    with scratch_engine() as engine:
        book = StoryBook(engine)
        rest = iter(pages)
        while some := list(islice(rest, BATCH)):
            with writing(engine) as connection:
                book.publish(connection, some)
                book.search(connection, BATCH)
        book.settle_pending()
        with reading(engine) as connection:
            yield from _read_stories(connection)


def _read_stories(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    also: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for page, other, cover in connection.exec_driver_sql(f"SELECT page, story, cover FROM ({ALSO_IN}) AS m WHERE relation <> 'quotes'"):
        also[page].append((-cover, other))
    rows = connection.exec_driver_sql("SELECT page, article_id, story FROM story_page ORDER BY page").all()
    names = {page: article_id for page, article_id, _ in rows}
    for page, article_id, story in rows:
        others = [other for _, other in sorted(also[page])]
        yield article_id, [names[number] for number in dict.fromkeys([story, *others])]


@contextmanager
def scratch_engine() -> Iterator[Engine]:
    """Make an empty database with the tables of stories that is gone afterwards: in memory as far as its cache goes, then in a file."""
    engine = create_scratch_engine()
    try:
        with writing(engine) as connection:
            metadata.create_all(connection, tables=STORY_TABLES)
        yield engine
    finally:
        engine.dispose()
