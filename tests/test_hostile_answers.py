"""Hostile answers: each ends in a named outcome, in bounded memory and time, and the log cannot be forged."""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.database import opened_database
from storage.outcomes import list_outcomes
from tests.commands import environment
from tests.conftest import ROOT
from tests.hostile_answers import CASES, GOOD, http
from tests.local_site import listing
from tests.raw_server import raw_server

TIMEOUT_S = 4
MAX_GROWTH_MIB = 150

DRIVER = f"""
import resource, sys
import crawler.lone_worker, crawler.settings, crawler.spiders.news
crawler.settings.DOWNLOAD_TIMEOUT = {TIMEOUT_S}
crawler.spiders.news.MAX_ATTEMPTS = 1
crawler.lone_worker.TIMEOUT_S = {TIMEOUT_S}
from crawler.cli import run
code = run(["crawl", sys.argv[1], "--json"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class HostileRun:
    ends: dict[str, str]
    rss_mib: int
    plain_rss_mib: int
    took_s: float
    log: str


def crawl(folder: Path, names: list[str]) -> HostileRun:
    with raw_server() as server:
        for name in names:
            server.scripts[f"/2024/03/01/{name}.html"] = CASES[name][0] if name in CASES else http(GOOD)
        links = {f"/2024/03/01/{name}.html": f"示例乡镇春耕备耕工作全面展开之{name}" for name in names}
        server.scripts["/news/"] = http(listing(links).encode())
        started = time.monotonic()
        command = [sys.executable, "-c", DRIVER, f"http://127.0.0.1:{server.port}/news/"]
        allowed = environment(folder, YUANWEN_ALLOW_ADDRESSES="127.0.0.1/32")
        run = subprocess.run(command, env=allowed, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        took_s = time.monotonic() - started
    assert not re.search("Traceback|most recent call first", run.stderr), run.stderr[-3000:]
    report = json.loads(run.stdout)
    with opened_database(f"sqlite:///{folder}/y.db") as engine:
        rows = list(list_outcomes(engine, report["run_id"]))
    ends = {row["url"].rpartition("/")[2].removesuffix(".html"): "/".join(filter(None, (row["outcome"], row["reason"]))) for row in rows}
    assert len(rows) == report["total"] == len(names) + 1
    return HostileRun(ends, int(run.stderr.split()[-1]), 0, took_s, run.stderr)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    plain = crawl(tmp_path_factory.mktemp("plain"), ["good"])
    assert plain.ends["good"] == "created"
    run = crawl(tmp_path_factory.mktemp("hostile"), list(CASES))
    return HostileRun(run.ends, run.rss_mib, plain.rss_mib, run.took_s, run.log)


@pytest.mark.parametrize("name", CASES)
def test_every_answer_ends_as_it_should(hostile: HostileRun, name: str) -> None:
    assert re.fullmatch(CASES[name][1], hostile.ends[name]), f"{name}: {hostile.ends[name]}"


def test_there_are_many_and_none_is_a_fault_of_our_own() -> None:
    assert len(CASES) >= 80


def test_memory_stays_bounded(hostile: HostileRun) -> None:
    assert hostile.rss_mib - hostile.plain_rss_mib <= MAX_GROWTH_MIB, (hostile.plain_rss_mib, hostile.rss_mib)


def test_log_lines_are_one_line_each(hostile: HostileRun) -> None:
    lines = hostile.log.strip().splitlines()[:-1]
    assert [line for line in lines if not re.match(r"\d{4}-\d\d-\d\d |yuanwen: ", line)] == []
    assert "\x1b" not in hostile.log
    assert "secret" not in hostile.log
    assert os.linesep not in lines
