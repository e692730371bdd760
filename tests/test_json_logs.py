"""The log as JSON: one object a line, whatever strangers put into a message."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.lone_worker import start_pool
from crawler.safety.log_lines import JsonFormatter, OneLineFilter, note_run, set_up_logging
from tests.commands import yuanwen as run_yuanwen
from tests.conftest import CommandResult
from tests.local_site import listing, serving


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root, before, level = logging.getLogger(), list(logging.getLogger().handlers), logging.getLogger().level
    yield
    root.handlers, root.level = before, level


def logged(message: str, *arguments: object, exc_info: object = None, extra: dict[str, object] | None = None) -> list[dict[str, str]]:
    """Log once as the handler does; return the lines, read as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(OneLineFilter())
    logger = logging.Logger("crawler.made_up")
    logger.addHandler(handler)
    logger.error(message, *arguments, exc_info=exc_info, extra=extra)  # type: ignore[arg-type]
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@given(st.text())
def test_no_message_makes_a_second_line(text: str) -> None:
    (line,) = logged("page said %s", text)
    assert line["message"].startswith("page said ")
    assert line["message"].isprintable()
    assert set(line) == {"time", "level", "logger", "message"}


def test_a_forged_line_stays_inside_the_message() -> None:
    (line,) = logged("GET %s", 'http://me:pw@a.example/"}\n{"level": "INFO", "message": "all is well"}')
    assert (line["level"], line["logger"]) == ("ERROR", "crawler.made_up")
    assert "pw" not in line["message"]


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        (("http://a.example/1.html",), "http://a.example/1.html"),
        ((SimpleNamespace(url="https://me:pw@a.example/"),), "https://***@a.example/"),
        (({"request": SimpleNamespace(url="http://a.example/2")},), "http://a.example/2"),
        (("no page: see http://a.example/",), None),
        (("javascript:alert(1)",), None),
    ],
)
def test_the_page_it_is_about_is_named(arguments: tuple[object, ...], url: str | None) -> None:
    template = "%(request)s" if isinstance(arguments[0], dict) else "%s"
    (line,) = logged(template, *arguments)
    assert line.get("url") == url


def test_a_traceback_is_one_string() -> None:
    try:
        raise ValueError('http://me:pw@a.example/\r\n{"level": "INFO"}')
    except ValueError as error:
        (line,) = logged("fault", exc_info=error)
    assert line["traceback"].startswith("Traceback (most recent call last):\n")
    assert "pw" not in line["traceback"]


def test_lines_name_their_run(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("WARNING", "json")
    logging.getLogger("a").warning("before")
    note_run("run-7")
    logging.getLogger("a").warning("after")
    logging.getLogger("a").info("too quiet")
    before, after = map(json.loads, capsys.readouterr().err.splitlines())
    assert ("run_id" in before, after["run_id"], after["level"]) == (False, "run-7", "WARNING")


def test_a_crawl_logs_json(tmp_path: Path) -> None:
    with serving() as site:
        site.html("/news/", listing({"/2024/03/01/1.html": "示例乡镇春耕备耕工作全面展开"}))
        done = run_yuanwen(tmp_path, "crawl", site.url("/news/"), "--json", YUANWEN_LOG_FORMAT="json")
        url = site.url("/2024/03/01/1.html")
    lines = [json.loads(line) for line in done.stderr.splitlines() if not line.startswith("yuanwen: ")]  # talk is no log
    assert [line["message"] for line in lines if line.get("url") == url] == [f"{url}: failed/http_status: HTTP 404"]
    assert {line["run_id"] for line in lines} == {json.loads(done.stdout)["run_id"]}


def test_a_format_that_is_none_is_named(
    yuanwen: Callable[..., CommandResult], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # fmt: skip
    monkeypatch.setenv("YUANWEN_LOG_FORMAT", "xml")
    done = yuanwen("status", "--db", f"sqlite:///{tmp_path}/y.db")
    assert (done.code, "setting log_format" in done.err) == (2, True)


def _warn_in_a_worker() -> None:
    logging.getLogger("crawler.made_up").warning("at %s", "http://a.example/1.html")


def test_worker_processes_log_as_the_one_that_started_them(capfd: pytest.CaptureFixture[str]) -> None:
    set_up_logging("WARNING", "json")
    note_run("run-1")
    with start_pool(1, None) as pool:
        pool.submit(_warn_in_a_worker).result()
    (line,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (line["run_id"], line["url"], line["level"]) == ("run-1", "http://a.example/1.html", "WARNING")
