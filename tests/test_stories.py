"""Stories in a real database, on both engines: grouped, split again, traced to their origin."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from pipelines.types import NormalizedArticle, Precision, PublishedTime, Source
from storage.article_saving import save_articles
from storage.article_stories import publish_articles
from storage.articles import ArticleStore
from storage.database import reading, writing
from storage.story_reports import find_story
from storage.takedown import take_down
from tests.conftest import CommandResult
from tests.made_articles import made_article
from tests.made_stories import made_document

XINHUA = Source(name="新华社", raw="新华社", outlet_id="xinhua")


def copy_of(n: int, number: int, *, minutes: int = 0, **changes: Any) -> NormalizedArticle:
    """An article with the text of the n-th made-up document, on the site of `number`."""
    document = made_document(n)
    article = made_article(number, title=document["title"], title_raw=document["title"], text=document["text"], dateline=None, via=())
    assert article.published is not None
    published = replace(article.published, local=article.published.local.replace(hour=8, minute=0) + timedelta(minutes=minutes))
    return replace(article, **{"published": published, **changes})


def stories_of(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {row.url: row.story_id for row in connection.execute(text("SELECT url, story_id FROM v1_articles"))}


def copies_of(engine: Engine) -> list[tuple[str, str, bool]]:
    with reading(engine) as connection:
        return [(r.url, r.relation, bool(r.is_main)) for r in connection.execute(text("SELECT * FROM v1_copies ORDER BY story_id, url"))]


def test_copies_share_a_story_id(engine: Engine) -> None:
    a, b, other = copy_of(1, 1), copy_of(1, 2, minutes=30), copy_of(2, 3)
    saved = ArticleStore(engine).save([a, other])
    again = ArticleStore(engine).save([b])
    assert again[0].story_id == saved[0].story_id == saved[0].article_id
    found = stories_of(engine)
    assert found[a.url] == found[b.url] != found[other.url]
    with reading(engine) as connection:
        kinds = connection.execute(
            text("SELECT kind, story_id FROM change WHERE kind = 'story'")
        ).all()  # the view waits for other programs
        rows = {row.story_id: row for row in connection.execute(text("SELECT * FROM v1_stories"))}
    assert kinds == [("story", saved[0].article_id)]
    assert {row.n_copies for row in rows.values()} == {1, 2}
    assert rows[saved[0].article_id].n_sites == 2


def test_a_round_up_is_in_two_stories(engine: Engine) -> None:
    a, b = copy_of(1, 1), copy_of(2, 2)
    both = copy_of(1, 3, minutes=60, text=a.text + "\n" + b.text)
    ArticleStore(engine).save([a, b, both])
    found = stories_of(engine)
    assert found[a.url] != found[b.url]
    listed = copies_of(engine)
    assert sum(url == both.url for url, _, _ in listed) == 2
    assert {(relation, is_main) for url, relation, is_main in listed if url == both.url} == {("contains", True), ("contains", False)}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_an_outlets_page_is_no_cut_of_the_round_up_that_holds_it(engine: Engine, order: tuple[int, ...]) -> None:
    a = copy_of(1, 1, source=XINHUA, site_name="新华社", is_repost=False)
    b = copy_of(2, 2, text=made_document(2)["text"][:400])
    both = copy_of(1, 3, minutes=60, text=a.text + "\n" + b.text, source=XINHUA)  # holds more of the first
    for at in order:
        ArticleStore(engine).save([(a, both, b)[at]])
    story = find_story(engine, a.url)
    assert story is not None
    assert [copy["relation"] for copy in story["copies"] if copy["url"] == a.url] == ["original"]


def test_a_page_that_quotes_a_passage_is_listed_with_the_story_and_no_copy_of_it(engine: Engine) -> None:
    a, b = copy_of(1, 1), copy_of(2, 2, minutes=60)
    passage = a.text.split("\n")[1]
    quoting = replace(b, text=b.text + f"\n此前报道：“{passage}”")
    stock = replace(copy_of(3, 3, minutes=90), text=made_document(3)["text"] + "\n" + passage)
    saved = ArticleStore(engine).save([a, quoting, stock])
    assert len({s.story_id for s in saved}) == 3
    assert {(url, relation, is_main) for url, relation, is_main in copies_of(engine) if not is_main} == {(quoting.url, "quotes", False)}


def test_a_changed_text_leaves_its_story_and_a_taken_down_page_frees_it(engine: Engine) -> None:
    a, b, c = copy_of(1, 1), copy_of(1, 2, minutes=30), copy_of(1, 3, minutes=60)
    store = ArticleStore(engine)
    saved = store.save([a, b, c])
    assert len(set(stories_of(engine).values())) == 1
    moved = replace(a, text=made_document(9)["text"], fetched_at=a.fetched_at + timedelta(days=1))
    store.save([moved])
    found = stories_of(engine)
    assert found[b.url] == found[c.url] != found[a.url]
    with writing(engine) as connection:
        store.stories.withdraw(connection, [saved[1].article_id])
    store.stories.link_pending()
    assert stories_of(engine)[c.url] == saved[2].article_id
    assert [url for url, _, _ in copies_of(engine)].count(b.url) == 0
    store.save([replace(a, fetched_at=a.fetched_at + timedelta(days=2))])
    found = stories_of(engine)
    assert found[a.url] == found[c.url]


def test_a_bridge_taken_away_splits_a_story(engine: Engine) -> None:
    long = made_document(1, sentences=20)["text"]
    head, tail, whole = long[: len(long) * 2 // 5], long[len(long) * 3 // 5 :], long
    store = ArticleStore(engine)
    saved = store.save([copy_of(1, 1, text=head), copy_of(1, 2, text=tail), copy_of(1, 3, text=whole)])
    assert len({s.story_id for s in saved}) == 1
    with writing(engine) as connection:
        store.stories.withdraw(connection, [saved[2].article_id])
    store.stories.link_pending()
    assert len({stories_of(engine)[s.url] for s in saved[:2]}) == 2


def test_the_named_outlet_is_the_origin_though_not_held(engine: Engine) -> None:
    store = ArticleStore(engine)
    saved = store.save([copy_of(1, n, minutes=n * 20, source=XINHUA, site_name=f"站{n}") for n in (1, 2, 3)])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["origin_outlet"], story["earliest_seen_id"]) == (None, "新华社", saved[0].article_id)
    assert story["confidence"] > 0.8


def test_the_outlets_own_page_is_the_origin_though_seen_later(engine: Engine) -> None:
    store = ArticleStore(engine)
    reposts = [copy_of(1, n, minutes=n, source=XINHUA, site_name=f"站{n}") for n in (1, 2)]
    own = copy_of(1, 3, minutes=90, source=XINHUA, site_name="新华社", is_repost=False, text=made_document(1)["text"] + "\n（完）")
    saved = store.save([*reposts, own])
    story = find_story(engine, own.url)
    assert story is not None
    assert (story["origin_id"], story["origin_outlet"]) == (saved[2].article_id, "新华社")
    assert [copy["relation"] for copy in story["copies"]] == ["same", "same", "original"]
    assert story["copies"][0]["difference"] == [{"at": len(reposts[0].text), "before": "\n（完）", "after": ""}]


def test_disputed_sources_leave_the_origin_unknown(engine: Engine) -> None:
    other = Source(name="东河日报", raw="东河日报", outlet_id=None)
    store = ArticleStore(engine)
    saved = store.save([copy_of(1, 1, source=XINHUA), copy_of(1, 2, source=other)])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["origin_outlet"], story["confidence"]) == (None, None, 0.0)
    assert "disputed" in {reason["witness"] for reason in story["evidence"]}


def test_a_disguised_page_is_never_the_origin(engine: Engine) -> None:
    store = ArticleStore(engine)
    mirror = copy_of(1, 1, source=None, site_name=None, is_repost=None, disguised=True)
    later = copy_of(1, 2, minutes=500, source=None, site_name=None, is_repost=None)
    saved = store.save([mirror, later])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["earliest_seen_id"]) == (None, saved[0].article_id)


def test_a_page_that_others_link_to_is_the_origin(engine: Engine) -> None:
    own = copy_of(1, 1, minutes=300, source=None, site_name="东河网", is_repost=None)
    link = Source(name="东河网", raw="东河网", outlet_id=None, url=own.url)
    saved = ArticleStore(engine).save([own, copy_of(1, 2, source=link, site_name="站2")])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["confidence"]) == (saved[0].article_id, 0.9)


def test_without_claims_a_clear_lead_in_time_counts_and_a_day_does_not(engine: Engine) -> None:
    store = ArticleStore(engine)
    silent: dict[str, Any] = {"source": None, "site_name": None, "is_repost": None}
    saved = store.save([copy_of(1, 1, **silent), copy_of(1, 2, minutes=45, **silent)])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["confidence"]) == (saved[0].article_id, 0.5)
    day = copy_of(2, 3).published
    dated = PublishedTime(local=day.local.replace(hour=0, minute=0), precision=Precision.DAY, text=day.text, rule=day.rule)
    saved = store.save([copy_of(2, 4, published=dated, **silent), copy_of(2, 5, minutes=45, **silent)])
    story = find_story(engine, saved[0].article_id)
    assert story is not None
    assert (story["origin_id"], story["earliest_seen_id"]) == (None, saved[1].article_id)


def test_a_killed_step_is_done_by_the_next_one(engine: Engine) -> None:
    store = ArticleStore(engine)
    store.save([copy_of(1, 1)])
    with writing(engine) as connection:  # a process that dies right after saving
        articles = [copy_of(1, 2, minutes=9)]
        store.publish(connection, articles, save_articles(connection, articles))
    assert len(set(stories_of(engine).values())) == 2
    assert ArticleStore(engine).stories.link_pending() > 0
    assert len(set(stories_of(engine).values())) == 1


@pytest.mark.parametrize("as_json", [True, False])
def test_story_command(engine: Engine, database_url: str, yuanwen: Callable[..., CommandResult], as_json: bool) -> None:
    saved = ArticleStore(engine).save([copy_of(1, 1, source=XINHUA), copy_of(1, 2, minutes=30, source=XINHUA, title="[red]重磅[/red]")])
    result = yuanwen("story", saved[1].url, "--db", database_url, *(["--json"] if as_json else []))
    assert result.code == 0, result.err
    assert "新华社" in result.out
    assert saved[0].url in result.out
    if as_json:
        assert json.loads(result.out)["n_copies"] == 2
    else:
        assert "[red]" in result.out
    assert yuanwen("story", "http://nowhere.example/", "--db", database_url).code == 3


def test_a_takedown_updates_the_story(engine: Engine, tmp_path: Path) -> None:
    store = ArticleStore(engine)
    saved = store.save([copy_of(1, n, minutes=n) for n in (1, 2, 3)])
    take_down(engine, tmp_path, saved[0].url, "asked for by the author")
    assert {stories_of(engine)[s.url] for s in saved[1:]} == {saved[1].article_id}
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT story_id, n_copies, earliest_seen_id FROM v1_stories")).all()
    assert rows == [(saved[1].article_id, 2, saved[1].article_id)]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_settling_gives_way_to_saving(engine: Engine) -> None:
    store = ArticleStore(engine)
    a, b = copy_of(1, 1), copy_of(1, 2, minutes=9)
    store.save([a])
    with writing(engine) as connection:
        saved = save_articles(connection, [b])
        store.publish(connection, [b], saved)
    other = ArticleStore(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE article SET title = title WHERE id = :id"), {"id": saved[0].article_id})
        settling = threading.Thread(target=other.stories.link_pending)
        settling.start()
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE article SET story_id%'")
        for _ in range(1000):
            if connection.execute(waiting).scalar_one():
                break
        # The settling process holds the queue's row and waits for the article; this one holds the article and needs the row.
        changed = {saved[0].article_id: replace(b, text=made_document(9)["text"])}
        publish_articles(connection, store.stories, changed)
    settling.join()
    store.stories.link_pending()
    found = stories_of(engine)
    assert found[a.url] != found[b.url]
