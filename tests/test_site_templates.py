"""Templates in the database: kept with a version, learned from the archive, used by every door, retired when a site changes."""

import asyncio
import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from crawler.batches import process_pages
from crawler.learning import learn_after_crawl, learn_site
from crawler.load_rules import load_rule_book
from crawler.processing import book_with, process_page
from crawler.site_files import load_site
from crawler.workers import N_BEFORE_PROCESSES, PageWorkers
from pipelines.extract.sketch import Sketch
from pipelines.extract.templates import Template
from pipelines.ingest import sketch_pages
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage
from storage.articles import ArticleStore
from storage.captures import CaptureWriter
from storage.database import opened_database, reading, writing
from storage.outcomes import start_run
from storage.schema import template as table
from storage.templates import load_templates, retire_template, save_template
from tests.conftest import CommandResult
from tests.test_templates import page

Yuanwen = Callable[..., CommandResult]
TEMPLATE = Template(
    host="news.example.com", shape="/0/0.html", n_pages=4, containers=("body/div.text",), lines=frozenset({"ab", "cd"}), agreement=0.9,
    median_chars=400,
)  # fmt: skip


def pages(seeds: Iterable[int], slogan: str = "") -> list[FetchedPage]:
    return [page(seed, slogan=slogan)[0] for seed in seeds]


def redesigned(seeds: Iterable[int]) -> list[FetchedPage]:
    """Return pages of the same host and shape as it looks from tomorrow on."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    bodies = {p: p.body.replace(b"class='text", b"class='story").replace(b"class=main", b"class=neu") for p in pages(seeds)}
    return [replace(p, fetched_at=tomorrow, body=body) for p, body in bodies.items()]


def crawled(engine: Engine, folder: Path, fetched: Iterable[FetchedPage]) -> str:
    """Archive, process and store pages as a crawl does; return its run."""
    run_id, book = start_run(engine, "crawl"), book_with(load_templates(engine))
    with CaptureWriter(folder) as archive:
        done = [process_page(archive.write(one), book) for one in fetched]
    ArticleStore(engine).save([d.article for d in done if d.article], run_id=run_id)
    return run_id


def learned_after(engine: Engine, folder: Path, fetched: Iterable[FetchedPage]) -> list[str]:
    run_id = crawled(engine, folder, fetched)
    return [one.said for one in learn_after_crawl(engine, folder, load_rule_book(), run_id)]


def extractor_of(engine: Engine, url: str) -> str:
    record = ArticleStore(engine).find(url)
    assert record is not None
    return str(record["extractor"])


def test_templates_come_back_as_saved_and_count_their_versions(engine: Engine) -> None:
    assert [save_template(engine, TEMPLATE).version for _ in range(2)] == [1, 1]
    better = save_template(engine, replace(TEMPLATE, n_pages=9))
    assert list(load_templates(engine)) == [replace(TEMPLATE, n_pages=9, version=2)]
    retire_template(engine, better)
    assert list(load_templates(engine)) == []
    assert save_template(engine, TEMPLATE).version == 3
    assert list(load_templates(engine)) == [replace(TEMPLATE, version=3)]


def test_a_template_in_a_form_of_another_version_of_the_program_is_learned_again(engine: Engine) -> None:
    save_template(engine, TEMPLATE)
    with writing(engine) as connection:
        connection.execute(update(table).values(template={"format": 99, "version": 4, "selectors": []}))
    assert list(load_templates(engine)) == []
    assert save_template(engine, TEMPLATE).version == 5


def test_a_crawl_learns_and_the_next_one_reads_by_it(engine: Engine, tmp_path: Path) -> None:
    assert learned_after(engine, tmp_path, pages(range(4))) == ["template/1 from 4 stories, agreement 1.00"]
    assert extractor_of(engine, page(0)[0].url).startswith("scorer/")
    assert learned_after(engine, tmp_path, pages(range(4))) == []  # nothing new is stored, nothing is learned
    assert learned_after(engine, tmp_path, pages([4])) == []  # it is known
    assert extractor_of(engine, page(4)[0].url) == "template/1"
    record = ArticleStore(engine).find(page(4)[0].url)
    assert record is not None
    assert record["text"] == "\n".join(page(4)[1])


def test_one_story_teaches_nothing_under_however_many_urls(engine: Engine, tmp_path: Path) -> None:
    copies = [replace(page(1)[0], url=url, final_url=url) for url in ("http://news.example.com/gn/2022/12/8.html", page(1)[0].url)]
    (said,) = learned_after(engine, tmp_path, copies)
    assert said == "nothing: 1 different stories in the archive, 2 are needed"
    assert list(load_templates(engine)) == []


def test_pages_that_have_nothing_in_common_are_refused_and_retire_what_was_learned(engine: Engine, tmp_path: Path) -> None:
    (refused,) = learned_after(engine, tmp_path, [*pages([1]), *redesigned([2])])
    assert refused.startswith("nothing: agreement 0.")
    save_template(engine, replace(TEMPLATE, shape="/gn/0/0/0.html"))
    (one,) = learn_site(engine, tmp_path, load_rule_book(), "example.com")
    assert (one.template, one.said) == (None, f"{refused}; template/1 is retired")
    assert list(load_templates(engine)) == []


def test_a_template_is_learned_again_when_the_site_has_changed_its_looks(engine: Engine, tmp_path: Path) -> None:
    learned_after(engine, tmp_path, pages(range(6)))
    assert learned_after(engine, tmp_path, redesigned(range(10, 14))) == []  # four pages are no proof
    (said,) = learned_after(engine, tmp_path, redesigned([14, 15]))
    assert said.startswith("the site changed, template/1 is retired; template/2 from 6 stories")
    (template,) = load_templates(engine)
    assert all("div.story" in path for path in template.containers)
    crawled(engine, tmp_path, redesigned([16]))
    assert extractor_of(engine, page(16)[0].url) == "template/2"


def test_a_template_of_few_pages_is_learned_again_from_more(engine: Engine, tmp_path: Path) -> None:
    learned_after(engine, tmp_path, pages(range(2)))
    assert learned_after(engine, tmp_path, pages([2])) == []
    assert learned_after(engine, tmp_path, pages([3])) == ["template/2 from 4 stories, agreement 1.00"]


def test_what_keeps_a_site_from_being_learned_never_fails_the_crawl(engine: Engine, tmp_path: Path) -> None:
    run_id = crawled(engine, tmp_path / "archive", pages(range(4)))
    (one,) = learn_after_crawl(engine, tmp_path / "nowhere", load_rule_book(), run_id)
    assert one.said.startswith("nothing: 0 different stories")
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE template"))
    assert learn_after_crawl(engine, tmp_path / "archive", load_rule_book(), run_id) == []


def test_a_fault_at_one_site_leaves_the_others_to_be_learned(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [page(seed, host="www.other.example", slogan="")[0] for seed in range(4)]
    run_id = crawled(engine, tmp_path, [*pages(range(5)), *others])

    def faulty(fetched: Iterable[FetchedPage], book: RuleBook) -> list[Sketch]:
        held = list(fetched)
        if "other" not in held[0].url:
            raise RecursionError("too deep")
        return list(sketch_pages(held, book))

    monkeypatch.setattr("crawler.learning.sketch_pages", faulty)
    said = {one.host: one.said for one in learn_after_crawl(engine, tmp_path, load_rule_book(), run_id)}
    assert said["news.example.com"] == "nothing: RecursionError: too deep"
    assert said["www.other.example"].startswith("template/1")


def test_worker_processes_read_by_the_templates_too(engine: Engine, tmp_path: Path) -> None:
    learned_after(engine, tmp_path, pages(range(4)))
    book = book_with(load_templates(engine))
    # Enough pages that they go to worker processes.
    read = [done.article.extractor for _, done in process_pages(pages(range(10, 50)), 2, book.templates) if done.article]
    assert read == ["template/1"] * 40
    workers = PageWorkers(2, book)
    workers.n_processed = N_BEFORE_PROCESSES
    try:
        done = asyncio.run(workers.process(page(50)[0]))
    finally:
        workers.close()
    assert done.article is not None
    assert done.article.extractor == "template/1"


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with four articles of one host; nothing is learned yet."""
    monkeypatch.setenv("YUANWEN_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("YUANWEN_WORKERS", "1")
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with opened_database(url) as engine:
        crawled(engine, tmp_path / "archive", pages(range(4)))
    return url


def test_sites_learn_says_what_was_learned_and_exports_it(yuanwen: Yuanwen, db: str, tmp_path: Path) -> None:
    key = "news.example.com /gn/0/0/0.html"
    for asked in ([], ["example.com"], ["news.example.com"], ["http://news.example.com/"]):
        result = yuanwen("sites", "learn", *asked, "--db", db)
        assert (result.code, result.out) == (0, f"{key}: template/1 from 4 stories, agreement 1.00\n"), asked
    assert json.loads(yuanwen("sites", "learn", "--json", "--db", db).out)["template"]["version"] == 1
    css = yuanwen("sites", "learn", "--css", "--db", db).out
    file = tmp_path / "made.toml"
    file.write_text(f'site_id = "made"\ndomains = ["example.com"]\n{css}', encoding="utf-8")
    assert tomllib.loads(css)["layout"][0]["body"]
    (layout,) = load_site(file).layouts
    site = replace(load_site(file), layouts=(replace(layout, valid_from=page(9)[0].fetched_at.date()),))
    with_layout = replace(load_rule_book(), sites={"made": site})
    done = process_page(*pages([9]), with_layout)
    assert done.article is not None
    assert (done.article.text, done.article.extractor) == ("\n".join(page(9)[1]), "layout/1")


def test_sites_learn_without_anything_to_learn_from(yuanwen: Yuanwen, db: str, tmp_path: Path) -> None:
    unknown = yuanwen("sites", "learn", "elsewhere.example", "--db", db)
    assert (unknown.code, unknown.err.count("\n")) == (2, 1)
    assert "elsewhere.example" in unknown.err
    empty = yuanwen("sites", "learn", "--db", f"sqlite:///{tmp_path / 'empty.db'}")
    assert (empty.code, empty.out) == (3, "")


def test_a_line_that_all_articles_of_a_site_end_with_goes_once_it_is_known(yuanwen: Yuanwen, db: str, tmp_path: Path) -> None:
    slogan = "北门客户端全新改版，下载后每天都能领到新的优惠，欢迎各位读者前来体验。"
    first, *others = pages(range(20, 24), slogan)
    with opened_database(db) as engine:
        run_id = crawled(engine, tmp_path / "archive", [first])
        before = ArticleStore(engine).find(first.url)
        crawled(engine, tmp_path / "archive", others)
        assert learn_after_crawl(engine, tmp_path / "archive", load_rule_book(), run_id)
        assert yuanwen("reprocess", "--db", db).code == 0
        after = ArticleStore(engine).find(first.url)
    assert before is not None
    assert after is not None
    assert before["text"].endswith(slogan)
    assert (after["text"], after["revision"]) == ("\n".join(page(20)[1]), 2)


def test_archived_pages_are_read_by_the_template_and_that_alone_is_no_change(yuanwen: Yuanwen, db: str, tmp_path: Path) -> None:
    yuanwen("sites", "learn", "--db", db)
    again = yuanwen("rerun", "--from-archive", "--json", page(1)[0].url, "--db", db)
    assert (again.code, json.loads(again.out)["changes"], json.loads(again.out)["outcome"]) == (0, {}, "unchanged")
    assert json.loads(yuanwen("reprocess", "--json", "--db", db).out)["counts"] == {"unchanged": 4}
    other = f"sqlite:///{tmp_path / 'other.db'}"
    with opened_database(db) as first, opened_database(other) as second:
        for template in load_templates(first):
            save_template(second, template)
    assert yuanwen("replay", tmp_path / "archive", "--db", other).code == 0
    with opened_database(other) as engine, reading(engine) as connection:
        assert set(connection.execute(text("SELECT extractor FROM article")).scalars()) == {"template/1"}
