"""`yuanwen extract` as a person types it: results on stdout, one line on stderr for each page that gives none."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.record import RECORD_KEYS
from tests.conftest import ROOT

PARAGRAPH = (
    "市交通运输局今天上午发布消息，新建的跨河大桥已经完成全部主体工程，预计下月初开始试通车，届时两岸居民往来的时间将缩短到十分钟以内。"
)
PAGE = f"""<html><head><title>跨河大桥下月试通车_临江新闻网</title></head><body><h1>跨河大桥下月试通车</h1>
<div class="info">2023-05-06 08:30 来源：临江日报</div><div class="content"><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p></div></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_jsonl_has_every_key_of_the_contract(yuanwen, page: Path) -> None:
    result = yuanwen("extract", "--jsonl", page)
    (row,) = map(json.loads, result.out.splitlines())
    assert (result.code, result.err, row["outcome"]) == (0, "", "article")
    assert list(row) == ["file", "outcome", "reason", *RECORD_KEYS]
    assert PARAGRAPH in row["text"]
    assert row["story_id"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])  # a byte order mark, as editors on Windows write it
def test_urls_name_where_the_pages_came_from(yuanwen, page: Path, encoding: str) -> None:
    urls = page.with_name("urls.jsonl")
    urls.write_text('{"file": "page.html", "url": "http://www.linjiang.example/a/1.html"}\r\n', encoding=encoding)
    row = json.loads(yuanwen("extract", "--jsonl", "--urls", urls, page).out)
    assert (row["url"], row["site"]) == ("http://www.linjiang.example/a/1.html", "linjiang.example")


def test_a_person_sees_title_and_text(yuanwen, page: Path) -> None:
    result = yuanwen("extract", page)
    assert result.out.startswith("跨河大桥下月试通车")
    assert PARAGRAPH in result.out


BAD_FILES = {
    "empty": (b"", "rejected/empty", 3),
    "blank": (b" \n\t ", "rejected/empty", 3),
    "huge": (b"<p>" + b"x" * 30_000_000, "quarantined/too_large", 3),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_one_line_with_its_name(yuanwen, tmp_path: Path, name: str) -> None:
    body, said, code = BAD_FILES[name]
    path = tmp_path / f"{name}.html"
    path.write_bytes(body)
    result = yuanwen("extract", path)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith(f"yuanwen: {path}: {said}")
    assert result.err.count("\n") == 1


def test_an_empty_folder_is_one_line_with_its_name(yuanwen, tmp_path: Path) -> None:
    for flags in ([], ["--explain"]):
        result = yuanwen("extract", *flags, tmp_path)
        assert (result.code, result.out, result.err) == (3, "", f"yuanwen: {tmp_path}: no files there\n")


def test_good_pages_survive_bad_neighbours(yuanwen, page: Path) -> None:
    page.with_name("empty.html").write_bytes(b"")
    result = yuanwen("extract", "--jsonl", page.parent)
    assert result.code == 0
    assert [json.loads(line)["outcome"] for line in result.out.splitlines()] == ["rejected", "article"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["extract", "/no/such/page.html"], "/no/such/page.html: no such file"),
        (["extract"], "Missing argument"),
        (["extrakt"], "No such command"),
    ],
)
def test_wrong_usage_is_exit_code_2(yuanwen, arguments: list[str], said: str) -> None:
    result = yuanwen(*arguments)
    assert result.code == 2
    assert said in result.err


@pytest.mark.parametrize("command", [[], ["extract"], ["parse", "dates"]])
def test_help_is_given_by_its_short_name_too(yuanwen, command: list[str]) -> None:
    short, long = yuanwen(*command, "-h"), yuanwen(*command, "--help")
    assert (short.code, short.out) == (0, long.out)
    assert "Usage:" in short.out


@pytest.mark.parametrize("line", ["no json", "{}", "[]", '{"file": "a"}', '{"file": "a", "url": "a.example/1.html"}'])
def test_a_wrong_line_of_urls_is_named(yuanwen, page: Path, line: str) -> None:
    urls = page.with_name("urls.jsonl")
    urls.write_text('{"file": "a", "url": "http://a.example/"}\n' + line + "\n")
    result = yuanwen("extract", "--urls", urls, page)
    assert (result.code, result.out) == (2, "")
    assert f"{urls}:2:" in result.err


def test_standard_input_is_a_page(yuanwen, monkeypatch: pytest.MonkeyPatch, page: Path) -> None:
    given = io.TextIOWrapper(io.BytesIO(PAGE.encode()))
    monkeypatch.setattr(sys, "stdin", given)
    row = json.loads(yuanwen("extract", "--jsonl", "-").out)
    assert (row["file"], row["title"], row["site"]) == ("-", "跨河大桥下月试通车", None)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert yuanwen("extract", "--learn", "-", page).err.splitlines() == ["yuanwen: learned 0 templates", "yuanwen: -: rejected/empty"]


def test_explain_ends_as_the_reading_does(yuanwen, page: Path) -> None:
    """A file that cannot be read is a fault, not a page without an article."""
    broken = page.with_name("broken.warc.gz")
    broken.write_bytes(b"no archive")
    for code, files in ((1, [broken]), (5, [broken, page])):
        assert [yuanwen("extract", *flags, *files).code for flags in ([], ["--explain"])] == [code, code]
    assert "failed/bad_response" in yuanwen("extract", "--explain", broken).out


def test_explain_shows_what_a_page_without_an_article_holds(yuanwen, page: Path) -> None:
    links = "".join(f'<li><a href="/{n}.html">第{n}条新闻的标题写在这里</a></li>' for n in range(40))
    page.write_text(f"<html><body><h1>最新消息</h1><ul>{links}</ul></body></html>", encoding="utf-8")
    done = yuanwen("extract", "--explain", page)
    lines = done.out.splitlines()
    assert (done.code, lines[1]) == (3, "rejected/list_page")
    assert lines[2].startswith("41 blocks, ")
    assert [line.split() for line in lines if "最新消息" in line or "第7条" in line] == [
        ["-", "最新消息"],
        ["links", "第7条新闻的标题写在这里"],
    ]


def test_explain_of_what_is_not_even_text_is_its_reason(yuanwen, page: Path) -> None:
    page.write_bytes(b"%PDF-1.7 \x00\x01\x02" * 50)
    assert yuanwen("extract", "--explain", page).out.splitlines()[1].startswith("rejected/not_html")


def test_explain_shows_pictures_and_notes(yuanwen, page: Path) -> None:
    page.write_text(PAGE.replace("<p>", '<p><img src="/img/1.jpg"></p><p>图为跨河大桥。 林小禾 摄</p><p>', 1), encoding="utf-8")
    lines = yuanwen("extract", "--explain", page).out.splitlines()
    assert any(line.startswith("image ") and "caption: 图为跨河大桥。" in line and "credit: 林小禾" in line for line in lines), lines
    assert any(line.split() == ["notes", "unknown_source"] for line in lines)


@pytest.mark.parametrize("forms", [("--json", "--jsonl"), ("--jsonl", "--explain"), ("--json", "--explain")])
def test_one_form_of_the_result_is_asked_for(yuanwen, page: Path, forms: tuple[str, str]) -> None:
    result = yuanwen("extract", *forms, page)
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("flags", [[], ["--jsonl"], ["--explain"]])
def test_a_reader_that_has_seen_enough_is_no_fault(page: Path, flags: list[str]) -> None:
    """`yuanwen … | head -1` under `set -o pipefail`."""
    command = [sys.executable, "-m", "crawler.cli", "extract", *flags, *[str(page)] * 300]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read()
    assert (run.returncode, said) == (0, b"")
