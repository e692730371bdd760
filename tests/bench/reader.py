"""Every page and API answer over a base of 100,000 articles: `python -m tests.bench SHARED reader`, or `python -m tests.bench.reader SHARED [URL]`
to keep the base at URL and use it again.

The articles are made of sentences of the corpus in chance order; who copies whom is drawn, so the stories are written as drawn instead of
being looked for. Times are CPU a request, one client, warm, median and 95th percentile over different rows; the goal is 100 ms.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, insert, text

from pipelines.types import NormalizedArticle, Precision, PublishedTime, Source
from storage.article_saving import save_articles
from storage.database import open_database, reading, writing
from storage.outcomes import start_run
from storage.reader.app import create_app
from storage.search_upkeep import sort_waiting
from storage.story_tables import story, story_page
from tests.made_articles import CHINA, made_article
from tests.reader_client import ask

N_ARTICLES, N_SITES, N_OUTLETS, N_SENTENCES = 100_000, 400, 900, 14
BATCH = 1000
GOAL_MS = 100.0


def made_base(n_articles: int, sentences: Sequence[str]) -> Iterator[tuple[int, NormalizedArticle]]:
    """Make articles in order of time, each with the number of its original: one in three is a copy, some stories have hundreds."""
    r = random.Random(7)
    outlets = [Source(name=f"第{n}日报", raw=f"第{n}日报", outlet_id=None) for n in range(N_OUTLETS)]
    held: list[tuple[int, str, str, Source]] = []
    for n in range(n_articles):
        is_copy = bool(held) and r.random() < 0.33
        if is_copy:
            original, title, body, source = held[n // 7 % 5 if r.random() < 0.05 else int(len(held) * (1 - r.random() ** 2))]
        else:
            source = outlets[int(N_OUTLETS * r.random() ** 2.5)]
            original, title, body = n, f"{r.choice(sentences)[:18]}第{n}号", "\n".join(r.choices(sentences, k=N_SENTENCES))
            held = [*held[:5], *held[5:][-3000:], (n, title, body, source)]
        site = int(N_SITES * r.random() ** 2)
        url = f"http://www.site{site}.example/{n}.html"
        posted = datetime(2023, 1, 1, tzinfo=CHINA) + timedelta(minutes=n * 4)
        yield original, made_article(
            n, url=url, final_url=url, canonical_url=url, site=f"site{site}.example", site_name=f"第{site}资讯网", title=title, title_raw=title,
            text=body if r.random() < 0.7 else body[: len(body) * 3 // 4], source=source if r.random() < 0.9 else None, sources=(source,),
            published=PublishedTime(local=posted, precision=Precision.MINUTE, text="", rule="r"), fetched_at=posted + timedelta(hours=1),
            is_repost=is_copy, authors=(f"记者{source.name[1:-2]}",), pictures=(), via=(), dateline=None, original_title=None,
            disguised=r.random() < 0.02,
        )  # fmt: skip


def corpus_sentences(shared: Path) -> list[str]:
    """Read the sentences of the corpus that are neither very short nor very long."""
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [s for line in lines for text in json.loads(line)["body"] for s in re.findall(r"[^。]{15,80}。", text)]


def fill(engine: Engine, shared: Path, n_articles: int) -> None:
    """Save the articles with an outcome each, write their stories, and index them; nothing where they are there already."""
    with reading(engine) as connection:
        if connection.execute(text("SELECT count(*) FROM article")).scalar_one() >= n_articles:
            return
    sentences = corpus_sentences(shared)
    run, batch, members = start_run(engine, "crawl"), [], defaultdict(list)
    for n, (original, article) in enumerate(made_base(n_articles, sentences), 1):
        batch.append((original, article))
        if len(batch) == BATCH or n == n_articles:
            with writing(engine) as connection:
                saved = save_articles(connection, [a for _, a in batch], run_id=run)
            for (number, _), s in zip(batch, saved, strict=True):
                members[number].append(s.article_id)
            batch = []
    write_stories(engine, list(members.values()))
    sort_waiting(engine)
    with writing(engine) as connection:
        connection.execute(text("ANALYZE"))


def write_stories(engine: Engine, stories: Sequence[Sequence[str]]) -> None:
    """Write drawn stories as settling would: each page under its first."""
    pages, rows, page = [], [], 0
    for ids in stories:
        first = page + 1
        for article_id in ids:
            page += 1
            fixed = {"title": "", "version": 1, "sketch_version": 1, "is_held": True, "posted_day": 19_000}
            pages.append(
                {"page": page, "article_id": article_id, "story": first, "relation": "original" if page == first else "same", **fixed}
            )
        evidence = [{"witness": "source_line", "outlet": None, "articles": list(ids[:5])}]
        rows.append({"story": first, "n_pages": len(ids), "origin_page": first, "origin_outlet": None, "earliest_page": first, "confidence": 0.8,
                     "evidence": evidence, "rule_version": 1})  # fmt: skip
    with writing(engine) as connection:
        for start in range(0, len(pages), 5000):
            connection.execute(insert(story_page), pages[start : start + 5000])
        for start in range(0, len(rows), 5000):
            connection.execute(insert(story), rows[start : start + 5000])
        connection.execute(
            text(
                "UPDATE story SET origin_outlet = (SELECT a.source FROM article a JOIN story_page p ON p.article_id = a.id WHERE p.page = story.story)"
            )
        )
        moved = [{"s": ids[0], "i": article_id} for ids in stories if len(ids) > 1 for article_id in ids[1:]]
        for start in range(0, len(moved), 5000):
            connection.execute(text("UPDATE article SET story_id = :s WHERE id = :i"), moved[start : start + 5000])


def targets(engine: Engine) -> dict[str, list[str]]:
    """Choose what to ask of each page: chance rows, and the largest."""
    r = random.Random(3)

    def column(query: str) -> list[Any]:
        with reading(engine) as connection:
            return list(connection.execute(text(query)).scalars())

    ids = r.sample(column("SELECT id FROM article"), 60)
    texts = column("SELECT text FROM article LIMIT 2000")
    pieces = [(whole, r.randrange(200), n) for n in (1, 2, 2, 3, 4, 6) for whole in r.sample(texts, 6)]
    words = [word for whole, at, n in pieces if (word := "".join(filter(str.isalnum, whole[at : at + n])))]
    large = column("SELECT r.article_id FROM story s JOIN story_page r ON r.page = s.story ORDER BY s.n_pages DESC LIMIT 10")
    middle = column("SELECT r.article_id FROM story s JOIN story_page r ON r.page = s.story WHERE s.n_pages BETWEEN 2 AND 9 LIMIT 20")
    sites = column("SELECT site FROM article GROUP BY site ORDER BY count(*) DESC LIMIT 20")
    outlets = column("SELECT source FROM article WHERE source IS NOT NULL GROUP BY source ORDER BY count(*) DESC LIMIT 20")
    found = {
        "front": ["/"] * 20,
        "search": [f"/search?q={quote(word)}" for word in words],
        "search, narrowed": [f"/search?q={quote(word)}&site={r.choice(sites)}" for word in words[:20]],
        "search, two words": [f"/search?q={quote(a + ' ' + b)}" for a, b in pairwise(words)],
        "story": [f"/story/{i}" for i in middle],
        "story, the largest": [f"/story/{i}" for i in large],
        "article": [f"/article/{i}" for i in ids[:20]],
        "difference": [f"/difference?a={a}&b={b}" for a, b in zip(ids[:20], ids[20:40], strict=True)],
        "sites": ["/sites"] * 10,
        "site": [f"/site/{site}" for site in sites],
        "outlets": ["/outlets"] * 10,
        "outlet": [f"/outlet/{quote(name)}" for name in outlets],
        "changes": ["/changes"] * 10,
        "feed": ["/feed.atom"] * 10,
        "api changes": ["/api/v1/changes?limit=1000"] * 10,
    }
    return found


def measure(engine: Engine) -> None:
    """Ask each page for its rows and print the times. Figures that are kept for a minute are counted anew each time."""
    print(f"{'page':20} {'p50 ms':>8} {'p95 ms':>8} {'worst':>8}   goal {GOAL_MS:.0f}")
    for name, each in targets(engine).items():
        times = []
        ask(create_app(engine), each[0])
        for target in each:
            app = create_app(engine)
            start = time.process_time()
            answer = ask(app, target)
            times.append((time.process_time() - start) * 1000)
            if answer.status_code != 200:
                sys.exit(f"{target}: {answer.status_code}")
        times.sort()
        p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
        print(f"{name:20} {statistics.median(times):8.1f} {p95:8.1f} {times[-1]:8.1f} {'' if p95 <= GOAL_MS else '  over'}")


def report(shared: Path, n_articles: int = N_ARTICLES) -> None:
    """Make a base in a folder that goes away, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/reader.db")
        fill(engine, shared, n_articles)
        measure(engine)
        engine.dispose()


if __name__ == "__main__":
    kept = open_database(sys.argv[2]) if len(sys.argv) > 2 else None
    if kept is None:
        report(Path(sys.argv[1]))
    else:
        fill(kept, Path(sys.argv[1]), N_ARTICLES)
        measure(kept)
