"""The web page: what it shows, on both engines, and that nothing stored becomes markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.html
import pytest
from sqlalchemy import Engine

from pipelines.errors import StorageError
from pipelines.record import RECORD_KEYS
from pipelines.types import Precision, PublishedTime, Source
from storage.articles import ArticleStore
from storage.database import open_database, writing
from storage.outcomes import record_outcome, start_run
from storage.reader.app import create_app
from storage.reader.limits import MAX_TARGET_BYTES, RateLimit
from storage.reader.rendering import HERE
from storage.reader.story_pages import COPIES_A_PAGE
from storage.schema import article
from storage.search_query import FILTERS
from storage.takedown import take_down
from storage.withholding import withhold
from tests.hostile import PAYLOADS
from tests.made_articles import CHINA, made_article
from tests.reader_articles import COPIES, LINES, hostile_article, reposted, stored, story_of
from tests.reader_client import ask, made_app


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[str]]:
    engine, ids = stored(tmp_path_factory.mktemp("reader") / "r.db")
    return create_app(engine), ids


def words_of(answer: Any) -> str:
    return " ".join(lxml.html.fromstring(answer.content).text_content().split())


def test_a_story_shows_its_copies_by_time_and_what_each_keeps(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/story/{story_of(base)}")
    assert answer.status_code == 200
    tree = lxml.html.fromstring(answer.content)
    rows = tree.cssselect("ol.time > li")
    copies = [" ".join(li.text_content().split()) for li in rows]
    assert [re.search(r"东河日报网|南山在线|北门热线", copy)[0] for copy in copies] == ["东河日报网", "南山在线", "北门热线"]  # type: ignore[index]
    assert [row.cssselect(".delay")[0].text_content() for row in rows] == ["first", "+1 h", "+2 h"]
    assert "original" in copies[0]
    assert "part of" in copies[2]
    signs = [[item.text_content().split()[0] for item in row.cssselect(".chips li")] for row in rows]
    assert signs == [[], ["✓", "✓", "✗", "✗", "✗"], ["✓", "✗", "✓", "✓", "✗"]]
    assert [len(row.cssselect("svg.track")) for row in rows] == [1, 1, 1]
    assert rows[0].get("class") == "origin"
    assert "the whole text" in copies[1]
    assert "cuts" in rows[2].cssselect("svg.bar")[0].get("aria-label")
    assert "headline changed" in copies[1]
    tiles = words_of(answer)
    assert "100 % 2 of 2 reposts" in tiles


def test_many_copies_are_turned_over_and_drawn_on_one_line(tmp_path: Path) -> None:
    copies = [reposted(n, f"第{n}站", is_repost=n > 0, published=_after(n)) for n in range(COPIES_A_PAGE + 5)]
    app = made_app(tmp_path / "m.db", copies)
    story = ask(app, "/api/v1/article", params={"url": copies[0].url}).json()["story_id"]
    first = lxml.html.fromstring(ask(app, f"/story/{story}").content)
    assert len(first.cssselect("svg.line g")) == COPIES_A_PAGE + 5
    assert len(first.cssselect("ol.time > li")) == COPIES_A_PAGE
    onward = first.cssselect(".turns a[rel=next]")[0].get("href")
    rest = lxml.html.fromstring(ask(app, onward).content)
    assert [li.cssselect(".who a")[0].text_content() for li in rest.cssselect("ol.time > li")] == [
        f"第{n}站" for n in range(COPIES_A_PAGE, COPIES_A_PAGE + 5)
    ]
    assert ask(app, f"/story/{story}?offset=9999").status_code == 200


def _after(n: int) -> PublishedTime:
    return PublishedTime(
        local=datetime(2024, 3, 1, 8, tzinfo=CHINA) + timedelta(minutes=7 * n), precision=Precision.MINUTE, text="", rule="r"
    )


def test_a_time_is_shown_no_finer_than_it_was_printed(tmp_path: Path) -> None:
    day = PublishedTime(local=datetime(2024, 3, 2, tzinfo=CHINA), precision=Precision.DAY, text="2024-03-02", rule="r")
    app = made_app(tmp_path / "d.db", [reposted(0, "甲站", is_repost=False), reposted(1, "乙站", is_repost=True, published=day)])
    story = ask(app, "/api/v1/article", params={"url": "http://www.copy1.example/1.html"}).json()["story_id"]
    for target in (f"/story/{story}", "/", "/site/copy1.example", f"/search?q={quote(LINES[0][:4])}&site=copy1.example"):
        answer = ask(app, target)
        assert "2024-03-02" in answer.text, target
        assert "00:00" not in answer.text.replace("T00:00:00", ""), target
    row = lxml.html.fromstring(ask(app, f"/story/{story}").content).cssselect("ol.time > li")[1]
    assert not row.cssselect(".delay, svg.track")


def test_two_copies_are_compared_character_by_character(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/difference?a={base[1][0]}&b={base[1][2]}")
    tree = lxml.html.fromstring(answer.content)
    removed = "".join(element.text_content() for element in tree.cssselect(".compared del"))
    assert removed.strip() == "\n".join(LINES[5:]).strip()
    assert not tree.cssselect(".compared ins")
    edits = tree.cssselect(".edits li")
    assert "".join(edit.cssselect("del")[0].text_content() for edit in edits).strip() == "\n".join(LINES[5:]).strip()
    beside = lxml.html.fromstring(ask(base[0], f"/difference?a={base[1][0]}&b={base[1][2]}&view=beside").content)
    left, right = ("\n".join(row[n].text_content() for row in beside.cssselect(".pair tbody tr")) for n in (0, 1))
    assert left.split() == "\n".join(LINES).split()
    assert right.split() == "\n".join(LINES[:5]).split()
    assert ask(base[0], f"/difference?a={base[1][0]}&b={base[1][2]}&view=upside").status_code == 400
    assert ask(base[0], f"/difference?a={base[1][0]}&b=nothing").status_code == 404
    assert ask(base[0], f"/difference?a={base[1][0]}").status_code == 400


def test_copies_in_two_scripts_are_compared_in_one(tmp_path: Path) -> None:
    copies = (
        reposted(0, "甲站", is_repost=False, text="東河新橋昨日通車。", language="zh-Hant"),
        reposted(1, "乙站", is_repost=True, text="东河新桥昨日通车。"),
    )
    app = made_app(tmp_path / "s.db", list(copies))
    a, b = (ask(app, "/api/v1/article", params={"url": copy.url}).json()["id"] for copy in copies)
    assert not lxml.html.fromstring(ask(app, f"/difference?a={a}&b={b}").content).cssselect(".compared ins")
    assert lxml.html.fromstring(ask(app, f"/difference?a={a}&b={b}&script=printed").content).cssselect(".compared ins")


def test_an_article_stands_beside_its_removed_blocks_and_its_evidence(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/article/{base[1][1]}")
    tree = lxml.html.fromstring(answer.content)
    assert [p.text_content() for p in tree.cssselect(".text p")] == list(LINES)
    assert "上一篇：无" in tree.cssselect(".removed")[0].text_content()
    assert "pager/1" in tree.cssselect(".removed")[0].text_content()
    assert "来源：東河日報" in tree.cssselect(".facts .why")[0].text_content()
    assert len(tree.cssselect(".removed .chips li")) == 5
    fields = tree.cssselect("table.fields tbody tr:not(.group)")
    rows = {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in fields}
    assert set(rows) == set(RECORD_KEYS) - {"schema_version", "id", "revision", "status", "text", "images", "story_id"}
    assert rows["source"] == ["东河日报", "来源：東河日報", "label"]
    assert rows["modified_at"][0] == "the page does not say"


def test_search_shows_one_row_a_story_and_marks_what_matched(base: tuple[Any, list[str]]) -> None:
    tree = lxml.html.fromstring(ask(base[0], "/search", params={"q": "機器課"}).content)
    assert len(tree.cssselect("ol.hits > li")) == 1
    assert {mark.text_content() for mark in tree.cssselect("mark")} == {"机器课"}
    assert "3 copies" in tree.cssselect("ol.hits")[0].text_content()
    assert "Nothing found" in words_of(ask(base[0], "/search", params={"q": "无此词语"}))
    assert ask(base[0], "/search", params={"q": "x" * 501}).status_code == 400


def test_search_is_narrowed_down_by_facets_and_filters(base: tuple[Any, list[str]], tmp_path: Path) -> None:
    app = made_app(tmp_path / "n.db", [made_article(n, title=f"机器课第{n}讲") for n in range(30)])
    tree = lxml.html.fromstring(ask(app, "/search", params={"q": "机器课"}).content)
    counts = {li.cssselect("a")[0].get("href"): int(li.cssselect("span")[0].text_content()) for li in tree.cssselect(".facets li")}
    target = next(href for href in counts if "site=site3.example" in href)
    narrowed = lxml.html.fromstring(ask(app, target).content)
    assert len(narrowed.cssselect("ol.hits > li")) == counts[target] == 4
    assert {a.text_content() for a in narrowed.cssselect("ol.hits a[href^='/site/']")} == {"南山在线"}
    off = narrowed.cssselect(".chosen a")[0].get("href")
    assert off == "/search?q=%E6%9C%BA%E5%99%A8%E8%AF%BE"
    assert len(lxml.html.fromstring(ask(app, off).content).cssselect("ol.hits > li")) == 20
    either = {"q": "第1讲 OR 第2讲", "site": "site1.example"}
    assert len(lxml.html.fromstring(ask(app, "/search", params=either).content).cssselect("ol.hits > li")) == 1
    assert ask(app, "/search", params={"q": "机器课", "source": "x" * 201}).status_code == 400
    assert "Nothing found" in words_of(ask(app, "/search", params={"site": "nowhere.example"}))


def test_every_example_of_the_help_page_can_be_searched_for(base: tuple[Any, list[str]]) -> None:
    examples = lxml.html.fromstring(ask(base[0], "/help").content).cssselect("table a")
    assert len(examples) >= 10
    assert all(ask(base[0], example.get("href")).status_code == 200 for example in examples)


def test_changes_of_every_kind_are_shown(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'c.db'}")
    store, first, other = ArticleStore(engine), made_article(1), made_article(2)
    store.save([first, other])
    store.save([replace(first, title="改过的标题", fetched_at=first.fetched_at + timedelta(days=1))])
    take_down(engine, tmp_path, other.url, "rights holder asked")
    words = words_of(ask(create_app(engine), "/changes"))
    for shown in ("created", "updated", "changed: title", "withdrawn", "reason: rights holder asked"):
        assert shown in words, shown


def linked(answer: Any, words: str) -> str:
    return next(str(a.get("href")) for a in lxml.html.fromstring(answer.content).cssselect("nav.turns a") if words in a.text_content())


def test_lists_can_be_turned_to_their_end_and_back(tmp_path: Path) -> None:
    """Each row is on one page and no other; past the end nobody is told that the base is empty."""
    articles = [made_article(n, site=f"s{n}.example", text=f"第{n}号渡口" + "昨日恢复通航" * n, source=Source(name=f"报{n}", raw="", outlet_id=None)) for n in range(60)]  # fmt: skip
    app = made_app(tmp_path / "p.db", articles)
    for target, rows in (("/", "ol.hits li h2 a"), ("/sites", "tbody tr th a"), ("/outlets", "tbody tr th a")):
        seen, answer = [], ask(app, target)
        for _ in range(5):
            seen += [a.get("href") for a in lxml.html.fromstring(answer.content).cssselect(rows)]
            if 'rel="next"' not in answer.text:
                break
            answer = ask(app, linked(answer, "Further"))
        assert (len(seen), len(set(seen))) == (60, 60), target
        assert "Back" in answer.text
        past = words_of(ask(app, f"{target}?offset=500"))
        assert "No further" in past, target
        assert "yet" not in past, target
    assert linked(ask(app, f"/search?q={quote('渡口')}&offset=500"), "Back").startswith("/search?")
    answer = ask(app, linked(ask(app, "/changes"), "From the beginning"))
    assert len(lxml.html.fromstring(answer.content).cssselect("ol.changes > li")) == 60


def test_changes_can_be_read_on(tmp_path: Path) -> None:
    app = made_app(tmp_path / "p.db", [made_article(n) for n in range(130)])
    first = ask(app, linked(ask(app, "/changes"), "From the beginning"))
    second = ask(app, linked(first, "Further"))
    n_rows = [len(lxml.html.fromstring(answer.content).cssselect("ol.changes time")) for answer in (first, second)]
    n_changes = len(ask(app, "/api/v1/changes?limit=1000").json()["changes"])
    assert n_rows == [100, min(100, n_changes - 100)]


def test_changes_can_be_read_back_from_the_newest(tmp_path: Path) -> None:
    """From the newest no link led to the ones before it but the first of all."""
    app = made_app(tmp_path / "p.db", [made_article(n) for n in range(130)])
    cursors = [row["cursor"] for row in ask(app, "/api/v1/changes?limit=1000").json()["changes"]]
    newest = ask(app, "/changes")
    older = ask(app, linked(newest, "Older"))
    assert len(lxml.html.fromstring(newest.content).cssselect("ol.changes time")) == 100
    assert f"before {cursors[-100]}" in words_of(older)
    assert linked(older, "Newest") == "/changes"
    assert "Nothing has changed before" in words_of(ask(app, f"/changes?before={cursors[0]}"))
    assert ask(app, "/changes?before=x").status_code == 400


def test_refusals_are_pages_too(tmp_path: Path) -> None:
    app = made_app(tmp_path / "e.db", [], rate=RateLimit(1, 3, clock=lambda: 0.0))
    long, wrong = ask(app, f"/search?q={'x' * MAX_TARGET_BYTES}"), ask(app, "/search", "POST")
    missing = ask(app, "/nothing")
    ask(app, "/")
    ask(app, "/")
    busy = ask(app, "/")
    for answer, status, words in (
        (long, 414, "too long"),
        (wrong, 405, "GET and HEAD"),
        (missing, 404, "no page of this name"),
        (busy, 429, "wait for 2 s"),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert words in words_of(answer)
        assert lxml.html.fromstring(answer.content).cssselect("main h1")


def test_one_of_a_kind_is_counted_as_one(base: tuple[Any, list[str]]) -> None:
    page = ask(base[0], "/site/copy1.example").text
    assert "1 page fetched on 1 day, 1 of them without an article" in page
    assert "1 article, 1 page without one" in ask(base[0], "/sites").text


def test_days_to_narrow_down_by_are_no_finer_than_printed(tmp_path: Path) -> None:
    may = datetime(2024, 5, 1, tzinfo=CHINA)
    printed = [(may, Precision.MONTH), (may, Precision.DAY), (may.replace(day=2), Precision.DAY)]
    dates = [PublishedTime(local=local, precision=precision, text="", rule="r") for local, precision in printed]
    app = made_app(tmp_path / "d.db", [made_article(n, published=date) for n, date in enumerate(dates)])
    page = lxml.html.fromstring(ask(app, f"/search?q={quote('新桥')}&day=2024-05").content)
    shown = [item.text_content().split() for item in page.cssselect(".facets li") if "2024" in item.text_content()]
    assert shown == [["2024-05-02", "1"], ["2024-05-01", "1"]]


def test_a_query_as_long_as_the_box_takes_it_is_answered(base: tuple[Any, list[str]]) -> None:
    chosen = f"&site=copy1.example&source={quote('东河日报')}&day=2024-03"
    assert ask(base[0], f"/search?q={quote('桥' * 500)}{chosen}").status_code == 200


def test_robots_are_told_to_leave_and_icons_are_found(base: tuple[Any, list[str]]) -> None:
    assert ask(base[0], "/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert ask(base[0], f"/article/{base[1][0]}").headers["x-robots-tag"] == "noindex, nofollow"
    assert ask(base[0], "/favicon.ico").headers["content-type"].startswith("image/svg+xml")


def test_the_last_fetch_of_a_site_is_that_of_any_of_its_pages(base: tuple[Any, list[str]]) -> None:
    """A site whose pages give no article any more was fetched all the same."""
    found = ask(base[0], "/api/v1/sites/copy1.example").json()
    assert found["last_fetched_at"][:10] == found["days"][-1]["day"] > COPIES[1].fetched_at.isoformat()[:10]


def test_copies_of_the_same_minute_are_no_later(tmp_path: Path) -> None:
    app = made_app(tmp_path / "s.db", [COPIES[0], replace(COPIES[1], published=COPIES[0].published)])
    (row,) = ask(app, "/api/v1/search?q=" + quote("机器课")).json()["hits"]
    delays = lxml.html.fromstring(ask(app, f"/story/{row['story_id']}").content).cssselect(".delay")
    assert [delay.text_content() for delay in delays] == ["first", "same time"]
    (cell,) = lxml.html.fromstring(ask(app, f"/outlet/{quote('东河日报')}").content).cssselect("td[data-name='median delay']")
    assert cell.text_content() == "first"


def test_a_story_of_too_many_copies_counts_them_all_and_shows_its_original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The original may be found last: it must not be said not to be held because only the first copies are shown."""
    monkeypatch.setattr("storage.reader.queries.MAX_COPIES", 3)
    app = made_app(tmp_path / "m.db", [*(reposted(n, f"第{n}站", is_repost=True) for n in range(1, 8)), COPIES[0]])
    (hit,) = ask(app, f"/api/v1/search?q={quote('机器课')}").json()["hits"]
    found, page = ask(app, f"/api/v1/stories/{hit['story_id']}").json(), words_of(ask(app, f"/story/{hit['story_id']}"))
    assert (found["n_copies"], len(found["copies"])) == (8, 3)
    assert found["origin"]["article_id"] in {copy["id"] for copy in found["copies"]}
    assert "Copies 8 3 of them shown" in page
    assert "its page is here" in page


def test_a_link_to_a_story_that_joined_another_leads_there(base: tuple[Any, list[str]]) -> None:
    story = story_of(base)
    for article_id in base[1]:
        answer = ask(base[0], f"/story/{article_id}")
        assert answer.status_code == 200 if article_id == story else answer.headers["location"] == f"/story/{story}"
        assert ask(base[0], f"/api/v1/stories/{article_id}").json()["id"] == story


def test_an_outlet_is_copied_only_where_the_story_comes_from_it(tmp_path: Path) -> None:
    """An aggregator that is named by one page of another's story has no copies, and the publisher's own page is no copy of it without credit."""
    aggregator = Source(name="南山在线", raw="南山在线", outlet_id=None)
    app = made_app(tmp_path / "o.db", [*COPIES, reposted(3, "西坡网", is_repost=True, source=aggregator, sources=(aggregator,))])
    outlets = {row["name"]: (row["n_copies"], row["n_credited"]) for row in ask(app, "/api/v1/outlets").json()["outlets"]}
    assert outlets == {"东河日报": (3, 2), "南山在线": (0, 0)}
    assert ask(app, f"/api/v1/outlets/{quote('南山在线')}").json()["copied_by"] == []
    assert "No copy of a story that comes from it" in words_of(ask(app, f"/outlet/{quote('南山在线')}"))


def test_times_of_another_zone_say_so(tmp_path: Path) -> None:
    abroad = PublishedTime(
        local=datetime(2024, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=-5))), precision=Precision.MINUTE, text="", rule="r"
    )
    day = replace(abroad, precision=Precision.DAY)
    app = made_app(tmp_path / "z.db", [made_article(1, published=abroad), made_article(2, published=day), made_article(3)])
    times = {time.text_content() for time in lxml.html.fromstring(ask(app, "/").content).cssselect("ol.hits time")}
    assert {time for time in times if "UTC" in time} == {"2024-03-01 08:30 UTC-05:00"}
    assert "2024-03-01" in times
    found = ask(app, "/api/v1/article", params={"url": made_article(1).url}).json()["id"]
    assert "2024-03-01 08:30 UTC-05:00" in words_of(ask(app, f"/article/{found}"))


@pytest.mark.parametrize("name", ['微信"健康江畔"号', '“两种”"引号"', "长" * 190, "OR (甲) -乙"])
def test_an_outlet_of_an_odd_name_leads_to_its_articles(tmp_path: Path, name: str) -> None:
    app = made_app(tmp_path / "q.db", [made_article(1, source=Source(name=name, raw=name, outlet_id=None)), made_article(2)])
    answer = ask(app, f"/outlet/{quote(name, safe='')}")
    (target,) = (
        a.get("href") for a in lxml.html.fromstring(answer.content).cssselect("main a") if a.text_content() == "Search its articles"
    )
    assert len(lxml.html.fromstring(ask(app, target).content).cssselect("ol.hits > li")) == 1


def test_an_address_in_the_search_box_leads_to_its_article(base: tuple[Any, list[str]]) -> None:
    found = ask(base[0], "/search", params={"q": f" {COPIES[1].url}#top"})
    assert (found.status_code, found.headers["location"]) == (307, f"/article/{base[1][1]}")
    assert "Nothing found" in words_of(ask(base[0], "/search", params={"q": "http://none.example/1.html"}))


def test_a_site_that_never_gave_an_article_is_not_passed_over(database_url: str, engine: Engine) -> None:
    """It is the one that a person who looks for what is broken wants to see."""
    saved = ArticleStore(engine).save([made_article(1)])
    run = start_run(engine, "crawl")
    for number, reason in enumerate(("dns", "dns", "timeout")):
        record_outcome(engine, run, f"http://www.silent.example/{number}", "failed", reason, site="silent.example")
    record_outcome(engine, run, "http://lists.example/", "listed", "list_page", site="lists.example")
    record_outcome(engine, run, "http://news.site1.example/x", "failed", "dns", site=made_article(1).site)
    app = create_app(engine)
    assert saved[0].article_id
    (row,) = ask(app, "/api/v1/sites").json()["without_article"]
    assert (row["site"], row["outcome"], row["reason"], row["n_without_article"]) == ("silent.example", "failed", "dns", 3)
    page = ask(app, "/sites")
    assert "silent.example3failed: dns" in words_of(page)
    assert "UTC" in lxml.html.fromstring(page.content).cssselect("#silent ~ table td[data-name='last fetch']")[0].text_content()


def test_an_outlet_is_found_by_any_name_it_is_printed_by(tmp_path: Path) -> None:
    source = Source(name="东河日报", raw="東河日報", outlet_id=None)
    app = made_app(tmp_path / "a.db", [made_article(1, source=source, sources=(source,))])
    answer = ask(app, f"/outlet/{quote('東河日報')}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/outlet/{quote('东河日报')}")
    assert ask(app, f"/api/v1/outlets/{quote('東河日報')}").json()["name"] == "东河日报"


def test_a_site_is_found_by_any_host_of_it(base: tuple[Any, list[str]]) -> None:
    page = ask(base[0], "/site/www.copy1.example")
    assert (page.status_code, page.headers["location"]) == (307, "/site/copy1.example")
    assert ask(base[0], "/api/v1/sites/WWW.copy1.example").json()["site"] == "copy1.example"
    assert ask(base[0], "/site/www.nowhere.example").status_code == 404
    feeds = [ask(base[0], f"/feed.atom?site={site}").text for site in ("copy1.example", "www.copy1.example")]
    assert feeds[0] == feeds[1]
    assert "南山在线" not in feeds[0]
    assert "<entry>" in feeds[0]


def test_help_names_every_filter(base: tuple[Any, list[str]]) -> None:
    words = words_of(ask(base[0], "/help"))
    assert [name for name in FILTERS if f"{name}:" not in words] == []


def test_what_may_not_be_shown_is_a_tombstone_everywhere(tmp_path: Path) -> None:
    engine, secret = open_database(f"sqlite:///{tmp_path / 't.db'}"), "紫藤胡同"
    store, shown = ArticleStore(engine), made_article(1)
    hidden = [made_article(n, title=f"关于{secret}", text=f"{secret}的钥匙。" * 20, authors=(secret,)) for n in (2, 3)]
    gone, kept_back = (one.article_id for one in store.save([shown, *hidden])[1:])
    store.save([replace(each, text=f"{secret}二", fetched_at=each.fetched_at + timedelta(days=1)) for each in hidden])
    take_down(engine, tmp_path, hidden[0].final_url, "rights holder asked")
    withhold(engine, kept_back, "court order")
    app = create_app(engine)
    assert "1 article in 1 story" in words_of(ask(app, "/")), "of three"
    taken, withheld = ask(app, f"/article/{gone}"), ask(app, f"/article/{kept_back}")
    assert (taken.status_code, withheld.status_code) == (410, 403)
    assert all(words in words_of(taken) for words in ("Taken down", "rights holder asked", hidden[0].url))
    assert all(words in words_of(withheld) for words in ("Withheld", "court order", hidden[1].url))
    assert not lxml.html.fromstring(taken.content).cssselect("a[href^='http']"), "no link to what was taken down"
    for each in (gone, kept_back):
        for target in ("/", "/changes", f"/article/{each}", f"/api/v1/articles/{each}", "/feed.atom", "/feed.json", f"/article/{each}/versions",
                       f"/difference?a={each}&b={each}", f"/api/v1/difference?a={each}&b={each}", f"/site/{hidden[0].site}", f"/story/{each}",
                       f"/search?q={quote('钥匙')}", f"/api/v1/search?q={quote('钥匙')}", "/outlets", f"/api/v1/stories/{each}"):  # fmt: skip
            assert secret not in ask(app, target).text, target
    statuses = [ask(app, f"/api/v1/articles/{each}").json()["status"] for each in (gone, kept_back)]
    assert (statuses, [c["kind"] for c in ask(app, "/api/v1/changes").json()["changes"][-2:]]) == (
        ["withdrawn", "withheld"],
        ["withdrawn", "withheld"],
    )


def test_an_empty_base_says_so_on_every_page(tmp_path: Path) -> None:
    app = made_app(tmp_path / "e.db", [])
    for target in ("/", "/sites", "/outlets", "/changes", "/search?q=x"):
        assert lxml.html.fromstring(ask(app, target).content).cssselect(".empty"), target


def test_pages_can_be_used_by_keyboard_and_screen_reader(base: tuple[Any, list[str]]) -> None:
    targets = ("/", "/sites", "/outlets", "/changes", "/help", f"/story/{story_of(base)}", f"/article/{base[1][1]}", "/site/copy1.example", "/nothing",
               f"/difference?a={base[1][0]}&b={base[1][2]}", f"/outlet/{quote('东河日报')}", f"/search?q={quote('机器课')}")  # fmt: skip
    for target in targets:
        tree = lxml.html.fromstring(ask(base[0], target).content)
        assert tree.cssselect("a.skip")[0].get("href") == "#main", target
        assert [len(tree.cssselect(name)) for name in ("main#main", "header", "footer", "h1", "form[role=search]")] == [1] * 5, target
        levels = [int(heading.tag[1]) for heading in tree.cssselect("h1, h2, h3")]
        assert levels[0] == 1, target
        assert all(after <= before + 1 for before, after in pairwise(levels)), (target, levels)
        labels = {label.get("for") for label in tree.cssselect("label")}
        assert {field.get("id") for field in tree.cssselect("input, select")} <= labels, target
        assert all(
            svg.get("aria-label") or svg.get("aria-hidden") or svg.getparent().tag in ("g", "svg") for svg in tree.cssselect("svg")
        ), target
        named = {element.get("id") for element in tree.cssselect("[id]")}
        assert {word for element in tree.cssselect("[aria-labelledby]") for word in element.get("aria-labelledby").split()} <= named, target
        assert len(tree.cssselect("[id]")) == len(named), target
        assert all(nav.get("aria-label") for nav in tree.cssselect("nav")), target
        assert all(link.text_content().strip() for link in tree.cssselect("a")), target


def test_colours_have_contrast_enough() -> None:
    """Text on its ground: 4.5 to 1, in the light and in the dark."""
    css = (HERE / "static" / "style.css").read_text(encoding="utf-8")
    for number, scheme in enumerate(re.findall(r":root \{(.*?)\}", css, re.S)[:2]):
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", scheme))
        for text, ground in (("ink", "paper"), ("quiet", "paper"), ("quiet", "soft"), ("quiet", "raised"), ("link", "paper"), ("link", "raised"),
                             ("seal", "soft"), ("bad", "soft"), ("bad", "paper"), ("good", "paper"), ("add-ink", "add"), ("cut-ink", "cut"),
                             ("ink", "mark"), ("ink", "soft"), ("paper", "ink"), ("paper", "link")):  # fmt: skip
            light, dark = sorted((_luminance(colour[text]), _luminance(colour[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (number, text, ground)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_style_sheet_changes_its_address_with_its_content(base: tuple[Any, list[str]]) -> None:
    tree = lxml.html.fromstring(ask(base[0], "/").content)
    address = tree.cssselect("link[rel=stylesheet]")[0].get("href")
    assert address.startswith("/style.css?v=")
    assert ask(base[0], address).headers["content-type"].startswith("text/css")
    assert ask(base[0], "/icon.svg").headers["content-type"] == "image/svg+xml"


def test_sites_and_outlets_show_their_figures(base: tuple[Any, list[str]]) -> None:
    assert "南山在线" in words_of(ask(base[0], "/sites"))
    site = words_of(ask(base[0], "/site/copy1.example"))
    assert "list page" in site
    assert "东河新桥有新进展" in site
    assert "names the source11" in site
    assert "names its own editor01" in site
    outlet = ask(base[0], f"/api/v1/outlets/{quote('东河日报')}").json()
    assert (outlet["n_articles"], outlet["n_copies"], outlet["n_credited"], outlet["median_delay_s"]) == (3, 2, 2, 5400)
    assert {c["site"]: c["median_delay_s"] for c in outlet["copied_by"]} == {
        "copy1.example": 3600,
        "copy2.example": 7200,
    }
    assert "2 copies 100 % keep the credit 2 of 2" in words_of(ask(base[0], f"/outlet/{quote('东河日报')}"))
    listed = ask(base[0], "/api/v1/outlets").json()["outlets"][0]
    assert {key: listed[key] for key in ("n_copies", "n_credited", "median_delay_s")} == {
        "n_copies": 2,
        "n_credited": 2,
        "median_delay_s": 5400,
    }
    assert "1 h 30 min" in words_of(ask(base[0], "/outlets"))
    assert ask(base[0], "/outlet/nobody").status_code == 404
    assert ask(base[0], "/site/nowhere.example").status_code == 404


def test_an_older_version_can_be_compared(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/v.db")
    first = made_article(1)
    store = ArticleStore(engine)
    saved = store.save([first])[0]
    store.save([replace(first, text=first.text.replace("五分钟", "六分钟"), fetched_at=datetime(2024, 3, 3, tzinfo=UTC))])
    app = create_app(engine)
    tree = lxml.html.fromstring(ask(app, f"/article/{saved.article_id}/versions?from=1&to=2").content)
    assert [e.text_content() for e in tree.cssselect(".compared del")] == ["五"]
    assert [e.text_content() for e in tree.cssselect(".compared ins")] == ["六"]
    assert ask(app, f"/article/{saved.article_id}/versions?from=1&to=9").status_code == 404


def test_feeds_are_served(base: tuple[Any, list[str]]) -> None:
    assert ask(base[0], "/feed.atom").headers["content-type"].startswith("application/atom+xml")
    assert len(ask(base[0], "/feed.json").json()["items"]) == 3
    numbers = {"site=copy1.example": 1, f"source={quote('东河日报')}": 3, f"story={story_of(base)}": 3, "site=nowhere.example": 0}
    for choice, number in numbers.items():
        assert len(ask(base[0], f"/feed.json?{choice}").json()["items"]) == number, choice
    foot = lxml.html.fromstring(ask(base[0], "/site/copy1.example").content).cssselect("footer a")[0].get("href")
    assert foot == "/feed.atom?site=copy1.example"


def test_a_search_has_a_feed_of_its_own(base: tuple[Any, list[str]]) -> None:
    found = lxml.html.fromstring(ask(base[0], f"/search?q={quote('進展 OR 石门')}&site=copy1.example&day=2024-03-01").content)
    foot = found.cssselect("footer a")[0].get("href")
    feed = ask(base[0], foot.replace("atom", "json")).json()
    assert [item["title"] for item in feed["items"]] == ["东河新桥有新进展"]
    assert [link.get("href") for link in found.cssselect("link[type='application/atom+xml']")] == [foot]
    assert len(ask(base[0], f"/feed.json?q={quote('石门')}&site=www.copy2.example").json()["items"]) == 1
    for query in ("day:2023-13", "()"):
        assert ask(base[0], f"/feed.atom?q={query}").status_code == 400, query


def test_pages_and_refusal_are_the_same_on_both_engines(database_url: str, engine: Engine) -> None:
    saved = ArticleStore(engine).save(COPIES)
    own = open_database(database_url)
    try:
        app = create_app(own)
        ids = [s.article_id for s in saved]
        story = ask(app, f"/api/v1/articles/{ids[0]}").json()["story_id"]
        targets = ("/", "/sites", "/outlets", "/changes", "/feed.atom", f"/story/{story}", f"/article/{ids[1]}", "/site/copy1.example")
        for target in (*targets, f"/outlet/{quote('东河日报')}", f"/difference?a={ids[0]}&b={ids[2]}", f"/search?q={quote('机器课')}"):
            assert ask(app, target).status_code == 200, target
        with pytest.raises(StorageError), writing(own) as connection:
            connection.execute(article.delete())
    finally:
        own.dispose()
    assert ArticleStore(engine).find(ids[0]) is not None


ALLOWED_TAGS = frozenset(
    "html head meta title link body a header span form label input button nav main p h1 h2 h3 section ul ol li div table thead tbody tr th td "
    "code strong small bdi dl dt dd svg g path title text rect circle line time select option mark ins del details summary footer".split()
)


def test_no_stored_string_becomes_markup(tmp_path: Path) -> None:
    app = made_app(tmp_path / "x.db", [hostile_article(n, payload) for n, payload in enumerate(PAYLOADS)])
    ids = [row["id"] for row in ask(app, "/api/v1/changes", params={"limit": "1000"}).json()["changes"] if row["kind"] == "created"]
    assert len(ids) == len(PAYLOADS) >= 60
    targets = ["/", "/sites", "/outlets", "/changes", "/site/hostile.example", f"/difference?a={ids[0]}&b={ids[1]}", "/help"]
    targets += [f"/difference?a={ids[0]}&b={each}&view=beside" for each in ids[1:9]] + [f"/story/{each}" for each in ids]
    targets += [
        f"/search?q=a&{name}={quote(payload, safe='')}" for payload in PAYLOADS[:20] for name in ("site", "source", "day", "section")
    ]
    targets += [f"/article/{each}" for each in ids] + [f"/outlet/{quote(payload, safe='')}" for payload in PAYLOADS]
    targets += [f"/search?q={quote(payload, safe='')}" for payload in PAYLOADS]
    for target in targets:
        answer = ask(app, target)
        assert answer.status_code in (200, 400, 404), target
        for element in lxml.html.fromstring(answer.content).iter():
            assert element.tag in ALLOWED_TAGS, (target, element.tag)
            assert not [name for name in element.attrib if name.startswith("on") or name in ("style", "srcdoc")], target
            for name in ("href", "src", "action"):
                assert re.match(r"(https?:/)?/", element.get(name, "/")) or element.get(name) == "#main", (target, element.get(name))
