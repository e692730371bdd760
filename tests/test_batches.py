"""Many saved or archived pages: a page that takes its process down takes nothing else with it."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

import crawler.batches
import crawler.lone_worker
from crawler.batches import CHUNK, process_pages
from crawler.lone_worker import LoneWorker
from crawler.processing import Processed
from crawler.safety.markup import MAX_QUICK_BYTES
from pipelines.types import FetchedPage
from tests.made_articles import made_page
from tests.test_replay import news_page

N_PAGES = 4 * CHUNK


def test_killed_workers_lose_no_page() -> None:
    pages = [news_page(n) for n in range(1, N_PAGES + 1)]
    given = []
    for one in process_pages(pages, 2):
        if not given:
            for worker in multiprocessing.active_children():
                os.kill(worker.pid or 0, 9)
        given.append(one)
    assert given == list(process_pages(pages, 1))


def _hangs(pages: Sequence[FetchedPage]) -> list[Processed]:
    import time

    time.sleep(60)
    return [Processed(url=page.url, outcome="rejected") for page in pages]


def test_workers_that_hang_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.batches, "CHUNK_TIMEOUT_S", 0.1)
    monkeypatch.setattr(crawler.batches, "_process_chunk", _hangs)
    pages = [news_page(n) for n in range(1, 2 * CHUNK + 1)]
    assert [done.outcome for _, done in process_pages(pages, 2)] == ["article"] * len(pages)


def _dies_on_seven(page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
    if page.url.endswith("/7.html"):
        os._exit(1)
    return Processed(url=page.url, outcome="rejected")


def test_a_page_that_kills_its_process_is_quarantined_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.lone_worker, "process_in_worker", _dies_on_seven)
    lone = LoneWorker(None)
    try:
        ends = [lone.process(made_page(n)).line() for n in (6, 7, 8)]
    finally:
        lone.close()
    assert ends == ["rejected", "quarantined/parse_limit: the process died on it", "rejected"]


def test_workers_end_with_a_program_that_is_killed() -> None:
    script = "import os, time, crawler.lone_worker as w; p = w.start_pool(2, None); print(w.submit_to(p, os.getpid).result(), flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip().isdigit()
        program.kill()
        program.communicate(timeout=20)  # until the last process that holds the pipe has ended


def test_a_costly_page_has_a_time_limit_also_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.lone_worker, "TIMEOUT_S", 0.001)
    costly = made_page(2, body=b"<p>" + b"x" * MAX_QUICK_BYTES)
    ends = [done.line() for _, done in process_pages([news_page(1), costly, news_page(3)], 1)]
    assert ends == ["article", "quarantined/parse_limit: processing took longer than 0 s", "article"]
