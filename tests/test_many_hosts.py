"""Politeness towards many hosts at once, by one worker and by several, judged by the servers' own log."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database import open_database
from tests.bench.schemas import postgres_schema
from tests.commands import environment
from tests.conftest import ROOT
from tests.many_hosts import ManyHosts, loopback_addresses, serving_many
from tests.polite_hosts import KINDS, Judgement, PoliteHosts, judge

STARTS_APART_S = 1.0


@contextmanager
def polite_site(n_hosts: int, n_pages: int) -> Iterator[tuple[ManyHosts, PoliteHosts]]:
    polite = PoliteHosts(loopback_addresses(n_hosts), n_pages)
    with serving_many(polite.hosts, polite.answer) as site:
        yield site, polite


def start(
    folder: Path, site: ManyHosts, hosts: list[str], database: str, n_workers: int, delay_s: float
) -> list["subprocess.Popen[bytes]"]:
    """Start several workers on all hosts."""
    open_database(database).dispose()
    command = [sys.executable, "-m", "crawler.cli", "crawl", *(site.url(host) for host in hosts)]
    workers = []
    with (folder / "log").open("ab") as log:
        for _ in range(n_workers):
            settings = environment(folder, YUANWEN_DB=database, YUANWEN_DELAY=str(delay_s))
            workers.append(subprocess.Popen(command, env=settings, cwd=ROOT, stdout=log, stderr=log))
            time.sleep(STARTS_APART_S)
    return workers


def crawl(folder: Path, site: ManyHosts, hosts: list[str], database: str, n_workers: int, delay_s: float) -> None:
    """Crawl all hosts to the end."""
    for worker in start(folder, site, hosts, database, n_workers, delay_s):
        assert worker.wait(timeout=7200) in (0, 3, 5), (folder / "log").read_text()[-3000:]


def check(site: ManyHosts, polite: PoliteHosts, delay_s: float) -> Judgement:
    found = judge(site, polite, delay_s)
    print(found.line())
    assert found.early == []
    assert found.forbidden == []
    assert found.n_twice == 0
    n_retry = sum(polite.kind(host).startswith("retry") for host in polite.hosts)
    n_dead = sum(polite.kind(host) == "robots_503" for host in polite.hosts)
    assert found.n_pauses == n_retry
    fetched = {(r.host, r.path) for r in site.asked if r.path.startswith("/2024/")}
    assert len(fetched) == (len(polite.hosts) - n_dead) * polite.n_pages, "pages were left out"
    return found


def test_one_worker_keeps_every_hosts_manners(tmp_path: Path) -> None:
    with polite_site(2 * len(KINDS), 4) as (site, polite):
        crawl(tmp_path, site, polite.hosts, f"sqlite:///{tmp_path}/y.db", 1, 0.4)
        check(site, polite, 0.4)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_workers_together_are_no_faster_to_a_host_than_one(tmp_path: Path, database_url: str) -> None:
    with polite_site(2 * len(KINDS), 4) as (site, polite):
        crawl(tmp_path, site, polite.hosts, database_url, 3, 0.4)
        check(site, polite, 0.4)


@pytest.mark.drill
def test_200_hosts_one_worker(tmp_path: Path) -> None:
    with polite_site(200, 112) as (site, polite):
        crawl(tmp_path, site, polite.hosts, f"sqlite:///{tmp_path}/y.db", 1, 0.5)
        assert check(site, polite, 0.5).n_requests >= 20_000


@pytest.mark.drill
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_200_hosts_three_workers(tmp_path: Path, database_url: str) -> None:
    with polite_site(200, 112) as (site, polite):
        crawl(tmp_path, site, polite.hosts, database_url, 3, 0.5)
        assert check(site, polite, 0.5).n_requests >= 20_000


@pytest.mark.drill
@pytest.mark.postgres
def test_a_second_worker_doubles_what_waits_for_politeness(tmp_path: Path, postgres: str) -> None:
    """A worker holds 64 of the 200 hosts at a time and waits for them: the machine's cores are not what limits it."""
    delay_s, start_s, window_s = 3.0, 20.0, 60.0
    rates = []
    for n_workers in (1, 2):
        polite = PoliteHosts(loopback_addresses(200), 60, ("plain",))
        with serving_many(polite.hosts, polite.answer) as site, postgres_schema() as database:
            assert database is not None, postgres
            workers = start(tmp_path, site, polite.hosts, database, n_workers, delay_s)
            while len(site.asked) < 128 * n_workers:
                time.sleep(0.1)
            begun = time.monotonic() + start_s
            time.sleep(start_s + window_s)
            for worker in workers:
                worker.send_signal(signal.SIGTERM)
            for worker in workers:
                worker.wait(timeout=120)
            found = judge(site, polite, delay_s)
            rates.append(sum(begun <= r.at < begun + window_s for r in site.asked) / window_s)
            print(f"{n_workers} workers: {rates[-1]:.1f} requests a second; {found.line()}")
            assert (found.early, found.n_twice) == ([], 0)
    assert rates[1] / rates[0] >= 1.8
