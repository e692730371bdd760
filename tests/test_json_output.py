"""The objects that `--json` prints have the keys that storage/README.md names, no more and no fewer."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.articles import ArticleStore
from storage.captures import CaptureWriter
from storage.compliance import CREDITS
from storage.database import open_database, opened_database, writing
from storage.outcomes import record_outcome, start_run
from tests.conftest import ROOT, CommandResult
from tests.reader_articles import COPIES
from tests.test_replay import news_page
from tests.test_views import documented_columns

Run = Callable[..., CommandResult]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('json') / 'j.db'}"
    engine = open_database(url)
    ArticleStore(engine).save(COPIES)
    record_outcome(engine, start_run(engine, "crawl"), COPIES[0].url, "created", site=COPIES[0].site, status=200)
    engine.dispose()
    return url


def documented(name: str) -> set[str]:
    """The keys of one row of the table; not what stands in brackets after a colon, which says what a value holds."""
    readme = (ROOT / "storage" / "README.md").read_text(encoding="utf-8").partition("## What `--json` prints")[2]
    row = re.search(rf"^\| {re.escape(name)} \| (.*) \|$", readme, re.MULTILINE)
    assert row, name
    told = re.sub(r"\([^)]*\)|: `[^`]*`|as in `[^`]*`|columns of `[^`]*`|without `[^`]*`", "", row[1])
    return set(re.findall(r"`(\w+)`", told))


def printed(yuanwen: Run, *arguments: str) -> Any:
    return json.loads(yuanwen(*arguments, "--json").out)


def test_search(yuanwen: Run, base: str) -> None:
    found = printed(yuanwen, "search", "机器课", "--db", base)
    assert set(found) == documented("`search`")
    assert set(found["hits"][0]) == documented("a hit")


def test_story(yuanwen: Run, base: str) -> None:
    found = printed(yuanwen, "story", COPIES[0].url, "--db", base)
    assert set(found) == {*documented_columns()["v1_stories"]} | documented("`story`")
    copies = {copy["url"]: copy for copy in found["copies"]}
    assert set(copies[COPIES[1].url]) == ({*documented_columns()["v1_copies"]} - {"story_id"}) | documented("a copy")
    assert [copies[COPIES[0].url][key] for key in CREDITS] == [None] * 5
    assert [copies[COPIES[1].url][key] for key in CREDITS] == [True, True, False, False, False]
    assert copies[COPIES[0].url]["text_kept"] is None
    assert copies[COPIES[1].url]["text_kept"] == {"kept": 1, "changed": 0, "cut": 0, "n_added": 0, "in_words": "the whole text"}


def test_status(yuanwen: Run, base: str) -> None:
    found = printed(yuanwen, "status", "--db", base)
    assert set(found) == documented("`status`")
    assert set(found["runs"][0]) == documented("a run")
    assert set(found["sites"][0]) == documented("a site")
    assert found["credit"] == {
        "keeps_source": [2, 2],
        "keeps_author": [1, 2],
        "keeps_title": [1, 2],
        "names_editor": [1, 2],
        "is_source_listed": [0, 2],
    }
    assert "source 2 of 2" in yuanwen("status", "--db", base).out


def test_show(yuanwen: Run, base: str, tmp_path: Path) -> None:
    assert list(printed(yuanwen, "show", COPIES[0].url, "--db", base)) == documented_columns()["v1_articles"]


def test_replay_reprocess_rerun_and_crawl(yuanwen: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANWEN_ARCHIVE", str(tmp_path / "archive"))
    with CaptureWriter(tmp_path / "archive") as writer:
        page = writer.write(news_page(1))
    (archive,) = (tmp_path / "archive").iterdir()
    db = f"sqlite:///{tmp_path}/r.db"
    crawled = printed(yuanwen, "crawl", str(archive), "--db", db)
    assert (set(crawled), crawled["archived"]) == (documented("`crawl`"), {"created": 1})
    assert set(printed(yuanwen, "replay", str(archive), "--db", db)) == documented("`replay`")
    with opened_database(db) as engine, writing(engine) as connection:
        connection.execute(text("UPDATE article SET title = 'x', content_hash = 'x'"))
    again = printed(yuanwen, "reprocess", "--dry-run", "--db", db)
    assert set(again) == documented("`reprocess`")
    assert set(again["examples"][0]) == documented("an example")
    rerun = printed(yuanwen, "rerun", "--from-archive", "--dry-run", page.url, "--db", db)
    assert (set(rerun), rerun["changes"]["title"][0]) == (documented("`rerun`"), "x")
