"""Politeness, judged by the server's own log on loopback hosts."""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.politeness.robots import product_token
from tests.commands import yuanwen
from tests.faults import start_crawl, wait_until
from tests.local_site import Answer, Asked, LocalSite, article, listing, serving

DELAY_S = 0.4
EARLY_S = 0.05 * DELAY_S
"""Five per cent, and no more: requests travel."""


def fill(site: LocalSite, n: int = 4) -> None:
    site.html("/", listing({f"/2024/03/01/{k}.html": f"示例乡镇春耕备耕工作全面展开第{k}号" for k in range(n)}))
    for k in range(n):
        site.html(f"/2024/03/01/{k}.html", article(f"示例乡镇春耕备耕工作全面展开第{k}号", seed=k))


def gaps(site: LocalSite) -> dict[str, list[float]]:
    """Seconds between one request and the next, by host."""
    times: dict[str, list[float]] = defaultdict(list)
    for asked in site.asked:
        times[asked.host].append(asked.at)
    return {host: [b - a for a, b in itertools.pairwise(at)] for host, at in times.items()}


def busy_once(header: Callable[[], str], status: int = 429) -> Callable[[Asked], Answer]:
    state = {"asked": 0}

    def answer(asked: Asked) -> Answer:
        state["asked"] += 1
        if state["asked"] == 1:
            return status, {"Retry-After": header()}, b""
        return 200, {"Content-Type": "text/html"}, article("示例乡镇春耕备耕工作全面展开", seed=1).encode()

    return answer


def test_each_host_keeps_its_delay_while_others_go_on(tmp_path: Path) -> None:
    hosts = tuple(f"127.0.0.{n}" for n in range(11, 17))
    with serving(hosts) as site:
        fill(site)
        run = yuanwen(tmp_path, "crawl", *(site.url("/", host) for host in hosts), "--json", YUANWEN_DELAY=str(DELAY_S))
        assert json.loads(run.stdout)["counts"]["created"] == 4 * len(hosts), run.stderr
        by_host = gaps(site)
        took_s = site.asked[-1].at - site.asked[0].at
    assert set(by_host) == set(hosts)
    assert min(gap for host in by_host.values() for gap in host) >= DELAY_S - EARLY_S
    assert took_s < sum(sum(host) for host in by_host.values()) / 2, "hosts were fetched one after the other"


def test_crawl_delay_is_kept(tmp_path: Path) -> None:
    with serving() as site:
        fill(site, 3)
        site.routes["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 1\n")
        yuanwen(tmp_path, "crawl", site.url("/"))
        (host,) = gaps(site).values()
    assert len(host) == 4
    assert min(host) >= 0.95


def test_robots_is_obeyed_by_the_longest_rule_for_our_name(tmp_path: Path) -> None:
    with serving() as site:
        fill(site, 4)
        rules = "User-agent: *\nDisallow: /\n\nUser-agent: yuanwen\nDisallow: /2024/\nAllow: /2024/03/01/2.html\n"
        site.routes["/robots.txt"] = (200, {}, rules.encode())
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
        assert json.loads(run.stdout)["counts"] == {"created": 1, "failed/robots": 3, "listed/list_page": 1}
        assert site.paths() == ["/robots.txt", "/", "/2024/03/01/2.html"]


@pytest.mark.parametrize(("status", "is_fetched"), [(503, False), (429, False), (404, True)])
def test_robots_that_is_not_there(tmp_path: Path, status: int, is_fetched: bool) -> None:
    with serving() as site:
        fill(site, 1)
        site.routes["/robots.txt"] = (status, {"Retry-After": "0"}, b"")
        run = yuanwen(tmp_path, "crawl", site.url("/2024/03/01/0.html"))
        assert ("/2024/03/01/0.html" in site.paths()) is is_fetched
        assert run.returncode == (0 if is_fetched else 4)


def test_what_could_not_be_fetched_while_robots_was_in_trouble_is_fetched_when_it_is_back(tmp_path: Path) -> None:
    with serving() as site:
        fill(site, 3)
        yuanwen(tmp_path, "crawl", site.url("/"), "--max-pages", "1")
        site.routes["/robots.txt"] = (503, {"Retry-After": "0"}, b"")
        tick = yuanwen(tmp_path, "crawl", "--due", "--json")
        assert json.loads(tick.stdout)["counts"] == {"failed/robots": 3}
        del site.routes["/robots.txt"]
        again = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
    assert json.loads(again.stdout)["counts"] == {"created": 3, "listed/list_page": 1}


def test_a_long_pause_is_told_by_the_run_that_is_asked_for_it_and_by_the_next(tmp_path: Path) -> None:
    with serving() as site:
        site.routes["/"] = (503, {"Retry-After": "1800"}, b"")
        run = yuanwen(tmp_path, "crawl", site.url("/"))
        assert run.stderr.count("127.0.0.1 asks for a pause; it is left alone for 1800 s") == 1
        crawl = start_crawl(tmp_path, site.url("/"))
        try:
            wait_until(
                lambda: "127.0.0.1 asked an earlier run for a pause; it is left alone for 17" in crawl.log.read_text(), crawl, timeout_s=30
            )
        finally:
            crawl.process.kill()
            crawl.process.wait()
        assert site.paths() == ["/robots.txt", "/"]


def in_two_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)


@pytest.mark.parametrize(("header", "least_s"), [(lambda: "2", 1.9), (in_two_seconds, 1.9)], ids=["seconds", "date"])
def test_retry_after_holds_the_whole_host_and_no_other(tmp_path: Path, header: Callable[[], str], least_s: float) -> None:
    with serving(("127.0.0.11", "127.0.0.12")) as site:
        fill(site, 5)
        site.routes["/2024/03/01/0.html"] = busy_once(header)
        starts = [site.url("/", host) for host in ("127.0.0.11", "127.0.0.12")]
        run = yuanwen(tmp_path, "crawl", *starts, "--json", YUANWEN_DELAY="0.05")
        assert json.loads(run.stdout)["counts"]["created"] == 10, run.stderr
        by_host = gaps(site)
    longest = sorted(max(host) for host in by_host.values())
    assert longest[1] >= least_s, longest
    assert longest[0] < least_s, longest


def test_our_name_is_honest(tmp_path: Path) -> None:
    with serving() as site:
        fill(site, 1)
        yuanwen(tmp_path, "crawl", site.url("/"), YUANWEN_USER_AGENT="yuanwen-test/1 (+mailto:me@example.org)")
        assert {asked.headers["user-agent"] for asked in site.asked} == {"yuanwen-test/1 (+mailto:me@example.org)"}
        assert not any("cookie" in asked.headers or "referer" in asked.headers for asked in site.asked)
    assert product_token("yuanwen-test/1 (+x)") == "yuanwen-test"


def test_a_robots_txt_without_end_is_read_as_far_as_it_must_be(tmp_path: Path) -> None:
    with serving() as site:
        fill(site, 2)
        rules = b"User-agent: *\nDisallow: /2024/03/01/1.html\n" + b"# nothing\n" * 900_000
        site.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, rules)
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
    assert json.loads(run.stdout)["counts"] == {"created": 1, "failed/robots": 1, "listed/list_page": 1}, run.stderr
