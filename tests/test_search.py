"""Search finds every query of one character or more, in both scripts, and the same on both engines."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from pipelines.errors import UsageError
from pipelines.types import NormalizedArticle, Precision, PublishedTime, Source
from storage.articles import ArticleStore
from storage.database import open_database, writing
from storage.search import find_all, highlight, search
from storage.search_query import parse_query, terms_of
from storage.search_text import fold, fold_all, origins_of
from tests.bench.search import index_bytes
from tests.made_articles import CHINA, made_article

# Characters whose Traditional form OpenCC gives back one for one, so that the expected answers need no engine of ours.
COMMON = "东河新桥通车市民说过桥只要五分钟经济数据网国际电话号码开关门问题发展学习动态云计算长江"
LATIN = ("GDP", "5G", "iPhone15", "AI", "covid-19")


def made_texts(number: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [
        "".join(dice.choice(LATIN) if dice.random() < 0.03 else dice.choice(COMMON + "，。 ") for _ in range(dice.randint(40, 160)))
        for _ in range(number)
    ]


def stored(engine: Engine, texts: list[str]) -> dict[str, str]:
    """Save articles with these texts; return id by text."""
    articles = [made_article(n, title=None, text=t, site_name=None) for n, t in enumerate(texts)]
    saved = ArticleStore(engine).save(articles)
    return {s.article_id: t for s, t in zip(saved, texts, strict=True)}


@pytest.mark.parametrize("script", ["s2t", "t2s"])
def test_every_piece_of_a_text_is_found_and_nothing_else(engine: Engine, script: str) -> None:
    by_id = stored(engine, made_texts(300, seed=7))
    convert, dice = opencc.OpenCC(script).convert, random.Random(8)
    folded = {article_id: fold(t) for article_id, t in by_id.items()}
    n_asked = 0
    while n_asked < 240:
        t, length = dice.choice(list(by_id.values())), n_asked % 6 + 1
        at = dice.randrange(len(t) - length)
        piece = t[at : at + length]
        if not piece.strip() or piece != piece.strip() or "-" in piece or fold(convert(piece)) != fold(piece):
            continue
        n_asked += 1
        expected = {article_id for article_id, whole in folded.items() if fold(piece) in whole}
        assert set(find_all(engine, f'"{convert(piece)}"')) == expected, piece


def test_a_revision_replaces_the_old_words(engine: Engine) -> None:
    store, old = ArticleStore(engine), made_article(1, title="旧题", text="从前的说法")
    store.save([old, made_article(2)])
    store.save([replace(old, text="后来的说法", fetched_at=old.fetched_at + timedelta(days=1))])
    assert [len(find_all(engine, words)) for words in ("从前", "后来", "说法", "旧题")] == [0, 1, 1, 1]
    assert search(engine, "旧题").n_articles == 1, "counted once"


QUERIES = {
    "东河": {0, 1, 2},
    "东河 新桥": {0, 1},
    "東河 AND 新橋": {0, 1},
    '"东河新桥"': {0},
    "“东河新桥”": {0},
    "东河 -新桥": {2},
    "东河 -“东河新桥”": {1, 2},
    "-新桥": {2, 3},
    "东河 NOT 新桥": {2},
    "NOT (新桥 OR 隧道)": {2},
    '"NOT"': set(),
    "隧道 OR 新桥": {0, 1, 3},
    "(隧道 | 新桥) gdp": {1, 3},
    "ｇｄｐ": {1, 3},
    "5g": {3},
    "东河 site:a.example": {0, 1},
    "site:b.example": {2, 3},
    "site:http://www.b.example/2024/1.html": {2, 3},
    "来源 OR source:北门网": {2, 3},
    "source:北門網 隧道": {3},
    "source：“北門網” 隧道": {3},
    "day:2024-03-01": {0, 1},
    "day:2024-03": {0, 1, 2},
    "day:2024/3/1": {0, 1},
    "day:2024年3月": {0, 1, 2},
    "day:20240301": {0, 1},
    "day:２０２４年３月": {0, 1, 2},
    "day:2024-03-02..2024-04": {2, 3},
    "day:2024-03-01..20240321": {0, 1, 2},
    "day:..2024-03-20": {0, 1},
    "-day:2024-03-21..": {0, 1},
    "day:2024/3…2024年3月": {0, 1, 2},
    "day:2024年": {0, 1, 2, 3},
    "day:2024 -day:2024-03-01": {2, 3},
    "section:财经": {1},
    'section:"财 经"': set(),
    "disguised:yes": {2},
    "disguised:ＹＥＳ": {2},
    "disguised:no 东河": {0, 1},
    "河": {0, 1, 2},
    "新桥 通车 竣工 不存在": set(),
    "story:none": set(),
}


def corpus() -> list[NormalizedArticle]:
    outlet = Source(name="北门网", raw="北門網", outlet_id=None)
    base = made_article(0)
    assert base.published is not None
    later = {days: replace(base.published, local=base.published.local + timedelta(days=days)) for days in (0, 20, 60)}
    return [
        made_article(0, site="a.example", title="东河新桥通车", text="今天开放。", published=later[0], section=()),
        made_article(1, site="a.example", title="新桥带动GDP", text="流经东河的区域。", published=later[0], section=("财经",)),
        made_article(
            2, site="b.example", title="旧闻", text="東 河 不在；東河在", source=outlet, disguised=True, published=later[20], section=()
        ),
        made_article(3, site="b.example", title="隧道", text="5G 与 GDP", source=outlet, published=later[60], section=()),
    ]


@pytest.fixture
def small_base(engine: Engine) -> tuple[Engine, dict[str, int]]:
    saved = ArticleStore(engine).save(corpus())
    return engine, {s.article_id: n for n, s in enumerate(saved)}


def test_the_query_language(small_base: tuple[Engine, dict[str, int]]) -> None:
    engine, numbers = small_base
    found = {query: {numbers[article_id] for article_id in find_all(engine, query)} for query in QUERIES}
    assert found == QUERIES


def test_one_row_a_story_with_the_number_of_copies(small_base: tuple[Engine, dict[str, int]]) -> None:
    engine, numbers = small_base
    ids = sorted(numbers, key=lambda article_id: numbers[article_id])
    with writing(engine) as connection:
        connection.execute(text("UPDATE article SET story_id = 's1' WHERE id IN (:a, :b)"), {"a": ids[0], "b": ids[1]})
    result = search(engine, "东河")
    assert [hit.n_copies for hit in result.hits] == [2, 1]
    assert result.hits[0].story_id == "s1"
    assert result.hits[0].id == ids[0], "the words stand in its title"
    assert (result.n_articles, result.has_more) == (3, False)
    assert set(find_all(engine, "story:s1 河")) == set(ids[:2])
    assert [hit.id for hit in search(engine, "东河", limit=1, offset=1).hits] == [ids[2]]
    assert search(engine, "东河", limit=1).has_more


def test_title_first_then_density_then_newest(engine: Engine) -> None:
    articles = [
        made_article(1, title="别的", text="无关。" * 50 + "桥梁"),
        made_article(2, title="桥梁", text="无关。"),
        made_article(3, title="别的", text="桥梁、桥梁、桥梁"),
    ]
    ids = {s.article_id: n for n, s in enumerate(ArticleStore(engine).save(articles), 1)}
    assert [ids[article_id] for article_id in find_all(engine, "桥梁")] == [2, 3, 1]


def test_hits_are_marked_as_printed(small_base: tuple[Engine, dict[str, int]]) -> None:
    engine, _ = small_base
    hit = search(engine, "东河 site:b.example").hits[0]
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.hits] == ["東河"]


def test_no_word_is_cut_at_the_end_of_a_snippet(engine: Engine) -> None:
    text = "雾山渡口今日恢复通航" + "。" * 68 + "雾山渡口的人说" + "好" * 90
    ArticleStore(engine).save([made_article(1, title="无", text=text)])
    snippet = search(engine, "雾山渡口").hits[0].snippet
    assert [snippet.text[start:end] for start, end in snippet.hits] == ["雾山渡口", "雾山渡口"]
    assert len(snippet.text) == 82


def test_the_count_is_exact_once_all_matches_are_read(engine: Engine) -> None:
    """The pairs of a word may stand in a text without the word: nobody is told of "about 2 articles" where 1 is shown and none follows."""
    texts = ("雾山渡口今日恢复通航", "雾山口渡。山渡，渡口", "山渡渡口雾山")
    ArticleStore(engine).save([made_article(n, title="无", text=text) for n, text in enumerate(texts)])
    found = search(engine, "雾山渡口")
    assert (found.n_articles, found.is_count_exact, len(found.hits)) == (1, True, 1)


@pytest.mark.parametrize("query", ["", "   ", '""', "AND", "( )", "x" * 1001])
def test_a_query_that_asks_nothing_is_wrong_use(engine: Engine, query: str) -> None:
    with pytest.raises(UsageError):
        search(engine, query)


@pytest.mark.parametrize(
    "query",
    ["day:2023-13", "day:2023-02-30", "day:2023-00", "东河 OR day:today", "day:202403", "day:2024-05..2024-03", "day:2024-03..x", "day:..", "-day:x", "day: 2024", "disguised:perhaps", "site:", "site: b.example",
     "site:南山在线", "(东河 source:)", "story:", "section:", 'source:""', 'source:" "'],
)  # fmt: skip
def test_a_filter_by_what_no_article_can_have_is_wrong_use(engine: Engine, query: str) -> None:
    ArticleStore(engine).save(corpus())
    with pytest.raises(UsageError, match=r"^(day|disguised|site|source|story|section):"):
        search(engine, query)


def test_a_page_that_prints_a_month_is_of_none_of_its_days(engine: Engine) -> None:
    first_of_may = PublishedTime(local=datetime(2024, 5, 1, tzinfo=CHINA), precision=Precision.DAY, text="2024-05-01", rule="r")
    dates = [first_of_may, replace(first_of_may, precision=Precision.MONTH), replace(first_of_may, precision=Precision.YEAR)]
    saved = ArticleStore(engine).save([made_article(n, published=printed) for n, printed in enumerate(dates)])
    ids = [s.article_id for s in saved]
    found = {
        query: set(find_all(engine, query))
        for query in ("day:2024-05-01", "day:2024-05", "day:2024", "day:2024-04-30..2024-05-30", "day:2024-04-30..2024-05-31")
    }
    assert found == {
        "day:2024-05-01": set(ids[:1]),
        "day:2024-05": set(ids[:2]),
        "day:2024": set(ids),
        "day:2024-04-30..2024-05-30": set(ids[:1]),
        "day:2024-04-30..2024-05-31": set(ids[:2]),
    }
    assert search(engine, "day:2024-05-01", limit=1).n_articles == 1, "the index knows it, too"


@given(st.text(st.sampled_from("东河新a1\"“”()-|:：ORANDsite 　'\\&!*^\x01\x00\ue101"), max_size=60))
def test_any_query_is_read_and_answered(tmp_path_factory: pytest.TempPathFactory, query: str) -> None:
    engine = _any_engine(tmp_path_factory)
    with suppress(UsageError):  # nothing to look for, or a filter without a value
        find_all(engine, query)


_ENGINES: list[Engine] = []


def _any_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if not _ENGINES:
        _ENGINES.append(open_database(f"sqlite:///{tmp_path_factory.mktemp('search') / 'a.db'}"))
        ArticleStore(_ENGINES[0]).save(corpus())
    return _ENGINES[0]


def test_brackets_without_end_do_not_break_anything(engine: Engine) -> None:
    assert find_all(engine, "(" * 400 + "河") == []
    assert terms_of(parse_query("(" * 15 + "河")) == ("河",)


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=40))
def test_a_piece_of_a_text_is_a_piece_after_folding(before: str, piece: str, after: str) -> None:
    assert fold(piece).strip() in fold(before + piece + after)


@given(st.text(max_size=60))
def test_the_map_of_folding_agrees_with_folding(given_text: str) -> None:
    folded = fold_all([given_text])[0]
    origins = list(origins_of(given_text, folded))
    assert folded == fold(given_text)
    assert origins == sorted(origins)
    for start, end in highlight(given_text, [fold("a")]).hits:
        assert 0 <= start < end <= len(given_text)


def test_the_index_is_smaller_than_the_text(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/a.db")
    pieces = made_texts(4000, seed=3)
    texts = ["".join(pieces[start : start + 7]) for start in range(0, len(pieces), 7)]  # 2 KB
    stored(engine, texts)
    assert index_bytes(engine) <= 0.8 * sum(len(t.encode()) for t in texts)
    engine.dispose()
