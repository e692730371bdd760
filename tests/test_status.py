"""`status`: the counts add up, sites show their age, unknown outlets are named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from storage.articles import ArticleStore
from storage.health import read_health
from storage.outcomes import finish_run, record_outcome, start_run
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


def test_the_command(yuanwen: Callable[..., CommandResult], engine: Engine, tmp_path: Path) -> None:
    run_id = start_run(engine, "crawl")
    ArticleStore(engine).save([made_article(1)], run_id=run_id)
    url = engine.url.render_as_string(hide_password=False)
    shown = json.loads(yuanwen("status", "--db", url, "--json").out)
    assert (shown["n_articles"], shown["n_pages"], shown["outcomes"]) == (1, 1, {"created": 1})
    assert "1 pages = 1 created" in yuanwen("status", "--db", url).out
    missing = yuanwen("status", "--db", f"sqlite:///{tmp_path / 'none.db'}")
    assert (missing.code, missing.out) == (1, "")
    assert "none.db: no such database" in missing.err
    assert not (tmp_path / "none.db").exists()
