"""Revisits: only what is due, conditionally, believed within bounds; ticks that overlap do nothing; alarms."""

import json
import sqlite3
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.expectations import find_alarms
from crawler.load_rules import load_rule_book
from crawler.revisit import MAX_INTERVAL_S, MIN_INTERVAL_S, TRUST_VISITS, end_of_visit, next_interval, note_validators, validators_of
from crawler.visits import Visit
from pipelines.site_rules import Expect, SiteRules
from pipelines.types import FetchedPage
from storage.database import opened_database
from storage.frontier_owners import owner_name
from storage.frontier_types import LeasedUrl
from storage.run_lease import drop_run_lease, take_run_lease
from tests.commands import yuanwen
from tests.local_site import Answer, Asked, article, listing, serving

NOW = 1_700_000_000.0
LEASED = LeasedUrl(
    pk=1, url="http://a.example/", host="a.example", scope="a.example", site_id=None, kind="seed", rank=0, depth=0, attempts=0, added_s=NOW,
    interval_s=3600.0, n_visits=3, n_trusted=0, etag='"v1"', last_modified=None, body_hash="x",
)  # fmt: skip


def visit(outcome: str, reason: str | None = None, leased: LeasedUrl = LEASED, **values: object) -> Visit:
    return Visit(url=leased.url, kind=leased.kind, leased=leased, outcome=outcome, reason=reason, status=200, **values)  # type: ignore[arg-type]


def test_lists_are_asked_sooner_the_more_they_bring() -> None:
    busy, quiet = visit("listed", "list_page", n_links=20, n_new=15), visit("listed", "list_page", n_links=20, n_new=0)
    assert end_of_visit(busy, NOW).due_s - NOW == 1800
    assert end_of_visit(quiet, NOW).due_s - NOW == 5400
    interval: float | None = None
    for _ in range(30):
        interval = next_interval(interval, 20, 20)
    assert interval == MIN_INTERVAL_S
    for _ in range(30):
        interval = next_interval(interval, 20, 0)
    assert interval == MAX_INTERVAL_S


def test_articles_are_asked_again_twice_while_fresh_and_then_never() -> None:
    leased = replace(LEASED, kind="article")
    first = end_of_visit(visit("created", leased=leased, is_article=True), NOW)
    second = end_of_visit(visit("unchanged", leased=leased), first.due_s)
    third = end_of_visit(visit("updated", leased=leased), second.due_s)
    assert [(e.state, (e.due_s - NOW) / 3600) for e in (first, second)] == [("waiting", 6), ("waiting", 72)]
    assert third.state == "done"


@pytest.mark.parametrize(("kind", "n_visits", "state"), [("article", 0, "dead"), ("seed", 3, "waiting"), ("seed", 0, "dead")])
def test_what_failed_is_dead_but_lists_come_back(kind: str, n_visits: int, state: str) -> None:
    ended = end_of_visit(visit("failed", "dns", leased=replace(LEASED, kind=kind, n_visits=n_visits)), NOW)
    assert (ended.state, ended.reason) == (state, "dns")


def test_not_modified_is_believed_only_so_often() -> None:
    assert validators_of(LEASED) == {"If-None-Match": '"v1"'}
    assert validators_of(replace(LEASED, n_trusted=TRUST_VISITS)) == {}
    assert validators_of(replace(LEASED, body_hash=None)) == {}
    assert end_of_visit(visit("unchanged", "not_modified"), NOW).n_trusted == 1
    assert end_of_visit(visit("listed", "list_page"), NOW).n_trusted == 0


def test_an_etag_that_stays_while_the_page_changes_is_dropped() -> None:
    page = FetchedPage(
        url="http://a.example/", final_url="http://a.example/", status=200, headers=(("etag", '"v1"'),), body=b"new", fetched_at=None
    )  # type: ignore[arg-type]
    lying = visit("listed")
    note_validators(lying, page)
    assert lying.etag is None
    honest = visit("listed")
    note_validators(honest, replace(page, headers=(("etag", '"v2"'),)))
    assert honest.etag == '"v2"'
    odd = visit("listed")
    note_validators(odd, replace(page, headers=(("etag", "a\0b"),)))
    assert odd.etag is None


def test_one_tick_a_machine(tmp_path: Path) -> None:
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        me, machine = owner_name(), owner_name().partition("/")[0]
        assert take_run_lease(engine, "due/x", me) is None
        assert take_run_lease(engine, "due/x", "elsewhere/1/1") == me
        drop_run_lease(engine, "due/x", me)
        assert take_run_lease(engine, "due/x", f"{machine}/999999999/1") is None
        assert take_run_lease(engine, "due/x", me) is None, "its holder is dead"


def test_ticks_fetch_what_is_due_and_nothing_else(tmp_path: Path) -> None:
    asked_with: list[str | None] = []

    def front(asked: Asked) -> Answer:
        asked_with.append(asked.headers.get("if-none-match"))
        return (304, {}, b"") if asked_with[-1] == '"v1"' else (200, {"ETag": '"v1"', "Content-Type": "text/html"}, listing(links).encode())

    links = {f"/2024/03/01/{n}.html": f"示例乡镇春耕备耕工作全面展开第{n}号" for n in range(3)}
    with serving() as site:
        site.routes["/"] = front
        for n in range(3):
            site.html(f"/2024/03/01/{n}.html", article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n))
        assert yuanwen(tmp_path, "crawl", site.url("/")).returncode == 0
        n_asked = len(site.asked)
        tick = yuanwen(tmp_path, "crawl", "--due", "--json")
        assert (tick.returncode, len(site.asked) - n_asked) == (0, 0), tick.stderr
        with sqlite3.connect(tmp_path / "y.db") as connection:
            connection.execute("UPDATE frontier_url SET due_s = ? WHERE state = 'waiting' AND kind = 'seed'", [time.time() - 1])
        connection.close()
        tick = yuanwen(tmp_path, "crawl", "--due", "--json")
        assert json.loads(tick.stdout)["counts"] == {"unchanged/not_modified": 1}
        assert (tick.returncode, asked_with) == (0, [None, '"v1"'])


def test_what_a_site_file_expects_is_checked() -> None:
    site = SiteRules(site_id="s", name=None, domains=("s.example",), expect=Expect(min_articles=5, max_quarantined=0.1))
    book = replace(load_rule_book(), sites={"s": site})
    assert find_alarms({"s": Counter(created=3, known=2, quarantined=0, listed=9)}, book, ["s"]) == []
    assert find_alarms({}, book, ["s"]) == ["s: 0 articles, expected at least 5"]
    assert find_alarms({"s": Counter(created=6, quarantined=2)}, book, ["s"]) == ["s: 25% of the pages quarantined, expected at most 10%"]
    assert find_alarms({}, book, ["other"]) == []
