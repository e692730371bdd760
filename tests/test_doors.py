"""All doors give the same articles: the demo site crawled, its pages processed directly, its captures replayed, one URL again."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.demo.folder import folder_site
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoPage, DemoSite, build_demo, n_sites
from crawler.load_rules import load_rule_book
from crawler.processing import process_page
from pipelines.record import record_of
from pipelines.types import FetchedPage
from storage.articles import ArticleStore
from storage.database import opened_database, reading
from storage.templates import load_templates, save_template
from tests.commands import yuanwen
from tests.conftest import CommandResult

pytestmark = pytest.mark.xdist_group("doors")  # the site is crawled once, by one worker

NOT_OF_THE_PAGE = {"id", "revision", "first_seen_at", "story_id", "fetched_at", "capture"}
"""Record keys that a store or the moment of fetching gives."""


@dataclass(frozen=True)
class Crawled:
    """The demo site, crawled once into a SQLite file."""

    demo: DemoSite
    folder: Path
    asked: Counter[str]
    """URLs that the server was asked for, by its own count."""

    @property
    def db(self) -> str:
        return f"sqlite:///{self.folder}/y.db"

    def run(self, *arguments: object) -> CommandResult:
        done = yuanwen(self.folder, *map(str, arguments), timeout_s=300)
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def record(self, url: str) -> dict[str, Any] | None:
        with opened_database(self.db) as engine:
            return ArticleStore(engine).find(url)

    def outcomes(self) -> dict[str, str]:
        """Return URL to `outcome/reason` of the crawl."""
        query = text("SELECT url, outcome, reason FROM outcome JOIN run ON run.id = run_id WHERE command = 'crawl' ORDER BY started_at")
        with opened_database(self.db) as engine, reading(engine) as connection:
            rows = connection.execute(query).all()
        return {row.url: f"{row.outcome}/{row.reason}" if row.reason else row.outcome for row in rows}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("crawled")
    asked: Counter[str] = Counter()
    with DemoServer(n_sites()) as server:
        demo = build_demo(server.bases)

        def answer(url: str) -> DemoPage | None:
            asked[url] += 1
            return demo.pages.get(url)

        server.serve(answer)
        site = Crawled(demo, folder, asked)
        result = site.run("crawl", "--json", *demo.start_urls)
        assert result.code == 0, result.err
        yield site


def agrees(stored: Any, expected: Any) -> bool:
    """Compare; of an object only the keys that are expected."""
    if isinstance(expected, dict) and isinstance(stored, dict):
        return all(stored.get(key) == value for key, value in expected.items())
    return bool(stored == expected)


def faults(page: DemoPage, record: dict[str, Any]) -> list[str]:
    """Return what a record does not say as the page does."""
    return [
        f"{page.url} {record.get('extractor')} {key}: {record.get(key)!r} instead of {value!r}"
        for key, value in (page.expected or {}).items()
        if not agrees(record.get("final_url" if key == "url" else key), value)  # one article is also reached by a redirect
    ]


def of_the_page(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in NOT_OF_THE_PAGE}


def test_every_article_of_the_demo_is_stored_as_its_page_says(crawled: Crawled) -> None:
    wrong = [fault for page in crawled.demo.articles() for fault in faults(page, crawled.record(page.url) or {})]
    assert wrong == []


def test_every_page_the_server_was_asked_for_ends_in_exactly_one_outcome(crawled: Crawled) -> None:
    outcomes = crawled.outcomes()
    redirected = {page.url for page in crawled.demo.pages.values() if page.status in (301, 302)}
    # The server sees a redirect and its target; the outcome stands at the URL asked for.
    assert {url for url in crawled.asked if not url.endswith("/robots.txt")} - set(outcomes) <= {p.url for p in crawled.demo.articles()}
    assert set(outcomes) <= set(crawled.asked) | {url for url, name in outcomes.items() if name == "failed/robots"}
    assert redirected <= set(outcomes)
    for page in crawled.demo.pages.values():
        if page.outcome in ("rejected", "failed") and page.url in outcomes:  # a link to a PDF is not followed
            assert outcomes.get(page.url) == f"{page.outcome}/{page.reason}", page.url


def test_crawling_again_changes_nothing(crawled: Crawled) -> None:
    counts = json.loads(crawled.run("crawl", "--json", *crawled.demo.start_urls).out)["counts"]
    assert not [name for name in counts if name in ("created", "updated")], counts


def test_direct_processing_gives_the_same_articles(crawled: Crawled) -> None:
    book = load_rule_book()

    def fetched(page: DemoPage, record: dict[str, Any]) -> FetchedPage:
        at = datetime.fromisoformat(record["fetched_at"])
        # Which of its URLs an article was asked for by is the crawl's doing: one of them redirects to another.
        asked_for = record["url"] if record["final_url"] == page.url else page.url
        return FetchedPage(url=asked_for, final_url=page.url, status=200, headers=page.headers, body=page.body, fetched_at=at)

    for page in crawled.demo.articles():
        record = crawled.record(page.url)
        assert record is not None, page.url
        done = process_page(fetched(page, record), book, [fetched(crawled.demo.pages[url], record) for url in page.following])
        assert done.article is not None, page.url
        assert of_the_page(record_of(done.article)) == of_the_page(record), page.url


def test_a_replay_of_the_captures_gives_the_same_articles(crawled: Crawled) -> None:
    other = f"sqlite:///{crawled.folder / 'replayed.db'}"
    result = crawled.run("replay", "--db", other, crawled.folder / "archive")
    assert result.code == 0, result.err
    with opened_database(other) as engine:
        store = ArticleStore(engine)
        for page in crawled.demo.articles():
            record, replayed = crawled.record(page.url), store.find(page.url)
            assert record is not None, page.url
            assert replayed is not None, page.url
            if {record["url"], replayed["url"]} == {page.url}:
                assert (replayed["capture"], replayed["fetched_at"]) == (record["capture"], record["fetched_at"]), page.url
            # The article that a redirect leads to as well has two captures of the same bytes; which came first is the crawl's doing.
            assert of_the_page(replayed) | {"url": page.url} == of_the_page(record) | {"url": page.url}, page.url


def test_rerun_fetches_one_url_again_and_finds_nothing_changed(crawled: Crawled) -> None:
    whole = next(page for page in crawled.demo.articles() if page.following)
    plain = next(page for page in crawled.demo.articles() if page.is_exact and not page.following)
    for page in (whole, plain):
        for flags in ([], ["--from-archive"]):
            result = crawled.run("rerun", *flags, page.url, "--json")
            assert (result.code, json.loads(result.out)["changes"]) == (0, {}), (page.url, flags, result.out, result.err)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/a", "file:///etc/hostname", "http://", "javascript:alert(1)", "http://user:secret@127.0.0.2/a"]
)
def test_a_url_that_is_no_web_page_is_one_line(crawled: Crawled, url: str) -> None:
    for command in ("rerun", "crawl"):
        result = crawled.run(command, url)
        assert result.code in (2, 4), (command, result)
        assert result.err.count("\n") == 1
        assert "secret" not in result.err


def test_a_folder_of_saved_pages_can_be_crawled_as_a_site(tmp_path: Path) -> None:
    """`demo --folder` serves it: each saved page ends in one outcome."""
    saved = tmp_path / "saved"
    saved.mkdir()
    for number in range(12):
        lines = "".join(f"<p>第{number}回：老船长讲了{k}个故事，孩子们听得入神，天黑了也不肯回家去吃晚饭。</p>" for k in range(5))
        html = f"<html><head><title>故事{number}</title></head><body><h1>老船长的故事第{number}回</h1><div>{lines}</div></body></html>"
        (saved / f"{number}.html").write_text(html, encoding="utf-8")
    (saved / "empty.html").write_bytes(b"")
    with DemoServer(1) as server:
        site = folder_site(saved, sorted(saved.iterdir()), server.bases[0])
        server.serve(site.answer)
        done = yuanwen(tmp_path, "crawl", "--json", f"{site.base}/")
    counts = json.loads(done.stdout)["counts"]
    assert counts == {"created": 12, "listed/list_page": 1, "rejected/empty": 1}


def test_a_second_crawl_reads_by_what_the_first_one_learned(crawled: Crawled, tmp_path: Path) -> None:
    """In a database of its own, where every article is new, with the templates that the first crawl left behind."""
    with opened_database(crawled.db) as first, opened_database(f"sqlite:///{tmp_path}/y.db") as second:
        learned = load_templates(first)
        for template in learned:
            save_template(second, template)
    assert yuanwen(tmp_path, "crawl", *crawled.demo.start_urls).returncode == 0
    wrong: list[str] = []
    by_template = 0
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        for page in crawled.demo.articles():
            record = ArticleStore(engine).find(page.url) or {}
            by_template += record.get("extractor", "").startswith("template/")
            wrong += faults(page, record)
    assert wrong == []
    assert len(learned) > 5
    assert by_template > len(list(crawled.demo.articles())) / 2
