"""Articles over several pages: the link to the next page, and the joining."""

from datetime import UTC, datetime

import pytest

from crawler.load_rules import load_rule_book
from pipelines.extract.pager import is_next_page, page_number
from pipelines.ingest import process, read_page
from pipelines.types import FetchedPage, Note

PARAGRAPHS = tuple(
    f"第{i}段：城北新线昨日正式开通，记者在现场看到，车站秩序井然，工作人员为老人和孩子提供引导，市民说出行方便多了。"
    for i in "一二三四五六"
)


def page(url: str, paragraphs: tuple[str, ...], pager: str, title: str = "城北新线昨日开通 市民出行更方便") -> FetchedPage:
    inside = "".join(f"<p>{p}</p>" for p in paragraphs)
    nav = "".join(f"<li><a href=/c{i}>某某频道</a></li>" for i in range(9))
    html = f"<html><head><title>{title}_某某网</title></head><body><ul>{nav}</ul><h1>{title}</h1><div>2022-12-20 来源：某某日报</div><div class=c>{inside}</div><div class=pages>{pager}</div></body></html>"
    return FetchedPage(url=url, final_url=url, status=200, headers=(), body=html.encode(), fetched_at=datetime(2022, 12, 21, tzinfo=UTC))


BASE = "http://news.example.com/2022/1220/5.html"
PAGER = '<a href="5.html">1</a> <a href="5_2.html">2</a> <a href="5_3.html">3</a> <a href="5_2.html">下一页</a>'


@pytest.mark.parametrize(
    ("url", "pager", "wanted"),
    [
        (BASE, PAGER, "http://news.example.com/2022/1220/5_2.html"),
        (BASE.replace("5.html", "5_2.html"), PAGER.replace("5_2.html", "5_3.html"), "http://news.example.com/2022/1220/5_3.html"),
        (BASE, '<a href="5_1.html">下一頁 &gt;</a>', "http://news.example.com/2022/1220/5_1.html"),
        (BASE, '<a href="?page=2">2</a>', "http://news.example.com/2022/1220/5.html?page=2"),
        ("http://a.example/read.php?id=7", '<a href="/read.php?id=7&p=2">下一页</a>', "http://a.example/read.php?id=7&p=2"),
        (BASE, '<a href="6.html">下一页</a>', None),
        (BASE, '<a href="6.html">下一篇：别的事情</a>', None),
        (BASE, '<a href="http://other.example/5_2.html">下一页</a>', None),
        (BASE, '<a href="5_3.html">3</a>', None),
        (BASE, '<a href="javascript:next()">下一页</a>', None),
        (BASE, "", None),
    ],
)
def test_the_link_to_the_next_page(url: str, pager: str, wanted: str | None) -> None:
    assert read_page(page(url, PARAGRAPHS[:2], pager), load_rule_book()).next_page_url == wanted


def test_pages_are_joined_in_order_and_what_repeats_is_dropped() -> None:
    first = page(BASE, PARAGRAPHS[:2], PAGER)
    second = page(BASE.replace("5.html", "5_2.html"), (PARAGRAPHS[0], *PARAGRAPHS[2:4]), '<a href="5_3.html">下一页</a>')
    third = page(BASE.replace("5.html", "5_3.html"), PARAGRAPHS[4:], '<a href="5_2.html">上一页</a>')
    article = process(first, load_rule_book(), [second, third])
    assert article.text == "\n".join(PARAGRAPHS)
    assert article.next_page_url is None
    assert Note.PAGES_MISSING not in article.notes
    shorter = process(first, load_rule_book(), [second])
    assert shorter.next_page_url == "http://news.example.com/2022/1220/5_3.html"
    assert Note.PAGES_MISSING in shorter.notes


def test_a_further_page_that_cannot_be_read_is_noted() -> None:
    empty = page(BASE.replace("5.html", "5_2.html"), (), "")
    article = process(page(BASE, PARAGRAPHS[:2], PAGER), load_rule_book(), [FetchedPage(
        url=empty.url, final_url=empty.url, status=200, headers=(), body=b"<html></html>", fetched_at=empty.fetched_at)])  # fmt: skip
    assert article.text == "\n".join(PARAGRAPHS[:2])
    assert Note.PAGES_MISSING in article.notes


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("http://a.example/5.html", 1),
        ("http://a.example/t20221220_9918.html", 1),
        ("http://a.example/5-4.shtml", 4),
        ("http://a.example/", 1),
    ],
)
def test_page_numbers(url: str, number: int) -> None:
    assert page_number(url) == number


def test_an_article_with_another_number_is_no_next_page() -> None:
    assert not is_next_page("http://a.example/20221220/0_1.html", "http://a.example/20221221/0_2.html")
    assert not is_next_page(BASE, BASE)
