"""Steps that change what is stored, on bases as an older version left them."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

from sqlalchemy import Engine, select, text

from pipelines.types import NormalizedArticle, PublishedTime, Repair
from storage.articles import ArticleStore
from storage.database import writing
from storage.schema import article
from tests.made_articles import made_article


def made_articles() -> list[NormalizedArticle]:
    """Return articles whose values take every form that the hash knows."""
    full = made_article(1)
    assert full.published is not None
    counted = PublishedTime(local=full.published.local, precision=full.published.precision, text="3小时前", rule="header")
    return [
        full,
        made_article(2, published=None, source=None, is_repost=None, pictures=(), repairs=(), authors=(), notes=(), via=()),
        made_article(3, published=counted, modified=full.published, title='"\\u0000"\t\u2028', disguised=True),
        made_article(4, text='一\x00行\n"\ud800"𠮷\\u0000', title="半\udc00个", repairs=(Repair(kind="zero_width", count=10**6),)),
    ]


def test_an_article_that_did_not_change_makes_no_revision_after_the_step_to_another_hash(engine: Engine) -> None:
    store, articles = ArticleStore(engine), made_articles()
    store.save(articles)
    query = select(article.c.url, article.c.content_hash).order_by(article.c.pk)
    with writing(engine) as connection:
        before = connection.execute(query).all()
        connection.execute(text("UPDATE article SET content_hash = 'of another kind'"))
        import_module("storage.migrations.versions.0011_content_hash").rehash(connection)
        assert connection.execute(query).all() == before
    again = [replace(a, fetched_at=a.fetched_at + timedelta(days=1)) for a in articles]
    assert {saved.outcome for saved in store.save(again)} == {"unchanged"}
