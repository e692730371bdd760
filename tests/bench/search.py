"""Search at size: how long a page takes, and whether the answers are right."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import opencc
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from storage.database import reading
from storage.search import find_all, search
from storage.search_text import fold, fold_all
from tests.bench.clock import cpu_seconds
from tests.bench.made_news import made_news

N_QUERIES = 300
N_CHECKED = 10_000
"""Answers are compared with a look through the texts of the first so many articles."""
FREQUENT = ("的", "中国", "记者", "中国 site:site7.example", "工作 day:2024-03", "发展 -经济", '"一个"', "我们 OR 他们")


def report_search(engine: Engine, shared: Path, n: int) -> None:
    """Print times of a page of hits, for pieces of 1 to 6 characters and for frequent words, and recall and precision."""
    asked = pieces(shared, n)
    for name, queries in (("pieces of 1 to 6 characters", [f'"{piece}"' for piece in asked]), ("frequent words, filters", FREQUENT * 5)):
        times = sorted(cpu_seconds(engine, partial(search, engine, query)) * 1000 for query in queries)
        print(f"  search, {name:28} {times[len(times) // 2]:8.1f} ms p50, {times[int(len(times) * 0.95)]:.1f} ms p95")
    with reading(engine) as connection:
        ids = {row.url: row.id for row in connection.execute(text("SELECT url, id FROM article"))}
    articles = list(made_news(shared, min(n, N_CHECKED)))
    folded = [
        f"{title}\x01{body}"
        for title, body in zip(*(fold_all([getattr(a, key) for a in articles]) for key in ("title", "text")), strict=True)
    ]
    checked = {ids[a.url] for a in articles}
    n_right = n_found = n_wanted = 0
    for piece in asked[::5]:
        found = checked.intersection(find_all(engine, f'"{piece}"'))
        wanted = {ids[a.url] for a, document in zip(articles, folded, strict=True) if fold(piece) in document}
        n_found, n_wanted, n_right = n_found + len(found), n_wanted + len(wanted), n_right + len(found & wanted)
    print(f"  recall / precision                   {n_right / max(n_wanted, 1):8.4f} / {n_right / max(n_found, 1):.4f}")


def pieces(shared: Path, n: int) -> list[str]:
    """Cut pieces of 1 to 6 characters out of the texts, every second one turned into Traditional."""
    dice, convert, found = random.Random(2), opencc.OpenCC("s2t").convert, []
    texts = [a.text for a in made_news(shared, min(n, 2000))]
    while len(found) < N_QUERIES:
        length, whole = len(found) % 6 + 1, dice.choice(texts)
        at = dice.randrange(len(whole) - length)
        piece = whole[at : at + length]
        turned = convert(piece) if len(found) % 2 else piece
        if fold(piece) == fold(piece).strip() != "" and '"' not in fold(piece) and fold(turned) == fold(piece):
            found.append(turned)
    return found


def index_bytes(engine: Engine) -> int:
    """Return how many bytes the index takes on disk; of a SQLite without `dbstat`, how many its rows do."""
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            size = "SELECT pg_total_relation_size('search_segment') + pg_total_relation_size('search_block')"
            return int(connection.execute(text(size)).scalar_one())
        try:
            return int(connection.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_%'")).scalar_one())
        except OperationalError:
            size = (
                "SELECT (SELECT sum(length(packed)) FROM search_block) + (SELECT sum(length(docs) + length(directory)) FROM search_segment)"
            )
            return int(connection.execute(text(size)).scalar_one())
