"""What a copy keeps of its origin."""

from typing import Any

from sqlalchemy import Engine, text

from pipelines.types import NormalizedArticle, Source
from storage.articles import ArticleStore
from storage.database import reading, writing
from tests.made_articles import SOURCE, made_article

LISTED = Source(name="东河日报", raw="东河日报", outlet_id="donghe_ribao", is_listed=True)


def rows(engine: Engine, *articles: NormalizedArticle, origin: int | None = None) -> list[dict[str, Any]]:
    """Save articles as one story, with one of them as its origin; return the compliance rows of the others."""
    saved = ArticleStore(engine).save(articles)
    with writing(engine) as connection:
        for table in ("story_page", "story"):
            connection.execute(text(f"DELETE FROM {table}"))
        for number, s in enumerate(saved, 1):
            page = {"p": number, "a": s.article_id, "t": "", "f": False, "h": True}
            connection.execute(
                text(
                    "INSERT INTO story_page (page, article_id, story, posted_day, title, version, sketch_version, is_held) VALUES (:p, :a, 1, 1, :t, 1, 1, :h)"
                ),
                page,
            )
        connection.execute(
            text("INSERT INTO story (story, n_pages, origin_page, origin_outlet, rule_version) VALUES (1, :n, :o, :s, 1)"),
            {"n": len(saved), "o": None if origin is None else origin + 1, "s": None if origin is None else "东河日报"},
        )
        connection.execute(text("UPDATE article SET story_id = :s"), {"s": saved[0].article_id})
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM v1_compliance ORDER BY url")).mappings()]


def test_a_faithful_copy_and_one_that_keeps_nothing(engine: Engine) -> None:
    origin = made_article(1, source=LISTED, sources=(LISTED,), authors=("季小楼",), is_repost=False)
    faithful = made_article(
        2, source=LISTED, sources=(LISTED,), authors=("季小楼", "通讯员"), title="改了的题", original_title=origin.title
    )
    bare = made_article(3, source=None, sources=(), via=(), authors=(), editors=(), original_title=None)
    kept, lost = rows(engine, origin, faithful, bare, origin=0)
    keys = ("keeps_source", "is_source_listed", "keeps_author", "names_author", "keeps_title", "names_editor")
    assert [kept[key] for key in keys] == [True] * 6
    assert [lost[key] for key in keys] == [False, None, False, False, False, False]


def test_without_an_origin_nothing_is_claimed(engine: Engine) -> None:
    unlisted = Source(name="无名周刊", raw="无名周刊", outlet_id=None)
    (row,) = rows(engine, made_article(1, source=unlisted, sources=(unlisted,)))
    keys = ("origin_id", "keeps_source", "is_source_listed", "keeps_author", "keeps_title", "names_author", "names_editor")
    assert [row[key] for key in keys] == [None, True, False, None, None, True, True]


def test_an_outlet_that_is_listed_later_is_listed(engine: Engine) -> None:
    store = ArticleStore(engine)
    for source in (SOURCE, LISTED, SOURCE):
        store.save([made_article(4 if source is LISTED else 5, source=source, sources=(source,), via=())])
    with reading(engine) as connection:
        assert connection.execute(text("SELECT is_listed FROM v1_outlets")).scalars().all() in ([True], [1])


def test_originals_and_own_reports_are_no_reposts(engine: Engine) -> None:
    assert rows(engine, made_article(1, is_repost=False), made_article(2, is_repost=False), origin=0) == []
