"""The JSON API: what it answers, what it refuses, and what every answer carries."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from pipelines.errors import StorageError
from storage.articles import ArticleStore
from storage.database import open_database, writing
from storage.reader.api import OPERATIONS
from storage.reader.app import create_app
from storage.reader.limits import MAX_TARGET_BYTES, RateLimit
from storage.reader.openapi import describe
from storage.reader.remembered import KEPT_S, MAX_KEPT, Remembered
from storage.schema import article
from tests.hostile import PAYLOADS
from tests.made_articles import made_article
from tests.reader_articles import COPIES, hostile_article, stored, story_of
from tests.reader_client import ask, made_app


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[str]]:
    engine, ids = stored(tmp_path_factory.mktemp("reader") / "r.db")
    return create_app(engine), ids


def test_every_answer_fits_its_description(base: tuple[Any, list[str]]) -> None:
    document = describe(OPERATIONS)
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


@pytest.mark.parametrize("path", sorted(describe(OPERATIONS)["paths"]))
def test_odd_parameters_never_make_a_fault(base: tuple[Any, list[str]], path: str) -> None:
    operation = describe(OPERATIONS)["paths"][path]["get"]
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
    for target in ("/", "/api/v1/sites"):
        answer = ask(app, target, headers={"host": "attacker.example"})
        assert (answer.status_code, "--name" in answer.text) == (400, True)
        assert answer.headers["content-type"].startswith("application/json" if "api" in target else "text/html")
    assert ask(app, "/", headers={"host": "Reader.Example:8080"}).status_code == 200


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


def test_changes_can_be_followed(base: tuple[Any, list[str]]) -> None:
    cursor, seen = "", []
    while rows := (answer := ask(base[0], "/api/v1/changes", params={"after": cursor, "limit": "2"}).json())["changes"]:
        seen += rows
        cursor = answer["next"]
    assert [row["cursor"] for row in seen] == sorted({row["cursor"] for row in seen})
    assert sum(row["kind"] == "created" for row in seen) == 3
    assert ask(base[0], "/api/v1/changes?after=nonsense").status_code == 400
    ahead = ask(base[0], "/api/v1/changes?after=999999-1")
    assert (ahead.status_code, "go on after" in ahead.json()["error"]) == (409, True)


def test_the_api_answers_no_markup_either(tmp_path: Path) -> None:
    app = made_app(tmp_path / "j.db", [hostile_article(n, payload) for n, payload in enumerate(PAYLOADS)])
    answer = ask(app, "/api/v1/changes", params={"limit": "1000"})
    assert answer.headers["content-type"] == "application/json"
    assert "<" not in answer.text


def test_what_is_known_is_not_sent_again(base: tuple[Any, list[str]]) -> None:
    for target in ("/", "/api/v1/sites", "/feed.atom", "/style.css", f"/article/{base[1][0]}"):
        first = ask(base[0], target)
        tag = first.headers["etag"]
        again = ask(base[0], target, headers={"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), target
        assert "content-security-policy" in again.headers
        assert ask(base[0], target, headers={"if-none-match": '"other"'}).content == first.content
        assert ask(base[0], target, "HEAD").headers["etag"] == tag
    assert "etag" not in ask(base[0], "/nothing").headers


def test_what_changed_has_another_name(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/t.db")
    store, app = ArticleStore(engine), create_app(open_database(f"sqlite:///{tmp_path}/t.db"))
    store.save([made_article(1)])
    tag = ask(app, "/api/v1/changes").headers["etag"]
    store.save([made_article(2)])
    assert ask(app, "/api/v1/changes", headers={"if-none-match": tag}).status_code == 200


def test_head_is_get_without_the_body(base: tuple[Any, list[str]]) -> None:
    for target in ("/", "/api/v1/sites", "/api/v1/articles/none"):
        got, head = ask(base[0], target), ask(base[0], target, "HEAD")
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize(
    "query",
    ["limit=", "limit=5&limit=5", "limit=+5", "limit=5%20", "limit=%EF%BC%95", "limit=05x", "offset=-0", "limit=5.0", "limit=true", "offset=", "limit=0", "limit=101", "q=", "q=a&q=b"],
)  # fmt: skip
def test_a_parameter_that_breaks_its_schema_is_refused(base: tuple[Any, list[str]], query: str) -> None:
    answer = ask(base[0], f"/api/v1/search?{'' if query.startswith('q') else 'q=a&'}{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(query[: query.index("=")])


def test_a_parameter_that_is_none_is_refused(base: tuple[Any, list[str]]) -> None:
    """`/search?q=…&site=…` would give what stands on all sites, `/changes?cursor=…` the feed from its beginning."""
    for target in ("search?q=a&site=copy1.example", "changes?cursor=1-1", "sites/copy1.example?limit=1"):
        answer = ask(base[0], f"/api/v1/{target}")
        assert (answer.status_code, "no such parameter" in answer.json()["error"]) == (400, True), target


def test_a_filter_by_what_no_article_can_have_is_refused(base: tuple[Any, list[str]]) -> None:
    answers = [ask(base[0], f"{path}?q=day:2023-13") for path in ("/api/v1/search", "/search")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert (
        answers[0].json()["error"]
        == "day:2023-13 is not a day, month or year, such as 2024-03-01, 2024-03 or 2024, or a range of them, such as 2024-03-01..2024-04"
    )
    assert answers[0].json()["error"] in answers[1].text


def test_every_refusal_of_the_api_is_json(base: tuple[Any, list[str]], tmp_path: Path) -> None:
    limited = made_app(tmp_path / "r.db", [], rate=RateLimit(1, 0, clock=lambda: 0.0))
    refusals = {405: ask(base[0], "/api/v1/sites", "POST"), 404: ask(base[0], "/api/v1/nothing"), 429: ask(limited, "/api/v1/sites"),
                400: ask(base[0], "/api/v1/search?q=%FF")}  # fmt: skip
    for status, answer in refusals.items():
        assert answer.status_code == status
        assert set(answer.json()) == {"error"}
    assert refusals[429].headers["retry-after"].isdigit()
    assert ask(base[0], "/search?q=%FF").status_code == 400


def test_no_other_web_site_may_read(base: tuple[Any, list[str]]) -> None:
    answer = ask(base[0], "/api/v1/sites", headers={"origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
