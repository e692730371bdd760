"""`python -m tests.bench.stories_million [N] [FOLDER]`: N made-up documents into the stories of one SQLite file, end to end.

Prints, at every tenth: documents a second, by the clock and by processor time (which neighbours on the machine disturb less), for the
last tenth and in all; the time of single documents (median, 99th percentile), and bytes of index a document. One document in five is a near copy of an earlier one, one in twenty carries a line that many others carry.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, text

from storage.database import open_database, reading, writing
from storage.stories import BATCH, StoryBook, StoryPage

CHARACTERS = [chr(c) for c in range(0x4E00, 0x5800)]
LINES = ["本网站所刊载内容来源于互联网，版权归原作者所有，仅供读者参考。", "扫描二维码下载客户端，阅读更多精彩内容，每日更新。"]
KEPT = 20_000
"""Earlier documents that copies are made of: copies come soon."""
SINGLES = 100
"""Documents timed one by one at every tenth."""


def made_pages(n: int) -> Iterator[StoryPage]:
    """Make documents of about 500 characters, in order of time, a thousand a day."""
    r = random.Random(1)
    kept: list[list[str]] = []
    for i in range(n):
        if kept and r.random() < 0.2:
            sentences = list(r.choice(kept))
            sentences.pop(r.randrange(len(sentences)))
            sentences.append(_sentence(r))
        else:
            sentences = [_sentence(r) for _ in range(r.randint(8, 16))]
            if len(kept) < KEPT:
                kept.append(sentences)
            else:
                kept[i % KEPT] = sentences
        if r.random() < 0.05:
            sentences = [*sentences, r.choice(LINES)]
        when = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=i / 1000)
        yield StoryPage(article_id=f"d{i}", title=sentences[0][:20], text="\n".join(sentences), published_at=when, first_seen_at=when)


def _sentence(r: random.Random) -> str:
    return "".join(r.choices(CHARACTERS, k=r.randint(25, 60))) + "。"


def made_copies(n_stories: int, n_copies: int) -> list[StoryPage]:
    """Make near copies of stories: each lacks one sentence and has one of its own. The id says the story: `7-2`."""
    r = random.Random(2)
    pages = []
    for n in range(n_stories):
        sentences = [_sentence(r) for _ in range(12)]
        when = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
        for copy in range(n_copies):
            own = [*sentences[:copy], *sentences[copy + 1 :], _sentence(r)]
            pages.append(
                StoryPage(article_id=f"{n}-{copy}", title=sentences[-1][:20], text="\n".join(own), published_at=when, first_seen_at=when)
            )
    return pages


class Spent(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def run(n: int, folder: Path) -> None:
    """Put `n` documents in and print the figures."""
    engine = open_database(f"sqlite:///{folder / 'million.db'}")
    book, pages, more = StoryBook(engine), islice(made := made_pages(n + 10 * SINGLES), n), made
    tenth = max(1, n // 10 // BATCH)
    in_all: list[Spent] = []
    while some := list(islice(pages, BATCH)):
        in_all.append(_put(engine, book, some))
        if len(in_all) % tenth == 0:
            singles = [_put(engine, book, [page]) for page in islice(more, SINGLES)]
            _report(engine, in_all, tenth, singles)
    engine.dispose()


def _put(engine: Engine, book: StoryBook, pages: list[StoryPage]) -> Spent:
    started = Spent(time.perf_counter(), time.process_time())
    with writing(engine) as connection:
        book.publish(connection, pages)
    book.link_pending()
    return Spent(time.perf_counter() - started.wall, time.process_time() - started.cpu)


def _report(engine: Engine, in_all: list[Spent], tenth: int, singles: list[Spent]) -> None:
    with reading(engine) as connection:
        size = connection.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%story_posting%'")).scalar_one()
        n_pages, n_stories = connection.execute(text("SELECT count(*), count(DISTINCT story) FROM story_page")).one()
    wall, cpu = (sorted(column) for column in zip(*singles, strict=True))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{n_pages:>9,} documents: {_rates(in_all)}, last tenth {_rates(in_all[-tenth:])}; "
        f"one: {wall[len(wall) // 2] * 1000:.1f} ms, p99 {wall[-2] * 1000:.1f} ms (CPU {cpu[-2] * 1000:.1f} ms); "
        f"index {size / n_pages:.0f} B/document; {n_stories:,} stories; {memory} MB",
        flush=True,
    )


def _rates(spent: list[Spent]) -> str:
    wall, cpu = (BATCH * len(spent) / sum(column) for column in zip(*spent, strict=True))
    return f"{wall:,.0f}/s (CPU {cpu:,.0f}/s)"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        run(count, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            run(count, Path(scratch))
