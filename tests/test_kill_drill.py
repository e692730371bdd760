"""kill -9 at random points: nothing is lost, nothing stored twice, little fetched again."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import open_database, opened_database, reading
from storage.schema import article as article_table
from tests.crawl_workers import start_crawl
from tests.local_site import LocalSite, article, listing, serving

A_LIST = 50


@contextmanager
def site_of(n_articles: int) -> Iterator[LocalSite]:
    with serving() as site:
        n_lists = n_articles // A_LIST
        site.html("/", listing({f"/list_{k}.html": f"第{k}版" for k in range(n_lists)}))
        for k in range(n_lists):
            links = {f"/2024/03/01/{n}.html": f"示例乡镇春耕备耕工作全面展开第{n}号" for n in range(k * A_LIST, (k + 1) * A_LIST)}
            site.html(f"/list_{k}.html", listing(links))
        for n in range(n_articles):
            site.html(f"/2024/03/01/{n}.html", article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n, n_paragraphs=2))
        yield site


def crawl_with_kills(folder: Path, site: LocalSite, database: str, n_kills: int, n_articles: int, n_workers: int = 1) -> int:
    """Crawl to the end, killing a random worker up to `n_kills` times; return how many kills hit a living one.

    A start costs two requests (robots.txt, the seed): four more than the articles have to be asked for between two kills spread them over the whole crawl.
    """
    chance = random.Random(1)
    open_database(database).dispose()
    n_hit = 0
    workers = [start_crawl(folder, site.url("/"), database) for _ in range(n_workers)]
    for _ in range(n_kills):
        before, step = len(site.asked), chance.randint(0, 4 + 2 * n_articles // (n_kills + 10))
        while len(site.asked) < before + step and any(w.is_alive() for w in workers):
            time.sleep(0.005)
        living = [w for w in workers if w.is_alive()]
        if not living:
            break
        victim = chance.choice(living)
        victim.kill()
        victim.join()
        n_hit += 1
        workers = [w for w in workers if w is not victim] + [start_crawl(folder, site.url("/"), database)]
    for worker in workers:
        worker.join(timeout=600)
        assert worker.exitcode == 0, (folder / "log").read_text()[-3000:]
    return n_hit


def check_nothing_lost(site: LocalSite, database: str, n_articles: int, n_kills: int) -> None:
    fetched = Counter(path for path in site.paths() if path.startswith("/2024/"))
    with opened_database(database) as engine, reading(engine) as connection:
        urls = connection.execute(select(article_table.c.url)).scalars().all()
    assert len(urls) == len(set(urls)) == n_articles
    n_extra = sum(fetched.values()) - n_articles
    print(f"{n_kills} kills: {n_articles} articles stored once, {n_extra} extra fetches, {n_extra / max(1, n_kills):.1f} a kill")
    assert n_extra <= 50 * n_kills


DRILLS = [(1000, 20), pytest.param(1000, 200, marks=pytest.mark.drill)]


@pytest.mark.parametrize(("n_articles", "n_kills"), DRILLS)
def test_sqlite(tmp_path: Path, n_articles: int, n_kills: int) -> None:
    database = f"sqlite:///{tmp_path}/y.db"
    with site_of(n_articles) as site:
        n_hit = crawl_with_kills(tmp_path, site, database, n_kills, n_articles)
        check_nothing_lost(site, database, n_articles, n_hit)


@pytest.mark.postgres
@pytest.mark.parametrize(("n_articles", "n_kills"), DRILLS)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_on_postgresql(tmp_path: Path, database_url: str, n_articles: int, n_kills: int) -> None:
    with site_of(n_articles) as site:
        n_hit = crawl_with_kills(tmp_path, site, database_url, n_kills, n_articles, n_workers=2)
        check_nothing_lost(site, database_url, n_articles, n_hit)
