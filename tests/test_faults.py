"""Faults from end to end: a real crawl of a loopback site; nothing is lost, and each fault ends or passes with a name."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.database import open_database
from tests.faults import Crawl, start_crawl, wait_until, way_to
from tests.hostile_answers import http
from tests.local_dns import name_server
from tests.local_site import LocalSite, listing
from tests.raw_server import raw_server
from tests.test_kill_drill import check_nothing_lost, site_of

N = 50


def sqlite_of(folder: Path) -> str:
    return f"sqlite:///{folder}/y.db"


def lines_of(said: str) -> list[str]:
    """The lines for people; none of them may be a traceback's."""
    assert "Traceback" not in said, said
    return [line for line in said.splitlines() if line.startswith("yuanwen: ")]


def start_and_wait(folder: Path, site: LocalSite, n_asked: int = 20, **options: str) -> Crawl:
    """Start a crawl and let it come so far."""
    before = len(site.asked)
    crawl = start_crawl(folder, site.url("/"), **options)
    wait_until(lambda: len(site.asked) >= before + n_asked, crawl)
    return crawl


def finish(folder: Path, site: LocalSite, database: str, n_extra: int) -> None:
    """Run the same command again: it goes on and loses nothing."""
    code, said = start_crawl(folder, site.url("/"), YUANWEN_DB=database).end()
    assert code == 0, said
    check_nothing_lost(site, database, N, n_extra)


def n_created(folder: Path) -> int:
    connection = sqlite3.connect(folder / "y.db")
    (n,) = connection.execute("SELECT count(*) FROM outcome WHERE outcome = 'created'").fetchone()
    connection.close()
    return int(n)


def limit_files(crawl: Crawl, n_bytes: int) -> None:
    """Let no file of the process grow beyond so many bytes: the system refuses as it does on a full disk."""
    resource.prlimit(crawl.process.pid, resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))


@pytest.mark.parametrize("first_to_fill", ["archive", "database"])
def test_a_full_disk_is_waited_for_and_then_named(tmp_path: Path, first_to_fill: str) -> None:
    with site_of(N) as site:
        where = {"YUANWEN_ARCHIVE": str(tmp_path / "archive")}
        crawl = start_and_wait(tmp_path, site, YUANWEN_PATIENCE="60", **where)
        wait_until(lambda: any((tmp_path / "archive").glob("*")), crawl)
        full = 4096 if first_to_fill == "archive" else (tmp_path / "y.db-wal").stat().st_size
        limit_files(crawl, full)
        wait_until(lambda: "waiting for storage" in crawl.log.read_text() or "waits for the database" in crawl.log.read_text(), crawl)
        limit_files(crawl, resource.RLIM_INFINITY)
        code, said = crawl.end()
        assert (code, lines_of(said)) == (0, []), said
        check_nothing_lost(site, sqlite_of(tmp_path), N, 1)


@pytest.mark.drill
def test_a_real_disk_that_is_full_until_there_is_room(tmp_path: Path) -> None:
    """Database and archive on a small file system of their own, which is made larger; needs user namespaces."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=1200k tmpfs "$0" && exec "$@"', str(small))
    if subprocess.run([*mounted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces with mounts here")
    with site_of(100) as site:
        crawl = start_crawl(tmp_path, site.url("/"), before=mounted, YUANWEN_DB=sqlite_of(small), YUANWEN_PATIENCE="120")
        wait_until(lambda: "disk is full" in crawl.log.read_text() or "No space left" in crawl.log.read_text(), crawl)
        larger = ["nsenter", "-t", str(crawl.process.pid), "-U", "-m", "mount", "-o", "remount,size=64m", str(small)]
        subprocess.run(larger, check=True)
        code, said = crawl.end()
        assert (code, lines_of(said)) == (0, []), said
        assert {path for path in site.paths() if path.startswith("/2024/")} == {f"/2024/03/01/{n}.html" for n in range(100)}


def test_a_disk_that_stays_full_ends_the_run_in_one_line(tmp_path: Path) -> None:
    with site_of(N) as site:
        crawl = start_and_wait(tmp_path, site, YUANWEN_PATIENCE="1")
        wait_until(lambda: n_created(tmp_path) > 0, crawl)
        limit_files(crawl, 4096)
        code, said = crawl.end()
        (line,) = lines_of(said)
        assert (code, line[:18]) == (5, "yuanwen: stopped: "), "what was stored is told, though the end of the run cannot be noted"
        assert "cannot be written" in line or "the disk" in line
        finish(tmp_path, site, sqlite_of(tmp_path), 1)


def test_a_machine_that_gives_no_processes_costs_no_page(tmp_path: Path) -> None:
    full = ("unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o nr_inodes=1 tmpfs /dev/shm && exec "$@"', "sh")
    if subprocess.run([*full, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces with mounts here")
    with site_of(N) as site:
        code, said = start_crawl(tmp_path, site.url("/"), before=full, YUANWEN_WORKERS="2").end()
        (line,) = lines_of(said)
        assert (code, "no process for pages can be started: No space left on device" in line) == (5, True), said
        finish(tmp_path, site, sqlite_of(tmp_path), 1)


@pytest.mark.parametrize("locked_s", [2, pytest.param(45, marks=pytest.mark.drill)])
def test_a_database_locked_by_another_program_is_waited_for(tmp_path: Path, locked_s: float) -> None:
    with site_of(N) as site:
        crawl = start_and_wait(tmp_path, site)
        other = sqlite3.connect(tmp_path / "y.db", isolation_level=None, timeout=60)
        other.execute("BEGIN IMMEDIATE")
        n_asked = len(site.asked)
        time.sleep(locked_s)
        assert len(site.asked) <= n_asked + 64, "it does not fetch what it cannot store"
        other.execute("ROLLBACK")
        other.close()
        code, said = crawl.end()
        assert (code, lines_of(said)) == (0, []), said
        check_nothing_lost(site, sqlite_of(tmp_path), N, 0)


@pytest.mark.postgres
@pytest.mark.parametrize("outage_s", [3, pytest.param(60, marks=pytest.mark.drill)])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_for_a_while(tmp_path: Path, database_url: str, outage_s: float) -> None:
    url = make_url(database_url)
    open_database(database_url).dispose()
    with site_of(N) as site, way_to(str(url.host), url.port or 5432) as way:
        through = url.set(port=way.port).render_as_string(hide_password=False)
        crawl = start_and_wait(tmp_path, site, YUANWEN_DB=through)
        way.cut(outage_s)
        code, said = crawl.end()
        assert (code, lines_of(said)) == (0, []), said
        check_nothing_lost(site, database_url, N, 1)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_stays_away_ends_the_run_in_one_line(tmp_path: Path, database_url: str) -> None:
    url = make_url(database_url)
    open_database(database_url).dispose()
    with site_of(N) as site, way_to(str(url.host), url.port or 5432) as way:
        through = url.set(port=way.port).render_as_string(hide_password=False)
        crawl = start_and_wait(tmp_path, site, YUANWEN_DB=through, YUANWEN_PATIENCE="1")
        way.cut()
        code, said = crawl.end()
        assert code in (1, 5), said
        (line,) = lines_of(said)
        assert line.startswith("yuanwen: stopped: ")
        assert str(way.port) in line
        finish(tmp_path, site, database_url, 1)


@pytest.mark.parametrize("n_failures", [2, 1000])
def test_names_that_are_not_resolved_for_a_while(tmp_path: Path, n_failures: int) -> None:
    def answers(_: str) -> list[str]:
        if len(server.asked) <= n_failures:
            raise OSError
        return ["127.0.0.1"]

    with site_of(N) as site, name_server(answers) as server:
        url, elsewhere = f"http://news.test:{site.port}/", {"module": "tests.elsewhere", "TEST_DNS_PORT": str(server.port)}
        code, said = start_crawl(tmp_path, url, **elsewhere).end()  # type: ignore[arg-type]
        if n_failures == 1000:
            assert code == 1
            (line,) = lines_of(said)
            assert "dns" in line
            n_failures = 0
            code, said = start_crawl(tmp_path, url, **elsewhere).end()  # type: ignore[arg-type]
        assert (code, lines_of(said)) == (0, []), said
        check_nothing_lost(site, sqlite_of(tmp_path), N, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_run_and_the_next_one_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    with site_of(N) as site:
        crawl = start_and_wait(tmp_path, site)
        crawl.process.send_signal(number)
        code, said = crawl.end()
        assert code == 5, said
        assert lines_of(said) == ["yuanwen: stopped by a signal; what was found so far is kept"]
        finish(tmp_path, site, sqlite_of(tmp_path), 0)


@pytest.mark.parametrize("shift_s", [-86400, 86400])
def test_a_clock_that_is_set_in_the_middle(tmp_path: Path, shift_s: int) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    with site_of(N) as site:
        elsewhere = {"module": "tests.elsewhere", "TEST_CLOCK_FILE": str(clock)}
        crawl = start_and_wait(tmp_path, site, **elsewhere)
        (tmp_path / "new").write_text(str(shift_s))
        os.replace(tmp_path / "new", clock)
        os.kill(crawl.process.pid, signal.SIGTERM)
        assert crawl.end()[0] == 5
        code, said = start_crawl(tmp_path, site.url("/"), **elsewhere).end()  # type: ignore[arg-type]
        assert (code, lines_of(said)) == (0, []), said
        n_due = 1 if shift_s > 0 else 0  # a day later the first articles are due to be looked at again
        check_nothing_lost(site, sqlite_of(tmp_path), N, n_due)


def test_a_server_that_restarts(tmp_path: Path) -> None:
    with site_of(N) as site, way_to("127.0.0.1", site.port) as way:
        crawl = start_crawl(tmp_path, f"http://127.0.0.1:{way.port}/")
        wait_until(lambda: len(site.asked) >= 20, crawl)
        way.cut(4)
        code, said = crawl.end()
        assert (code, lines_of(said)) == (0, []), said
        check_nothing_lost(site, sqlite_of(tmp_path), N, 1)


@pytest.mark.parametrize("n_bytes", [12, 40, -300])
def test_an_answer_that_breaks_off_is_asked_for_again(tmp_path: Path, n_bytes: int) -> None:
    async def first_cut(writer: asyncio.StreamWriter) -> None:
        writer.write(http()[:n_bytes] if server.asked.count(path) == 1 else http())
        await writer.drain()

    path = "/2024/03/01/1.html"
    with raw_server() as server:
        server.scripts[path] = first_cut
        server.scripts["/"] = http(listing({path: "示例乡镇春耕备耕工作全面展开"}).encode())
        code, said = start_crawl(tmp_path, f"http://127.0.0.1:{server.port}/").end()
    assert (code, lines_of(said)) == (0, []), said
    assert server.asked.count(path) == 2
    with sqlite3.connect(tmp_path / "y.db") as connection:
        assert connection.execute("SELECT count(*) FROM article").fetchone() == (1,)
