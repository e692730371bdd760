"""Links of list pages, feeds and sitemaps: articles told from the rest."""

import gzip

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.feeds import read_announced
from crawler.discovery.links import read_list_page
from crawler.discovery.rules import load_discovery_rules
from crawler.discovery.sniff import sniff, unpack
from crawler.load_rules import load_url_rules
from tests.local_site import listing

RULES, URLS = load_discovery_rules(), load_url_rules()
BASE = "http://news.example.com/gd/"
TITLE = "全市春耕备耕工作有序推进"


def found(html: str, url: str = BASE, pattern: str | None = None) -> tuple[str, ...]:
    return read_list_page(lxml.html.document_fromstring(html), url, RULES, URLS, pattern).articles


@pytest.mark.parametrize(
    "href",
    [
        "/2024/03/01/1129.html", "/2024-03/01/c_1129.htm", "/gd/202403/t20240301_7781234.shtml", "/a/20240301_9912.html",
        "/article/8812.html", "/content/2024-03/01/content_12345.htm", "/show.php?id=8812", "/index.php?m=content&id=88",
        "/archives/9912", "/news/88123/", "/gd/88123.html", "/art/2024/3/1/art_20_9931.html", "/world/four-words-or-more-slug/", "/article/893341/island-ferry",
    ],
)  # fmt: skip
def test_article_links_are_found(href: str) -> None:
    assert found(listing({href: TITLE})) == (f"http://news.example.com{href}",)


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/gd/index_2.html", "下一页"), ("/gd/list_3.html", "更多关于春耕备耕的最新消息"), ("/about.html", "关于我们以及我们的联系方式"),
        ("/login.php?id=8812", "会员登录之后可以发表评论"), ("/pic/20240301/8812.jpg", TITLE), ("/tag/8812", TITLE), ("/", "首页"),
        ("http://other.example.org/2024/03/01/1.html", TITLE), ("javascript:void(0)", TITLE), ("#top", TITLE), ("/category/88/", TITLE),
        ("/a/b/a/b/a/b/a/2024/03/01/1.html", TITLE), ("/calendar?month=3&year=2024", TITLE), ("/search?id=88123", TITLE), ("mailto:a@b.c", TITLE),
        ("/gd/", TITLE),
    ],
)  # fmt: skip
def test_other_links_are_left(href: str, text: str) -> None:
    assert found(listing({href: text})) == ()


def test_many_links_of_one_shape_are_articles_even_without_a_rule() -> None:
    names = ("chunyunjieshu", "xuexiaokaixue", "qiaoliangtongche", "nongjishangshi", "hedaoqingyu")
    links = {f"/gd/{name}.html": TITLE + name for name in names}
    assert len(found(listing(links))) == 5
    assert found(listing({"/gd/guanyu.html": "关于"})) == ()


@pytest.mark.parametrize("frame", ['<iframe src="{}"></iframe>', '<frameset cols="*"><frame src="{}"></frameset>'])
def test_what_a_page_shows_in_a_frame_is_found(frame: str) -> None:
    """Portals of the older kind: the address is a frame around the article."""
    assert found(frame.format("/2024/03/01/1129.html")) == ("http://news.example.com/2024/03/01/1129.html",)
    assert found(frame.format("/weather.html")) == ()
    assert found(frame.format("http://ads.example.org/2024/03/01/1129.html")) == ()


def test_a_site_file_decides_alone() -> None:
    page = listing({"/2024/03/01/1.html": TITLE, "/x/9": "短"})
    assert found(page, pattern=r"/x/\d$") == ("http://news.example.com/x/9",)


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("index_2.html", "下一页"),
        ("?page=2", "下一页 >"),
        ("/gd/page/2/", "Older posts"),
        ("list_2.html", "»"),
        ("/gd/p2.shtml", "后一页"),
        ("list_2.html", "載入更多"),
    ],
)
def test_the_next_page_of_a_list_is_found(href: str, text: str) -> None:
    page = read_list_page(lxml.html.document_fromstring(listing({"/2024/03/01/1.html": TITLE, href: text})), BASE, RULES, URLS)
    assert page.next_page is not None
    assert page.next_page not in page.articles


@pytest.mark.parametrize(
    ("href", "text"),
    [("/other/2024.html", "下一页"), ("index.html", "下一页"), ("http://x.example/?page=2", "下一页"), ("index_2.html", "第二版")],
)
def test_no_next_page_where_there_is_none(href: str, text: str) -> None:
    page = read_list_page(lxml.html.document_fromstring(listing({href: text})), BASE, RULES, URLS)
    assert page.next_page is None


RSS = "<rss version='2.0'><channel><link>http://a.example/</link><item><link>http://a.example/1</link></item><item><guid>http://a.example/2</guid></item><item><guid isPermaLink='false'>3</guid></item></channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/feed?page=2'/><entry><link rel='edit' href='/no'/><link href='/1'/></entry><entry><link rel='alternate' href='/2'/></entry></feed>"
RDF = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'><item rdf:about='http://a.example/1'><link>http://a.example/1</link></item><item rdf:about='http://a.example/2'/></rdf:RDF>"
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "http://a.example/1"}, {"id": "http://a.example/2"}, 7]}'
)
NEWS = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>http://a.example/1</loc><n:news><n:title>x</n:title></n:news></url><url><loc> http://a.example/2 </loc></url></urlset>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [(RSS, "feed"), (ATOM, "feed"), (RDF, "feed"), (JSON, "json_feed"), (NEWS, "sitemap"), ("<?xml version='1.0'?>" + RSS, "feed")],
)
def test_announced_articles_are_read(body: str, kind: str) -> None:
    assert sniff(body.encode()) == kind
    announced = read_announced(body.encode(), kind, "http://a.example/feed")  # type: ignore[arg-type]
    assert announced.articles == ("http://a.example/1", "http://a.example/2")


def test_atom_says_where_older_entries_are() -> None:
    assert read_announced(ATOM.encode(), "feed", "http://a.example/feed").next_page == "http://a.example/feed?page=2"


def test_an_index_of_sitemaps_is_no_list_of_articles() -> None:
    index = b"<sitemapindex><sitemap><loc>http://a.example/s1.xml.gz</loc></sitemap></sitemapindex>"
    announced = read_announced(index, "sitemap", "http://a.example/")
    assert (announced.articles, announced.sitemaps) == ((), ("http://a.example/s1.xml.gz",))


@pytest.mark.parametrize("label", ["gb2312", "gbk", "utf-8"])
def test_a_feed_in_gbk_is_read_whatever_its_label(label: str) -> None:
    text = f"<?xml version='1.0' encoding='{label}'?><rss><channel><item><title>朱镕基</title><link>http://a.example/新</link></item></channel></rss>"
    assert read_announced(text.encode("gbk"), "feed", "http://a.example/").articles == ("http://a.example/新",)


def test_packed_sitemaps_are_unpacked_within_bounds() -> None:
    assert unpack(gzip.compress(NEWS.encode())) == NEWS.encode()
    bomb = gzip.compress(b"\0" * 30_000_000)
    assert unpack(bomb) == bomb
    assert unpack(b"\x1f\x8bdamaged") == b"\x1f\x8bdamaged"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html><body><p>&lt;rss", "html"), (b"\xef\xbb\xbf\n<html>", "html"), (b"%PDF-1.4", "other"), (b"", "other"),
        (b"\x89PNG\r\n", "other"), (b"<?xml version='1.0'?><html xmlns='x'><body>", "html"), (b'{"a": 1}', "other"), (b"plain words", "other"),
    ],
)  # fmt: skip
def test_other_documents_are_told_apart(body: bytes, kind: str) -> None:
    assert sniff(body) == kind


HOSTILE = (
    b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><rss><channel><item><link>&c;</link></item></channel></rss>",
    b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><rss><channel><item><link>&x;</link></item></channel></rss>",
    b"<rss>" + b"<item>" * 50_000,
    b"<rss><channel><item><link>http://a.example/1</link>",
    b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
    b"<urlset><url><loc></loc></url><url/></urlset>",
    b"<rss \xff\xfe\x00>",
)


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_feeds_give_nothing_harmful(body: bytes) -> None:
    announced = read_announced(body, sniff(body), "http://a.example/") if sniff(body) in ("feed", "sitemap", "json_feed") else None
    for url in announced.articles if announced else ():
        assert "root" not in url
        assert len(url) < 2000


@given(st.binary(max_size=300))
def test_any_bytes_are_sniffed_and_read(body: bytes) -> None:
    sniff(body)
    for kind in ("feed", "sitemap", "json_feed"):
        read_announced(body, kind, "http://a.example/")  # type: ignore[arg-type]


def test_an_address_in_a_feed_keeps_its_parameters_however_it_is_printed() -> None:
    url = "http://a.example/show.php?id=7&cat=2"
    for printed in (url, url.replace("&", "&amp;"), f"<![CDATA[{url}]]>"):
        found = read_announced(f"<rss><channel><item><link>{printed}</link></item></channel></rss>".encode(), "feed", "http://a.example/")
        assert found.articles == (url,)


def test_a_link_of_a_feed_that_is_none_costs_no_other() -> None:
    items = "".join(f"<item><link>{url}</link></item>" for url in ("http://a.example/1", "http://[a/2", "http://a.example/3"))
    found = read_announced(f"<rss><channel>{items}</channel></rss>".encode(), "feed", "http://a.example/")
    assert {"http://a.example/1", "http://a.example/3"} <= set(found.articles)
