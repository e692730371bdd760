"""The store's speed against plain SQLAlchemy Core in the same run, and search and exports at size.

Saving is told in rows a second of time that passes, as the index is sorted beside it, and of processor time; all else in processor time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from uuid_utils import uuid7

from pipelines.types import NormalizedArticle
from storage.article_rows import ARTICLE_KEYS, article_values, fingerprint
from storage.article_saving import save_articles
from storage.database import open_database, reading, writing
from storage.exports import FORMATS
from storage.schema import article, change, revision
from storage.search_upkeep import IndexUpkeep
from tests.bench.clock import cpu_seconds
from tests.bench.made_news import made_news
from tests.bench.search import index_bytes, report_search
from tests.commands import export_megabytes
from tests.conftest import POSTGRES

N_ARTICLES = 20_000
BATCH = 1000


def report(shared: Path, n_articles: int = N_ARTICLES) -> None:
    """Print one table for each engine that is there."""
    with tempfile.TemporaryDirectory() as folder:
        _report_engine(f"sqlite:///{folder}/bench.db", f"sqlite:///{folder}/plain.db", shared, n_articles)
        try:
            with made_schema() as url, made_schema() as plain_url:
                _report_engine(url, plain_url, shared, n_articles)
        except ConnectionError as error:
            print(f"postgresql: not measured: {error}")


@contextmanager
def made_schema() -> Iterator[str]:
    """Give the URL of a new schema of the PostgreSQL server, which is dropped at the end."""
    admin, name = create_engine(POSTGRES, isolation_level="AUTOCOMMIT"), f"bench_{uuid4().hex}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
    except Exception as error:
        raise ConnectionError(str(error).splitlines()[0]) from error
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))


def _report_engine(url: str, plain_url: str, shared: Path, n: int) -> None:
    engine = open_database(url)
    n_bytes = sum(len(a.text.encode()) for a in made_news(shared, n))
    print(f"\n{engine.dialect.name}: {n} articles, {n_bytes / n:.0f} bytes of text each; rows a second, and a second of processor time")
    articles = list(made_news(shared, n))  # made before the clock runs: the upkeep would go on meanwhile
    plain, saving = plain_core(plain_url, articles), save_all(engine, articles)
    unchanged = save_all(engine, [replace(a, fetched_at=a.fetched_at + timedelta(days=1)) for a in articles])
    del articles
    with reading(engine) as connection:
        n_revisions = connection.execute(select(func.count()).select_from(revision)).scalar_one()
        n_changes = connection.execute(select(func.count()).select_from(change)).scalar_one()
    print(f"  upsert of the rows alone, with Core  {n / plain.passed:8.0f} {n / plain.busy:8.0f}")
    print(
        f"  save: rows, feed and index           {n / saving.passed:8.0f} {n / saving.busy:8.0f}   {plain.passed / saving.passed:.2f} x Core"
    )
    print(
        f"  unchanged again                      {n / unchanged.passed:8.0f} {n / unchanged.busy:8.0f}   "
        f"{n_revisions} revisions, {n_changes - n} further changes"
    )
    as_left = index_bytes(engine) / n_bytes
    _reclaim(engine)
    print(
        f"  index / text                         {index_bytes(engine) / n_bytes:8.2f}   {as_left:.2f} before old blocks were cleared away"
    )
    report_search(engine, shared, n)
    engine.dispose()
    for form in FORMATS:
        if form != "warc":
            with tempfile.TemporaryDirectory() as folder:
                print(f"  export {form:29} {export_megabytes(url, form, Path(folder) / 'out'):8.0f} MB resident at most")


def _reclaim(engine: Engine) -> None:
    """Let PostgreSQL give back the room of blocks that were put together; SQLite uses it again by itself."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL search_block"))


class Seconds(NamedTuple):
    """What a piece of work took."""

    passed: float
    busy: float
    """Of processor time: this process with all its threads, and the server process behind its connection."""


def save_all(engine: Engine, articles: Sequence[NormalizedArticle]) -> Seconds:
    """Save in batches, with all upkeep of the index, but without looking for copies: stories have figures of their own (stories.py)."""
    upkeep = IndexUpkeep(engine)

    def save() -> None:
        for start in range(0, len(articles), BATCH):
            with writing(engine) as connection:
                save_articles(connection, articles[start : start + BATCH])
            upkeep.look_after()
        upkeep.finish()

    return timed(engine, save)


def timed(engine: Engine, work: Callable[[], object]) -> Seconds:
    """Do a piece of work."""
    started = time.perf_counter()
    busy = cpu_seconds(engine, work)
    return Seconds(time.perf_counter() - started, busy)


def plain_core(url: str, articles: Sequence[NormalizedArticle]) -> Seconds:
    """Return what Core's upsert takes for the finished rows of articles, into the same table, batch by batch."""
    engine = open_database(url)
    dialect: Any = sqlite if engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(article)
    rows = [_row_of(a, n) for n, a in enumerate(articles, 1)]
    kept = ("pk", "id", "url", "story_id", "first_seen_at")
    statement = statement.on_conflict_do_update(
        index_elements=["url"], set_={key: statement.excluded[key] for key in rows[0] if key not in kept},
        where=article.c.content_hash != statement.excluded.content_hash,
    )  # fmt: skip

    def upsert() -> None:
        for start in range(0, len(rows), BATCH):
            with writing(engine) as connection:
                connection.execute(statement, rows[start : start + BATCH])

    seconds = timed(engine, upsert)
    engine.dispose()
    return seconds


def _row_of(a: NormalizedArticle, pk: int) -> dict[str, Any]:
    """Return a row as it is given to Core: times are times."""
    row = dict(zip(ARTICLE_KEYS, article_values(a, pk, str(uuid7()), fingerprint(a).content_hash, None), strict=True))
    published_utc = a.published.local if a.published else None
    return row | {"published_utc": published_utc, "first_seen_at": a.fetched_at, "fetched_at": a.fetched_at}
