"""`rerun` as the person uses it who looks why a row is wrong."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import yuanwen
from tests.local_site import LocalSite, article, serving

HTML = {"Content-Type": "text/html; charset=utf-8"}
PARTS = [f"第{n}部分：渡口的老码头下月拆除，新的候船室设在上游两百米处，往来的班次不变，票价也不变。" for n in "一二三"]


def part(n: int) -> str:
    """One of three pages; each has one more line above its text than the one before, and a pager below."""
    crumbs = "".join(f"<div>栏目之{i}</div>" for i in range(n))
    following = f'<a href="/part_{n + 1}.html">下一页</a>' if n < 3 else ""
    text = f"<p>{PARTS[n - 1]}</p>" + "".join(f"<p>第{n}页第{i}段，{PARTS[n - 1][5:]}</p>" for i in range(3))
    return f"<html><head><title>渡口码头下月拆除_渡口网</title></head><body>{crumbs}<h1>渡口码头下月拆除</h1><div>2024-03-01 08:30 来源：渡口日报</div><div class=c>{text}<p>（责任编辑：王某某）</p><div class=pages>{following}</div></div></body></html>"


@pytest.fixture(scope="module")
def site() -> Iterator[LocalSite]:
    with serving() as site:
        site.html("/1.html", article("渡口新码头下月开工", seed=1))
        site.routes["/go"] = (302, {"Location": "/1.html"}, b"")
        for n in (1, 2, 3):
            site.html("/part.html" if n == 1 else f"/part_{n}.html", part(n))
        packed = gzip.compress(article("渡口新码头下月完工", seed=2).encode())
        site.routes["/cut.html"] = (200, {**HTML, "Content-Encoding": "gzip"}, packed[: len(packed) * 4 // 5])
        site.routes["/no_sum.html"] = (200, {**HTML, "Content-Encoding": "gzip"}, packed[:-8])
        site.routes["/large.html"] = (200, HTML, b"<p>" + b"x" * (9 * 1024 * 1024))
        yield site


def test_what_a_redirect_leads_to_is_compared_with_the_article_that_is_stored(site: LocalSite, tmp_path: Path) -> None:
    assert yuanwen(tmp_path, "rerun", site.url("/1.html")).returncode == 0
    for flags in (["--dry-run"], []):
        run = yuanwen(tmp_path, "rerun", *flags, site.url("/go"))
        assert run.stdout == "unchanged: nothing changed\n", run.stderr


def test_a_fragment_does_not_hide_the_capture(site: LocalSite, tmp_path: Path) -> None:
    assert yuanwen(tmp_path, "rerun", site.url("/1.html")).returncode == 0
    run = yuanwen(tmp_path, "rerun", "--from-archive", site.url("/1.html#comments"))
    assert (run.returncode, run.stdout) == (0, "unchanged: nothing changed\n"), run.stderr


@pytest.mark.parametrize(
    ("path", "code", "outcome", "reason", "said"),
    [
        ("/none.html", 1, "failed", "http_status", "HTTP 404"),
        ("/cut.html", 1, "failed", "bad_response", "ends in the middle"),
        ("/large.html", 3, "quarantined", "too_large", "8 MiB"),
    ],
)
def test_json_tells_how_a_url_ended_without_an_article(
    site: LocalSite, tmp_path: Path, path: str, code: int, outcome: str, reason: str, said: str
) -> None:
    run = yuanwen(tmp_path, "rerun", "--json", site.url(path))
    told = json.loads(run.stdout)
    assert (run.returncode, told["url"], told["outcome"], told["reason"], told["changes"]) == (code, site.url(path), outcome, reason, {})
    assert said in told["detail"]
    assert f"{outcome}/{reason}" in run.stderr


def test_a_missing_check_sum_loses_no_text(site: LocalSite, tmp_path: Path) -> None:
    assert json.loads(yuanwen(tmp_path, "rerun", "--json", site.url("/no_sum.html")).stdout)["outcome"] == "created"


def test_explain_shows_each_page_with_the_marks_of_its_own_blocks(site: LocalSite, tmp_path: Path) -> None:
    lines = yuanwen(tmp_path, "rerun", "--explain", site.url("/part.html")).stdout.splitlines()
    for n in (1, 2, 3):
        start = next(i for i, line in enumerate(lines) if line.startswith(site.url("/part.html" if n == 1 else f"/part_{n}.html")))
        marks = dict(reversed(line.split(maxsplit=1)) for line in lines[start + 1 : start + 3 + n + 4] if line[:1] in "b-")
        assert marks[PARTS[n - 1]] == "body"
        assert marks["渡口码头下月拆除"] == "-"
    editors = [line for line in lines if line.endswith("（责任编辑：王某某）")]
    assert len(editors) == 3
    assert all(line.startswith("editor_line: ") for line in editors)


@pytest.mark.parametrize("command", ["crawl", "rerun"])
def test_a_further_page_is_that_of_its_article(site: LocalSite, tmp_path: Path, command: str) -> None:
    """Run again by itself it became an article of its own; taken down, its text stayed in the article."""
    assert yuanwen(tmp_path, command, site.url("/part.html")).returncode == 0
    run = yuanwen(tmp_path, "rerun", site.url("/part_2.html"))
    assert (run.returncode, run.stdout) == (0, "unchanged: nothing changed\n"), run.stderr
    assert "a further page of " + site.url("/part.html") in run.stderr
    shown = json.loads(yuanwen(tmp_path, "show", "--json", site.url("/part_2.html")).stdout)
    story = json.loads(yuanwen(tmp_path, "story", "--json", site.url("/part_2.html")).stdout)
    assert (shown["url"], story["copies"][0]["url"]) == (site.url("/part.html"), site.url("/part.html"))
    assert yuanwen(tmp_path, "takedown", site.url("/part_3.html"), "--reason", "asked").returncode == 0
    assert "withdrawn" in yuanwen(tmp_path, "show", site.url("/part.html")).stdout
    assert "taken down" in yuanwen(tmp_path, "story", site.url("/part_3.html")).stderr


def test_a_further_page_that_is_gone_is_said_and_noted(site: LocalSite, tmp_path: Path) -> None:
    """The article came back shorter, and nothing told why."""
    assert yuanwen(tmp_path, "rerun", site.url("/part.html")).returncode == 0
    third = site.routes.pop("/part_3.html")
    try:
        run = yuanwen(tmp_path, "rerun", "--json", site.url("/part.html"))
    finally:
        site.routes["/part_3.html"] = third
    assert f"page 3 of the article is missing: {site.url('/part_3.html')}: failed/http_status: HTTP 404" in run.stderr
    changes = json.loads(run.stdout)["changes"]
    assert "pages_missing" in changes["notes"][1]
    assert PARTS[1] in changes["text"][1]
    assert PARTS[2] not in changes["text"][1]
    assert yuanwen(tmp_path, "takedown", site.url("/part.html"), "--reason", "asked").returncode == 0
    assert yuanwen(tmp_path, "rerun", site.url("/part_3.html")).returncode == 4, "a page of an older version only"


def test_a_page_that_is_gone_leaves_the_stored_article_and_says_so(site: LocalSite, tmp_path: Path) -> None:
    site.html("/gone.html", article("渡口旧候船室拆除", seed=5))
    assert yuanwen(tmp_path, "rerun", site.url("/gone.html")).returncode == 0
    site.routes["/gone.html"] = (410, HTML, b"")
    run = yuanwen(tmp_path, "rerun", site.url("/gone.html"))
    assert (run.returncode, run.stderr.splitlines()[-1]) == (1, f"yuanwen: {site.url('/gone.html')}: the stored article is kept as it is")
    assert json.loads(yuanwen(tmp_path, "show", "--json", site.url("/gone.html")).stdout)["status"] == "usable"


def test_an_older_capture_of_the_other_address_changes_nothing_and_says_so(site: LocalSite, tmp_path: Path) -> None:
    """It said `unchanged: 2 field(s) changed`."""
    link = f'<link rel="canonical" href="{site.url("/desk.html")}">'
    site.html("/desk.html", article("渡口老码头拆除", seed=3).replace("<head>", f"<head>{link}"))
    site.html("/mobile.html", article("渡口老码头月底拆除", seed=3).replace("<head>", f"<head>{link}"))
    for path in ("/mobile.html", "/desk.html"):
        assert yuanwen(tmp_path, "rerun", site.url(path)).returncode == 0
    for flags in (["--dry-run"], []):
        run = yuanwen(tmp_path, "rerun", "--from-archive", *flags, site.url("/mobile.html"))
        assert (run.returncode, run.stdout) == (0, "unchanged: nothing changed\n"), run.stderr
        assert "was fetched later, and is kept" in run.stderr


def test_an_article_that_is_withheld_stays_so_and_it_is_said(site: LocalSite, tmp_path: Path) -> None:
    url = site.url("/1.html")
    yuanwen(tmp_path, "rerun", url)
    assert yuanwen(tmp_path, "withhold", url, "--reason", "court order").returncode == 0
    for flags in ([], ["--dry-run"], ["--from-archive"]):
        run = yuanwen(tmp_path, "rerun", *flags, url)
        assert (run.returncode, run.stdout, "it is withheld" in run.stderr) == (0, "unchanged: nothing changed\n", True), run.stderr
    assert yuanwen(tmp_path, "search", "渡口").stdout == ""
    told = json.loads(yuanwen(tmp_path, "status", "--json").stdout)
    assert (told["n_articles"], told["n_withheld"], told["sites"]) == (0, 1, [])


def test_a_page_that_was_rejected_is_read_again_from_the_archive(site: LocalSite, tmp_path: Path) -> None:
    site.html("/short.html", "<html><body><h1>渡口码头</h1><p>稍后更新</p></body></html>")
    assert yuanwen(tmp_path, "rerun", site.url("/short.html")).returncode == 3
    run = yuanwen(tmp_path, "rerun", "--from-archive", site.url("/short.html"))
    assert run.returncode == 3
    assert "rejected/" in run.stderr
    assert "1  still_none" in yuanwen(tmp_path, "reprocess").stdout


def test_what_was_never_archived_is_nothing_extracted(tmp_path: Path) -> None:
    run = yuanwen(tmp_path, "rerun", "--from-archive", "http://news.example.com/1.html", "--db", f"sqlite:///{tmp_path}/mistyped.db")
    assert (run.returncode, "no such database" in run.stderr) == (1, True)
    assert not (tmp_path / "mistyped.db").exists()
    assert yuanwen(tmp_path, "db", "upgrade").returncode == 0
    run = yuanwen(tmp_path, "rerun", "--from-archive", "http://news.example.com/1.html")
    assert (run.returncode, run.stdout) == (3, "")
    assert "no capture of this URL" in run.stderr


def test_what_ends_behind_a_redirect_is_told_of_the_url_asked_for(site: LocalSite, tmp_path: Path) -> None:
    site.routes["/out"] = (302, {"Location": "http://10.0.0.1/x"}, b"")
    run = yuanwen(tmp_path, "rerun", "--json", site.url("/out"))
    told = json.loads(run.stdout)
    assert (run.returncode, told["url"], told["reason"]) == (4, site.url("/out"), "unsafe_address")
    assert told["detail"].startswith("http://10.0.0.1/x: ")


def test_explain_shows_the_blocks_of_a_page_that_is_rejected(site: LocalSite, tmp_path: Path) -> None:
    site.html("/empty.html", "<html><body><h1>渡口码头</h1><p>稍后更新</p></body></html>")
    run = yuanwen(tmp_path, "rerun", "--dry-run", "--explain", site.url("/empty.html"))
    assert run.returncode == 3
    assert {"渡口码头", "稍后更新"} <= {line.split()[-1] for line in run.stdout.splitlines()}


def test_text_and_json_are_not_mixed(tmp_path: Path) -> None:
    run = yuanwen(tmp_path, "rerun", "--json", "--explain", "http://news.example.com/1.html")
    assert (run.returncode, run.stdout) == (2, "")
