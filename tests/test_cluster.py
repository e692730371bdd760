"""`--dask`: the same results as on one machine, each page once, also when a worker is killed."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler import cluster
from crawler.batches import process_pages
from crawler.processing import Processed
from crawler.replaying import ReplayReport, replay
from pipelines.types import FetchedPage
from storage.captures import CaptureWriter
from storage.database import open_database, reading
from storage.outcomes import start_run
from storage.schema import article
from tests.commands import yuanwen as run_yuanwen
from tests.conftest import CommandResult
from tests.made_articles import made_page
from tests.test_replay import news_page

distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed: pip install -e '.[dask]' in the checkout")
pytestmark = pytest.mark.filterwarnings("default")  # its threads and sockets end when they like
N_PAGES = 200
"""More than are on the way at once."""


@pytest.fixture(scope="module")
def two_workers() -> Iterator[object]:
    """A cluster of two worker processes."""
    settings = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50, "scheduler_kwargs": {"allowed_failures": 1}}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **settings) as made:
        yield made


def test_one_of_two_workers_killed_loses_nothing(two_workers: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = {nanny.pid for nanny in two_workers.workers.values()}  # type: ignore[attr-defined]
    process_on_dask, given = cluster.process_on_dask, Counter[str]()

    def process_and_kill(*arguments: object) -> Iterator[tuple[FetchedPage, Processed]]:
        for page, done in process_on_dask(*arguments):  # type: ignore[arg-type]
            if not given:  # most of the work is not even handed out yet
                os.kill(min(pids), signal.SIGKILL)
            given[page.url] += 1
            yield page, done

    monkeypatch.setattr(cluster, "process_on_dask", process_and_kill)
    pages = [news_page(n, url=f"http://a.example/2024/{n}.html", final_url=f"http://a.example/2024/{n}.html") for n in range(N_PAGES)]
    engine, report = open_database(f"sqlite:///{tmp_path}/y.db"), ReplayReport()
    address = two_workers.scheduler_address  # type: ignore[attr-defined]
    replay(pages, engine, tmp_path, start_run(engine, "replay"), 1, report, dask=address)
    assert min(pids) not in {nanny.pid for nanny in two_workers.workers.values()}  # type: ignore[attr-defined]
    assert given == Counter(page.url for page in pages), "each page once"
    assert report.outcomes == {"created": N_PAGES}
    with reading(engine) as connection:
        assert connection.execute(select(func.count(), func.count(article.c.url.distinct())).select_from(article)).one() == (
            N_PAGES,
            N_PAGES,
        )
    engine.dispose()


def test_the_cluster_gives_what_one_process_gives(two_workers: object) -> None:
    pages = [*map(news_page, range(1, 40)), made_page(4, body=b" "), news_page(5, status=404)]
    address = two_workers.scheduler_address  # type: ignore[attr-defined]
    assert list(cluster.process_on_dask(pages, 1, None, address)) == list(process_pages(pages, 1))


def _dies_on_seven(pages: list[FetchedPage], _: object) -> list[Processed]:
    if any(page.url.endswith("/7.html") for page in pages):
        os._exit(1)
    return [Processed(url=page.url, outcome="rejected") for page in pages]


def test_a_page_that_kills_workers_takes_no_other_with_it(two_workers: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_process_chunk", _dies_on_seven)
    pages = [made_page(n) for n in (5, 6, 7)]
    address = two_workers.scheduler_address  # type: ignore[attr-defined]
    outcomes = {page.url.rpartition("/")[2]: done.line() for page, done in cluster.process_on_dask(pages, 1, None, address)}
    assert outcomes.pop("7.html").startswith("quarantined/parse_limit: the worker died")
    assert outcomes == {"5.html": "rejected", "6.html": "rejected"}


def test_the_commands_take_a_local_cluster(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path / "archive") as writer:
        for number in range(1, 21):
            writer.write(news_page(number))
    done = run_yuanwen(tmp_path, "replay", "archive", "--dask", "local", "--json", YUANWEN_WORKERS="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["outcomes"] == {"created": 20}
    again = run_yuanwen(tmp_path, "reprocess", "--dask", "local", "--json", YUANWEN_WORKERS="1")
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout)["counts"] == {"unchanged": 20}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "somewhere"])
def test_a_cluster_that_is_not_there_is_one_line(
    yuanwen: Callable[..., CommandResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:  # fmt: skip
    monkeypatch.setattr(cluster, "CONNECT_S", 1)
    monkeypatch.setenv("YUANWEN_ARCHIVE", str(tmp_path / "archive"))
    with CaptureWriter(tmp_path / "archive") as writer:
        writer.write(news_page(1))
    done = yuanwen("replay", tmp_path / "archive", "--dask", address, "--db", f"sqlite:///{tmp_path}/y.db")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert f"--dask {address}: " in done.err
    (run,) = json.loads(yuanwen("status", "--json", "--db", f"sqlite:///{tmp_path}/y.db").out)["runs"]
    assert (run["finished_at"] is None, run["stopped_for"][:7]) == (False, "--dask ")
