"""What a copy keeps of its original: made-up copies with a person's answers."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from pipelines.types import NormalizedArticle, Precision, PublishedTime, Source
from storage.articles import ArticleStore
from storage.database import open_engine, reading, writing
from storage.migrate import FOLDER, upgrade_database
from tests.made_articles import CHINA, SOURCE, made_article
from tests.made_stories import made_document

LISTED = Source(name="东河日报", raw="东河日报", outlet_id="donghe_ribao", is_listed=True)
WEEKLY = Source(name="无名周刊", raw="无名周刊", outlet_id=None)
KEYS = ("keeps_source", "is_source_listed", "keeps_author", "names_author", "keeps_title", "names_editor")
TITLE = "东河新桥通车 全长1.86公里"
ALL, NONE = (True,) * 6, (False, None, False, False, False, False)


def named(name: str, raw: str | None = None, *, outlet_id: str | None = None, is_listed: bool = False) -> dict[str, Any]:
    """The source of a copy, as fields of the article."""
    source = Source(name=name, raw=raw or name, outlet_id=outlet_id, is_listed=is_listed)
    return {"source": source, "sources": (source,)}


@dataclass(frozen=True)
class Case:
    """A copy of an article of 东河日报 by 季小楼 and 方敏, and what it keeps, in the order of `KEYS`."""

    label: str
    copy: dict[str, Any]
    expected: tuple[bool | None, ...]
    origin: dict[str, Any] = field(default_factory=dict)


def differing(**changes: bool | None) -> tuple[bool | None, ...]:
    """A faithful copy's answers, but for these."""
    return tuple(changes.get(key, True) for key in KEYS)


CASES = (
    Case("faithful", {}, ALL),
    Case("nothing is kept", {"source": None, "sources": (), "authors": (), "editors": (), "title": "桥通了"}, NONE),
    Case("a new headline, the old one as 原标题", {"title": "桥通了", "original_title": TITLE}, ALL),
    Case("原标题 in Traditional", {"title": "桥通了", "original_title": "東河新橋通車 全長1.86公里"}, ALL),
    Case("headline in Traditional", {"title": "東河新橋通車　全長１．８６公里"}, ALL),
    Case("headline with other punctuation", {"title": "东河新桥通车——全长1.86公里！"}, ALL),
    Case("headline with another number", {"title": "东河新桥通车 全长186公里"}, differing(keeps_title=False)),
    Case("headline cut short", {"title": "东河新桥通车"}, differing(keeps_title=False)),
    Case("headline made lurid", {"title": "震惊！东河新桥通车 全长1.86公里"}, differing(keeps_title=False)),
    Case("printed with a prefix that was taken off", {"title_raw": "今日聚焦!" + TITLE}, ALL),
    Case("no headline", {"title": None, "title_raw": None}, differing(keeps_title=False)),
    Case("source in Traditional, in no table", named("東河日報") | {"via": ()}, differing(is_source_listed=False)),
    Case("source in book marks", named("《东河日报》"), differing(is_source_listed=False)),
    Case("source by an alias of the table", named("东河日报", "东河日报客户端", outlet_id="donghe_ribao", is_listed=True), ALL),
    Case("another source", named("无名周刊"), differing(keeps_source=False, is_source_listed=False)),
    Case("a source that begins like it", named("东河日报社区版"), differing(keeps_source=False, is_source_listed=False)),
    Case("no source", {"source": None, "sources": ()}, differing(keeps_source=False, is_source_listed=None)),
    Case("the source between others", {"source": WEEKLY, "sources": (WEEKLY, LISTED)}, differing(is_source_listed=False)),
    Case("the source as the outlet between", {"source": WEEKLY, "sources": (WEEKLY,), "via": (LISTED,)}, differing(is_source_listed=False)),
    Case("authors in another order", {"authors": ("方敏", "季小楼")}, ALL),
    Case("an author padded with a space", {"authors": ("季小楼", "方 敏")}, ALL),
    Case("authors in Traditional", {"authors": ("季小樓", "方敏")}, ALL),
    Case("one more author", {"authors": ("季小楼", "方敏", "杨通讯")}, ALL),
    Case("one author of two", {"authors": ("季小楼",)}, differing(keeps_author=False)),
    Case("another author", {"authors": ("小编",)}, differing(keeps_author=False)),
    Case("no author", {"authors": ()}, differing(keeps_author=False, names_author=False)),
    Case("author named as editor", {"authors": (), "editors": ("季小楼", "方敏")}, differing(keeps_author=False, names_author=False)),
    Case("no editor", {"editors": ()}, differing(names_editor=False)),
    Case("the original names no author", {"authors": ()}, differing(keeps_author=None, names_author=False), {"authors": ()}),
    Case("an author where the original names none", {}, differing(keeps_author=None), {"authors": ()}),
    Case("the original is in Traditional", {}, ALL, {"title": "東河新橋通車 全長1.86公里", "authors": ("季小樓", "方敏")}),
)


def pair(number: int, case: Case) -> tuple[NormalizedArticle, NormalizedArticle]:
    """The original of a case and its copy, a day later on another site."""
    document = made_document(number)
    posted = datetime(2024, 3, 1, 8, 30, tzinfo=CHINA)
    common = {
        "text": document["text"],
        "title": TITLE,
        "title_raw": None,
        "original_title": None,
        "authors": ("季小楼", "方敏"),
        "via": (),
        "dateline": None,
    }
    common |= {"source": LISTED, "sources": (LISTED,)}

    def page(host: str, day: int, **changes: Any) -> NormalizedArticle:
        url = f"http://www.{host}/{number}/{day}.html"
        time = PublishedTime(local=posted + timedelta(days=day), precision=Precision.MINUTE, text="", rule="r")
        return made_article(number, url=url, final_url=url, canonical_url=url, site=host, published=time, **(common | changes))

    origin = page("donghe.example", 0, site_name="东河日报", is_repost=False, **case.origin)
    return origin, page("copies.example", 1, **({"site_name": "抄报网", "is_repost": True} | case.copy))


def test_each_labelled_copy_keeps_what_a_person_says(engine: Engine) -> None:
    pairs = [pair(number, case) for number, case in enumerate(CASES)]
    # A second, faithful copy: where one copy names another source, the origin would be disputed.
    witnesses = [moved(pair(number, Case("", {}, ()))[1], "witness.example") for number in range(len(CASES))]
    ArticleStore(engine).save([article for both in pairs for article in both] + witnesses)
    rows = compliance(engine)
    found = {case.label: [rows[copy.url][key] for key in KEYS] for case, (_, copy) in zip(CASES, pairs, strict=True)}
    assert found == {case.label: list(case.expected) for case in CASES}
    assert all(row["origin_id"] for row in rows.values())


def moved(article: NormalizedArticle, site: str) -> NormalizedArticle:
    """The same page on another site."""
    url = article.url.replace(article.site, site)
    return replace(article, url=url, final_url=url, canonical_url=url, site=site)


def compliance(engine: Engine) -> dict[str, dict[str, Any]]:
    """The rows of the view by URL; SQLite's 0 and 1 as what they mean."""
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM v1_compliance")).mappings()]
    return {row["url"]: row | {key: None if row[key] is None else bool(row[key]) for key in KEYS} for row in rows}


def test_an_original_that_is_not_held_says_only_its_outlet(engine: Engine) -> None:
    _, first = pair(0, Case("", {}, ()))
    second = replace(moved(first, "more.example"), source=None, sources=())
    ArticleStore(engine).save([first, second])
    rows = compliance(engine)
    assert [rows[first.url][key] for key in ("origin_id", "keeps_source", "keeps_author", "keeps_title")] == [None, True, None, None]
    assert [rows[second.url][key] for key in ("origin_id", "keeps_source", "keeps_author", "keeps_title")] == [None, False, None, None]


def test_an_upgrade_has_stories_of_several_pages_settled_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/old.db")
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for page, story in ((1, 1), (2, 1), (3, 3)):
            connection.execute(text(f"INSERT INTO story_page VALUES ({page}, 'a{page}', {story}, 1, 1, '', 1, 1, 1, 'same')"))
        for story, n_pages in ((1, 2), (3, 1)):
            connection.execute(text(f"INSERT INTO story (story, n_pages, rule_version) VALUES ({story}, {n_pages}, 1)"))
    upgrade_database(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT page, step FROM story_queue ORDER BY page")).all() == [(1, 1), (2, 1)]
    engine.dispose()


def test_without_an_origin_nothing_is_claimed(engine: Engine) -> None:
    ArticleStore(engine).save([made_article(1, source=WEEKLY, sources=(WEEKLY,))])
    (row,) = compliance(engine).values()
    assert row["origin_id"] is None
    assert [row[key] for key in KEYS] == [True, False, None, True, None, True]


def test_a_correction_of_the_original_is_asked_of_its_copies(engine: Engine) -> None:
    origin, copy = pair(0, Case("", {}, ()))
    store = ArticleStore(engine)
    store.save([origin, copy])
    store.save([replace(origin, title="更正：东河新桥全长1.68公里", fetched_at=origin.fetched_at + timedelta(days=1))])
    assert compliance(engine)[copy.url]["keeps_title"] is False


@pytest.mark.parametrize("changed", ["text", "withdrawn"])
def test_a_copy_that_left_its_story_is_compared_with_nothing(engine: Engine, tmp_path: Any, changed: str) -> None:
    from storage.takedown import take_down

    origin, copy = pair(0, Case("", {"title": "桥通了"}, ()))
    store = ArticleStore(engine)
    store.save([origin, copy])
    assert compliance(engine)[copy.url]["keeps_title"] is False
    if changed == "text":
        store.save([replace(copy, text=made_document(77)["text"], fetched_at=copy.fetched_at + timedelta(days=1))])
    else:
        take_down(engine, tmp_path, origin.url, "asked")
    row = compliance(engine)[copy.url]
    assert [row[key] for key in ("origin_id", "keeps_author", "keeps_title")] == [None, None, None]


def test_an_outlet_that_is_listed_later_is_listed(engine: Engine) -> None:
    store = ArticleStore(engine)
    for source in (SOURCE, LISTED, SOURCE):
        store.save([made_article(4 if source is LISTED else 5, source=source, sources=(source,), via=())])
    with reading(engine) as connection:
        assert connection.execute(text("SELECT is_listed FROM v1_outlets")).scalars().all() in ([True], [1])


def test_originals_and_own_reports_are_no_reposts(engine: Engine) -> None:
    origin, copy = pair(0, Case("", {"is_repost": False}, ()))
    ArticleStore(engine).save([origin, copy])
    assert compliance(engine) == {}
