"""`yuanwen demo` from end to end, as a user types it."""

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from crawler import cli
from crawler.demo.site import DemoPage, build_demo
from storage.database import open_database
from storage.outcomes import last_run, list_outcomes
from tests.commands import environment, yuanwen

DEMO = build_demo()
pytestmark = pytest.mark.xdist_group("demo")


def path_of(url: str) -> str:
    """The port may be another one where the usual one is taken."""
    return re.sub(r":\d+/", "/", url, count=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module", autouse=True)
def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The one crawl of the whole demo."""
    run = yuanwen(folder, "demo")
    assert run.returncode == 0, run.stderr
    return run


def ends_of(folder: Path, into: str = "yuanwen-demo") -> dict[str, tuple[str, str | None]]:
    engine = open_database(f"sqlite:///{folder}/{into}/demo.db")
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
    # An article is found by its own address, or first by an old one that leads to it.
    assert {ends[path_of(page.url)] for page in DEMO.articles()} <= {("created", None), ("unchanged", None)}
    n_articles = sum(outcome == "created" for outcome, _ in ends.values())
    assert n_articles == sum(1 for _ in DEMO.articles())  # what each of them must hold is for the end-to-end tests to say


@pytest.mark.parametrize(
    "page", [p for p in DEMO.pages.values() if p.outcome in ("rejected", "failed") and p.kind != "pdf"], ids=lambda page: page.kind
)
def test_a_page_that_is_no_article_ends_as_planned(folder: Path, page: DemoPage) -> None:
    assert ends_of(folder)[path_of(page.url)] == (page.outcome, page.reason)


def test_the_counts_shown_add_up(run: subprocess.CompletedProcess[str], folder: Path) -> None:
    shown = re.search(r"^(\d+) URLs, each with one outcome: (.*)$", run.stdout, re.MULTILINE)
    assert shown is not None
    assert int(shown[1]) == len(ends_of(folder)) == sum(int(n) for n in re.findall(r"(\d+) [a-z]", shown[2]))
    assert "yuanwen search" in run.stderr


def test_saved_pages_end_in_one_outcome_each_and_a_second_run_starts_anew(tmp_path: Path) -> None:
    pages = tmp_path / "saved"
    pages.mkdir()
    chosen = [page for page in DEMO.articles() if page.story == "air-2023-05"]
    for n, page in enumerate(chosen):
        (pages / f"页面 {n}.html").write_bytes(page.body)
    (pages / "empty.html").write_bytes(b"")
    out = tmp_path / "out"
    for _ in range(2):
        run = yuanwen(tmp_path, "demo", "--folder", str(pages), "--into", "out")
        assert run.returncode == 0, run.stderr
        saved = [end for url, end in ends_of(tmp_path, "out").items() if "/pages/" in url]
        assert sorted(saved) == [("created", None)] * len(chosen) + [("rejected", "empty")]
        assert len(list((out / "archive").glob("*.warc.gz"))) == 1
        (out / "notes.txt").write_text("mine", encoding="utf-8")
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"


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


def test_ctrl_c_ends_a_command_in_one_word(tmp_path: Path) -> None:
    script = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from crawler.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "demo", "--serve-only"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(tmp_path), cwd=tmp_path, text=True, **pipes) as process:
        assert process.stderr is not None
        while "until Ctrl-C" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "yuanwen: stopped\n")


def test_ctrl_c_while_a_command_is_loaded(tmp_path: Path) -> None:
    script = """
import signal, sys
from crawler import cli
class Interrupts:
    def find_spec(self, name, *_):
        if name == "crawler.commands.status":
            signal.raise_signal(signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupts())
sys.exit(cli.run(["status"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "yuanwen: stopped\n")


@pytest.mark.parametrize(
    "arguments", [("--folder", "absent"), ("--port", "0"), ("--port", "99999"), ("--into", "file/x")], ids=lambda given: " ".join(given)
)
def test_wrong_arguments_get_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.run(["demo", *arguments]) in (1, 2)
    said = capsys.readouterr().err
    assert arguments[0] in said or arguments[1] in said
