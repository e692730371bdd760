"""What is withheld is shown nowhere, whatever is crawled meanwhile, and comes back as it was."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pipelines.types import NormalizedArticle
from storage.articles import ArticleStore
from storage.database import reading
from storage.exports import Selection, iterate_records
from storage.feeds import write_feed
from storage.search import find_all, search
from storage.search_index import rebuild_index
from storage.takedown import list_takedowns, take_down
from storage.views import VIEWS
from storage.withholding import list_withheld, release, withhold
from tests.conftest import CommandResult
from tests.feed_waiting import changes_when
from tests.made_articles import made_article
from tests.reader_articles import COPIES, LINES
from tests.test_takedown import everything_in_the_tables

SECRET = "紫藤胡同七号院的钥匙"
NEWS = "绛珠草巷三号楼的暗门"
HIDDEN = replace(
    COPIES[1],
    text="\n".join((*LINES, SECRET)),
    title=f"关于{SECRET}",
    authors=(f"{SECRET}甲",),
    editors=(),
    keywords=(SECRET,),
    dateline=SECRET,
)
OLDER = replace(HIDDEN, text=f"旧{HIDDEN.text}", fetched_at=HIDDEN.fetched_at - timedelta(days=1))
LATER = replace(HIDDEN, text=f"{HIDDEN.text}\n{NEWS}", authors=("季小楼",), fetched_at=HIDDEN.fetched_at + timedelta(days=1))


@pytest.fixture
def hidden_id(engine: Engine) -> str:
    """Store three copies of a story, one of them in two versions, and twenty other articles; return the id of that one."""
    store = ArticleStore(engine)
    store.save([COPIES[0], OLDER, COPIES[2], *(made_article(n) for n in range(100, 120))])
    return store.save([HIDDEN])[0].article_id


def story_of(engine: Engine, stored: NormalizedArticle) -> str:
    found = ArticleStore(engine).find(stored.url)
    assert found is not None
    return str(found["story_id"])


def everything_readers_see(engine: Engine) -> dict[str, Any]:
    """The rows of all views but the feed, and what else is made from the tables."""
    with reading(engine) as connection:
        rows = {view: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {view}"))] for view in VIEWS if view != "v1_changes"}
        for table in ("contributor", "picture"):
            rows[table] = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
    shown = {view: sorted(found, key=str) for view, found in rows.items()}
    return shown | {"found": sorted(find_all(engine, "机器课")), "exported": list(iterate_records(engine, Selection()))}


def test_it_is_shown_nowhere(engine: Engine, hidden_id: str) -> None:
    done = withhold(engine, HIDDEN.final_url, "court order")
    assert done is not None
    assert (done.article_id, done.status) == (hidden_id, "usable")
    seen = everything_readers_see(engine)
    assert [place for place, found in seen.items() if SECRET in str(found)] == []
    assert find_all(engine, SECRET) == find_all(engine, f"site:{HIDDEN.site}") == []
    assert (search(engine, "机器课", limit=1).n_articles, SECRET in write_feed(engine, "jsonfeed")) == (2, False)
    assert not any(hidden_id in (record["id"], record["story_id"]) for record in seen["exported"])
    [record] = [row for row in seen["v1_articles"] if row[1] == hidden_id]
    assert {"withheld", HIDDEN.url, 2} < set(record), "id, URLs and times are left"
    assert [row[:3] for row in seen["v1_stories"] if row[1] > 1] == [(story_of(engine, COPIES[0]), 2, 2)]
    rebuild_index(engine)
    assert find_all(engine, SECRET) == []


def test_it_comes_back_as_it_was(engine: Engine, hidden_id: str) -> None:
    before = everything_readers_see(engine)
    withhold(engine, hidden_id, "court order")
    assert everything_readers_see(engine) != before
    done = release(engine, HIDDEN.url, "order lifted")
    assert done is not None
    assert (done.article_id, done.status) == (hidden_id, "withheld")
    assert everything_readers_see(engine) == before
    assert find_all(engine, SECRET) == [hidden_id]
    withhold(engine, hidden_id, "once more")
    assert (find_all(engine, SECRET), [one["reason"] for one in list_withheld(engine)]) == ([], ["once more"])


def test_the_feed_tells_of_both(engine: Engine, hidden_id: str) -> None:
    story_id = story_of(engine, HIDDEN)
    withhold(engine, hidden_id, "court order")
    release(engine, hidden_id, "order lifted")
    with reading(engine) as connection:
        n_changes = connection.execute(text("SELECT count(*) FROM change")).scalar_one()
    told = [change for change in changes_when(engine, n_changes) if change.kind in ("withheld", "released")]
    assert [(c.kind, c.id, c.revision, c.story_id, c.detail) for c in told] == [
        ("withheld", hidden_id, 2, story_id, {"reason": "court order"}),
        ("released", hidden_id, 2, story_id, {"reason": "order lifted"}),
    ]


def test_a_story_whose_only_page_is_withheld_is_none(engine: Engine) -> None:
    saved = ArticleStore(engine).save([made_article(1)])[0]
    before = everything_readers_see(engine)
    withhold(engine, saved.article_id, "asked")
    assert everything_readers_see(engine)["v1_stories"] == []
    release(engine, saved.article_id, "settled")
    assert everything_readers_see(engine) == before


@pytest.mark.parametrize(
    "fetched", [HIDDEN, replace(HIDDEN, fetched_at=LATER.fetched_at), LATER, OLDER], ids=["same", "again", "changed", "older"]
)
def test_no_crawl_brings_it_back(engine: Engine, hidden_id: str, fetched: NormalizedArticle) -> None:
    withhold(engine, hidden_id, "court order")
    hidden = everything_readers_see(engine)
    mobile = replace(fetched, url=f"{HIDDEN.url}?m=1", final_url=f"{HIDDEN.url}?m=1")  # known by its canonical link alone
    saved = ArticleStore(engine).save([fetched]) + ArticleStore(engine).save([mobile])
    assert {(s.outcome, s.article_id) for s in saved} == {("unchanged", hidden_id)}
    now = everything_readers_see(engine)
    assert [place for place, found in now.items() if SECRET in str(found)] == []
    assert all(now[place] == hidden[place] for place in hidden if place not in ("v1_articles", "v1_sites")), (
        "but for the number and the time"
    )
    release(engine, hidden_id, "order lifted")
    record = ArticleStore(engine).find(hidden_id)
    assert record is not None
    is_news = fetched is LATER
    assert (record["text"], record["revision"], record["authors"]) == (
        (LATER if is_news else HIDDEN).text,
        2 + is_news,
        list((LATER if is_news else HIDDEN).authors),
    )
    assert (find_all(engine, NEWS), find_all(engine, SECRET)) == ([hidden_id] if is_news else [], [hidden_id])
    with reading(engine) as connection:
        versions = connection.execute(text("SELECT revision, text FROM v1_revisions WHERE id = :id ORDER BY 1"), {"id": hidden_id}).all()
    assert [tuple(row) for row in versions] == [(1, OLDER.text), (2, HIDDEN.text), (3, LATER.text)][: 2 + is_news]


def test_twice_is_once(engine: Engine, hidden_id: str) -> None:
    released = release(engine, hidden_id, "never was")
    withhold(engine, hidden_id, "court order")
    again = withhold(engine, hidden_id, "another order")
    assert released is not None
    assert again is not None
    assert (released.status, again.status) == ("usable", "withheld")
    assert [(one["id"], one["url"], one["reason"]) for one in list_withheld(engine)] == [(hidden_id, HIDDEN.url, "court order")]
    assert withhold(engine, "http://nobody.example/1", "x") is None


def test_what_is_withheld_can_be_taken_down(engine: Engine, hidden_id: str, tmp_path: Path) -> None:
    withhold(engine, hidden_id, "court order")
    ArticleStore(engine).save([LATER])
    take_down(engine, tmp_path, HIDDEN.url, "rights holder asked")
    assert everything_in_the_tables(engine, (SECRET, NEWS)) == []
    assert {row["text_sha256"] for row in list_takedowns(engine)} == {sha256(LATER.text.encode()).hexdigest()}
    done = release(engine, hidden_id, "too late")
    assert done is not None
    assert (done.status, list_withheld(engine)) == ("withdrawn", [])


def test_the_command(yuanwen: Callable[..., CommandResult], engine: Engine, hidden_id: str, database_url: str) -> None:
    def ask(*arguments: object) -> CommandResult:
        return yuanwen("withhold", *arguments, "--db", database_url)

    for wrong, why in (((HIDDEN.url,), "--reason"), ((), "URLs or --list"), (("--list", HIDDEN.url), "URLs or --list")):
        done = ask(*wrong)
        assert (done.code, len(done.err.splitlines()), why in done.err) == (2, 1, True)
    done = ask(HIDDEN.url + "#top", COPIES[0].url, "--reason", "court order")
    assert (done.code, [line.split("\t")[1:] for line in done.out.splitlines()]) == (
        0,
        [[HIDDEN.url, "withheld"], [COPIES[0].url, "withheld"]],
    )
    assert [json.loads(line)["url"] for line in ask("--list").out.splitlines()] == [COPIES[0].url, HIDDEN.url]
    assert yuanwen("show", hidden_id, "--json", "--db", database_url).out.count(SECRET) == 0
    gone = yuanwen("story", hidden_id, "--db", database_url)
    assert (gone.code, "was withheld" in gone.err) == (3, True)
    done = ask(hidden_id, "http://nobody.example/1", "--undo", "--reason", "order lifted")
    assert (done.code, done.out, "http://nobody.example/1: no such article" in done.err) == (
        5,
        f"{hidden_id}\t{HIDDEN.url}\treleased\n",
        True,
    )
    assert (ask("http://nobody.example/1", "--reason", "x").code, ask(hidden_id, "--undo", "--reason", "x").code) == (3, 0)
