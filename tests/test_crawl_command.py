"""`crawl` and `rerun` from end to end on a loopback site: every URL ends in exactly one counted outcome."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.articles import ArticleStore
from storage.captures import read_captures
from storage.database import open_database
from storage.outcomes import count_outcomes
from tests.commands import yuanwen
from tests.local_site import LocalSite, article, listing, serving


def headline(n: int) -> str:
    return f"示例乡镇春耕备耕工作全面展开第{n}号"


@pytest.fixture(scope="module")
def site() -> Iterator[LocalSite]:
    with serving(("127.0.0.1", "127.0.0.2")) as site:
        first = {f"/2024/03/01/{n}.html": headline(n) for n in range(6)}
        site.html("/news/", listing(first | {"/about.html": "关于我们"}, '<a href="/news/index_2.html">下一页</a>'))
        site.html("/news/index_2.html", listing({f"/2024/03/01/{n}.html": headline(n) for n in range(4, 8)}))
        for n in range(8):
            site.html(f"/2024/03/01/{n}.html", article(headline(n), seed=n))
        site.routes["/2024/03/01/1.html"] = (302, {"Location": "/2024/03/01/moved_1.html"}, b"")
        site.html("/2024/03/01/moved_1.html", article(headline(1), seed=1))
        site.routes["/2024/03/01/2.html"] = (302, {"Location": "/2024/03/01/2.html"}, b"")
        site.routes["/2024/03/01/3.html"] = (404, {"Content-Type": "text/html"}, b"<p>gone</p>")
        entries = "".join(f"<item><title>x</title><link>/2024/03/01/{n}.html?utm_source=rss</link></item>" for n in (0, 5))
        site.routes["/feed"] = (200, {"Content-Type": "text/plain"}, f"<rss version='2.0'><channel>{entries}</channel></rss>".encode())
        urls = "".join(f"<url><loc>{site.url(f'/2024/03/01/{n}.html')}</loc></url>" for n in (6, 7))
        site.routes["/sitemap.xml"] = (200, {"Content-Type": "application/octet-stream"}, f"<urlset>{urls}</urlset>".encode())
        site.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n")
        yield site


def test_a_list_page_is_crawled_and_every_url_has_one_outcome(site: LocalSite, tmp_path: Path) -> None:
    run = yuanwen(tmp_path, "crawl", site.url("/news/"), "--json")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["counts"] == {"created": 6, "failed/http_status": 1, "failed/redirects": 1, "listed/list_page": 2}
    engine = open_database(f"sqlite:///{tmp_path}/y.db")
    assert count_outcomes(engine, report["run_id"]) == report["counts"]
    stored = {url.removeprefix(site.url("")) for url in ArticleStore(engine).urls()}
    assert stored == {f"/2024/03/01/{n}.html" for n in (0, 1, 4, 5, 6, 7)}
    moved = ArticleStore(engine).find(site.url("/2024/03/01/1.html"))
    assert moved is not None
    assert moved["final_url"] == site.url("/2024/03/01/moved_1.html")
    captured = [page.url for path in (tmp_path / "archive").glob("*.warc.gz") for page in read_captures(path)]
    assert sorted(captured) == sorted(site.url(path) for path in stored)

    again = yuanwen(tmp_path, "crawl", site.url("/news/"), "--json")
    assert again.returncode == 0, "nothing new is no failure"
    assert json.loads(again.stdout)["counts"] == {"listed/list_page": 1}, (
        "known articles are left alone, and a list that brings nothing new ends there"
    )


@pytest.mark.parametrize(("path", "kind"), [("/feed", "feed"), ("/sitemap.xml", "sitemap")])
def test_feeds_and_sitemaps_are_told_by_their_content(site: LocalSite, tmp_path: Path, path: str, kind: str) -> None:
    report = json.loads(yuanwen(tmp_path, "crawl", site.url(path), "--json").stdout)
    assert report["counts"] == {"created": 2, f"listed/{kind}": 1}


def test_an_article_can_be_the_seed(site: LocalSite, tmp_path: Path) -> None:
    report = json.loads(yuanwen(tmp_path, "crawl", site.url("/2024/03/01/0.html"), "--json").stdout)
    assert report["counts"] == {"created": 1}


def test_rerun_shows_what_changed(site: LocalSite, tmp_path: Path) -> None:
    url = site.url("/2024/03/01/0.html")
    assert yuanwen(tmp_path, "rerun", url).returncode == 0
    site.html("/2024/03/01/0.html", article("示例乡镇春耕备耕工作全面收官", seed=0))
    dry = json.loads(yuanwen(tmp_path, "rerun", url, "--dry-run", "--json").stdout)
    wet = json.loads(yuanwen(tmp_path, "rerun", url, "--json").stdout)
    assert dry == wet
    assert wet["outcome"] == "updated"
    assert wet["changes"]["title"][1] == "示例乡镇春耕备耕工作全面收官"
    from_archive = yuanwen(tmp_path, "rerun", url, "--from-archive")
    assert from_archive.stdout.startswith("unchanged")
    site.html("/2024/03/01/0.html", article(headline(0), seed=0))


@pytest.mark.parametrize(
    ("command", "path", "code", "word"),
    [
        ("rerun", "/private/1.html", 4, "robots"),
        ("crawl", "/private/1.html", 4, "robots"),
        ("rerun", "/nowhere.html", 1, "http_status"),
        ("crawl", "/nowhere.html", 1, "http_status"),
    ],
)
def test_refusals_and_failures_are_named(site: LocalSite, tmp_path: Path, command: str, path: str, code: int, word: str) -> None:
    run = yuanwen(tmp_path, command, site.url(path))
    assert (run.returncode, word in run.stderr) == (code, True), run.stderr
    assert site.url("/private/1.html").removeprefix(site.url("")) not in site.paths()


def test_inside_addresses_are_refused_without_the_allow_list(site: LocalSite, tmp_path: Path) -> None:
    before = len(site.asked)
    run = yuanwen(tmp_path, "crawl", site.url("/news/"), YUANWEN_ALLOW_ADDRESSES="")
    assert (run.returncode, len(site.asked) - before) == (4, 0), run.stderr


@pytest.mark.parametrize("target", ["no-such-site", "ftp://example.com/", "http://user:secret@example.com/"])
def test_a_wrong_target_gets_one_clear_line(tmp_path: Path, target: str) -> None:
    run = yuanwen(tmp_path, "crawl", target)
    assert run.returncode in (2, 4)
    assert "Traceback" not in run.stderr
    assert "secret" not in run.stdout + run.stderr


def test_a_file_is_not_crawled_and_the_line_says_what_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"")
    run = yuanwen(tmp_path, "crawl", "a.warc.gz")
    assert (run.returncode, run.stdout) == (2, "")
    assert "`yuanwen replay`" in run.stderr
