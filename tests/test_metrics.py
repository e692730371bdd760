"""The Prometheus file: a strict reader takes it, its figures are the database's, it is replaced whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.config import load_config
from crawler.metrics import publish_metrics, read_metrics, write_metrics
from pipelines.errors import StorageError
from storage.articles import ArticleStore
from storage.database import open_database
from storage.frontier import Frontier
from storage.frontier_types import Ended, NewUrl
from storage.outcomes import finish_run, record_outcome, start_run
from tests.conftest import CommandResult
from tests.made_articles import made_article
from tests.prometheus_text import parse_metrics

ALARM = 'quay: "3" articles,\nexpected \\ at least 20'


def fill(engine: Engine) -> None:
    run_id = start_run(engine, "crawl")
    ArticleStore(engine).save([made_article(1), made_article(2)], run_id=run_id)
    record_outcome(engine, run_id, "http://a.example/gone", "failed", "http_status")
    finish_run(engine, run_id, detail={"finish_reason": "finished", "alarms": [ALARM], "checked": ["quay"]})
    frontier = Frontier(engine, "a-machine/1")
    frontier.commit([NewUrl(url=f"http://a.example/{n}", host="a.example", scope="site:quay", kind="article", rank=1) for n in range(3)])
    frontier.lease_hosts(1)
    (leased,) = frontier.claim(["a.example"], 1).urls
    frontier.commit(ended=[Ended(pk=leased.pk, state="dead", reason="http_status", detail="HTTP 410")])


def test_a_strict_reader_finds_the_figures(engine: Engine) -> None:
    fill(engine)
    samples = parse_metrics(read_metrics(engine))
    assert samples[("yuanwen_pages_total", (("outcome", "created"), ("reason", "")))] == 2
    assert samples[("yuanwen_pages_total", (("outcome", "failed"), ("reason", "http_status")))] == 1
    assert samples[("yuanwen_articles", ())] == 2
    assert samples[("yuanwen_stories", ())] >= 1
    assert samples[("yuanwen_due_urls", ())] == 2
    assert samples[("yuanwen_dead_urls", (("reason", "http_status"),))] == 1
    assert samples[("yuanwen_frontier_urls", (("state", "leased"),))] == 0
    assert samples[("yuanwen_oldest_lease_seconds", ())] == 0
    assert samples[("yuanwen_site_last_fetch_age_seconds", (("site", "site1.example"),))] > 0
    assert samples[("yuanwen_last_run_duration_seconds", (("command", "crawl"),))] >= 0
    assert samples[("yuanwen_alarms", ())] == 1
    assert samples[("yuanwen_alarm", (("alarm", ALARM),))] == 1


def test_an_empty_database_has_figures(engine: Engine) -> None:
    samples = parse_metrics(read_metrics(engine))
    assert samples[("yuanwen_articles", ())] == samples[("yuanwen_alarms", ())] == samples[("yuanwen_due_urls", ())] == 0


@pytest.mark.parametrize(
    "bad", ["a 1\n", "# TYPE a gauge\na 1\n", "# HELP a x\n# TYPE a counter\na 1\n", "# HELP a x\n# TYPE a gauge\na 1\na 1\n"]
)
def test_the_reader_is_strict(bad: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_metrics(bad)


def test_the_command_replaces_the_file(
    yuanwen: Callable[..., CommandResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    url, file = f"sqlite:///{tmp_path}/y.db", tmp_path / "yuanwen.prom"
    engine = open_database(url)
    fill(engine)
    engine.dispose()
    assert parse_metrics(yuanwen("status", "--metrics", "--db", url).out)[("yuanwen_articles", ())] == 2
    file.write_text("old")
    monkeypatch.setenv("YUANWEN_METRICS_FILE", str(file))
    done = yuanwen("status", "--metrics", "--db", url)
    assert (done.code, done.out) == (0, "")
    assert parse_metrics(file.read_text(encoding="utf-8"))[("yuanwen_articles", ())] == 2
    assert sorted(path.name for path in tmp_path.glob("*prom*")) == ["yuanwen.prom"]


def test_a_replay_writes_it(yuanwen: Callable[..., CommandResult], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.captures import CaptureWriter
    from tests.made_articles import made_page

    monkeypatch.setenv("YUANWEN_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("YUANWEN_METRICS_FILE", str(tmp_path / "yuanwen.prom"))
    with CaptureWriter(tmp_path / "archive") as writer:
        writer.write(made_page(1, body=b" "))
    yuanwen("replay", tmp_path / "archive", "--db", f"sqlite:///{tmp_path}/y.db")
    samples = parse_metrics((tmp_path / "yuanwen.prom").read_text(encoding="utf-8"))
    assert samples[("yuanwen_pages_total", (("outcome", "rejected"), ("reason", "empty")))] == 1


def test_a_failed_write_keeps_the_old_file_and_the_run(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none" / "yuanwen.prom"
    with pytest.raises(StorageError, match="metrics cannot be written"):
        write_metrics(missing, engine)
    publish_metrics(load_config(metrics_file=missing), engine)
    assert capsys.readouterr().err.count("\n") == 1
    assert not missing.parent.exists()
