"""Printed dates: every form, the precision of the text, nothing where it is doubtful; and the choice among a page's dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decode.decode import decode
from pipelines.errors import PageQuarantined, Reason
from pipelines.extract.change_candidates import find_modified
from pipelines.extract.date_candidates import find_dates
from pipelines.extract.view import view_page
from pipelines.normalize.date_words import read_numeral
from pipelines.normalize.dates import DateManner, parse_header_date, read_modified, read_published
from pipelines.types import ExtractedArticle, FetchedPage, Note, PageView, Precision, Printed, PublishedTime

CHINA = "Asia/Shanghai"
NOON = datetime.fromisoformat("2024-05-20T12:30:00+08:00")


def read(text: str, reference: datetime = NOON) -> PublishedTime | None:
    return parse_header_date(text, reference=reference, timezone=CHINA)


def told(text: str, reference: str | None = None) -> str | None:
    found = read(text, datetime.fromisoformat(reference) if reference else NOON)
    return f"{found.isoformat()} {found.precision}" if found else None


# text: (what it means, reference; None: 2024-05-20T12:30+08:00)
FORMS = {
    "2024-03-09 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "发布时间：2024年3月9日 18:05:07 来源：临江日报": ("2024-03-09T18:05:07+08:00 second", None),
    "临江网2024年03月09日18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "来源：临江日报2024-03-09 18:05 作者：孟一": ("2024-03-09T18:05:00+08:00 minute", None),
    "2024.3.9": ("2024-03-09T00:00:00+08:00 day", None),
    "2024/03/09 08：05": ("2024-03-09T08:05:00+08:00 minute", None),
    "2024.03.0918:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "2024-03-0918:05:3356南山网": ("2024-03-09T18:05:33+08:00 second", None),
    "2024年3月9日（星期六）下午6时5分": ("2024-03-09T18:05:00+08:00 minute", None),
    "2024年3月9日 上午12:05": ("2024-03-09T00:05:00+08:00 minute", None),
    "2024年3月9日中午12点半": ("2024-03-09T12:30:00+08:00 minute", None),
    "2024年3月9日晚8点": ("2024-03-09T20:00:00+08:00 hour", None),
    "2024年3月9日 凌晨3时": ("2024-03-09T03:00:00+08:00 hour", None),
    "下午6:05 · 2024年3月9日": ("2024-03-09T18:05:00+08:00 minute", None),
    "18:05 2024-03-09": ("2024-03-09T18:05:00+08:00 minute", None),
    "2024-03-09 00:00:00": ("2024-03-09T00:00:00+08:00 day", None),
    "2024-03-09 24:00": ("2024-03-09T00:00:00+08:00 day", None),
    "2024-03-09T10:05:00Z": ("2024-03-09T10:05:00+00:00 second", None),
    "2024-03-09T18:05:00.123+0800": ("2024-03-09T18:05:00+08:00 second", None),
    "Sat Mar 09 18:05:00 CST 2024": ("2024-03-09T18:05:00+08:00 second", None),
    "2024-03-09 18:05 (GMT+8)": ("2024-03-09T18:05:00+08:00 minute", None),
    "更新于2024年3月9日, 格林尼治标准时间10:05": ("2024-03-09T10:05:00+00:00 minute", None),
    "2024年3月9日 北京时间18时05分": ("2024-03-09T18:05:00+08:00 minute", None),
    "东京时间2024年3月9日19:05": ("2024-03-09T19:05:00+09:00 minute", None),
    "二〇二四年三月九日": ("2024-03-09T00:00:00+08:00 day", None),
    "二零二四年十一月廿一日": ("2024-11-21T00:00:00+08:00 day", "2024-12-01T00:00:00+08:00"),
    "民國113年3月9日 下午06:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "113/03/09": ("2024-03-09T00:00:00+08:00 day", None),
    "113年3月9日": ("2024-03-09T00:00:00+08:00 day", None),
    "（編輯：孟一）1130309": ("2024-03-09T00:00:00+08:00 day", None),
    "24-3-9 18:05 来自临江": ("2024-03-09T18:05:00+08:00 minute", None),
    "20240309": ("2024-03-09T00:00:00+08:00 day", None),
    "20240309 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "20240309 18:05:07": ("2024-03-09T18:05:07+08:00 second", None),
    "时间：20240309 25:05": ("2024-03-09T00:00:00+08:00 day", None),
    "20240309180500": ("2024-03-09T18:05:00+08:00 second", None),
    "1709978700": ("2024-03-09T18:05:00+08:00 second", None),
    "1709978700000": ("2024-03-09T18:05:00+08:00 second", None),
    "Sat, 09 Mar 2024 18:05:00 +0800": ("2024-03-09T18:05:00+08:00 second", None),
    "March 9th, 2024 6:05 pm": ("2024-03-09T18:05:00+08:00 minute", None),
    "9 Mar 2024": ("2024-03-09T00:00:00+08:00 day", None),
    "3/9/2024 6:05:07 PM": ("2024-03-09T18:05:07+08:00 second", None),
    "25/3/2024": ("2024-03-25T00:00:00+08:00 day", None),
    "/news/2024-03/09/c_1130001.htm": ("2024-03-09T00:00:00+08:00 day", None),
    "/gundong/202403/t20240309_556677.html": ("2024-03-09T00:00:00+08:00 day", None),
    "2024年3月号": ("2024-03-01T00:00:00+08:00 month", None),
    "时间：2024-03-09&nbsp;18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "２０２４年３月９日": ("2024-03-09T00:00:00+08:00 day", None),
    "发布：2024-03-09 18:05 更新：2024-03-11 09:00": ("2024-03-09T18:05:00+08:00 minute", None),
    "更新：2024-03-11 09:00 发布：2024-03-09 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "活动时间：2024-04-01 发布时间：2024-03-09 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "2024-03-09 | 浏览次数: 1805": ("2024-03-09T00:00:00+08:00 day", None),
    "3月9日 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "03-09 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "12月31日 23:50": ("2023-12-31T23:50:00+08:00 minute", "2024-01-01T00:20:00+08:00"),
    "临江网3月9日讯（记者孟一）": ("2024-03-09T00:00:00+08:00 day", None),
    "3小时前": ("2024-05-20T09:00:00+08:00 hour", None),
    "1小时20分钟前": ("2024-05-20T11:10:00+08:00 minute", None),
    "四十分鐘前": ("2024-05-20T11:50:00+08:00 minute", None),
    "三天前": ("2024-05-17T00:00:00+08:00 day", None),
    "2个月前": ("2024-03-01T00:00:00+08:00 month", None),
    "2年前": ("2022-01-01T00:00:00+08:00 year", None),
    "昨天 21:26": ("2024-05-19T21:26:00+08:00 minute", None),
    "昨晚9点": ("2024-05-19T21:00:00+08:00 hour", None),
    "上周五": ("2024-05-17T00:00:00+08:00 day", None),
    "上周日": ("2024-05-19T00:00:00+08:00 day", None),
    "上月25日": ("2024-04-25T00:00:00+08:00 day", None),
    "去年12月5日": ("2023-12-05T00:00:00+08:00 day", None),
    "刚刚": ("2024-05-20T12:30:00+08:00 minute", None),
    "10:15": ("2024-05-20T10:15:00+08:00 minute", None),
    "3 hours ago": ("2024-05-20T09:00:00+08:00 hour", None),
    "中華民國一百一十三年三月九日": ("2024-03-09T00:00:00+08:00 day", None),
    "二O二四年三月九日": ("2024-03-09T00:00:00+08:00 day", None),
    "2024年3月9日18:05（美东时间）": ("2024-03-09T18:05:00-05:00 minute", None),
    "Updated 8:05 AM ET, Sat March 9, 2024": ("2024-03-09T08:05:00-05:00 minute", None),
    "2024-03-09 18:05:00-05:00": ("2024-03-09T18:05:00-05:00 second", None),
    "2024年3月9日, 星期六 18:05": ("2024-03-09T18:05:00+08:00 minute", None),
    "一个半小时前": ("2024-05-20T11:00:00+08:00 minute", None),
    "前晚8点": ("2024-05-18T20:00:00+08:00 hour", None),
    "9 mars 2024": ("2024-03-09T00:00:00+08:00 day", None),
}  # fmt: skip

NOTHING = [
    "时长：03:09",
    "片长 1:45:20",
    "刚刚看到这里",
    "3月9日至3月12日",
    "2024年3月9日至12日",
    "2024年3月9日—2024年3月12日",
    "电话：0571-20240309",
    "版权所有 © 2005-2024",
    "Copyright 2024-03-09 Linjiang",
    "2024年临江市数字经济规模增长一成",
    "1970-01-01 08:00:00",
    "0000-00-00 00:00:00",
    "2024-13-09",
    "2024年2月30日",
    "截至2024年3月9日",
    "报名时间：2024-03-09",
    "出生日期：1983年3月9日",
    "三天前往临江",
    "他三年前离开家乡，后来在临江开了一家小店，生意一直很好，去年又开了第二家，街坊们都说味道没有变过。",
    "3/4/2024",
    "浏览：20240309次",
    "192.168.10.11",
    "第113.3.9号",
    "来源：临江日报",
    "今日聚焦",
    "21:40",  # later than the reference: it was yesterday, or never
    "半天前",
    "2024年3月9日14:00-16:00",
    "2024年3月9日 下午2:00—4:00",
    "2024-03-09 14:00:00-16:00:00",
    "2024-03-09 08:00:00-10:00:00",
    "会议时间：2024年3月9日14:00",
    "上市时间：2024年3月9日",
    "今天是2024年3月9日 星期六",
    "2024年3月9日第十四届某某大会通过",
    "2024年3月9日，临江市召开了全市春耕工作会议",
    "5月25日",  # five days ahead: another year's, or still to come
    "周一 08:00",
    "下周一",
    "",
    "   ",
]


@pytest.mark.parametrize("text", FORMS)
def test_form(text: str) -> None:
    meaning, reference = FORMS[text]
    assert told(text, reference) == meaning


@pytest.mark.parametrize("text", NOTHING)
def test_no_date_is_made_up(text: str) -> None:
    assert told(text) is None


def test_the_printed_string_is_kept() -> None:
    found = read("时间：2024年 3月 9日　18：05 来源：临江日报")
    assert found
    assert found.text == "2024年 3月 9日　18：05"
    found = read("临江网 下午6:05 · 2024年3月9日 来源：临江日报")
    assert found
    assert found.text == "下午6:05 · 2024年3月9日"


def test_zone_is_an_argument() -> None:
    found = parse_header_date("2024-03-09 18:05", reference=NOON, timezone="America/New_York")
    assert found
    assert found.isoformat() == "2024-03-09T18:05:00-05:00"


def test_leap_day_without_a_year_is_not_looked_for_years_back() -> None:
    assert told("02-29 10:00", "2024-03-05T09:00:00+08:00") == "2024-02-29T10:00:00+08:00 minute"
    assert told("02-29 10:00", "2023-03-05T09:00:00+08:00") is None


MOMENTS = st.datetimes(min_value=datetime(1995, 1, 1), max_value=datetime(2024, 5, 20, 12))
WRITTEN = {
    "%Y-%m-%d %H:%M:%S": Precision.SECOND, "%Y年%m月%d日 %H:%M": Precision.MINUTE, "%Y/%m/%d %H时": Precision.HOUR, "%Y.%m.%d": Precision.DAY,
    "%Y年%m月%d日%H:%M": Precision.MINUTE, "%H:%M %Y-%m-%d": Precision.MINUTE, "%Y%m%d%H%M%S": Precision.SECOND, "%d %B %Y %H:%M": Precision.MINUTE,
}  # fmt: skip


@given(
    MOMENTS,
    st.sampled_from(sorted(WRITTEN)),
    st.sampled_from(["{}", "时间：{} 来源：临江日报", "临江网 {}", "{}\u3000作者：孟一", "【{}】"]),
)
def test_what_is_written_is_read_back(moment: datetime, form: str, frame: str) -> None:
    found = read(frame.format(moment.strftime(form)))
    assert found
    keeps = ["year", "month", "day", "hour", "minute", "second"]
    told_fields = found.precision.value
    assert keeps.index(told_fields) <= keeps.index(WRITTEN[form].value)
    for field in keeps[: keeps.index(told_fields) + 1]:
        assert getattr(found.local, field) == getattr(moment, field)
    # only midnight may lose its time
    assert found.precision is WRITTEN[form] or moment.hour == 0


@given(st.text(max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    found = read(text)
    assert found is None or found.local.tzinfo is not None


@given(st.from_regex(r"[0-9年月日时分:：/. \-前后天昨上下午T+Z]{1,40}", fullmatch=True))
def test_date_like_text_never_raises(text: str) -> None:
    found = read(text)
    assert found is None or found.text


def test_header_lines_of_real_pages(shared: Path) -> None:
    """Right to the row's own precision and no finer; at least 97 % of the rows, and nearly nothing wrong."""
    rows = [line.split("\t") for line in (shared / "tables" / "dates_zh.tsv").read_text(encoding="utf-8").splitlines()[1:] if line]
    right = wrong = 0
    for text, reference, expected, *_ in rows:
        found = read(text, datetime.fromisoformat(reference))
        is_right = found is None if expected == "NONE" else found is not None and is_as_told(found, expected)
        right += is_right
        wrong += found is not None and not is_right
    assert right >= 0.97 * len(rows)
    assert wrong <= 0.005 * len(rows)


def is_as_told(found: PublishedTime, expected: str) -> bool:
    """Compare with an ISO time as far as it goes: 2022-12-20, 2022-12-20T08:51+08:00."""
    wanted = datetime.fromisoformat(expected)
    day_only = "T" not in expected
    keeps = (Precision.DAY,) if day_only else (Precision.HOUR, Precision.MINUTE, Precision.SECOND)
    local = found.local.replace(tzinfo=None) if day_only else found.local
    return found.precision in keeps and local == wanted


# --- pages ------------------------------------------------------------------------------------------------------------------
HEADLINE = "临江三座社区阅览室秋季开放"
BODY = "<p>临江市图书馆2020年11月2日宣布，三座社区阅览室将开放，2019年以来读者增加了两成，馆长说今后还会延长开放时间。</p>" * 3


def fetched(
    html: str, *, headers: tuple[tuple[str, str], ...] = (), fetched_at: datetime = NOON, url: str = "http://news.linjiang.example/a.html"
) -> FetchedPage:
    return FetchedPage(url=url, final_url=url, status=200, headers=headers, body=html.encode(), fetched_at=fetched_at)


def page_of(header: str, *, head: str = "", after: str = "", before: str = "") -> str:
    return f"<html><head><title>{HEADLINE}_临江网</title>{head}</head><body>{before}<h1>{HEADLINE}</h1>{header}<div class=content>{BODY}</div>{after}</body></html>"


def published(page: FetchedPage) -> tuple[PublishedTime | None, tuple[Note, ...]]:
    return read_published(extracted(page), DateManner(timezone=CHINA, is_chinese=True))


def extracted(page: FetchedPage) -> ExtractedArticle:
    decoded = decode(page)
    view = view_of(page)
    return ExtractedArticle(
        decoded=decoded, titles=(), original_titles=(), dates=find_dates(view), modified=find_modified(view), credits=(), datelines=(), breadcrumb=(),
        keywords=(), site_names=(), canonical_href=None, html_lang=None, paragraphs=(), pictures=(), removed=(), extractor="test", confidence=1.0,
    )  # fmt: skip


def view_of(page: FetchedPage) -> PageView:
    return view_page(decode(page).text, page.final_url)


def told_of(page: FetchedPage) -> str | None:
    found, _ = published(page)
    return f"{found.isoformat()} {found.precision}" if found else None


PAGES = {
    "byline": (page_of("<div>2024-03-09 18:05 来源：临江日报</div>"), "2024-03-09T18:05:00+08:00 minute"),
    "the byline, not the clock above": (
        page_of("<div>2024-03-09 18:05 来源：临江日报</div>", before="<div>今天是2024年5月20日 星期一</div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "the byline, not related articles": (
        page_of("<div>时间：2024-03-09</div>", after="<ul>" + "<li><a href=a>别的新闻</a> 2024-05-01 10:00</li>" * 5 + "</ul>"),
        "2024-03-09T00:00:00+08:00 day",
    ),
    "the byline, not a comment": (
        page_of("<div>2024-03-09</div>", after="<div class=comment><p>网友甲 2024-03-10 07:30</p></div>"),
        "2024-03-09T00:00:00+08:00 day",
    ),
    "the first post of a thread, not an answer": (
        page_of(
            "<div class='post-menu'><i>楼主：某某</i><i>时间：2024-03-09 18:05 </i><i>点击：123</i><i>回复：4</i></div>",
            after="<div class='post-item'>作者：路过 时间：2024-03-10 07:30</div><p>说得好</p>",
        ),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "the byline before the head": (
        page_of("<div>2024-03-09 18:05</div>", head='<meta property="article:published_time" content="2024-03-11T09:00:00+08:00">'),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "the day that the head tells, where the line tells the last change": (
        page_of("<div>更新于 2024-03-11 09:00</div>", head='<meta property="article:published_time" content="2024-03-09T18:05:07+08:00">'),
        "2024-03-09T18:05:07+08:00 second",
    ),
    "what touches the date in an element of its own": (
        page_of("<div><span>阅读：</span><span>123</span><span>2024-03-09</span><span>18:05</span><span>7条评论</span></div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "a year of two digits that the time touches": (
        page_of("<div><span>发布时间：24-03-09</span><span>18:05</span></div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "a day and time within a whole date are none without a year": (
        page_of("<div>更新于 2024-03-11 09:00</div>", head='<meta name="pubdate" content="2024-03-09 18:05">'),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "a day in the byline, its minute in the head": (
        page_of("<div>2024-03-09</div>", head='<meta name="pubdate" content="2024-03-09 18:05">'),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "another day in the head gives no minute": (
        page_of("<div>2024-03-09 来源：临江日报</div>", head='<meta name="pubdate" content="2024-03-12 18:05">'),
        "2024-03-09T00:00:00+08:00 day",
    ),
    "the head alone, in UTC": (
        page_of("", head='<script type="application/ld+json">{"datePublished":"2024-03-09T10:05:00Z"}</script>'),
        "2024-03-09T18:05:00+08:00 second",
    ),
    "the minute behind a day, from its tag": (
        page_of('<div>发布于 <time datetime="2024-03-09T18:05:00+08:00">2024年3月9日</time></div>'),
        "2024-03-09T18:05:00+08:00 second",
    ),
    "the tag of another day gives no minute": (
        page_of('<div>2024-03-09 来源：临江日报</div><ul><li><time datetime="2024-05-01T10:00">2024-05-01</time> 别的新闻</li></ul>'),
        "2024-03-09T00:00:00+08:00 day",
    ),
    "a zone that only the head states": (
        page_of("<div>2024-03-09 18:05</div>", head='<meta property="article:published_time" content="2024-03-09T18:05:00-05:00">'),
        "2024-03-09T18:05:00-05:00 minute",
    ),
    "day and month in the order that the head tells": (
        page_of("<div>发布：09/03/2024 - 18:05</div>", head='<meta property="article:published_time" content="2024-03-09T10:05:00Z">'),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "the byline, not the clock in the bar": (
        page_of("<div>最后更新 09.03.2024 18:05</div>", before="<div class=top_bar>美国东部时间: 06:40 2024年04月10日星期三</div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "a date of sale is no date of publication": (
        page_of("<div>2024-03-09 18:05</div>", after="<p>上市时间：2023年10月14日</p>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "publication before the last change": (
        page_of("<div>更新：2024-03-11 09:00</div><div>发布：2024-03-09 18:05</div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "publication without a label before the last change with one": (
        page_of("<p>2024-03-09 18:05:41</p><p>更新时间：2024-03-11 09:00</p>"),
        "2024-03-09T18:05:41+08:00 second",
    ),
    "a label that stands far before its date": (
        page_of(
            "<span>更新时间：2024-03-11T13:08:38+08:00</span><span>来源：临江日报</span><span>发布时间:2024-03-09T18:05:34+08:00</span>"
        ),
        "2024-03-09T18:05:34+08:00 second",
    ),
    "a month in words glued to its label": (page_of("<p>发表于Mar 9, 2024 6:05 PM</p>"), "2024-03-09T18:05:00+08:00 minute"),
    "the byline, not the time of now": (
        page_of("<div>2024-03-09 18:05</div>", before="<div>现在时间：2024-04-10 15:40:02</div>"),
        "2024-03-09T18:05:00+08:00 minute",
    ),
    "prose and copyright are no dates": (page_of("", after="<div class=footer>版权所有 2003-01-01 临江网</div>"), None),
}


@pytest.mark.parametrize("label", PAGES)
def test_date_of_a_page(label: str) -> None:
    html, expected = PAGES[label]
    assert told_of(fetched(html)) == expected


def test_notes_say_what_is_missing() -> None:
    assert published(fetched(page_of("<div>2024-03-09</div>")))[1] == (Note.DATE_WITHOUT_TIME,)
    assert published(fetched(page_of("")))[1] == (Note.DATE_MISSING,)
    assert published(fetched(page_of("<div>2024-03-09 18:05</div>")))[1] == ()
    assert published(fetched(page_of("<div>发布时间：2024-03-09至2024-03-12</div>")))[1] == (Note.DATE_DOUBTFUL,)


def test_url_tells_the_day_where_nothing_else_does() -> None:
    page = fetched(page_of(""), url="http://news.linjiang.example/2024-03/09/content_778899.htm")
    assert told_of(page) == "2024-03-09T00:00:00+08:00 day"


def test_relative_dates_need_a_known_time_of_fetch() -> None:
    html = page_of("<div>3小时前 来源：临江日报</div>")
    assert told_of(fetched(html, headers=(("content-type", "text/html"),))) == "2024-05-20T09:00:00+08:00 hour"
    assert told_of(fetched(html)) is None  # a saved file


def test_a_day_without_a_year_takes_it_from_the_source_of_the_page() -> None:
    html = page_of("<div>发布时间：03-0918:05</div>")
    assert told_of(fetched(html)) is None
    picture = '<img src="http://img.linjiang.example/2023/0309/a.jpg">'
    assert told_of(fetched(html + picture)) == "2023-03-09T18:05:00+08:00 minute"
    assert told_of(fetched(html + picture + picture.replace("2023", "2021"))) is None  # which of the two?


def test_formats_of_a_site_file_read_what_its_selector_meets() -> None:
    page = fetched(page_of("<div class=d>05/03/2024</div>"))
    met = replace(extracted(page), dates=(Printed(text="05/03/2024", rule="layout:date", block=1),))
    manner = DateManner(timezone=CHINA, is_chinese=True, formats=("%d/%m/%Y",))
    found, _ = read_published(met, manner)
    assert found
    assert (found.isoformat(), found.precision) == ("2024-03-05T00:00:00+08:00", Precision.DAY)
    assert read_published(met, DateManner(timezone=CHINA, is_chinese=True))[0] is None


def test_a_date_after_the_fetch_is_quarantined() -> None:
    html = page_of("<div>2024-05-22 18:05 来源：临江日报</div>")
    with pytest.raises(PageQuarantined) as caught:
        published(fetched(html))
    assert caught.value.reason is Reason.DATE_IN_FUTURE
    assert told_of(fetched(html, fetched_at=NOON + timedelta(days=2))) == "2024-05-22T18:05:00+08:00 minute"


def test_candidates_name_their_rule_and_block() -> None:
    view = view_of(fetched(page_of("<div>发布时间：2024-03-09 18:05</div>")))
    first = find_dates(view)[0]
    assert first.rule == "labelled_byline"
    assert first.block is not None
    assert "2024-03-09 18:05" in view.blocks[first.block].text


def test_last_change_is_read_apart() -> None:
    page = fetched(page_of("<div>发布：2024-03-09 18:05 更新时间：2024-03-11 09:00</div>"))
    assert [printed.rule for printed in find_modified(view_of(page))] == ["updated_label"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<div>3月9日 18:05 来源：临江日报 更新：3月11日 09:00</div>", "2024-03-11T09:00"),
        ("<div>2024/03/09 18:05（3/11 09:00 更新）</div>", "2024-03-11T09:00"),
        ("<p>2024-03-09 18:05</p><p>更新时间：</p><p>2024-03-11</p><p>09:00</p>", "2024-03-11T09:00"),
        ("<p>更新于 09:00, 11 Mar 2024</p><p>18:05, 9 Mar 2024</p>", "2024-03-11T09:00"),
        ("<div>最后修改时间：03-11 09:00 | 发布时间：03-09 18:05</div>", "2024-03-11T09:00"),
        ("<p>2024-03-09 18:05</p><p>编辑：孟一</p>", None),
        ("<p>2024-03-09 18:05</p><p>更新</p><p>临江日报的阅览室在3月11日开放</p>", None),
    ],
)
def test_the_last_change_is_read_in_all_its_places(header: str, expected: str | None) -> None:
    article = extracted(fetched(page_of(header), headers=(("content-type", "text/html"),)))
    found = read_modified(article, DateManner(timezone=CHINA, is_chinese=True))
    assert (found.isoformat()[:16] if found else None) == expected


def test_the_minute_of_the_last_change_stands_in_its_time_tag() -> None:
    line = '<div>更新于 <time datetime="2024-03-11T09:00:00+08:00">2024年3月11日</time></div>'
    assert [printed.text for printed in find_modified(view_of(fetched(page_of(line))))] == ["2024-03-11T09:00:00+08:00"]


def test_naive_instants_are_aware() -> None:
    found, _ = published(fetched(page_of("<div>2024-03-09 18:05</div>")))
    assert found
    assert found.local.astimezone(UTC) == datetime(2024, 3, 9, 10, 5, tzinfo=UTC)


def test_any_numeral_is_read_without_harm() -> None:
    numerals = ["".join(n) for length in range(6) for n in product("〇一十百千廿9", repeat=length)]
    assert all(value is None or value >= 0 for value in map(read_numeral, [*numerals, "9" * 5000, "九" * 5000, "²"]))
    assert [read_numeral(n) for n in ("十十", "二三百", "百百", "九百九十九", "9" * 18)] == [None, None, None, 999, int("9" * 18)]
