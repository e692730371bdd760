"""Jobs that nobody watches: a start that says something else for a while, hosts that ask for a pause, what earlier runs left behind."""

import json
import sqlite3
import time
from itertools import count
from pathlib import Path

import pytest

from storage.articles import ArticleStore
from storage.database import opened_database
from tests.commands import yuanwen
from tests.local_site import Answer, Asked, LocalSite, article, listing, serving

HTML = {"Content-Type": "text/html; charset=utf-8"}
NOTICE = (
    "<html><head><title>系统维护公告</title></head><body><h1>系统维护公告</h1><p>尊敬的用户，为了给您提供更好的服务，本站将于今日进行系统升级维护，"
    "维护期间网站暂时无法访问，预计两个小时后恢复，给您带来的不便敬请谅解，感谢您的支持与理解，也欢迎您届时再次访问我们的网站。</p></body></html>"
)


def headline(n: int) -> str:
    return f"示例乡镇春耕备耕工作全面展开第{n}号"


def stories(*numbers: int) -> str:
    return listing({f"/2024/03/01/{n}.html": headline(n) for n in numbers})


def serve_articles(site: LocalSite, *numbers: int) -> None:
    for n in numbers:
        site.html(f"/2024/03/01/{n}.html", article(headline(n), seed=n))


def let_lists_fall_due(folder: Path) -> None:
    with sqlite3.connect(folder / "y.db") as connection:
        connection.execute("UPDATE frontier_url SET due_s = ? WHERE state = 'waiting' AND kind != 'article'", [time.time() - 1])
    connection.close()


def titles(folder: Path) -> set[str]:
    with sqlite3.connect(folder / "y.db") as connection:
        found = {row[0] for row in connection.execute("SELECT title FROM article")}
    connection.close()
    return found


@pytest.mark.parametrize("notice", [NOTICE, article("示例网站迁移公告", seed=40), "", "<html><body><p>安全验证</p></body></html>"])
def test_a_list_that_says_something_else_for_a_while_comes_back(tmp_path: Path, notice: str) -> None:
    """Its row was done, or an article's, and no tick asked for it again."""
    with serving() as site:
        serve_articles(site, *range(5))
        site.html("/", stories(0, 1, 2))
        assert yuanwen(tmp_path, "crawl", site.url("/")).returncode == 0
        site.html("/", notice)
        for _ in range(2):
            let_lists_fall_due(tmp_path)
            tick = yuanwen(tmp_path, "crawl", "--due")
            assert (tick.returncode, site.url("/") in tick.stderr) == (3, True), tick.stderr
        site.html("/", stories(4, 3, 2, 1, 0))
        let_lists_fall_due(tmp_path)
        tick = yuanwen(tmp_path, "crawl", "--due", "--json")
    assert json.loads(tick.stdout)["counts"] == {"created": 2, "listed/list_page": 1}, tick.stderr
    assert titles(tmp_path) == {headline(n) for n in range(5)}


def test_what_an_earlier_crawl_could_not_start_from_is_no_failure_of_a_later_one(tmp_path: Path) -> None:
    with serving() as site:
        serve_articles(site, 1)
        site.routes["/closed.html"] = (403, HTML, b"")
        assert yuanwen(tmp_path, "crawl", site.url("/closed.html")).returncode == 1
        later = yuanwen(tmp_path, "crawl", site.url("/2024/03/01/1.html"))
    assert (later.returncode, "could not start" in later.stderr) == (0, False), later.stderr
    assert "/closed.html: failed/http_status: HTTP 403" in later.stderr


def test_a_start_that_is_no_page_is_named(tmp_path: Path) -> None:
    with serving() as site:
        serve_articles(site, 1)
        site.routes["/empty"] = (200, HTML, b"")
        site.html("/about/", "<p>我们</p>")
        run = yuanwen(tmp_path, "crawl", site.url("/empty"), site.url("/2024/03/01/1.html"))
        assert (run.returncode, f"could not start from {site.url('/empty')}: empty" in run.stderr) == (5, True), run.stderr
        run = yuanwen(tmp_path, "crawl", site.url("/about/"))
        assert (run.returncode, f"{site.url('/about/')}: no link to an article on it" in run.stderr) == (3, True), run.stderr


def test_a_host_that_asks_for_a_long_pause_is_left_to_a_later_run(tmp_path: Path) -> None:
    """The run waited for the end of the pause, up to an hour; where nothing was ready, it ended without a word and with 0."""

    def front(asked: Asked) -> Answer:
        return (503, {"Retry-After": "3000"}, b"") if asked.host == "127.0.0.2" else (200, HTML, stories(1, 2).encode())

    with serving(("127.0.0.1", "127.0.0.2")) as site:
        serve_articles(site, 1, 2)
        site.routes["/"] = front
        busy = site.url("/", "127.0.0.2")
        both = yuanwen(tmp_path, "crawl", site.url("/"), busy, "--json", timeout_s=60)
        assert (both.returncode, json.loads(both.stdout)["counts"]["created"]) == (5, 2), both.stderr
        assert f"could not start from {busy}: http_status: HTTP 503" in both.stderr
        n_asked = len(site.asked)
        again = yuanwen(tmp_path, "crawl", busy, timeout_s=60)
        assert (again.returncode, f"could not start from {busy}: 127.0.0.2 asked for a pause" in again.stderr) == (1, True), again.stderr
        assert yuanwen(tmp_path, "crawl", "--due", timeout_s=60).returncode == 0
        assert len(site.asked) == n_asked, "nobody asked before the pause was over"


def test_a_pause_in_the_middle_of_a_crawl_keeps_the_rest(tmp_path: Path) -> None:
    with serving() as site:
        site.html("/", stories(*range(6)))
        serve_articles(site, *range(6))
        whole = {path: answer for path, answer in site.routes.items() if path != "/"}
        n_served = count()

        def third_refused(asked: Asked) -> Answer:
            """In whatever order they are asked for."""
            answer = whole[asked.path]
            assert not callable(answer)
            return answer if next(n_served) < 2 else (429, {"Retry-After": "3000"}, b"")

        site.routes.update(dict.fromkeys(whole, third_refused))
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json", timeout_s=60, YUANWEN_DELAY="0.05")
        assert (run.returncode, json.loads(run.stdout)["counts"]) == (0, {"created": 2, "listed/list_page": 1}), run.stderr
        assert "it is left alone for 3000 s" in run.stderr
        site.routes.update(whole)
        with sqlite3.connect(tmp_path / "y.db") as connection:  # the pause is over
            connection.execute("UPDATE frontier_host SET next_s = 0")
            connection.execute("UPDATE frontier_url SET due_s = 0 WHERE attempts > 0")
        connection.close()
        run = yuanwen(tmp_path, "crawl", "--due", "--json", timeout_s=60)
    assert json.loads(run.stdout)["counts"] == {"created": 4}, run.stderr


def test_indexes_of_sitemaps_that_lead_to_indexes_end(tmp_path: Path) -> None:
    def index(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return 404, {}, b""
        places = "".join(f"<sitemap><loc>{site.url(f'{asked.path}/{k}')}</loc></sitemap>" for k in range(2))
        return 200, {"Content-Type": "text/xml"}, f"<sitemapindex>{places}</sitemapindex>".encode()

    with serving() as site:
        site.default = index
        run = yuanwen(tmp_path, "crawl", site.url("/sitemap.xml"), "--json", timeout_s=60)
    assert json.loads(run.stdout)["counts"] == {"listed/sitemap": 7}, run.stderr


def test_what_was_given_up_is_asked_for_again_on_demand(tmp_path: Path) -> None:
    def n_dead() -> int:
        return int(json.loads(yuanwen(tmp_path, "status", "--json").stdout)["frontier"]["states"].get("dead", 0))

    with serving() as site:
        site.html("/", stories(*range(4)))
        serve_articles(site, 0)
        assert yuanwen(tmp_path, "crawl", site.url("/")).returncode == 0
        assert n_dead() == 3
        serve_articles(site, 1, 2)
        by_hand = yuanwen(tmp_path, "rerun", site.url("/2024/03/01/1.html#top"))
        assert (by_hand.returncode, n_dead()) == (0, 2), by_hand.stderr
        assert "`crawl --dead`" in yuanwen(tmp_path, "status").stdout
        run = yuanwen(tmp_path, "crawl", "--due", "--json")
        assert json.loads(run.stdout)["counts"] == {}
        run = yuanwen(tmp_path, "crawl", "--due", "--dead", "--json")
        assert json.loads(run.stdout)["counts"] == {"created": 1, "failed/http_status": 1}, run.stderr
        serve_articles(site, 3)
        run = yuanwen(tmp_path, "crawl", "--dead", site.url("/"), "--json")
        assert (json.loads(run.stdout)["counts"], n_dead()) == ({"created": 1, "listed/list_page": 1}, 0), run.stderr


def test_names_in_chinese_and_session_ids_are_one_page(tmp_path: Path) -> None:
    with serving() as site:
        links = {f"/2024/03/01/1.jsp;jsessionid={'A' * 32}": headline(1), f"/2024/03/01/1.jsp;jsessionid={'B' * 32}": headline(1)}
        site.html("/", listing(links))
        site.html("/2024/03/01/1.jsp", article(headline(1), seed=1))
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
    assert json.loads(run.stdout)["counts"] == {"created": 1, "listed/list_page": 1}, run.stderr
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        assert set(ArticleStore(engine).urls()) == {site.url("/2024/03/01/1.jsp")}


def test_a_link_too_long_to_be_fetched_does_not_fill_the_log(tmp_path: Path) -> None:
    with serving() as site:
        site.html(
            "/",
            listing(
                {
                    "/2024/03/01/1.html": headline(1),
                    f"/2024/03/01/{'2' * 10_000}.html": headline(2),
                    f"/2024/03/01/{'2' * 10_001}.html": headline(3),
                }
            ),
        )
        serve_articles(site, 1)
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
    assert json.loads(run.stdout)["counts"] == {"created": 1, "failed/unsafe_address": 2, "listed/list_page": 1}, run.stderr
    assert max(map(len, run.stderr.splitlines())) < 500
    assert json.loads(yuanwen(tmp_path, "status", "--json").stdout)["n_pages"] == 4


def test_a_run_whose_clock_was_weeks_ahead_keeps_nothing_waiting(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    elsewhere = {"module": "tests.elsewhere", "TEST_CLOCK_FILE": str(clock)}
    with serving() as site:
        serve_articles(site, 1, 2)
        site.html("/", stories(1))
        clock.write_text(str(40 * 86400))
        assert yuanwen(tmp_path, "crawl", site.url("/"), **elsewhere).returncode == 0  # type: ignore[arg-type]
        site.html("/", stories(1, 2))
        clock.write_text("0")
        tick = yuanwen(tmp_path, "crawl", "--due", "--json", **elsewhere)  # type: ignore[arg-type]
    assert json.loads(tick.stdout)["counts"]["created"] == 1, tick.stderr
