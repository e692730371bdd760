"""`yuanwen demo` from end to end, as a user types it."""

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from crawler.demo.site import DemoPage, build_demo
from storage.database import open_database
from storage.outcomes import last_run, list_outcomes
from tests.commands import environment, yuanwen

DEMO = build_demo()


def path_of(url: str) -> str:
    """The port may be another one where the usual one is taken."""
    return re.sub(r":\d+/", "/", url, count=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    first = yuanwen(folder, "demo")
    assert first.returncode == 0, first.stderr
    return folder


def ends_of(folder: Path) -> dict[str, tuple[str, str | None]]:
    engine = open_database(f"sqlite:///{folder}/yuanwen-demo/demo.db")
    run_id = last_run(engine)
    assert run_id is not None
    ends = {path_of(end["url"]): (end["outcome"], end["reason"]) for end in list_outcomes(engine, run_id)}
    engine.dispose()
    return ends


def test_every_article_is_found(folder: Path) -> None:
    ends = ends_of(folder)
    assert [page.url for page in DEMO.articles() if path_of(page.url) not in ends] == []
    assert {url for url, (outcome, _) in ends.items() if outcome == "failed"} == {
        path_of(page.url) for page in DEMO.pages.values() if page.outcome == "failed"
    }
    n_stored = sum(ends[path_of(page.url)][0] == "created" for page in DEMO.articles())
    assert n_stored >= 45  # what each of them must hold is for the end-to-end tests to say


@pytest.mark.parametrize(
    "page", [p for p in DEMO.pages.values() if p.kind in ("missing", "forbidden", "empty")], ids=lambda page: page.kind
)
def test_a_page_that_is_no_article_ends_as_planned(folder: Path, page: DemoPage) -> None:
    assert ends_of(folder)[path_of(page.url)] == (page.outcome, page.reason)


def test_the_second_run_starts_anew_and_touches_nothing_else(folder: Path) -> None:
    kept = folder / "yuanwen-demo" / "notes.txt"
    kept.write_text("mine", encoding="utf-8")
    before = ends_of(folder)
    again = yuanwen(folder, "demo")
    assert again.returncode == 0, again.stderr
    assert ends_of(folder) == before
    assert kept.read_text(encoding="utf-8") == "mine"
    assert len(list((folder / "yuanwen-demo" / "archive").glob("*.warc.gz"))) == 1
    n_urls = re.search(r"^(\d+) URLs, each with one outcome: (.*)$", again.stdout, re.MULTILINE)
    assert n_urls is not None
    assert int(n_urls[1]) == len(before) == sum(int(n) for n in re.findall(r"(\d+) [a-z]", n_urls[2]))
    assert "yuanwen search" in again.stderr


def test_a_folder_of_saved_pages_ends_in_one_outcome_each(tmp_path: Path) -> None:
    pages = tmp_path / "saved"
    pages.mkdir()
    chosen = [page for page in DEMO.articles() if page.story in ("tide-grid", "air-2023-05")]
    for n, page in enumerate(chosen):
        (pages / f"页面 {n}.html").write_bytes(page.body)
    (pages / "empty.html").write_bytes(b"")
    run = yuanwen(tmp_path, "demo", "--folder", str(pages), "--into", "out")
    assert run.returncode == 0, run.stderr
    engine = open_database(f"sqlite:///{tmp_path}/out/demo.db")
    ends = list_outcomes(engine, str(last_run(engine)))
    engine.dispose()
    saved = [end for end in ends if "/pages/" in end["url"]]
    assert len(saved) == len(chosen) + 1
    assert [end["reason"] for end in saved if end["url"].endswith("empty.html")] == ["empty"]


def test_serve_only_serves_until_it_is_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler.cli", "demo", "--serve-only"]
    with subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base = process.stdout.readline().strip()
            with urllib.request.urlopen(base) as answer:
                assert answer.status == 200
        finally:
            process.terminate()


@pytest.mark.parametrize(
    "arguments", [("--folder", "absent"), ("--port", "0"), ("--port", "99999"), ("--into", "file/x")], ids=lambda given: " ".join(given)
)
def test_wrong_arguments_get_one_clear_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = yuanwen(tmp_path, "demo", *arguments)
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr
    assert arguments[0] in run.stderr or arguments[1] in run.stderr
