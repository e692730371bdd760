"""`status`: the counts add up, sites show their age, unknown outlets are named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select, update

from storage.articles import ArticleStore
from storage.database import reading, writing
from storage.frontier import Frontier
from storage.frontier_health import DeadUrl, read_frontier
from storage.frontier_owners import owner_name
from storage.frontier_types import Ended, NewUrl
from storage.health import read_health
from storage.outcomes import finish_run, record_outcome, start_run
from storage.schema import run
from tests.conftest import CommandResult
from tests.made_articles import SOURCE, made_article


def test_outcomes_of_each_run_add_up(engine: Engine) -> None:
    store = ArticleStore(engine)
    first = start_run(engine, "crawl")
    store.save([made_article(1), made_article(2)], run_id=first)
    record_outcome(engine, first, "http://a.example/list", "listed", "list_page")
    record_outcome(engine, first, "http://a.example/gone", "failed", "http_status")
    finish_run(engine, first)
    second = start_run(engine, "crawl")
    store.save([made_article(1)], run_id=second)
    health = read_health(engine)
    assert [(run.n_pages, run.finished_at is None) for run in health.runs] == [(1, True), (4, False)]
    assert health.runs[1].outcomes == {"created": 2, "failed/http_status": 1, "listed/list_page": 1}
    assert health.outcomes == {"created": 2, "failed/http_status": 1, "listed/list_page": 1, "unchanged": 1}


def test_sites_and_outlets(engine: Engine) -> None:
    unknown = replace(SOURCE, name="某某在线", raw="某某在线", outlet_id=None)
    store = ArticleStore(engine)
    store.save([made_article(1), made_article(2, source=unknown, sources=(unknown,), via=(), published=None)])
    health = read_health(engine)
    assert {(site.site, site.n_articles, site.n_undated) for site in health.sites} == {("site1.example", 1, 0), ("site2.example", 1, 1)}
    assert health.sites[0].last_fetched_at == datetime(2024, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
    assert health.unknown_outlets == (("某某在线", 1),)
    assert (len(read_health(engine, n_sites=1).sites), read_health(engine, n_sites=1).n_sites) == (1, 2), (
        "all sites are counted, also those not shown"
    )


def test_the_command(yuanwen: Callable[..., CommandResult], engine: Engine, tmp_path: Path) -> None:
    run_id = start_run(engine, "crawl")
    ArticleStore(engine).save([made_article(1)], run_id=run_id)
    url = engine.url.render_as_string(hide_password=False)
    shown = json.loads(yuanwen("status", "--db", url, "--json").out)
    assert (shown["n_articles"], shown["n_pages"], shown["outcomes"]) == (1, 1, {"created": 1})
    assert "All runs together: 1 page\n  1 created\n" in yuanwen("status", "--db", url).out
    missing = yuanwen("status", "--db", f"sqlite:///{tmp_path / 'none.db'}")
    assert (missing.code, missing.out) == (1, "")
    assert "none.db: no such database" in missing.err
    assert not (tmp_path / "none.db").exists()


def found(number: int, scope: str = "site:quay", kind: str = "article") -> NewUrl:
    return NewUrl(url=f"http://a.example/{number}", host="a.example", scope=scope, kind=kind, rank=number)


def test_the_frontier_shows_what_is_due_leased_dead_and_overdue(engine: Engine) -> None:
    now = [1_000_000.0]
    frontier = Frontier(engine, "a-machine/1", clock=lambda: now[0])
    frontier.commit([found(1, kind="seed"), found(2), found(3), found(4)])
    frontier.lease_hosts(1)
    first, second, _ = frontier.claim(["a.example"], 3).urls
    frontier.commit(
        ended=[
            Ended(pk=first.pk, state="waiting", due_s=now[0] + 600, interval_s=600),
            Ended(pk=second.pk, state="dead", reason="http_status", detail="HTTP 410"),
        ]
    )
    now[0] += 60
    with reading(engine) as connection:
        soon = read_frontier(connection, now_s=now[0])
        late = read_frontier(connection, now_s=now[0] + 3540)
    assert soon.states == {"dead": 1, "leased": 1, "ready": 1, "waiting": 1}
    assert (soon.n_due, late.n_due) == (1, 2)
    assert (soon.oldest_lease_s, late.oldest_lease_s) == (60, 3600)
    assert soon.dead_reasons == {"http_status": 1}
    assert soon.dead == (DeadUrl(url="http://a.example/2", reason="http_status", detail="HTTP 410"),)
    (scope,) = late.scopes
    assert (scope.scope, scope.n_lists, scope.n_due, scope.interval_s) == ("site:quay", 1, 1, 600)
    assert (scope.visited_s, scope.overdue_s, soon.scopes[0].overdue_s) == (1_000_000, 3000, 0)


def test_an_overdue_list_stays_overdue_when_it_is_made_ready(engine: Engine) -> None:
    now = [1_000_000.0]
    frontier = Frontier(engine, "a-machine/1", clock=lambda: now[0])
    frontier.commit([found(1, kind="seed")])
    frontier.lease_hosts(1)
    (leased,) = frontier.claim(["a.example"], 1).urls
    frontier.commit(ended=[Ended(pk=leased.pk, state="waiting", due_s=now[0] + 600, interval_s=600)])
    now[0] += 1000
    Frontier(engine, "a-machine/2", clock=lambda: now[0]).recover()
    with reading(engine) as connection:
        health = read_frontier(connection, now_s=now[0])
    assert (health.states, health.scopes[0].overdue_s) == ({"ready": 1}, 400)


def test_a_run_that_was_stopped_says_for_what(yuanwen: Callable[..., CommandResult], engine: Engine) -> None:
    for detail in (
        {"finish_reason": "fault", "stopped_for": "y.db: the disk is full"},
        {"finish_reason": "shutdown", "stopped_for": None},
        {"finish_reason": "finished", "stopped_for": None},
    ):
        finish_run(engine, start_run(engine, "crawl"), detail=detail)
    url = engine.url.render_as_string(hide_password=False)
    shown = yuanwen("status", "--db", url).out
    assert (shown.count("stopped: "), "stopped: by a signal" in shown, "stopped: y.db: the disk is full" in shown) == (2, True, True)
    runs = json.loads(yuanwen("status", "--db", url, "--json").out)["runs"]
    assert [(run["finish_reason"], run["stopped_for"]) for run in runs] == [
        ("finished", None), ("shutdown", None), ("fault", "y.db: the disk is full"),
    ]  # fmt: skip


def test_a_run_whose_process_is_gone_has_died_and_other_machines_hear_of_it(yuanwen: Callable[..., CommandResult], engine: Engine) -> None:
    machine = owner_name().partition("/")[0]
    ids = [start_run(engine, "crawl", detail={"seeds": []}) for _ in range(3)]
    with writing(engine) as connection:
        for run_id, owner in zip(ids, (f"{machine}/999999999/1", "elsewhere/7/1", owner_name()), strict=True):
            connection.execute(update(run).where(run.c.id == run_id).values(detail={"owner": owner}))
    states = [run.state for run in read_health(engine).runs]
    assert states == ["running", "unknown", "died"]
    start_run(engine, "crawl")
    with reading(engine) as connection:
        details = {row.id: row.detail for row in connection.execute(select(run.c.id, run.c.detail))}
    assert (details[ids[0]], details[ids[1]]) == ({"finish_reason": "died"}, {"owner": "elsewhere/7/1"})
    assert [run.state for run in read_health(engine).runs] == ["running", "running", "unknown", "died"]
    shown = yuanwen("status", "--db", engine.url.render_as_string(hide_password=False)).out
    assert (shown.count("died: its process is gone"), shown.count("  running  "), shown.count("  unfinished  ")) == (1, 2, 1)


def test_an_alarm_stands_until_its_site_is_checked_again(engine: Engine) -> None:
    def alarms_after(alarms: list[str], checked: list[str]) -> tuple[str, ...]:
        finish_run(engine, start_run(engine, "crawl"), detail={"finish_reason": "finished", "alarms": alarms, "checked": checked})
        return read_health(engine).alarms

    few = "quay: 3 articles, expected at least 20"
    assert alarms_after([few], ["quay", "tide"]) == (few,)
    assert alarms_after([], []) == (few,), "a tick that found no list due"
    assert alarms_after(["tide: 0 articles, expected at least 5"], ["tide"]) == (few, "tide: 0 articles, expected at least 5")
    assert alarms_after([], ["quay"]) == ("tide: 0 articles, expected at least 5",)


def test_the_command_names_alarms_and_dead_urls(yuanwen: Callable[..., CommandResult], engine: Engine) -> None:
    run_id = start_run(engine, "crawl")
    finish_run(
        engine, run_id, detail={"finish_reason": "finished", "alarms": ["quay: 3 articles, expected at least 20"], "checked": ["quay"]}
    )
    frontier = Frontier(engine, "a-machine/1")
    frontier.commit([found(1)])
    frontier.lease_hosts(1)
    (leased,) = frontier.claim(["a.example"], 1).urls
    frontier.commit(ended=[Ended(pk=leased.pk, state="dead", reason="http_status", detail="HTTP 410\x1b[2J")])
    url = engine.url.render_as_string(hide_password=False)
    shown = yuanwen("status", "--db", url).out
    assert "alarm: quay: 3 articles, expected at least 20" in shown
    assert "0 due now; 1 dead" in shown
    assert "http://a.example/1  http_status: HTTP 410\\x1b[2J" in shown
    assert "\x1b[2J" not in shown
    as_json = json.loads(yuanwen("status", "--db", url, "--json").out)
    assert as_json["alarms"] == ["quay: 3 articles, expected at least 20"]
    assert as_json["frontier"]["dead"][0]["reason"] == "http_status"
