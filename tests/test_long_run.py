"""Processing beside fetching: a page that takes long holds up nobody, and memory stays bounded on long runs."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import opened_database, reading
from storage.schema import article as article_table
from tests.commands import environment, yuanwen
from tests.conftest import ROOT
from tests.local_site import Answer, Asked, LocalSite, article, listing, serving

A_LIST = 100


@contextmanager
def site_of(n_articles: int, n_paragraphs: int) -> Iterator[LocalSite]:
    with serving() as site:
        lists = range(0, n_articles, A_LIST)
        site.html("/", listing({f"/list_{start}.html": f"第{start}版" for start in lists}))
        for start in lists:
            numbers = range(start, min(start + A_LIST, n_articles))
            site.html(f"/list_{start}.html", listing({f"/2024/03/01/{n}.html": f"示例乡镇春耕备耕工作全面展开第{n}号" for n in numbers}))
        for n in range(n_articles):
            site.html(f"/2024/03/01/{n}.html", article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n, n_paragraphs=n_paragraphs))
        yield site


@pytest.mark.parametrize("n_workers", ["1", "2"])
def test_a_page_that_takes_long_holds_up_neither_fetching_nor_the_pages_behind_it(tmp_path: Path, n_workers: str) -> None:
    with site_of(12, 2) as site:
        paths = {path for path in site.routes if path.startswith("/2024/")}
        first: list[str] = []

        def answer(asked: Asked) -> Answer:
            first.append(asked.path)
            extra = "<div>" * 1200 + "<p>字，词。</p>" * 150_000 if len(first) == 1 else ""
            number = int(re.findall(r"\d+", asked.path)[-1])
            return (
                200,
                {"Content-Type": "text/html"},
                article(f"示例乡镇春耕备耕工作全面展开第{number}号", seed=number, extra=extra).encode(),
            )

        site.routes.update(dict.fromkeys(paths, answer))
        run = yuanwen(tmp_path, "crawl", site.url("/"), YUANWEN_WORKERS=n_workers, YUANWEN_DELAY="0.05")
        assert run.returncode == 0, run.stderr
        with opened_database(f"sqlite:///{tmp_path}/y.db") as engine, reading(engine) as connection:
            stored = connection.execute(select(article_table.c.url).order_by(article_table.c.pk)).scalars().all()
    assert len(stored) == 12
    assert stored[-1] == site.url(first[0]), "it was asked for first, and the others did not wait for it"


def resident_mib(pid: int) -> dict[int, float]:
    """Return the memory of a process and of those it started, each."""
    found, waiting = {}, [pid]
    while waiting:
        one = waiting.pop()
        try:
            resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{one}/status").read_text())
            children = [child for task in Path(f"/proc/{one}/task").iterdir() for child in (task / "children").read_text().split()]
        except OSError:
            continue
        if resident:
            found[one] = int(resident[1]) / 1024
        waiting += map(int, children)
    return found


@pytest.mark.drill
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_memory_of_a_long_run_is_flat(tmp_path: Path) -> None:
    with site_of(6000, 12) as site, (tmp_path / "log").open("wb") as log:
        settings = environment(tmp_path, YUANWEN_WORKERS=str(os.cpu_count() or 1))
        crawl = subprocess.Popen(
            [sys.executable, "-m", "crawler.cli", "crawl", site.url("/")], env=settings, cwd=ROOT, stdout=log, stderr=log
        )
        samples: list[tuple[int, float]] = []
        while crawl.poll() is None:
            samples.append((len(site.asked), sum(resident_mib(crawl.pid).values())))
            time.sleep(1)
    assert crawl.returncode == 0, (tmp_path / "log").read_text()[-2000:]
    peaks = [max((mib for n, mib in samples if start <= n < start + 1000), default=0.0) for start in range(0, 6000, 1000)]
    print("MiB of all its processes together, at most, by thousand pages:", [round(peak) for peak in peaks])
    assert max(peaks[3:]) <= 1.1 * max(peaks[1:3])
