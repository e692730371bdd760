"""The store's speed against plain SQLAlchemy Core in the same run, and search at size. `report` prints ratios; seconds are this machine's."""

from __future__ import annotations

import gzip
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, create_engine, text

from pipelines.types import NormalizedArticle
from storage.articles import save_articles
from storage.database import open_database, reading, writing
from storage.exports import Selection, export_to_file
from storage.search import find_all, search
from storage.search_index import index_bytes, update_index
from storage.search_text import fold
from tests.conftest import POSTGRES
from tests.made_articles import made_article

N_ARTICLES = 20_000
BATCH = 1000
TEXT_CHARS = 680
"""2 KB of Chinese."""


def real_texts(shared: Path, number: int) -> list[str]:
    """Cut the corpus into texts of one size, each sentence once: sampled sentences would make every text a copy of many."""
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        whole = "".join("".join(json.loads(line)["body"]) for line in lines)
    return [whole[at : at + TEXT_CHARS] for at in range(0, len(whole) - TEXT_CHARS, TEXT_CHARS)][:number]


def report(shared: Path, n_articles: int = N_ARTICLES) -> None:
    """Print one table for each engine that is there."""
    texts = real_texts(shared, n_articles)
    articles = [made_article(n, url=f"http://b.example/{n}.html", final_url=f"http://b.example/{n}.html",
                             canonical_url=f"http://b.example/{n}.html", text=t, pictures=()) for n, t in enumerate(texts)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        _report_engine("sqlite", f"sqlite:///{folder}/bench.db", f"sqlite:///{folder}/plain.db", articles, Path(folder))
    schema = f"bench_{uuid4().hex}"
    try:
        admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except Exception as error:
        print(f"postgresql: not measured: {str(error).splitlines()[0]}")
        return
    url = f"{POSTGRES}?options=-csearch_path%3D{schema}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            _report_engine("postgresql", url, url, articles, Path(folder))
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


def _batches(articles: list[NormalizedArticle]) -> Iterator[list[NormalizedArticle]]:
    for start in range(0, len(articles), BATCH):
        yield articles[start : start + BATCH]


def _report_engine(name: str, url: str, plain_url: str, articles: list[NormalizedArticle], folder: Path) -> None:
    n, n_bytes = len(articles), sum(len(a.text.encode()) for a in articles)
    print(f"\n{name}: {n} articles, {n_bytes / n:.0f} bytes of text each")
    engine = open_database(url)
    plain = plain_core(plain_url, articles)
    saving = timed(lambda: [save_only(engine, batch) for batch in _batches(articles)])
    indexing = timed(lambda: update_index(engine))
    later = [replace(a, fetched_at=a.fetched_at + timedelta(days=1)) for a in articles]
    unchanged = timed(lambda: [save_only(engine, batch) for batch in _batches(later)])
    with reading(engine) as connection:
        n_revisions = connection.execute(text("SELECT count(*) FROM revision")).scalar_one()
        n_changes = connection.execute(text("SELECT count(*) FROM change")).scalar_one()
    print(f"  plain Core insert        {n / plain:8.0f} rows/s")
    print(f"  save (feed, parts)       {n / saving:8.0f} rows/s   {plain / saving:.2f} x plain; search exact meanwhile, the index follows")
    print(f"  save and index           {n / (saving + indexing):8.0f} rows/s   {plain / (saving + indexing):.2f} x plain")
    print(f"  unchanged again          {n / unchanged:8.0f} rows/s   {n_revisions} revisions, {n_changes - n} further changes")
    print(f"  index / text             {index_bytes(engine) / n_bytes:8.2f}")
    _report_search(engine, articles)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    exporting = timed(lambda: export_to_file(engine, "jsonl", Selection(), folder / "out.jsonl", folder))
    print(
        f"  export jsonl             {n / exporting:8.0f} rows/s   memory +{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB"
    )
    engine.dispose()


def save_only(engine: Engine, batch: list[NormalizedArticle]) -> None:
    """Save without looking for copies: stories have figures of their own (tests/bench/stories.py)."""
    with writing(engine) as connection:
        save_articles(connection, batch)


def plain_core(url: str, articles: list[NormalizedArticle]) -> float:
    """Time a plain insert of id, url, title and text: one table, a unique URL, the same settings, batches and sizes."""
    engine = open_database(url) if "plain.db" in url else create_engine(url)
    table = Table(
        "plain",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("url", Text, unique=True),
        Column("title", Text),
        Column("text", Text),
    )
    table.metadata.create_all(engine)

    def insert() -> None:
        for batch in _batches(articles):
            with writing(engine) as connection:
                connection.execute(table.insert(), [{"url": a.url, "title": a.title, "text": a.text} for a in batch])

    seconds = timed(insert)
    table.metadata.drop_all(engine)
    engine.dispose()
    return seconds


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _report_search(engine: Engine, articles: list[NormalizedArticle]) -> None:
    """Ask for pieces of 1 to 6 characters: time of a page of hits; recall and precision of the whole answer on a part of them."""
    dice, times = random.Random(2), []
    with reading(engine) as connection:
        ids = {row.url: row.id for row in connection.execute(text("SELECT url, id FROM article"))}
    folded = {ids[a.url]: fold(a.title or "") + "\x01" + fold(a.text) for a in articles}
    n_right = n_found = n_wanted = 0
    for number in range(300):
        length, whole = number % 6 + 1, dice.choice(articles).text
        at = dice.randrange(len(whole) - length)
        piece = whole[at : at + length].strip()
        if not fold(piece).strip() or '"' in piece:
            continue
        times.append(timed(partial(search, engine, f'"{piece}"')))
        if number % 10 < 2 and length > 1:
            found = set(find_all(engine, f'"{piece}"'))
            wanted = {article_id for article_id, document in folded.items() if fold(piece).strip() in document}
            n_found, n_wanted, n_right = n_found + len(found), n_wanted + len(wanted), n_right + len(found & wanted)
    times.sort()
    print(f"  search, a page           {statistics.median(times) * 1000:8.1f} ms p50, {times[int(len(times) * 0.95)] * 1000:.1f} ms p95")
    print(f"  recall / precision       {n_right / max(n_wanted, 1):8.4f} / {n_right / max(n_found, 1):.4f}")
