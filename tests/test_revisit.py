"""Revisits: only what is due, conditionally, believed within bounds; ticks that overlap do nothing; alarms."""

import json
import sqlite3
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.expectations import find_alarms, links_on_lists, pages_before
from crawler.load_rules import load_rule_book
from crawler.revisit import MIN_INTERVAL_S, TRUST_VISITS, end_of_visit, note_validators, validators_of
from crawler.rhythm import EARLY_S, LATEST_S, LEAST_PRICE, PROMISE_S, Rhythm, learn, load_rhythm, price_of, wait_s
from crawler.visits import Visit
from pipelines.site_rules import Expect, SiteRules
from pipelines.types import FetchedPage
from storage.database import opened_database
from storage.frontier import Frontier
from storage.frontier_owners import owner_name
from storage.frontier_types import Ended, LeasedUrl, NewUrl
from storage.outcomes import record_outcome, start_run
from storage.run_lease import drop_run_lease, take_run_lease
from tests.commands import yuanwen
from tests.local_site import Answer, Asked, article, listing, serving

NOW = 1_700_000_000.0
MIDNIGHT = 1_700_006_400.0
LEASED = LeasedUrl(
    pk=1, url="http://a.example/", host="a.example", scope="a.example", site_id=None, kind="seed", rank=0, depth=0, attempts=0, added_s=NOW,
    interval_s=3600.0, n_visits=3, n_trusted=0, etag='"v1"', last_modified=None, body_hash="x",
)  # fmt: skip


def visit(outcome: str, reason: str | None = None, leased: LeasedUrl = LEASED, **values: object) -> Visit:
    return Visit(url=leased.url, kind=leased.kind, leased=leased, outcome=outcome, reason=reason, status=200, **values)  # type: ignore[arg-type]


def watched(n_new_at: dict[int, int], n_days: int = 14) -> Rhythm:
    """A list read every hour: UTC hour of the day to news it brings then."""
    rhythm = learn(None, MIDNIGHT, 0, 30)
    for hour in range(1, 24 * n_days + 1):
        rhythm = learn(rhythm, MIDNIGHT + hour * 3600, n_new_at.get((hour - 1) % 24, 0), 30)
    return rhythm


def test_a_busy_list_is_asked_every_hour_and_a_dead_one_once_a_day() -> None:
    busy, dead = watched(dict.fromkeys(range(24), 2)), watched({})
    assert wait_s(busy, 0.05, MIN_INTERVAL_S) == PROMISE_S - EARLY_S
    assert wait_s(dead, 0.05, MIN_INTERVAL_S) == LATEST_S - EARLY_S


def test_a_list_is_left_alone_in_the_hours_in_which_it_brings_nothing() -> None:
    by_day = watched(dict.fromkeys(range(8, 16), 1))
    asleep = wait_s(replace(by_day, seen_s=MIDNIGHT + 18 * 3600), 0.05, MIN_INTERVAL_S)
    awake = wait_s(replace(by_day, seen_s=MIDNIGHT + 9 * 3600), 0.05, MIN_INTERVAL_S)
    assert awake == PROMISE_S - EARLY_S
    assert asleep >= 10 * 3600


def test_a_list_whose_links_are_soon_exchanged_is_asked_before_they_scroll_off() -> None:
    flood = watched(dict.fromkeys(range(24), 60))
    assert wait_s(flood, 0.05, MIN_INTERVAL_S) < 1200


def test_the_first_visit_and_a_clock_set_back_tell_nothing() -> None:
    first = learn(None, NOW, 30, 30)
    back = learn(first, NOW - 86400, 5, 30)
    assert (sum(first.news), sum(back.news), back.seen_s) == (0, 0, NOW - 86400)
    assert load_rhythm(back.dump()) == back


def test_the_price_leaves_out_what_brings_least() -> None:
    busy, slow, dead = watched(dict.fromkeys(range(24), 5)), watched({9: 1}), watched({})
    assert price_of([]) == LEAST_PRICE
    assert max(dead.rates()) < price_of([busy, slow, dead]) < min(busy.rates())


def test_a_list_that_is_gone_is_asked_again_when_its_silence_has_doubled() -> None:
    silent = [replace(LEASED, rhythm=learn(None, NOW - silence_s, 0, 9).dump()) for silence_s in (60, 7200, 30 * 86400)]
    waits = [end_of_visit(visit("failed", "connection", leased=leased), NOW).due_s - NOW for leased in silent]
    assert waits == [3600, 7200, 2 * 86400]


def test_a_seed_that_is_an_article_stays_one_when_it_is_not_modified() -> None:
    was_article = replace(LEASED, interval_s=None, added_s=NOW - 86400)
    assert end_of_visit(visit("unchanged", "not_modified", leased=was_article), NOW).due_s == NOW + 2 * 86400
    assert end_of_visit(visit("unchanged", "not_modified"), NOW).interval_s is not None


def test_articles_are_asked_again_twice_while_fresh_and_then_never() -> None:
    leased = replace(LEASED, kind="article")
    first = end_of_visit(visit("created", leased=leased, is_article=True), NOW)
    second = end_of_visit(visit("unchanged", leased=leased), first.due_s)
    third = end_of_visit(visit("updated", leased=leased), second.due_s)
    assert [(e.state, (e.due_s - NOW) / 3600) for e in (first, second)] == [("waiting", 6), ("waiting", 72)]
    assert third.state == "done"


@pytest.mark.parametrize(("kind", "n_visits", "state"), [("article", 0, "dead"), ("seed", 3, "waiting"), ("seed", 0, "dead")])
def test_what_failed_is_dead_but_lists_come_back(kind: str, n_visits: int, state: str) -> None:
    ended = end_of_visit(visit("failed", "http_status", leased=replace(LEASED, kind=kind, n_visits=n_visits)), NOW)
    assert (ended.state, ended.reason) == (state, "http_status")


@pytest.mark.parametrize(
    ("reason", "status", "state"),
    [
        ("tls", None, "waiting"),
        ("unsafe_address", None, "waiting"),
        ("http_status", 403, "waiting"),
        ("http_status", 404, "dead"),
        ("robots", None, "dead"),
    ],
)
def test_what_a_firewall_a_certificate_or_a_setting_kept_out_is_asked_for_again_another_day(
    reason: str, status: int | None, state: str
) -> None:
    leased = replace(LEASED, kind="article", n_visits=0, added_s=NOW - 7200)
    refused = visit("failed", reason, leased=leased)
    refused.status = status
    assert end_of_visit(refused, NOW).state == state
    assert end_of_visit(refused, NOW + 4 * 86400).state == "dead"


@pytest.mark.parametrize(("age_s", "state", "wait_s"), [(60, "waiting", 3600), (7200, "waiting", 7200), (4 * 86400, "dead", None)])
def test_an_article_whose_server_is_down_is_asked_for_again_until_it_is_old(age_s: int, state: str, wait_s: int | None) -> None:
    leased = replace(LEASED, kind="article", n_visits=0, added_s=NOW - age_s)
    ended = end_of_visit(visit("failed", "connection", leased=leased, is_transient=True), NOW)
    assert (ended.state, ended.due_s - NOW if ended.due_s else None) == (state, wait_s)


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


def test_the_sections_a_front_page_leads_to_are_asked_again(tmp_path: Path) -> None:
    def stories(*numbers: int) -> str:
        return listing({f"/2024/03/01/{n}.html": f"示例乡镇春耕备耕工作全面展开第{n}号" for n in numbers})

    with serving() as site:
        site.html("/", listing({"/gd/": "各地", "/sn/": "三农", "/about.html": "关于我们"}))
        site.html("/gd/", stories(0, 1))
        site.html("/sn/", stories(2))
        site.html("/about.html", "<p>我们</p>")
        for n in range(4):
            site.html(f"/2024/03/01/{n}.html", article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n))
        run = yuanwen(tmp_path, "crawl", site.url("/"), "--json")
        assert json.loads(run.stdout)["counts"]["created"] == 3, run.stderr
        assert yuanwen(tmp_path, "crawl", site.url("/")).returncode == 0, "nothing new is no failure"
        site.html("/sn/", stories(3, 2))
        with sqlite3.connect(tmp_path / "y.db") as connection:
            connection.execute("UPDATE frontier_url SET due_s = ? WHERE state = 'waiting' AND kind = 'section'", [time.time() - 1])
        connection.close()
        tick = yuanwen(tmp_path, "crawl", "--due", "--json")
    assert json.loads(tick.stdout)["counts"] == {"created": 1, "listed/list_page": 2}, "all but the page about them"


def test_what_a_site_file_expects_is_checked() -> None:
    site = SiteRules(site_id="s", name=None, domains=("s.example",), expect=Expect(min_articles=5, max_quarantined=0.1))
    book = replace(load_rule_book(), sites={"s": site})
    assert find_alarms({"s": Counter(created=3, known=2, quarantined=0, listed=9)}, {}, book, ["s"]) == []
    assert find_alarms({"s": Counter(unchanged=1)}, {"s": 20}, book, ["s"]) == [], "its lists held enough when they were read last"
    assert find_alarms({}, {"s": 4}, book, ["s"]) == ["s: 4 articles, expected at least 5"]
    assert find_alarms({"s": Counter(created=6, quarantined=2)}, {}, book, ["s"]) == [
        "s: 25% of the pages quarantined, expected at most 10%"
    ]
    assert find_alarms({}, {}, book, ["other"]) == []


def test_one_bad_page_of_a_small_tick_is_no_alarm_but_a_site_that_gives_no_article_is() -> None:
    site = SiteRules(site_id="s", name=None, domains=("s.example",), expect=Expect(max_quarantined=0.1))
    book = replace(load_rule_book(), sites={"s": site})
    assert find_alarms({"s": Counter(created=1, quarantined=1)}, {}, book, ["s"]) == []
    assert find_alarms({"s": Counter(quarantined=1)}, {}, book, ["s"]) == ["s: 100% of the pages quarantined, expected at most 10%"]
    assert len(find_alarms({"s": Counter(created=2, quarantined=2)}, {}, book, ["s"])) == 1
    strict = replace(book, sites={"s": replace(site, expect=Expect(max_quarantined=0.0))})
    assert len(find_alarms({"s": Counter(created=9, quarantined=1)}, {}, strict, ["s"])) == 1, "none was to be quarantined"


def test_the_only_page_of_a_tick_is_judged_with_those_before_it(engine: Engine) -> None:
    site = SiteRules(site_id="s", name=None, domains=("news.s.example",), expect=Expect(max_quarantined=0.05))
    book = replace(load_rule_book(), sites={"s": site})

    def alarms_of_a_tick(outcome: str) -> list[str]:
        run_id = start_run(engine, "crawl")
        for n, each in enumerate((outcome, "listed", "failed")):
            record_outcome(engine, run_id, f"http://news.s.example/{n}", each, site="s.example")
        return find_alarms({"s": Counter({outcome: 1})}, {}, book, ["s"], partial(pages_before, engine, run_id))

    assert len(alarms_of_a_tick("quarantined")) == 1, "no page of it was ever read"
    for _ in range(19):
        assert alarms_of_a_tick("created") == []
    assert alarms_of_a_tick("created") == []
    assert alarms_of_a_tick("quarantined") == []
    assert alarms_of_a_tick("created") == []
    assert alarms_of_a_tick("quarantined") == ["s: 10% of the pages quarantined, expected at most 5%"]


SITE = """
site_id = "quay"
domains = ["127.0.0.1"]
[crawl]
start_urls = ["{url}"]
[expect]
min_articles = 3
"""


def test_a_site_is_checked_by_the_crawl_that_asked_for_its_lists_alone(tmp_path: Path) -> None:
    with serving() as site:
        site.html("/", listing({f"/2024/03/01/{n}.html": f"示例乡镇春耕备耕工作全面展开第{n}号" for n in range(2)}))
        for n in range(2):
            site.html(f"/2024/03/01/{n}.html", article(f"示例乡镇春耕备耕工作全面展开第{n}号", seed=n))
        (tmp_path / "quay.toml").write_text(SITE.format(url=site.url("/")))
        for target, code, alarms in (
            (site.url("/2024/03/01/0.html"), 0, []),
            ("quay", 5, ["quay: 2 articles, expected at least 3"]),
            ("--due", 0, []),
        ):
            run = yuanwen(tmp_path, target, module="tests.site_crawl")
            assert (run.returncode, json.loads(run.stdout)["alarms"]) == (code, alarms), run.stderr
    assert json.loads(yuanwen(tmp_path, "status", "--json").stdout)["alarms"] == ["quay: 2 articles, expected at least 3"]


def test_links_on_lists_are_those_last_read_and_none_of_a_list_that_is_gone(engine: Engine) -> None:
    frontier = Frontier(engine, "m/1")
    frontier.commit(
        [NewUrl(url=f"http://a.example/{n}", host="a.example", scope="site:s", site_id="s", kind="seed", rank=0) for n in range(3)]
    )
    frontier.lease_hosts(1)
    rhythms = [learn(None, NOW, 0, length).dump() for length in (20, 7, 50)]
    ends = [Ended(pk=u.pk, state="waiting", rhythm=r) for u, r in zip(frontier.claim(["a.example"], 3).urls, rhythms, strict=True)]
    frontier.commit(ended=[*ends[:2], replace(ends[2], reason="http_status")])
    assert links_on_lists(engine) == {"s": 27}, "none of a list with a reason: it failed, or has lost all its links"


def test_a_list_without_any_link_is_noticed_and_a_304_keeps_what_it_had() -> None:
    had = replace(LEASED, rhythm=learn(None, NOW - 3600, 0, 30).dump())
    ends = [
        end_of_visit(visit(outcome, reason, leased=had), NOW)
        for outcome, reason in (("listed", "list_page"), ("unchanged", "not_modified"))
    ]
    lengths = [load_rhythm(ended.rhythm).length for ended in ends]  # type: ignore[union-attr]
    assert ([ended.reason for ended in ends], lengths) == (["empty", None], [30, 30]), "that links stood there is not forgotten"


def test_what_failed_is_tried_again_by_the_run_that_asks_for_it(engine: Engine) -> None:
    frontier = Frontier(engine, "m/1")
    frontier.commit([NewUrl(url="http://a.example/1", host="a.example", scope="a.example", kind="article", rank=10)])
    frontier.lease_hosts(1)
    (leased,) = frontier.claim(["a.example"], 1).urls
    failed = end_of_visit(visit("failed", "connection", leased=replace(leased, added_s=time.time()), is_transient=True), time.time())
    frontier.commit(ended=[failed])
    frontier.recover()
    assert not frontier.pending(0).is_ready
    frontier.recover(retry_failed=True)
    assert frontier.pending(0).is_ready
