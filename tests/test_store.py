"""Articles in and out of a real database, on both engines."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError

from pipelines.record import RECORD_KEYS, record_of
from pipelines.types import NormalizedArticle, Note, Source
from storage.article_reading import JSON_KEYS
from storage.article_saving import Saved, save_articles
from storage.articles import ArticleStore
from storage.database import open_database, reading, writing
from storage.outcomes import count_outcomes, finish_run, record_outcome, start_run
from storage.schema import metadata, run
from tests.feed_waiting import changes_when
from tests.made_articles import made_article

STORE_KEYS = {"id", "revision", "first_seen_at", "story_id"}


def count(engine: Engine, table: str) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def outcomes(saved: list[Saved]) -> list[str]:
    return [s.outcome for s in saved]


def test_a_saved_article_is_found_as_it_was(engine: Engine) -> None:
    article = made_article()
    saved = ArticleStore(engine).save([article])[0]
    found = ArticleStore(engine).find(article.url)
    assert found is not None
    expected = record_of(article)
    assert {key: found[key] for key in RECORD_KEYS if key not in STORE_KEYS} == {
        key: expected[key] for key in RECORD_KEYS if key not in STORE_KEYS
    }
    assert (found["id"], found["revision"], found["story_id"]) == (saved.article_id, 1, saved.article_id)
    assert found["first_seen_at"] == article.fetched_at.isoformat()


def test_a_date_that_is_counted_back_makes_no_revision(engine: Engine) -> None:
    def at(hours: int, printed: str) -> NormalizedArticle:
        article = made_article()
        assert article.published is not None
        later = replace(article.published, local=article.published.local + timedelta(minutes=hours * 7), text=printed)
        return replace(article, published=later, fetched_at=article.fetched_at + timedelta(hours=hours))

    first, second, printed = at(0, "3小时前"), at(6, "9小时前"), at(12, "2024-03-01 08:30")
    assert [outcomes(ArticleStore(engine).save([a])) for a in (first, second, printed)] == [["created"], ["unchanged"], ["updated"]]


def test_the_view_has_the_keys_of_the_record_in_their_order(engine: Engine) -> None:
    ArticleStore(engine).save([made_article()])
    with reading(engine) as connection:
        row = connection.execute(text("SELECT * FROM v1_articles")).mappings().one()
    assert tuple(row) == RECORD_KEYS
    assert all(isinstance(json.loads(row[key]), list | dict) for key in JSON_KEYS)


def test_unset_fields_stay_null(engine: Engine) -> None:
    empty = made_article(
        title=None, title_raw=None, original_title=None, published=None, source=None, sources=(), via=(), site_name=None, authors=(),
        language=None, is_repost=None, disguised=None, capture=None, dateline=None,
    )  # fmt: skip
    ArticleStore(engine).save([empty])
    found = ArticleStore(engine).find(empty.url)
    assert found is not None
    nulls = ("title", "published_at", "published_precision", "source", "site_name", "language", "is_repost", "disguised", "capture")
    assert {key: found[key] for key in nulls} == dict.fromkeys(nulls)
    assert (found["via"], found["authors"]) == ([], [])


def test_saving_again_changes_nothing(engine: Engine) -> None:
    store, articles = ArticleStore(engine), [made_article(n) for n in range(20)]
    first = store.save(articles)
    later = [replace(a, fetched_at=a.fetched_at + timedelta(days=1), confidence=0.5, capture=None) for a in articles]
    again = store.save(later)
    assert outcomes(first) == ["created"] * 20
    assert outcomes(again) == ["unchanged"] * 20
    assert [s.article_id for s in again] == [s.article_id for s in first]
    assert (count(engine, "article"), count(engine, "revision"), count(engine, "change")) == (20, 0, 20)


def test_a_changed_article_keeps_its_older_text(engine: Engine) -> None:
    store, old = ArticleStore(engine), made_article()
    store.save([old])
    new = replace(old, text="改写后的正文。", authors=("韦一",), pictures=(), fetched_at=old.fetched_at + timedelta(hours=1))
    saved = store.save([new])[0]
    assert (saved.outcome, saved.revision) == ("updated", 2)
    assert saved.before is not None
    assert saved.before["text"] == old.text
    found = store.find(old.url)
    assert found is not None
    assert (found["text"], found["authors"], found["revision"]) == (new.text, ["韦一"], 2)
    changes_when(engine, 2)
    with reading(engine) as connection:
        texts = connection.execute(text("SELECT revision, text FROM v1_revisions ORDER BY revision")).all()
        kinds = connection.execute(text("SELECT kind, detail FROM v1_changes ORDER BY cursor")).all()
        people = connection.execute(text("SELECT role, name FROM contributor ORDER BY role")).all()
    assert [tuple(row) for row in texts] == [(1, old.text), (2, new.text)]
    assert [row.kind for row in kinds] == ["created", "updated"]
    assert json.loads(kinds[1].detail) == {"fields": ["text", "authors", "images"]}
    assert [tuple(row) for row in people] == [("author", "韦一"), ("editor", "祝平")]


def test_an_older_fetch_never_replaces_a_newer_one(engine: Engine) -> None:
    store, article = ArticleStore(engine), made_article()
    store.save([article])
    older = replace(article, text="旧稿。", fetched_at=article.fetched_at - timedelta(days=1))
    assert outcomes(store.save([older])) == ["unchanged"]
    found = store.find(article.url)
    assert found is not None
    assert found["text"] == article.text


def test_an_article_is_known_under_all_its_urls(engine: Engine) -> None:
    store = ArticleStore(engine)
    article = made_article(url="http://a.example/s/1", final_url="http://a.example/1.html?from=s", canonical_url="http://a.example/1.html")
    first = store.save([article])[0]
    direct = replace(article, url="http://a.example/1.html", final_url="http://a.example/1.html")
    assert outcomes(store.save([direct])) == ["unchanged"]
    for url in (article.url, article.final_url, article.canonical_url, first.article_id):
        found = store.find(url)
        assert found is not None
        assert found["id"] == first.article_id
    assert store.find("http://a.example/2.html") is None


def test_a_canonical_link_to_another_version_is_believed(engine: Engine) -> None:
    store, first = ArticleStore(engine), made_article()
    mobile = replace(first, url="http://m.a.example/1", final_url="http://m.a.example/1", text=f"{first.text}\n桥上限速六十公里。")
    assert outcomes([*store.save([first]), *store.save([mobile])]) == ["created", "updated"]
    assert count(engine, "article") == 1


def seen_at(article: NormalizedArticle, hours: int) -> NormalizedArticle:
    assert article.capture is not None
    return replace(article, fetched_at=article.fetched_at + timedelta(hours=hours), capture=replace(article.capture, offset=1000 * hours))


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_two_addresses_of_one_article_fetched_in_turn_make_no_revisions(engine: Engine, is_one_batch: bool) -> None:
    """The mobile page has another footer: each fetch replaced what the other address had given."""
    store, desktop = ArticleStore(engine), made_article()
    mobile = replace(desktop, url="http://m.a.example/1", final_url="http://m.a.example/1", section=("手机版",))
    last: list[Saved] = []
    for hours in (0, 10, 20):
        pair, run_id = [seen_at(desktop, hours), seen_at(mobile, hours + 1)], start_run(engine, "crawl")
        last = store.save(pair, run_id=run_id) if is_one_batch else [store.save([a], run_id=run_id)[0] for a in pair]
    assert outcomes(last) == ["unchanged", "unchanged"]
    assert (count(engine, "revision"), count(engine, "change")) == (1, 2)
    assert store.is_echo(seen_at(desktop, 30))
    corrected, set_back = replace(seen_at(desktop, 40), text=f"{desktop.text}\n更正。"), seen_at(desktop, 50)
    changed = [store.save([a], run_id=start_run(engine, "crawl"))[0] for a in (corrected, seen_at(mobile, 45), set_back)]
    assert outcomes(changed) == ["updated", "unchanged", "updated"]  # the page that gave the stored version was set back: that is news
    assert changed[-1].revision == 4


def test_two_fetches_of_one_article_in_a_batch_are_two_revisions(engine: Engine) -> None:
    """All but one were lost."""
    store, first = ArticleStore(engine), made_article()
    store.save([first])
    mobile = replace(seen_at(first, 2), url="http://m.a.example/1", final_url="http://m.a.example/1", section=("手机版",))
    saved = store.save([mobile, replace(seen_at(first, 1), text=f"{first.text}\n更正。")])
    assert [(s.outcome, s.revision) for s in saved] == [("updated", 3), ("updated", 2)]
    assert (store.find(first.url) or {})["section"] == ["手机版"]


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_a_redirecting_url_and_its_target_are_one_article(engine: Engine, is_one_batch: bool) -> None:
    store, target = ArticleStore(engine), made_article(1)
    asked = [
        replace(target, url="http://a.example/short"),
        target,
        replace(target, url="http://a.example/other", fetched_at=target.fetched_at + timedelta(hours=1)),
    ]
    saved = store.save(asked) if is_one_batch else [store.save([a])[0] for a in asked]
    assert outcomes(saved) == ["created", "unchanged", "unchanged"]
    assert len({s.article_id for s in saved}) == count(engine, "article") == count(engine, "change") == 1
    for a in asked:
        found = store.find(a.url)
        assert found is not None
        assert (found["id"], found["url"]) == (saved[0].article_id, "http://a.example/short")


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_one_canonical_link_on_all_pages_of_a_site_makes_no_article_of_them(engine: Engine, is_one_batch: bool) -> None:
    """Each article replaced the one before it, and its text was lost but for the revisions."""
    store = ArticleStore(engine)
    texts = ("渡口的老码头下月拆除，候船室迁往上游。", "县图书馆新馆周六开放，藏书四十五万册。", "景区五一限流，每天只收三万人预约参观。")
    address = "http://a.example/{}.html".format
    pages = [
        made_article(text=text, url=address(n), final_url=address(n), canonical_url=address(2), fetched_at=made_article().fetched_at + timedelta(n))
        for n, text in enumerate(texts)
    ]  # fmt: skip
    for _ in range(2):
        saved = store.save(pages) if is_one_batch else [store.save([a])[0] for a in pages]
        assert len({s.article_id for s in saved}) == count(engine, "article") == 3
    assert outcomes(saved) == ["unchanged"] * 3
    for a in pages:
        assert (store.find(a.url) or {})["text"] == a.text
    assert store.find_stored(pages[1]) == store.find(pages[1].url)


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_bulletins_of_one_form_under_one_canonical_link_stay_apart(engine: Engine, is_one_batch: bool) -> None:
    """Half of their text is the same: each day's took the place of the one before it."""
    store, base = ArticleStore(engine), made_article()
    assert base.published is not None
    form = "据县气象台消息，今天白天{}，最高气温{}度，偏北风三到四级；夜间{}，最低气温{}度。明后两天气温变化不大，请市民出行注意交通安全，关注最新预报。"
    days = [("晴转多云", 18, "小雨", 9), ("阴有阵雨", 14, "多云", 7), ("大风降温", 10, "晴朗", 2)]
    pages = [
        replace(
            base, url=f"http://a.example/{n}.html", final_url=f"http://a.example/{n}.html", canonical_url="http://a.example/", title="天气预报",
            text=form.format(*day), published=replace(base.published, local=base.published.local + timedelta(n)),
            fetched_at=base.fetched_at + timedelta(n),
        )
        for n, day in enumerate(days)
    ]  # fmt: skip
    saved = store.save(pages) if is_one_batch else [store.save([a])[0] for a in pages]
    assert outcomes(saved) == ["created"] * 3
    undated = [
        replace(a, url=f"{a.url}?", final_url=f"{a.url}?", canonical_url="http://a.example/2", published=None, title=f"第{n}期路况通报")
        for n, a in enumerate(pages)
    ]
    assert len({s.article_id for s in store.save(undated)}) == 3
    corrected = replace(
        pages[0], url="http://m.a.example/0", final_url="http://m.a.example/0", title="天气预报（更新）", text=f"{pages[0].text}更正。"
    )
    assert not {s.article_id for s in store.save([corrected])} - {s.article_id for s in saved}


def test_one_batch_may_hold_an_article_twice(engine: Engine) -> None:
    article = made_article()
    saved = ArticleStore(engine).save([article, replace(article, text="后来的。")])
    assert outcomes(saved) == ["created", "created"]
    assert count(engine, "article") == 1


def test_text_that_no_database_holds_is_cleaned(engine: Engine) -> None:
    bad = made_article(title="标\x00题", text="正\ud800文", authors=("甲\x00",), evidence={})
    ArticleStore(engine).save([bad])
    found = ArticleStore(engine).find(bad.url)
    assert found is not None
    assert (found["title"], found["text"], found["authors"]) == ("标题", "正?文", ["甲"])
    assert outcomes(ArticleStore(engine).save([bad])) == ["unchanged"]


def test_two_writers_of_the_same_articles_make_them_once(database_url: str, engine: Engine) -> None:
    results: list[Saved] = []

    def save(turn: int) -> None:
        own = open_database(database_url)
        for start in range(0, 40, 5):
            batch = [made_article(n) for n in range(start, start + 5)]
            results.extend(ArticleStore(own).save(batch if turn % 2 else batch[::-1]))
        own.dispose()

    threads = [threading.Thread(target=save, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 160
    assert sorted(outcomes(results)) == ["created"] * 40 + ["unchanged"] * 120
    assert (count(engine, "article"), count(engine, "change"), count(engine, "contributor")) == (40, 40, 120)


def test_two_writers_of_the_same_many_articles_make_them_once(database_url: str, engine: Engine) -> None:
    """So many that PostgreSQL is sent them in parts: it finds what the other writer made in the middle of them."""
    results: list[Saved] = []

    def save(turn: int) -> None:
        own = open_database(database_url)
        with writing(own) as connection:
            results.extend(save_articles(connection, [made_article(n) for n in range(80 * turn, 80 * turn + 250)]))
        own.dispose()

    threads = [threading.Thread(target=save, args=(turn,)) for turn in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes(results)) == ["created"] * 410 + ["unchanged"] * 340
    assert (count(engine, "article"), count(engine, "change"), count(engine, "contributor")) == (410, 410, 1230)


def test_urls_are_given_by_site_and_time(engine: Engine) -> None:
    store, late = ArticleStore(engine), datetime(2025, 1, 1, tzinfo=UTC)
    store.save([made_article(n, fetched_at=late) if n == 3 else made_article(n) for n in range(14)])
    assert len(list(store.urls())) == 14
    assert sorted(store.urls(site="site3.example")) == sorted([made_article(3).url, made_article(10).url])
    assert list(store.urls(since=late)) == [made_article(3).url]


def test_every_url_of_a_run_has_one_outcome(engine: Engine) -> None:
    run_id = start_run(engine, "crawl")
    ArticleStore(engine).save([made_article(1), made_article(2)], run_id=run_id)
    record_outcome(engine, run_id, "http://x.example/list", "rejected", "list_page", "40 links")
    record_outcome(engine, run_id, "http://x.example/slow", "failed", "timeout")
    record_outcome(engine, run_id, made_article(1).url, "unchanged")
    assert count_outcomes(engine, run_id) == {"created": 2, "failed/timeout": 1, "rejected/list_page": 1}
    record_outcome(engine, run_id, "http://x.example/slow", "rejected", "empty")
    assert count_outcomes(engine, run_id) == {"created": 2, "rejected/empty": 1, "rejected/list_page": 1}
    finish_run(engine, run_id)
    assert count_outcomes(engine) == count_outcomes(engine, run_id)


def test_every_name_seen_is_kept(engine: Engine) -> None:
    unknown = Source(name="无名周刊", raw="无名周刊（电子版）", outlet_id=None)
    ArticleStore(engine).save([made_article(1), made_article(2, source=unknown, sources=(unknown,), via=())])
    with reading(engine) as connection:
        rows = {row.name: row for row in connection.execute(text("SELECT * FROM v1_outlets"))}
    assert {name: bool(row.is_known) for name, row in rows.items()} == {"东河日报": True, "无名周刊": False, "北门网": False}
    assert json.loads(rows["无名周刊"].aliases) == ["无名周刊（电子版）"]
    assert rows["东河日报"].n_articles == 1


def test_a_name_in_an_older_archive_was_seen_then(engine: Engine) -> None:
    """What was read first stood, though the articles were set back."""
    store, newer = ArticleStore(engine), made_article(1)
    older = replace(made_article(8), fetched_at=newer.fetched_at - timedelta(days=400))
    store.save([newer])
    store.save([older])
    with reading(engine) as connection:
        for view in ("v1_sites", "v1_outlets"):
            assert (
                connection.execute(text(f"SELECT min(first_seen_at), max(first_seen_at) FROM {view}")).one()
                == (older.fetched_at.isoformat(),) * 2
            )


def test_an_outlet_that_has_a_row_by_now_is_known(engine: Engine) -> None:
    """`status` went on naming it among those in no table, for ever."""
    unknown = Source(name="无名周刊", raw="无名周刊（电子版）", outlet_id=None)
    known = replace(unknown, outlet_id="wmzk", is_listed=True)
    store = ArticleStore(engine)
    store.save([made_article(1, source=unknown, sources=(unknown,), via=(), notes=(Note.UNKNOWN_SOURCE,))])
    store.save([made_article(1, source=known, sources=(known,), via=(), notes=())])
    with reading(engine) as connection:
        row = connection.execute(text("SELECT * FROM v1_outlets WHERE name = '无名周刊'")).one()
    assert (row.outlet_id, bool(row.is_known), bool(row.is_listed)) == ("wmzk", True, True)


def test_times_are_aware_on_both_sides(engine: Engine) -> None:
    with pytest.raises(StatementError, match="naive time"), writing(engine) as connection:
        connection.execute(run.insert(), {"id": "x", "command": "c", "version": "0", "started_at": datetime(2024, 1, 1)})
    moment = datetime(2024, 1, 1, 8, tzinfo=UTC)
    with writing(engine) as connection:
        connection.execute(run.insert(), {"id": "x", "command": "c", "version": "0", "started_at": moment})
    with reading(engine) as connection:
        assert connection.execute(run.select()).one().started_at == moment


def test_the_steps_make_the_tables_of_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in metadata.tables


def test_one_batch_may_mix_text_with_kinds_of_text_and_whole_numbers_with_fractions(engine: Engine) -> None:
    class Printed(str):
        """Text as some parsers give it."""

    saved = ArticleStore(engine).save(
        [made_article(1, dateline=Printed("东河讯"), confidence=1), made_article(2, dateline="西河讯", confidence=0.5)]
    )
    found = [ArticleStore(engine).find(s.article_id) or {} for s in saved]
    assert [(row["dateline"], row["confidence"]) for row in found] == [("东河讯", 1.0), ("西河讯", 0.5)]
