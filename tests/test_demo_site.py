"""The demo site is what its README says: enough of each kind, bytes in their charsets, expectations that follow from the stories."""

import http.client
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from crawler.demo.folder import find_files, folder_site
from crawler.demo.server import DemoServer, serve_demo
from crawler.demo.site import DEMO_FOLDER, DemoPage, build_demo
from crawler.demo.stories import load_plan
from pipelines.errors import RuleError, UsageError

DEMO = build_demo()
# Addresses are ASCII in every charset; a parser that believed the wrong labels would stop in mid-page.
BYTEWISE = lxml.html.HTMLParser(encoding="iso-8859-1")
CODECS = {"gb18030": "gb18030", "big5hkscs": "big5", "utf-8": "utf-8-sig"}


def html_of(page: DemoPage) -> str:
    assert page.expected is not None
    return page.body.decode(CODECS[page.expected["charset"]["used"]])


def squeeze(text: str) -> str:
    return "".join(text.split())


def test_there_is_enough_of_each_kind() -> None:
    kinds = Counter(page.kind for page in DEMO.pages.values())
    assert len(DEMO.start_urls) >= 12
    assert kinds["article"] >= 40
    assert kinds["feed"] >= 3
    assert kinds["sitemap"] >= 3
    assert {"continuation", "link_digest", "empty", "removed", "missing", "redirect", "forbidden", "pdf"} <= set(kinds)
    stories = Counter(page.story for page in DEMO.articles())
    assert max(stories.values()) >= 6, "one story on many sites"
    charsets = {site.charset for site in load_plan(DEMO_FOLDER).sites}
    assert {"utf-8", "gb2312", "gbk", "gb18030", "big5"} <= charsets


@pytest.mark.parametrize("page", [p for p in DEMO.articles() if p.is_exact], ids=lambda page: page.url)
def test_an_article_page_prints_what_is_expected_of_it(page: DemoPage) -> None:
    assert page.expected is not None
    html = html_of(page)
    if "__INITIAL_STATE__" in html:
        html = html.encode("ascii", "backslashreplace").decode("unicode_escape")
    for url in page.following:
        html += DEMO.pages[url].body.decode(CODECS[page.expected["charset"]["used"]])
    printed = squeeze(lxml.html.fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")).text_content())
    for line in page.expected["text"].split("\n"):
        assert squeeze(line) in printed or squeeze(line.replace('"', "&#34;")) in squeeze(html)
    assert squeeze(page.expected["title_raw"]) in printed
    for field in ("authors", "editors", "section"):
        assert all(squeeze(name) in squeeze(html) for name in page.expected.get(field, [])), field


def test_pages_are_reached_by_links() -> None:
    seen, todo = set(), list(DEMO.start_urls)
    while todo:
        url = todo.pop()
        page = DEMO.pages.get(url)
        if url in seen or page is None or page.kind not in ("list", "article", "continuation"):
            seen.add(url)
            continue
        seen.add(url)
        for href in lxml.html.fromstring(page.body, parser=BYTEWISE).xpath("//a/@href"):
            if not href.startswith(("javascript:", "mailto:", "#")):
                todo.append(urljoin(url, href))
    missed = {url for url, page in DEMO.pages.items() if page.kind not in ("robots", "feed", "sitemap")} - seen
    assert not missed


def test_charset_claims_of_all_sorts_occur() -> None:
    sites = {site.id: site for site in load_plan(DEMO_FOLDER).sites}
    assert sites["beichen"].header_charset == "gbk"
    assert sites["beichen"].charset == "utf-8"
    assert sites["jiangpan"].header_charset == "utf-8"
    assert sites["jiangpan"].charset == "gbk"
    assert sites["sanjiang"].meta_charset == "gb2312"
    assert sites["sanjiang"].charset == "utf-8"
    assert sites["banshan"].meta_charset is None
    assert sites["banshan"].header_charset is None
    rare = next(page for page in DEMO.articles() if page.story == "rare-characters" and "5521" in page.url)
    assert "𠮷".encode("gb18030") in rare.body


def test_building_twice_gives_the_same_bytes() -> None:
    again = build_demo()
    assert {url: page.body for url, page in again.pages.items()} == {url: page.body for url, page in DEMO.pages.items()}


def ask(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", parts.path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def test_the_server_answers_as_servers_do() -> None:
    server, demo = serve_demo()
    with server:
        page = next(demo.articles())
        status, headers, body = ask(page.url)
        assert (status, body) == (200, page.body)
        assert headers["content-type"] == dict(page.headers)["content-type"]
        assert ask(page.url, If_None_Match=headers["etag"])[::2] == (304, b"")
        assert ask(page.url, If_None_Match='"other"')[0] == 200
        assert ask(page.url, If_Modified_Since=headers["last-modified"])[0] == 304
        assert ask(page.url, If_Modified_Since="nonsense")[0] == 200
        packed = ask(page.url, Accept_Encoding="gzip")
        assert packed[1]["content-encoding"] == "gzip"
        assert len(packed[2]) < len(page.body)
        moved = next(p for p in demo.pages.values() if p.kind == "redirect")
        status, headers, _ = ask(moved.url)
        assert status == 301
        assert urljoin(moved.url, headers["location"]) in demo.pages
        assert ask(urljoin(page.url, "/nothing/here"))[0] == 404
        assert {ask(url)[0] for url in demo.start_urls} == {200}


def test_a_busy_port_is_one_clear_line() -> None:
    with DemoServer(1) as first, pytest.raises(UsageError, match="--port"):
        DemoServer(1, port=int(first.bases[0].rpartition(":")[2]))


def test_a_folder_is_served_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "页 一.html").write_bytes("<p>甲</p>".encode("gbk"))
    (tmp_path / "b.pdf").write_bytes(b"%PDF")
    (tmp_path / ".hidden").write_bytes(b"no")
    with DemoServer(1) as server:
        site = folder_site(tmp_path, find_files(tmp_path), server.bases[0])
        server.serve(site.answer)
        status, _, index = ask(f"{site.base}/")
        links = lxml.html.fromstring(index).xpath("//a/@href")
        assert status == 200
        assert len(links) == 2
        bodies = {href: ask(site.base + href) for href in links}
        assert sorted(body for _, _, body in bodies.values()) == sorted([b"%PDF", "<p>甲</p>".encode("gbk")])
        assert {headers["content-type"] for _, headers, _ in bodies.values()} == {"application/pdf", "text/html"}
        assert ask(f"{site.base}/pages/../.hidden")[0] == 404


def test_a_folder_without_pages_is_one_clear_line(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match=str(folder)):
            find_files(folder)


def test_a_wrong_demo_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "a.toml").write_text('title = "t"\nsurprise = 1\ntext = "x"\n', encoding="utf-8")
    with pytest.raises(RuleError, match=r"a\.toml.*surprise"):
        load_plan(tmp_path)
