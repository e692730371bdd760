"""Headlines: found in old and new layouts, without site names and click-bait prefixes, and otherwise as printed."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.load_rules import load_rule_book
from pipelines.errors import RuleError
from pipelines.extract.title_candidates import find_original_titles, find_titles
from pipelines.extract.view import view_page
from pipelines.ingest import process
from pipelines.normalize.language import find_language
from pipelines.normalize.titles import clean_title, compile_titles, read_original_title, read_title
from pipelines.types import FetchedPage, PageView, Printed

RULES = load_rule_book().titles
HEADLINE = "临江三座社区阅览室秋季开放"

CLEANED = {
    "今日聚焦!" + HEADLINE: HEADLINE,
    "天天快看：" + HEADLINE: HEADLINE,
    "全球快看点丨" + HEADLINE: HEADLINE,
    "【环球热议】" + HEADLINE: HEADLINE,
    "世界速读！" + HEADLINE: HEADLINE,  # no row says so: a word of scope and one of haste
    "每日快资讯:" + HEADLINE: HEADLINE,
    "焦点热讯：" + HEADLINE: HEADLINE,
    "环球今日讯！" + HEADLINE: HEADLINE,
    "世界观焦点：" + HEADLINE: HEADLINE,
    "全球消息！" + HEADLINE: HEADLINE,
    "微头条丨" + HEADLINE: HEADLINE,
    "观天下！" + HEADLINE: HEADLINE,
    "每日观点：" + HEADLINE: HEADLINE,
    "[转载] " + HEADLINE: HEADLINE,
    "【转】" + HEADLINE: HEADLINE,
    HEADLINE + "（来源：科普时报）": HEADLINE,
}
WHOLE = [
    "临江阅览室秋季开放（来源之争）",
    "转载：侵权还是传播",
    "【转型】临江老厂的第二春",
    "[转载]",
    "今日立秋!临江人的餐桌上多了哪些菜",
    "世界银行：今年增长放缓",
    "世界杯：主队两球取胜",
    "全球首艘!临江造的这艘船下水了",
    "环球时报：这笔账该怎么算",
    "快讯：临江大桥今晨通车",
    "最新消息：临江大桥今晨通车",
    "天天向上！一个乡村教师的三十年",
    "焦点访谈：谁来管这条河",
    "当前形势下怎样种粮",
    "观天下大势：一条河的两岸",
    "今日头条被约谈",
    "全球观察丨一条河的两岸",
    "环球深观察丨一条河的两岸",
    "新华全媒+丨春耕时节访临江",
    "独家：临江大桥的设计者说",
    "消息人士：谈判仍在继续",
    "世界读书日：去哪里借书",
    "每日经济新闻：谁在买入",
    "今日：雨；明日：晴",
    "定了!临江地铁二号线明年开工",
    "视频丨临江大桥今晨通车",
    "（两会）代表说：把书送到田头",
    "每日互动：股价今日上涨",
    "全球快讯",  # nothing but the prefix: it stays
]


@pytest.mark.parametrize("printed", CLEANED)
def test_prefix_goes(printed: str) -> None:
    assert clean_title(printed, RULES) == CLEANED[printed]


@pytest.mark.parametrize("printed", WHOLE)
def test_headline_stays_whole(printed: str) -> None:
    assert clean_title(printed, RULES) == printed


SUFFIXES = {
    f"{HEADLINE}_临江网": HEADLINE,
    f"{HEADLINE}_社会_临江网": HEADLINE,
    f"{HEADLINE} - 临江新闻网 - 社会频道": HEADLINE,
    f"{HEADLINE}-临江日报": HEADLINE,
    f"{HEADLINE} | 地方 | 臨江新聞網": HEADLINE,
    f"{HEADLINE}--时政--临江网": HEADLINE,
    f"{HEADLINE} – LINJIANG.COM": HEADLINE,
    f"临江网-{HEADLINE}": HEADLINE,
    f"{HEADLINE}|阅览室|借书_临江网": f"{HEADLINE}|阅览室|借书",
    "PM2.5-PM10怎样换算_临江网": "PM2.5-PM10怎样换算",
    "临江—南山高速通车": "临江—南山高速通车",
    "两万字长文 | 月亮的故事": "两万字长文 | 月亮的故事",
    "临江网": "临江网",
    f"临江网_{HEADLINE}": HEADLINE,
    f"{HEADLINE}·临江日报": HEADLINE,
    f"{HEADLINE} >> 临江网": HEADLINE,
    f"{HEADLINE}／臨江網": HEADLINE,
    "专访·临江日报": "专访·临江日报",
    "社会新闻_临江网": "社会新闻",
}


@pytest.mark.parametrize("printed", SUFFIXES)
def test_site_goes_off_the_head_title(printed: str) -> None:
    assert clean_title(printed, RULES, from_head=True) == SUFFIXES[printed]


def test_known_site_names_go_too() -> None:
    assert clean_title(f"{HEADLINE} - 南山札记", RULES, from_head=True) == f"{HEADLINE} - 南山札记"
    assert clean_title(f"{HEADLINE} - 南山札记", RULES, from_head=True, site_names=["南山札记"]) == HEADLINE


@given(st.text(min_size=1, max_size=60))
def test_cleaning_twice_changes_nothing_more(printed: str) -> None:
    once = clean_title(printed, RULES, from_head=True)
    assert clean_title(once, RULES, from_head=True) == once


def test_a_wrong_row_stops_the_program() -> None:
    with pytest.raises(RuleError, match="kind"):
        compile_titles([{"kind": "word", "phrase": "今日"}])


# --- pages ------------------------------------------------------------------------------------------------------------------
def view_of(html: str) -> PageView:
    return view_page(html, "http://news.linjiang.example/a.html")


def title_of(html: str) -> str | None:
    found = read_title(find_titles(view_of(html)), RULES)
    return found[0] if found else None


TEXT = "<p>临江市图书馆宣布三座社区阅览室将开放，馆长说今后还会延长开放时间，方便下班的读者前来借书还书。</p>" * 3
PAGES = {
    "h1": f"<title>{HEADLINE}_临江网</title><h1>{HEADLINE}</h1>{TEXT}",
    "old page without a heading": f"<title>{HEADLINE}_临江网</title><table><tr><td>首页</td></tr><tr><td><b>{HEADLINE}</b></td></tr></table>{TEXT}",
    "h1 is the site's name": f"<title>{HEADLINE}-临江网</title><h1>临江网</h1><div class=tit>{HEADLINE}</div>{TEXT}",
    "head says only the site": f"<title>临江网欢迎您</title><h1>{HEADLINE}</h1><div>2024-03-09 来源：临江日报</div>{TEXT}",
    "no visible headline": f"<title>{HEADLINE}_新闻_临江网</title>{TEXT}",
    "breadcrumb in the heading": f"<title>{HEADLINE} - 临江网</title><h1>临江网 〉社会 〉{HEADLINE}</h1>{TEXT}",
    "column in brackets": f"<title>{HEADLINE}_社会_临江网</title><h1>【临江身边事】{HEADLINE}</h1>{TEXT}",
    "in three lines": f"<title>{HEADLINE}_临江网</title><p>{HEADLINE[:4]}</p><p>{HEADLINE[4:8]}</p><p>{HEADLINE[8:]}</p>{TEXT}",
    "site's name below": f"<title>{HEADLINE} | Linjiang</title><h1>{HEADLINE}</h1><p>Linjiang</p>{TEXT}",
    "labelled": f"<title>临江论坛</title><p>首页 栏目</p><p>标题：{HEADLINE}</p><p>作者：孟一 发布：2024-03-09</p>{TEXT}",
    "old page, nothing marked": f"<title>欢迎访问临江网</title><table><tr><td><a href=a>栏目</a><td>{HEADLINE}<tr><td>作者：孟一</table>{TEXT}",
    "head names the site, nothing marked": f"<title>公共广播 临江新闻网</title><div><a href=/>临江新闻网</a> / 文化</div><div>{HEADLINE}</div>{TEXT}<i>2024-03-09</i>",
    "a place where something is loaded": f"<title>公共广播 临江新闻网</title><div>Loading</div><div><a href=/>临江新闻网</a> / 文化</div><div>{HEADLINE}</div>{TEXT}<i>2024-03-09</i>",
    "paragraphs marked as titles": f"<title>公共广播 临江新闻网</title><h3>{HEADLINE}</h3><div class=subtitle>{TEXT}</div><i>2024-03-09</i>",
    "a byline among the text": f"<title>{HEADLINE[2:]}_新闻_临江网</title><h3>{HEADLINE}</h3>{TEXT}<p>（作者：孟一）</p>{TEXT}",
    "breadcrumb above the byline": f"<title>{HEADLINE}_临江网</title><p>您现在的位置：读书 -> 正文</p><p>2024-03-09 作者：孟一</p>{TEXT}",
    "a date is no headline": f"<title>欢迎访问临江网</title><div class=title>2024-03-09 18:05</div><h2>{HEADLINE}</h2>{TEXT}",
    "related headlines in h2": f"<title>{HEADLINE}_临江网</title><h1>{HEADLINE}</h1>{TEXT}<div class=related><h2>临江大桥今晨通车，市民排队上桥</h2></div>",
    "title with its own stroke": f"<title>长文 | {HEADLINE}</title><h1>长文 | {HEADLINE}</h1>{TEXT}",
    "prefix": f"<title>今日聚焦!{HEADLINE}_临江网</title><h1>今日聚焦!{HEADLINE}</h1>{TEXT}",
}  # fmt: skip


@pytest.mark.parametrize("label", PAGES)
def test_title_of_a_page(label: str) -> None:
    expected = f"长文 | {HEADLINE}" if "stroke" in label else HEADLINE
    assert title_of(PAGES[label]) == expected


@pytest.mark.parametrize(
    ("head_title", "heading", "expected"),
    [
        ("临江三座阅览室开放 夜里也能借书_临江网", "临江三座阅览室开放<br>夜里也能借书", "临江三座阅览室开放 夜里也能借书"),
        ("临江三座阅览室开放到2007年末_临江网", "临江三座阅览室开放到2007<br>年末", "临江三座阅览室开放到2007年末"),
        ("临江三座阅览室开放，夜里也能借书，读者叫好-临江网", "临江三座阅览室开放<br>夜里也能借书", "临江三座阅览室开放，夜里也能借书"),
    ],
)
def test_a_heading_in_two_lines_is_one_headline(head_title: str, heading: str, expected: str) -> None:
    assert title_of(f"<title>{head_title}</title><h1>{heading}</h1><div>2024-03-09 18:05</div>{TEXT}") == expected


def test_no_headline_is_no_title() -> None:
    assert title_of("<p>三</p>") is None
    assert title_of(f"<title>1</title><p>您现在的位置：读书 -> 连载 -> 正文</p><p>2024-03-09 作者：孟一</p>{TEXT}") is None


ORIGINALS = {
    f"原标题：{HEADLINE}": HEADLINE,
    f"（原标题：{HEADLINE}）": HEADLINE,
    f"(原標題:{HEADLINE})": HEADLINE,
    f"[原标题：“{HEADLINE}”]": f"“{HEADLINE}”",
    f"原标题：《{HEADLINE}》": HEADLINE,
    f"（原题为《{HEADLINE}》）": HEADLINE,
    f"临江 原标题：《借书》{HEADLINE}《还书》": f"《借书》{HEADLINE}《还书》",
    "原标题：": None,
    "这本书的原标题党风格不见了": None,
}


@pytest.mark.parametrize("printed", ORIGINALS)
def test_original_title(printed: str) -> None:
    found = read_original_title(find_original_titles(view_of(f"<h1>{HEADLINE}</h1><p>{printed}</p>{TEXT}")))
    assert (found[0] if found else None) == ORIGINALS[printed]


def test_evidence_of_the_original_title_is_its_line() -> None:
    found = read_original_title([Printed(text=f"原标题：{HEADLINE}", rule="label", block=3)])
    assert found
    assert found[1].block == 3


# --- language ---------------------------------------------------------------------------------------------------------------
LANGUAGES = {
    "临江市图书馆昨日宣布，今年秋季将开放三座社区阅览室。": "zh-Hans",
    "臨江市圖書館昨日宣布，今年秋季將開放三座社區閱覽室。": "zh-Hant",
    "iPhone 15 Pro Max、MacBook Air 与 Apple Watch 今天开售，临江门店前排起长队。": "zh-Hans",
    "The city library opens three new reading rooms this autumn, and it is free for all.": "en",
    "本日は図書館の新しいサービスについてお知らせします。": "ja",
    "도서관은 오늘 새로운 열람실을 연다고 밝혔다.": "ko",
    "Городская библиотека открывает новый читальный зал.": "ru",
    "La bibliothèque de la ville ouvre une salle pour les enfants et les familles.": "fr",
    "2024-03-09 18:05": None,
    "": None,
}


@pytest.mark.parametrize("text", LANGUAGES)
def test_language(text: str) -> None:
    assert find_language(text) == LANGUAGES[text]


def test_the_page_decides_only_what_the_text_leaves_open() -> None:
    both = "山水田园日月人口手足刀工"
    assert (find_language(both), find_language(both, "zh-TW"), find_language(both, "zh-CN")) == ("zh", "zh-Hant", "zh-Hans")
    assert find_language("臨江市圖書館昨日宣布開放閱覽室", "zh-CN") == "zh-Hant"


def test_no_real_headline_is_touched(shared: Path) -> None:
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        titles = [" ".join(json.loads(line)["title"].split()) for line in lines]
    assert len(titles) > 1_000
    assert [title for title in titles if clean_title(title, RULES) != title] == []


@pytest.mark.parametrize(
    ("head_title", "name"),
    [(f"临江日报数字报-{HEADLINE}", None), (f"{HEADLINE}-临江新闻网", "临江新闻网"), (f"{HEADLINE}_要闻_临江新闻网", "临江新闻网")],
)
def test_a_headline_at_the_end_of_the_head_is_no_name_of_the_site(head_title: str, name: str | None) -> None:
    text = "阅览室本周开放，读者可以借书，也可以在这里自习，座位不用预约，开到晚上九点。"
    html = f"<html><head><title>{head_title}</title></head><body><h1>{HEADLINE}</h1><p>2024-03-01 08:30</p><div><p>{text}</p><p>{text[::-1]}</p></div><p>版权说明</p></body></html>"
    page = FetchedPage(
        url="http://a.example/1.html", final_url="http://a.example/1.html", status=200, headers=(), body=html.encode(),
        fetched_at=datetime(2024, 3, 2, tzinfo=UTC),
    )  # fmt: skip
    article = process(page, load_rule_book())
    assert (article.title, article.site_name) == (HEADLINE, name)
