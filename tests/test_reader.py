"""The web page and JSON API: what they show, what they refuse, and that nothing stored becomes markup."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from crawler.demo.site import DEMO_FOLDER
from crawler.demo.stories import load_plan
from pipelines.errors import StorageError
from pipelines.types import Evidence, NormalizedArticle, Picture, Precision, PublishedTime, RemovedBlock, Source
from storage.articles import ArticleStore
from storage.database import open_database, writing
from storage.outcomes import record_outcome, start_run
from storage.reader.app import create_app
from storage.reader.difference import MIN_ISLAND, compare
from storage.reader.limits import MAX_TARGET_BYTES, RateLimit
from storage.reader.openapi import describe
from storage.reader.remembered import KEPT_S, MAX_KEPT, Remembered
from storage.schema import article
from tests.hostile import PAYLOADS
from tests.made_articles import CHINA, made_article
from tests.reader_client import ask, made_app

LINES = load_plan(DEMO_FOLDER).stories["robot-school"].paragraphs
"""Of the demo: sentences that differ."""


def reposted(n: int, name: str, *, is_repost: bool, **changes: Any) -> NormalizedArticle:
    """Return a copy of one story, posted `n` hours after the first."""
    url = f"http://www.copy{n}.example/{n}.html"
    source = Source(name="东河日报", raw="东河日报", outlet_id=None)
    values = {
        "url": url, "final_url": url, "canonical_url": url, "site": f"copy{n}.example", "site_name": name, "source": source, "sources": (source,),
        "text": "\n".join(LINES), "title": "东河新桥桥墩完成浇筑", "is_repost": is_repost, "authors": ("季小楼",), "original_title": None,
        "published": PublishedTime(local=datetime(2024, 3, 1, 8 + n, 30, tzinfo=CHINA), precision=Precision.MINUTE, text="", rule="r"),
    }  # fmt: skip
    return made_article(n, **(values | changes))


COPIES = (
    reposted(0, "东河日报网", is_repost=False),
    reposted(1, "南山在线", is_repost=True, title="东河新桥有新进展", editors=()),
    reposted(2, "北门热线", is_repost=True, text="\n".join(LINES[:5]), authors=()),
)


def stored(path: Path) -> Any:
    """Store three copies, grouped, and a page that gave no article."""
    engine = open_database(f"sqlite:///{path}")
    saved = ArticleStore(engine).save(COPIES)
    run = start_run(engine, "crawl")
    record_outcome(engine, run, "http://www.copy1.example/list", "rejected", "list_page", site="copy1.example", status=200)
    return engine, [s.article_id for s in saved]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[str]]:
    engine, ids = stored(tmp_path_factory.mktemp("reader") / "r.db")
    return create_app(engine), ids


def words_of(answer: Any) -> str:
    return " ".join(lxml.html.fromstring(answer.content).text_content().split())


def story_of(base: tuple[Any, list[str]]) -> str:
    return str(ask(base[0], f"/api/v1/articles/{base[1][0]}").json()["story_id"])


def test_a_story_shows_its_copies_by_time_and_what_each_keeps(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/story/{story_of(base)}")
    assert answer.status_code == 200
    tree = lxml.html.fromstring(answer.content)
    copies = [" ".join(li.text_content().split()) for li in tree.cssselect("ol.time > li")]
    assert [re.search(r"东河日报网|南山在线|北门热线", copy)[0] for copy in copies] == ["东河日报网", "南山在线", "北门热线"]  # type: ignore[index]
    assert "original" in copies[0]
    assert "part of" in copies[2]
    rows = {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in tree.cssselect("table tbody tr")}
    assert rows["东河日报网"] == ["–"] * 5
    assert rows["南山在线"] == ["yes", "yes", "no", "no", "no"]
    assert rows["北门热线"] == ["yes", "no", "yes", "yes", "no"]
    assert len(tree.cssselect("svg.line circle")) == 3


def test_two_copies_are_compared_character_by_character(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/difference?a={base[1][0]}&b={base[1][2]}")
    tree = lxml.html.fromstring(answer.content)
    removed = "".join(element.text_content() for element in tree.cssselect(".compared del"))
    assert removed.strip() == "\n".join(LINES[5:]).strip()
    assert not tree.cssselect(".compared ins")
    assert ask(base[0], f"/difference?a={base[1][0]}&b=nothing").status_code == 404
    assert ask(base[0], f"/difference?a={base[1][0]}").status_code == 400


def test_an_article_stands_beside_its_removed_blocks_and_its_evidence(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], f"/article/{base[1][1]}")
    tree = lxml.html.fromstring(answer.content)
    assert [p.text_content() for p in tree.cssselect(".text p")] == list(LINES)
    assert "上一篇：无" in tree.cssselect(".removed")[0].text_content()
    rows = {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in tree.cssselect("table.fields tbody tr")}
    assert rows["source"] == ["东河日报", "来源：東河日報", "label"]
    assert rows["modified_at"][0] == "the page does not say"


def test_search_shows_one_row_a_story_and_marks_what_matched(base: tuple[Any, list[str]]) -> None:
    tree = lxml.html.fromstring(ask(base[0], "/search", params={"q": "機器課"}).content)
    assert len(tree.cssselect("ol.hits > li")) == 1
    assert {mark.text_content() for mark in tree.cssselect("mark")} == {"机器课"}
    assert "3 copies" in tree.cssselect("ol.hits")[0].text_content()
    assert "Nothing found" in words_of(ask(base[0], "/search", params={"q": "无此词语"}))
    assert ask(base[0], "/search", params={"q": "x" * 501}).status_code == 400


def test_sites_and_outlets_show_their_figures(base: tuple[Any, list[str]]) -> None:
    assert "南山在线" in words_of(ask(base[0], "/sites"))
    site = words_of(ask(base[0], "/site/copy1.example"))
    assert "list page" in site
    assert "东河新桥有新进展" in site
    outlet = ask(base[0], f"/api/v1/outlets/{quote('东河日报')}").json()
    assert (outlet["n_articles"], outlet["n_copies"], outlet["n_credited"]) == (3, 3, 3)
    assert {c["site"]: c["median_delay_s"] for c in outlet["copied_by"]} == {
        "copy0.example": 0,
        "copy1.example": 3600,
        "copy2.example": 7200,
    }
    assert "3 copies" in words_of(ask(base[0], f"/outlet/{quote('东河日报')}"))
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


def test_changes_can_be_followed(base: tuple[Any, list[str]]) -> None:
    cursor, seen = "", []
    while rows := (answer := ask(base[0], "/api/v1/changes", params={"after": cursor, "limit": "2"}).json())["changes"]:
        seen += rows
        cursor = answer["next"]
    assert [row["cursor"] for row in seen] == sorted({row["cursor"] for row in seen})
    assert sum(row["kind"] == "created" for row in seen) == 3
    assert ask(base[0], "/api/v1/changes?after=nonsense").status_code == 400
    assert "created" in words_of(ask(base[0], "/changes"))


def test_feeds_are_served(base: tuple[Any, list[str]]) -> None:
    assert ask(base[0], "/feed.atom").headers["content-type"].startswith("application/atom+xml")
    assert len(ask(base[0], "/feed.json").json()["items"]) == 3


def test_every_answer_fits_its_description(base: tuple[Any, list[str]]) -> None:
    document = describe()
    ids = {"id": base[1][0], "site": "copy1.example", "name": quote("东河日报")}
    asked = {"q": "机器课", "url": COPIES[0].url, "a": base[1][0], "b": base[1][1]}
    for path, methods in document["paths"].items():
        values = ids | ({"id": story_of(base)} if "/stories/" in path else {})
        names = [p["name"] for p in methods["get"]["parameters"] if p["required"] and p["in"] == "query"]
        answer = ask(base[0], path.format(**values), params={name: asked[name] for name in names})
        assert answer.status_code == 200, path
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
    assert ask(base[0], "/openapi.json").json() == json.loads(json.dumps(document))


BAD_VALUES = (
    "",
    "-1",
    "0",
    "999999999999",
    "1e3",
    "１",
    "x",
    "\x00",
    "'; DROP TABLE article; --",
    "%",
    "../..",
    "\ud83d",
    "💥" * 50,
    "NULL",
)


@pytest.mark.parametrize("path", sorted(describe()["paths"]))
def test_odd_parameters_never_make_a_fault(base: tuple[Any, list[str]], path: str) -> None:
    operation = describe()["paths"][path]["get"]
    for value in BAD_VALUES:
        sent = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        target = re.sub(r"\{\w+\}", quote(sent, safe="") or "x", path)
        for name in [p["name"] for p in operation["parameters"] if p["in"] == "query"] or ["unknown"]:
            answer = ask(base[0], target, params={name: sent})
            assert answer.status_code in (200, 400, 404), (answer.url, answer.text)
            if answer.status_code != 200 and target.startswith("/api/"):
                assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_is_possible(base: tuple[Any, list[str]], method: str) -> None:
    answer = ask(base[0], "/", method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_database_itself_refuses_to_write(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/w.db")
    saved = ArticleStore(engine).save([made_article(1)])[0]
    create_app(engine)
    with pytest.raises(StorageError), writing(engine) as connection:
        connection.execute(article.delete())
    assert ArticleStore(engine).find(saved.article_id) is not None


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


def test_every_answer_carries_the_headers(base: tuple[Any, list[str]]) -> None:
    for target in ("/", "/nothing", "/api/v1/articles/x", "/style.css", f"/search?q={'x' * 600}", f"/{'x' * (MAX_TARGET_BYTES + 1)}"):
        answer = ask(base[0], target)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.status_code == 414


def test_a_strange_host_name_is_not_answered(tmp_path: Path) -> None:
    app = made_app(tmp_path / "h.db", [made_article(1)], names=["reader.example"])
    assert ask(app, "/").status_code == 200
    assert ask(app, "/", headers={"host": "attacker.example"}).status_code == 400


def test_the_rate_of_a_client_is_limited(tmp_path: Path) -> None:
    now = [0.0]
    app = made_app(tmp_path / "l.db", [], rate=RateLimit(1, 3, clock=lambda: now[0]))
    assert [ask(app, "/style.css").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert ask(app, "/style.css").headers["retry-after"] == "2"
    now[0] = 1.5
    assert ask(app, "/style.css").status_code == 200


def test_figures_are_kept_for_a_minute_and_no_longer() -> None:
    now, made = [0.0], iter(range(10))
    kept = Remembered(clock=lambda: now[0])
    assert [kept.get("a", lambda: next(made)) for _ in range(3)] == [0, 0, 0]
    assert kept.get("b", lambda: next(made)) == 1
    now[0] = KEPT_S
    assert kept.get("a", lambda: next(made)) == 2
    for number in range(2 * MAX_KEPT):
        kept.get(number, lambda: 0)
    assert kept.get("b", lambda: next(made)) == 3


def hostile_article(n: int, payload: str) -> NormalizedArticle:
    """Return an article that carries a payload in every field a page can fill."""
    source = Source(name=payload, raw=payload, outlet_id=None, url=payload)
    url = f"http://hostile.example/{n}"
    return made_article(
        n, url=url, final_url=url, canonical_url=payload, site="hostile.example", site_name=payload, title=payload, title_raw=payload,
        original_title=payload, text=f"{payload}\n{payload}", source=source, sources=(source,), via=(source,), dateline=payload, authors=(payload,),
        editors=(payload,), keywords=(payload,), section=(payload,), language=payload, extractor=payload,
        pictures=(Picture(url=payload, caption=payload, credit=payload),), removed=(RemovedBlock(text=payload, kind=payload, rule=payload),),
        evidence={"source": Evidence(text=payload, rule=payload)},
        published=PublishedTime(local=datetime(2024, 3, 1, 8, 30, tzinfo=CHINA), precision=Precision.MINUTE, text=payload, rule=payload),
    )  # fmt: skip


ALLOWED_TAGS = frozenset(
    "html head meta title link body a header span form label input button nav main p h1 h2 h3 section ul ol li div table thead tbody tr th td "
    "code strong bdi dl dt dd svg rect circle line time select option mark ins del".split()
)


def test_no_stored_string_becomes_markup(tmp_path: Path) -> None:
    app = made_app(tmp_path / "x.db", [hostile_article(n, payload) for n, payload in enumerate(PAYLOADS)])
    ids = [row["id"] for row in ask(app, "/api/v1/changes", params={"limit": "1000"}).json()["changes"] if row["kind"] == "created"]
    assert len(ids) == len(PAYLOADS) >= 60
    targets = ["/", "/sites", "/outlets", "/changes", "/site/hostile.example", f"/difference?a={ids[0]}&b={ids[1]}"]
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


def test_the_api_answers_no_markup_either(tmp_path: Path) -> None:
    app = made_app(tmp_path / "j.db", [hostile_article(n, payload) for n, payload in enumerate(PAYLOADS)])
    answer = ask(app, "/api/v1/changes", params={"limit": "1000"})
    assert answer.headers["content-type"] == "application/json"
    assert "<" not in answer.text


@given(st.text(alphabet="东河新桥通车，。\nab", max_size=60), st.text(alphabet="东河新桥通车，。\nab", max_size=60))
def test_a_difference_holds_both_texts(first: str, second: str) -> None:
    segments = compare(first, second).segments
    assert "".join(s.text for s in segments if s.change != "added") == first
    assert "".join(s.text for s in segments if s.change != "removed") == second
    inner = [s for before, s, after in zip(segments, segments[1:], segments[2:], strict=False) if before.change != after.change == "equal"]
    assert all(s.text for s in segments)
    assert all(len(s.text) >= MIN_ISLAND or s.change != "equal" or s in (segments[0], segments[-1]) or s not in inner for s in segments)


def test_a_very_long_text_is_compared_up_to_a_limit() -> None:
    found = compare("东河" * 30_000, "东河" * 30_000 + "尾")
    assert found.is_cut
    assert found.similarity == 1.0
