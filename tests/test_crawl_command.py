"""`crawl` and `rerun` from end to end on a loopback site: every URL ends in exactly one counted outcome."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.load_rules import DATA
from storage.articles import ArticleStore
from storage.captures import CaptureWriter, read_captures
from storage.database import open_database, opened_database
from storage.frontier_owners import owner_name
from storage.outcomes import count_outcomes
from storage.run_lease import drop_run_lease, take_run_lease
from tests.commands import yuanwen
from tests.local_site import LocalSite, article, listing, serving
from tests.made_articles import made_page


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


def test_a_crawl_without_a_site_names_the_folder_it_looks_in(tmp_path: Path) -> None:
    """Not one of the working directory: a file written there would be read by nobody."""
    for run in (yuanwen(tmp_path, "crawl"), yuanwen(tmp_path, "crawl", "news.example.com/latest/")):
        assert run.returncode == 2
        assert str(DATA / "sites") in run.stderr


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


@pytest.mark.parametrize("target", ["no-such-site", "none.warc.gz", "ftp://example.com/", "http://user:secret@example.com/"])
def test_a_wrong_target_gets_one_clear_line(tmp_path: Path, target: str) -> None:
    run = yuanwen(tmp_path, "crawl", target)
    assert run.returncode in (2, 4)
    assert "Traceback" not in run.stderr
    assert "secret" not in run.stdout + run.stderr


def test_an_archive_gives_its_articles_and_where_to_start(site: LocalSite, tmp_path: Path) -> None:
    kept = {
        "/2024/03/01/0.html": article(headline(0), seed=0),
        "/news/": listing({f"/2024/03/01/{n}.html": headline(n) for n in range(90, 96)}),
        "/feed": "",
    }
    with CaptureWriter(tmp_path / "theirs") as writer:
        for path, html in kept.items():
            body = html.encode() or site.routes[path][2]  # type: ignore[index]
            writer.write(made_page(1, url=site.url(path), final_url=site.url(path), body=body))
    run = yuanwen(tmp_path, "crawl", "theirs", "--json")
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["archived"] == {"created": 1, "rejected/list_page": 1, "rejected/not_html": 1}
    assert (report["counts"]["listed/list_page"], report["counts"]["listed/feed"]) == (2, 1), "the lists were asked for as they are today"
    stored = {url.removeprefix(site.url("")) for url in ArticleStore(open_database(f"sqlite:///{tmp_path}/y.db")).urls()}
    assert stored >= {f"/2024/03/01/{n}.html" for n in (0, 4, 5, 6, 7)}


def test_an_archive_without_lists_is_only_stored_and_a_cut_one_is_named(site: LocalSite, tmp_path: Path) -> None:
    before = len(site.asked)
    with CaptureWriter(tmp_path) as writer:
        for n in range(3):
            url = site.url(f"/2024/03/01/{n}.html")
            writer.write(made_page(n, url=url, final_url=url, body=article(headline(n), seed=n).encode()))
    (whole,) = tmp_path.glob("*.warc.gz")
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 5])
    run = yuanwen(tmp_path, "crawl", cut.name, "--json")
    assert (run.returncode, json.loads(run.stdout)["archived"]["created"] >= 1, len(site.asked)) == (5, True, before)
    assert "cut.warc.gz: " in run.stderr


def test_a_file_that_is_no_archive_is_not_crawled_and_the_line_says_what_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>a")
    run = yuanwen(tmp_path, "crawl", "a.html")
    assert (run.returncode, run.stdout) == (2, "")
    assert "`yuanwen extract`" in run.stderr


def test_what_is_named_beside_another_tick_is_fetched_by_the_next(site: LocalSite, tmp_path: Path) -> None:
    """`crawl --due URL` while another `crawl --due` of the machine runs: the URL was dropped."""
    url = site.url("/2024/03/01/5.html")
    owner = owner_name()
    name = f"due/{owner.partition('/')[0]}"
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        assert take_run_lease(engine, name, owner) is None
    beside = yuanwen(tmp_path, "crawl", "--due", url)
    assert beside.returncode == 0, beside.stderr
    assert "it takes what was named" in beside.stderr
    idle = yuanwen(tmp_path, "crawl", "--due")
    assert (idle.returncode, "nothing to do" in idle.stderr) == (0, True)
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        assert not list(ArticleStore(engine).urls())
        drop_run_lease(engine, name, owner)
    assert yuanwen(tmp_path, "crawl", "--due").returncode == 0
    with opened_database(f"sqlite:///{tmp_path}/y.db") as engine:
        assert set(ArticleStore(engine).urls()) == {url}


def test_a_short_article_named_by_its_address_is_stored_whatever_the_address_looks_like(site: LocalSite, tmp_path: Path) -> None:
    text = "位于河湾北岸的旧粮仓昨天重新开门，改作社区图书馆，首批上架图书三万余册，附近居民凭身份证即可借阅。"
    menu = "".join(f"<li><a href=/c{n}/>{name}</a></li>" for n, name in enumerate(("首页", "国内", "社会", "体育")))
    body = f"<ul>{menu}</ul><h1>旧粮仓改成图书馆</h1><div>2024-03-01 08:30 来源：示例日报</div><div><p>{text}</p></div>"
    site.html("/p.html", f"<html><head><meta charset=utf-8><title>旧粮仓改成图书馆</title></head><body>{body}</body></html>")
    run = yuanwen(tmp_path, "crawl", site.url("/p.html"), "--json")
    assert (run.returncode, json.loads(run.stdout)["counts"]) == (0, {"created": 1}), run.stderr
