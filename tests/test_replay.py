"""`replay` and `reprocess`: archives into the database, and what is stored by the rules of today."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines.types import FetchedPage
from storage.captures import CaptureWriter
from storage.database import open_database, reading, writing
from tests.conftest import CommandResult
from tests.made_articles import made_page

Yuanwen = Callable[..., CommandResult]


def news_page(number: int, **changes: object) -> FetchedPage:
    """Return a page whose text differs from its siblings'."""
    lines = "".join(
        f"<p>第{number}号渡口昨日恢复通航，首日运送旅客{number * 37}人次，船工老周说第{k}班船比往年早了{k + 3}分钟。</p>" for k in range(6)
    )
    html = f"<html><head><title>第{number}号渡口恢复通航_南山在线</title></head><body><h1>第{number}号渡口恢复通航</h1><div>2024-03-01 08:30 来源：东河日报</div><div class='c'>{lines}</div></body></html>"
    return made_page(number, body=html.encode("gb18030"), **changes)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A WARC file of three articles, an empty page and a 404."""
    pages = [*map(news_page, (1, 2, 3)), made_page(4, body=b" "), news_page(5, status=404)]
    with CaptureWriter(tmp_path / "archive") as writer:
        for page in pages:
            writer.write(page)
    (file,) = (tmp_path / "archive").iterdir()
    return file


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("YUANWEN_ARCHIVE", str(tmp_path / "archive"))
    return f"sqlite:///{tmp_path / 'news.db'}"


def counts(result: CommandResult) -> dict[str, int]:
    return json.loads(result.out)["outcomes"]


def test_every_page_ends_in_one_outcome_and_a_second_replay_changes_nothing(yuanwen: Yuanwen, archive: Path, db: str) -> None:
    first = yuanwen("replay", archive, "--db", db, "--json")
    assert (first.code, first.err) == (0, "")
    assert counts(first) == {"created": 3, "rejected/empty": 1, "failed/http_status": 1}
    assert json.loads(first.out)["pages"] == 5
    assert counts(yuanwen("replay", archive, "--db", db, "--json")) == {"unchanged": 3, "rejected/empty": 1, "failed/http_status": 1}


@pytest.mark.parametrize("url", ["http://guess:example.com/1.html", "http://[half/1.html", "http:///1.html"])
def test_an_address_that_is_none_ends_in_an_outcome_like_any_page(yuanwen: Yuanwen, tmp_path: Path, db: str, url: str) -> None:
    """Archives of other crawlers hold them; the pages after it must not be lost."""
    with CaptureWriter(tmp_path / "archive") as writer:
        for page in (news_page(1, url=url, final_url=url), news_page(2)):
            writer.write(page)
    done = yuanwen("replay", tmp_path / "archive", "--db", db, "--json")
    assert (counts(done), done.err) == ({"created": 1, "failed/unsafe_address": 1}, "")


def test_a_truncated_archive_gives_what_is_readable_and_one_line(yuanwen: Yuanwen, archive: Path, db: str) -> None:
    cut = archive.with_name("cut.warc.gz")
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size * 2 // 5])
    result = yuanwen("replay", cut, "--db", db, "--json")
    assert result.code == 5
    assert 1 <= counts(result)["created"] < 3
    assert result.err.count("\n") == 1
    assert "cut.warc.gz" in result.err


def page_of_several(number: int, **changes: object) -> FetchedPage:
    """Return one of three pages of an article."""
    url = "http://news.example.com/2024/9.html" if number == 1 else f"http://news.example.com/2024/9_{number}.html"
    body = news_page(number).body.decode("gb18030").replace(f"第{number}号渡口恢复通航", "渡口恢复通航")
    pager = f'<a href="/2024/9_{number + 1}.html">下一页</a>' if number < 3 else ""
    return made_page(9, url=url, final_url=url, body=body.replace("</body>", f"<div>{pager}</div></body>").encode("gb18030"), **changes)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2)])
def test_an_article_is_joined_from_its_pages_in_any_order(yuanwen: Yuanwen, tmp_path: Path, db: str, order: tuple[int, ...]) -> None:
    """A further page that stood before its first page became an article of its own."""
    with CaptureWriter(tmp_path / "archive") as writer:
        for number in (order[0], 9, *order[1:]):
            writer.write(news_page(9) if number == 9 else page_of_several(number))
    assert counts(yuanwen("replay", tmp_path / "archive", "--db", db, "--json")) == {"created": 2, "joined": 2}
    record = json.loads(yuanwen("show", page_of_several(1).url, "--json", "--db", db).out)
    assert [record["text"].index(f"第{n}号渡口昨日") for n in (1, 2, 3)] == sorted(
        record["text"].index(f"第{n}号渡口昨日") for n in (1, 2, 3)
    )


def test_an_error_page_is_no_further_page(yuanwen: Yuanwen, tmp_path: Path, db: str) -> None:
    with CaptureWriter(tmp_path / "archive") as writer:
        for page in (page_of_several(1), page_of_several(2, status=404), page_of_several(3)):
            writer.write(page)
    assert counts(yuanwen("replay", tmp_path / "archive", "--db", db, "--json")) == {"created": 2, "failed/http_status": 1}
    record = json.loads(yuanwen("show", page_of_several(1).url, "--json", "--db", db).out)
    assert "第2号渡口昨日" not in record["text"]
    assert "pages_missing" in record["notes"]


def test_archives_in_any_order_tell_when_an_article_was_first_fetched(yuanwen: Yuanwen, tmp_path: Path, db: str) -> None:
    """It was when the capture that happened to be read first was fetched."""
    times = [datetime(2024, 3, day, tzinfo=UTC) for day in (9, 5, 7)]
    for n, at in enumerate(times):
        with CaptureWriter(tmp_path / f"archive{n}") as writer:
            writer.write(news_page(1, fetched_at=at))
        assert yuanwen("replay", tmp_path / f"archive{n}", "--db", db).code == 0
    record = json.loads(yuanwen("show", news_page(1).url, "--json", "--db", db).out)
    assert (record["first_seen_at"], record["fetched_at"]) == (times[1].isoformat(), times[0].isoformat())


def test_what_was_taken_down_is_counted_with_its_reason(yuanwen: Yuanwen, archive: Path, db: str, tmp_path: Path) -> None:
    copy = tmp_path / "again.warc.gz"
    copy.write_bytes(archive.read_bytes())
    yuanwen("replay", archive, "--db", db)
    assert yuanwen("takedown", news_page(2).url, "--reason", "asked", "--db", db).code == 0
    assert counts(yuanwen("replay", copy, "--db", db, "--json")) == {
        "unchanged": 2, "rejected/taken_down": 1, "rejected/empty": 1, "failed/http_status": 1,
    }  # fmt: skip


def test_reprocess_says_what_would_change_and_changes_it_only_without_dry_run(yuanwen: Yuanwen, archive: Path, db: str) -> None:
    yuanwen("replay", archive, "--db", db)
    engine = open_database(db)
    with writing(engine) as connection:
        connection.execute(text("UPDATE article SET title = '旧标题', content_hash = 'x' WHERE pk = 1"))

    def titles() -> set[str]:
        with reading(engine) as connection:
            return set(connection.execute(text("SELECT title FROM v1_articles")).scalars())

    dry = json.loads(yuanwen("reprocess", "--db", db, "--dry-run", "--json").out)
    assert (dry["counts"], dry["fields"]) == ({"changed": 1, "unchanged": 2, "still_none": 2}, {"title": 1})
    assert dry["examples"][0]["before"] == "旧标题"
    assert "旧标题" in titles()
    shown = yuanwen("reprocess", "--db", db)
    assert "旧标题" in shown.out
    assert "旧标题" not in titles()
    assert json.loads(yuanwen("reprocess", "--db", db, "--json").out)["counts"] == {"unchanged": 3, "still_none": 2}
    engine.dispose()


def test_a_missing_archive_loses_no_article(yuanwen: Yuanwen, archive: Path, db: str) -> None:
    yuanwen("replay", archive, "--db", db)
    archive.unlink()
    result = yuanwen("reprocess", "--db", db, "--json")
    assert (result.code, json.loads(result.out)["counts"]) == (1, {"unreadable": 5})
    engine = open_database(db)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM v1_articles")).scalar() == 3
    engine.dispose()


def test_a_missing_further_page_keeps_its_article_and_the_others_go_on(yuanwen: Yuanwen, archive: Path, db: str) -> None:
    """It ended the whole run."""
    yuanwen("replay", archive, "--db", db)
    engine = open_database(db)
    with writing(engine) as connection:
        gone = json.dumps([{"file": "gone.warc.gz", "offset": 0, "length": 9, "sha256": "0" * 64}])
        connection.execute(text("UPDATE article SET title = '旧标题', content_hash = 'x'"))
        connection.execute(text("UPDATE article SET parts = :gone WHERE pk = 1"), {"gone": gone})
    result = yuanwen("reprocess", "--db", db, "--json")
    assert (result.code, json.loads(result.out)["counts"]) == (5, {"unreadable": 1, "changed": 2, "still_none": 2})
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM v1_articles WHERE title = '旧标题'")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "/no/such.warc.gz"], "/no/such.warc.gz: no such file"),
        (["reprocess", "--since", "yesterday"], "--since yesterday: not a date"),
        (["replay"], "Missing argument"),
    ],
)
def test_wrong_usage_is_exit_code_2(yuanwen: Yuanwen, arguments: list[str], said: str) -> None:
    result = yuanwen(*arguments)
    assert (result.code, said in result.err) == (2, True)
