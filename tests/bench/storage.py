"""The store's speed against plain SQLAlchemy Core in the same run, and search and exports at size. Times are processor time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from pipelines.types import NormalizedArticle
from storage.articles import new_row, save_articles
from storage.database import open_database, reading, writing
from storage.exports import FORMATS
from storage.schema import article, change, revision
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
    print(f"\n{engine.dialect.name}: {n} articles, {n_bytes / n:.0f} bytes of text each; rows a second of processor time")
    plain = plain_core(plain_url, list(made_news(shared, n)))
    saving = sum(_time_batches(engine, made_news(shared, n)))
    later = (replace(a, fetched_at=a.fetched_at + timedelta(days=1)) for a in made_news(shared, n))
    unchanged = sum(_time_batches(engine, later))
    with reading(engine) as connection:
        n_revisions = connection.execute(select(func.count()).select_from(revision)).scalar_one()
        n_changes = connection.execute(select(func.count()).select_from(change)).scalar_one()
    print(f"  upsert of the rows alone, with Core  {1 / plain:8.0f}")
    print(f"  save: rows, feed and index           {n / saving:8.0f}   {plain * n / saving:.2f} x Core")
    print(f"  unchanged again                      {n / unchanged:8.0f}   {n_revisions} revisions, {n_changes - n} further changes")
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


def _time_batches(engine: Engine, articles: Iterator[NormalizedArticle]) -> Iterator[float]:
    while batch := list(islice(articles, BATCH)):
        yield cpu_seconds(engine, lambda batch=batch: save_only(engine, batch))  # type: ignore[misc]


def save_only(engine: Engine, batch: list[NormalizedArticle]) -> None:
    """Save without looking for copies: stories have figures of their own (tests/bench/stories.py)."""
    with writing(engine) as connection:
        save_articles(connection, batch)


def plain_core(url: str, articles: list[NormalizedArticle]) -> float:
    """Return the seconds a row that Core's upsert takes for the finished rows of articles, into the same table, batch by batch."""
    engine = open_database(url)
    dialect: Any = sqlite if engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(article)
    rows = [new_row(a, n) for n, a in enumerate(articles, 1)]
    kept = ("pk", "id", "url", "story_id", "first_seen_at")
    statement = statement.on_conflict_do_update(
        index_elements=["url"], set_={key: statement.excluded[key] for key in rows[0] if key not in kept},
        where=article.c.content_hash != statement.excluded.content_hash,
    )  # fmt: skip

    def upsert() -> None:
        for start in range(0, len(rows), BATCH):
            with writing(engine) as connection:
                connection.execute(statement, rows[start : start + BATCH])

    seconds = cpu_seconds(engine, upsert)
    engine.dispose()
    return seconds / len(articles)
