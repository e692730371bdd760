"""Speed of stories: what grouping costs against reading the texts alone, and six processes at once on PostgreSQL."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from pipelines.dedupe.reading import read_text
from pipelines.dedupe.signature import sign
from storage.database import open_database, writing
from storage.stories import BATCH, StoryBook, StoryPage
from storage.story_scratch import group
from tests.bench.stories_million import made_copies
from tests.conftest import POSTGRES
from tests.story_workers import partition, processes

N_DOCUMENTS = 4_000
N_STORIES, N_COPIES, N_WORKERS = 1_200, 3, 6


def report(shared: Path) -> None:
    """Print the figures."""
    pages = list(islice(_pages(shared), N_DOCUMENTS))
    started = time.perf_counter()
    for page in pages:
        sign(read_text(page.title, page.text))
    read = time.perf_counter()
    n = sum(1 for _ in group(pages))
    grouped = time.perf_counter()
    print(
        f"stories: group {n / (grouped - read):,.0f} documents/s, {(grouped - read) / (read - started):.2f} times reading and signing them"
    )
    _report_postgres()


def _pages(shared: Path) -> Iterator[StoryPage]:
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        for n, line in enumerate(lines):
            document = json.loads(line)
            yield StoryPage(
                article_id=str(n), title=document["title"], text="\n".join(document["body"]), published_at=None, first_seen_at=None
            )


def _report_postgres() -> None:
    schema = f"bench_{uuid4().hex[:8]}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        print("stories: no PostgreSQL here")
        return
    url = f"{POSTGRES}?options=-csearch_path%3D{schema}"
    engine = open_database(url)
    # The copies of one story go to different workers at the same place of their lists: they arrive together.
    pages = sorted(made_copies(N_STORIES, N_COPIES), key=lambda page: int(page.article_id.partition("-")[0]))
    context = processes()
    start = context.Barrier(N_WORKERS + 1)
    workers = [context.Process(target=_wait_and_work, args=(start, url, pages[w::N_WORKERS])) for w in range(N_WORKERS)]
    for worker in workers:
        worker.start()
    start.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
    rate = len(pages) / (time.perf_counter() - started)
    whole = {frozenset(f"{n}-{copy}" for copy in range(N_COPIES)) for n in range(N_STORIES)}
    n_failed = sum(worker.exitcode != 0 for worker in workers)
    print(f"stories: PostgreSQL, {N_WORKERS} processes: {rate:,.0f} documents/s, {len(whole - partition(engine))} split, {n_failed} failed")
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


def _wait_and_work(start, url: str, pages: list[StoryPage]) -> None:
    engine = open_database(url, upgrade=False)
    book = StoryBook(engine)
    start.wait()
    for at in range(0, len(pages), BATCH):
        with writing(engine) as connection:
            book.publish(connection, pages[at : at + BATCH])
        book.link_pending()
    engine.dispose()
