"""`search`, `show`, `changes` and `db` as a person meets them."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.record import RECORD_KEYS
from storage.articles import ArticleStore
from storage.database import open_database
from storage.migrate import known_versions
from tests.conftest import ROOT, CommandResult
from tests.made_articles import made_article

Run = Callable[..., CommandResult]


@pytest.fixture
def base(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = open_database(url)
    ArticleStore(engine).save([made_article(n) for n in range(30)])
    engine.dispose()
    return url


def test_search_prints_one_line_a_story(yuanwen: Run, base: str) -> None:
    done = yuanwen("search", "新橋", "site:site3.example", "--db", base)
    assert (done.code, len(done.out.splitlines())) == (0, 4)
    assert all(made_article(3).site in line for line in done.out.splitlines())
    assert "4 stories shown" in done.err


def test_search_as_json(yuanwen: Run, base: str) -> None:
    found = json.loads(yuanwen("search", "新桥", "--limit", 2, "--json", "--db", base).out)
    assert (found["n_articles"], found["has_more"], len(found["hits"])) == (30, True, 2)
    hit = found["hits"][0]
    (start, end), *_ = hit["title"]["hits"]
    assert hit["title"]["text"][start:end] == "新桥"


def test_the_count_is_exact(yuanwen: Run, base: str) -> None:
    found = json.loads(yuanwen("search", "新桥", "--json", "--db", base).out)
    assert (found["n_articles"], found["is_count_exact"]) == (30, True)


def test_an_empty_query_is_wrong_use(yuanwen: Run, base: str) -> None:
    assert yuanwen("search", " ", "--db", base).code == 2


def test_a_word_left_out_is_no_option(yuanwen: Run, base: str) -> None:
    done = yuanwen("search", "新桥", "-site:site3.example", "--limit", 100, "--db", base)
    assert (done.code, len(done.out.splitlines())) == (0, 26)
    unknown = yuanwen("search", "新桥", "--limt", 5, "--db", base)
    assert (unknown.code, "--limt: no such option" in unknown.err) == (2, True)


def test_a_site_is_known_by_any_host_of_it(yuanwen: Run, base: str) -> None:
    for value in ("site3.example", "news.site3.example", "WWW.Site3.example"):
        assert len(yuanwen("search", f"site:{value}", "--db", base).out.splitlines()) == 4, value
        assert len(yuanwen("export", "--format", "jsonl", "--site", value, "--db", base).out.splitlines()) == 4, value


def test_an_article_is_known_by_an_address_copied_from_a_browser(yuanwen: Run, base: str) -> None:
    scheme, _, rest = made_article(3).url.partition("://")
    assert yuanwen("show", f"{scheme.upper()}://{rest}#top", "--db", base).code == 0


def test_a_filter_with_a_value_it_cannot_have_is_wrong_use(yuanwen: Run, base: str) -> None:
    for query, why in (("disguised:perhaps", "yes or no"), ("day:2023-13", "a day, month or year"), ("site:", "a domain")):
        done = yuanwen("search", query, "--db", base)
        assert (done.code, done.out, len(done.err.splitlines()), why in done.err) == (2, "", 1, True), query
    assert len(yuanwen("search", "disguised:No", "--limit", 100, "--db", base).out.splitlines()) == 30


READING = (
    ("search", "新桥"), ("show", "http://a.example/1"), ("story", "x"), ("changes",), ("export", "--format", "jsonl"), ("takedown", "--list"), ("status",),
    ("takedown", "http://a.example/1", "--reason", "asked"), ("db", "index"), ("reprocess",),
    ("serve",),
)  # fmt: skip


@pytest.mark.parametrize("arguments", [pytest.param(one, id=" ".join(one)) for one in READING])
def test_a_base_that_is_not_there_is_named_and_not_made(yuanwen: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A mistyped name must not pass for an empty base; a takedown in it would take nothing down."""
    done = yuanwen(*arguments, "--db", f"sqlite:///{tmp_path / 'typo.db'}")
    assert (done.code, done.out, "typo.db: no such database" in done.err) == (1, "", True)
    assert not list(tmp_path.iterdir())


def test_a_story_or_article_that_is_not_there_ends_alike(yuanwen: Run, base: str) -> None:
    assert [yuanwen(command, "http://none.example/", "--db", base).code for command in ("show", "story")] == [3, 3]


@pytest.mark.parametrize("arguments", [("changes",), ("export", "--format", "jsonl"), ("search", "新桥"), ("status", "--json")])
def test_a_full_disk_under_the_output_is_one_line(base: str, arguments: tuple[str, ...]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crawler.cli", *arguments, "--db", base], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "yuanwen: the output: No space left on device")
    assert "Traceback" not in done.stderr


def test_show_by_url_and_by_id(yuanwen: Run, base: str) -> None:
    record = json.loads(yuanwen("show", made_article(3).url, "--json", "--db", base).out)
    assert tuple(record) == RECORD_KEYS
    shown = yuanwen("show", record["id"], "--db", base)
    assert (shown.code, record["title"] in shown.out, "季小楼、方 敏" in shown.out) == (0, True, True)
    missing = yuanwen("show", "http://none.example/", "--db", base)
    assert (missing.code, missing.out) == (3, "")


def test_changes_go_on_after_a_cursor(yuanwen: Run, base: str) -> None:
    lines = [json.loads(line) for line in yuanwen("changes", "--jsonl", "--db", base).out.splitlines()]
    assert [line["kind"] for line in lines] == ["created"] * 30
    rest = yuanwen("changes", "--after", lines[27]["cursor"], "--db", base).out.splitlines()
    assert [line.split("\t")[0] for line in rest] == [lines[28]["cursor"], lines[29]["cursor"]]
    assert yuanwen("changes", "--after", "nonsense", "--db", base).code == 2
    assert yuanwen("changes", "--format", "atom", "--db", base).out.startswith("<?xml")


def test_following_stops_at_the_limit(yuanwen: Run, base: str) -> None:
    assert len(yuanwen("changes", "--follow", "--limit", 7, "--db", base).out.splitlines()) == 7


def test_following_ends_with_its_reader(base: str) -> None:
    """`… --follow | head`: in a quiet base it went on asking for as long as nothing new was to be printed."""
    command = [sys.executable, "-m", "crawler.cli", "changes", "--follow", "--jsonl", "--db", base]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as follower:
        assert follower.stdout is not None
        assert follower.stderr is not None
        n_stored = sum(1 for _ in zip(range(30), follower.stdout, strict=False))
        follower.stdout.close()
        try:
            assert (n_stored, follower.wait(timeout=20), follower.stderr.read()) == (30, 0, b"")
        finally:
            follower.kill()


@pytest.mark.parametrize("flags", [("--follow",), ("--limit", 3), ("--jsonl",), ("--after", "1")])
def test_a_feed_document_takes_no_other_flag(yuanwen: Run, base: str, flags: tuple[object, ...]) -> None:
    done = yuanwen("changes", "--format", "atom", *flags, "--db", base)
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("command", [("rerun",), ("takedown", "--reason", "asked"), ("sites", "save-page")])
@pytest.mark.parametrize("typed", ["news.example.com/1.html", "zzz", "http://", ""])
def test_what_is_not_a_url_is_wrong_use(yuanwen: Run, base: str, command: tuple[str, ...], typed: str) -> None:
    done = yuanwen(*command, typed) if command[0] == "sites" else yuanwen(*command, typed, "--db", base)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "not a URL" in done.err


def test_db_upgrade_makes_the_tables_and_says_so(yuanwen: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert yuanwen("db", "upgrade", "--db", url).out == f"schema {known_versions()[-1]} (was empty)\n"
    assert "was up to date" in yuanwen("db", "upgrade", "--db", url).out


def test_a_backup_is_a_whole_database(yuanwen: Run, base: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert yuanwen("db", "backup", copy, "--db", base).code == 0
    assert yuanwen("db", "backup", copy, "--db", base).code == 2, "nothing is overwritten"
    (tmp_path / "other.db.part").mkdir()
    refused = yuanwen("db", "backup", tmp_path / "other.db", "--db", base)
    assert (refused.code, refused.err) == (1, f"yuanwen: {tmp_path / 'other.db'}: Is a directory\n")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert "30 articles" in yuanwen("search", "新桥", "--db", f"sqlite:///{copy}").err


def test_the_index_can_be_made_anew(yuanwen: Run, base: str) -> None:
    assert "30 articles" in yuanwen("db", "index", "--db", base).err
    assert "30 articles" in yuanwen("search", "新桥", "--db", base).err


@pytest.mark.parametrize("command", [("search", "x"), ("show", "x"), ("changes",), ("db", "upgrade"), ("db", "index")])
def test_a_database_that_cannot_be_is_one_line(yuanwen: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    done = yuanwen(*command, "--db", f"sqlite:///{tmp_path}/none/a.db")
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert "does not exist" in done.err
