"""The body of made-up Chinese pages: what stays, what goes and why, and which pages are no articles."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.load_rules import load_rule_book
from pipelines.decode.decode import decode
from pipelines.errors import PageQuarantined, PageRejected, Reason
from pipelines.extract.extract import extract, read_view
from pipelines.extract.scorer import weigh_all, weigh_between
from pipelines.ingest import process
from pipelines.types import ExtractedArticle, FetchedPage, Note, Precision

URL = "http://news.example.com/2022/1220/1.html"
FIRST = "本报讯（记者 李明）昨天上午，城北新线正式开通，首日客流超过三万人次，沿线居民出行时间平均缩短二十分钟。"
SECOND = "记者在现场看到，车站入口处设置了清晰的指示标志，工作人员为老人和孩子提供引导，秩序井然。"
THIRD = "据介绍，新线全长十二公里，设车站九座，预计明年底与机场线换乘，届时全市轨道网将更加完善。"
NAV = "".join(f'<li><a href="/c{i}/">频道导航{i}</a></li>' for i in range(12))
RELATED = "".join(f'<li><a href="/2022/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a></li>' for i in range(6))


def page(body: str, title: str = "城北新线今日正式开通 首日客流超三万", url: str = URL) -> FetchedPage:
    html = f"<html><head><meta charset=utf-8><title>{title}_某某网</title></head><body>{body}</body></html>"
    return FetchedPage(url=url, final_url=url, status=200, headers=(), body=html.encode(), fetched_at=datetime(2022, 12, 21, tzinfo=UTC))


def read(body: str, **more: str) -> ExtractedArticle:
    return extract(decode(page(body, **more)), None, load_rule_book())


def article(inside: str = "", after: str = "") -> str:
    return f"""
    <div class="top"><ul>{NAV}</ul></div>
    <div class="main"><div class="crumb">您现在的位置：<a href="/">首页</a> &gt; <a href="/gn/">国内</a> &gt; 正文</div>
    <h1>城北新线今日正式开通 首日客流超三万</h1><div class="info">2022-12-20 08:51:46 来源：某某日报</div>
    <div class="content"><p>{FIRST}</p><p>{SECOND}</p>{inside}<p>{THIRD}</p>{after}</div>
    <div class="box"><h3>相关新闻</h3><ul>{RELATED}</ul></div></div>
    <div class="foot"><p>关于我们 | 联系我们</p><p>版权所有 某某网 Copyright 2022，未经授权不得转载。</p></div>"""


def test_the_body_is_the_paragraphs_and_nothing_else() -> None:
    got = read(article())
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert got.extractor.startswith("scorer/")
    assert got.confidence > 0.8


def test_what_stands_between_the_paragraphs_is_removed_and_recorded() -> None:
    inside = "<p>(相关资料图)</p><p>上一篇：某事</p><p>广告</p>"
    after = "<p>（责任编辑：王五）</p><p>关键词：地铁 开通</p><p>凡本网注明“来源：某某网”的作品，均转载自其它媒体，转载目的在于传递更多信息，并不代表本网赞同其观点。</p>"
    got = read(article(inside, after))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert [r.kind for r in got.removed] == ["caption", "pager", "ad", "editor_line", "keywords", "disclaimer"]
    assert all(r.block is not None and r.rule for r in got.removed)


@pytest.mark.parametrize(
    "caption",
    [
        "新建的车站（图源：某某发布）",
        "新建的车站 图据某某发布",
        "新建的车站。本报记者 李明 摄影报道",
        "图1：新建的车站",
        "新建的车站 图片由受访者提供",
    ],
)
def test_a_line_below_a_picture_that_says_whose_it_is_is_its_caption(caption: str) -> None:
    got = read(article(f'<p align="center"><img src="/a.jpg" width="600"></p><p align="center">{caption}</p>'))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert [(r.kind, r.text) for r in got.removed] == [("caption", caption)]


def test_an_editor_glued_to_the_last_paragraph_is_cut_off_and_a_reporter_stays() -> None:
    got = read(article(after=f"<p>{SECOND[:-1]}（记者 李明）。（责任编辑：王五）</p>"))
    assert got.paragraphs[-1] == f"{SECOND[:-1]}（记者 李明）。"
    assert ("editor_line", "（责任编辑：王五）") in [(r.kind, r.text) for r in got.removed]


def test_sub_headings_short_lines_and_links_inside_prose_stay() -> None:
    linked = f'<p>市民<a href="/x">李某某</a>说：“{SECOND}”</p>'
    got = read(article(f"<p><strong>客流平稳</strong></p>{linked}<h3>明年换乘</h3>"))
    assert got.paragraphs == (FIRST, SECOND, "客流平稳", f"市民李某某说：“{SECOND}”", "明年换乘", THIRD)


def test_lines_cut_by_br_are_paragraphs() -> None:
    got = read(
        f'<ul>{NAV}</ul><h1>城北新线今日正式开通 首日客流超三万</h1><div id="zoom">　　{FIRST}<br><br>　　{SECOND}<br />{THIRD}</div>'
    )
    assert got.paragraphs == (FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    "typed",
    [
        "<pre>    {0}\n    {1}\n    {2}</pre>",
        '<div class="content" style="margin:0; white-space: pre-wrap">{0}\n\n{1}\r\n\r\n{2}</div>',
        '<div class="content" style="white-space:pre-line">{0}\n{1}\n{2}<i></i></div>',
    ],
)
def test_line_breaks_that_are_shown_as_typed_part_paragraphs(typed: str) -> None:
    got = read(f"<ul>{NAV}</ul><h1>城北新线今日正式开通 首日客流超三万</h1>{typed.format(FIRST, SECOND, THIRD)}")
    assert got.paragraphs == (FIRST, SECOND, THIRD)


def test_lines_folded_by_an_editor_are_one_paragraph() -> None:
    folded = FIRST.replace("，", "，\n")
    got = read(f"<ul>{NAV}</ul><h1>城北新线今日正式开通 首日客流超三万</h1><pre>{folded}\n\n{SECOND}\n\n{THIRD}</pre>")
    assert got.paragraphs == (FIRST.replace("，", "， "), SECOND, THIRD)


def test_the_day_below_an_office_that_signs_belongs_to_the_text_and_a_day_alone_does_not() -> None:
    signed = article(after="<p>临江县水利局</p><p>2022年12月3日</p>")
    assert read(signed).paragraphs == (FIRST, SECOND, THIRD, "临江县水利局", "2022年12月3日")
    assert read(article(after="<p>2022年12月3日</p>")).paragraphs == (FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    ("entries", "stay"),
    [
        (("07:30", "08:12", "09时20分"), True),
        (("【07:30】", "【08:12】", "【上午9:20】"), True),
        (("2012年11月15日", "2014年3月", "2016年7月1日"), True),
        (("9月3日 07:30", "9月3日 21:05", "9月4日 08:00"), True),
        (("2022-12-20 08:51:46", "2022-12-18 21:03:20", "2022-12-16 07:15:02"), False),  # posts of a blog
        (("2022-12-20 08:51", "08:51", "2022年12月20日"), False),  # one of each make heads no entry
    ],
)
def test_what_heads_the_entries_of_a_live_report_or_a_chronicle_belongs_to_the_text(entries: tuple[str, ...], stay: bool) -> None:
    lines = [line for pair in zip(entries, (FIRST, SECOND, THIRD), strict=True) for line in pair]
    got = read(f"<ul>{NAV}</ul><h1>城北新线今日正式开通 首日客流超三万</h1><div>{''.join(f'<p>{line}</p>' for line in lines)}</div>")
    assert got.paragraphs == (tuple(lines) if stay else (FIRST, SECOND, THIRD))


def test_the_headline_printed_again_above_the_text_is_none_of_it_and_a_line_like_it_further_down_is() -> None:
    title = "城北新线今日正式开通 首日客流超三万"
    lines = (title, FIRST, SECOND, title, THIRD)
    got = read(f"<ul>{NAV}</ul><h1>{title}</h1><div>2022-12-20 08:51</div><div>{''.join(f'<p>{line}</p>' for line in lines)}</div>")
    assert got.paragraphs == (FIRST, SECOND, title, THIRD)


def test_the_question_that_opens_an_interview_is_no_byline() -> None:
    asked = "记者：今年开通的新线有何不同？"
    assert read(article().replace(f"<p>{FIRST}</p>", f"<p>{asked}</p><p>{FIRST}</p>")).paragraphs == (asked, FIRST, SECOND, THIRD)


ROWS = (("县区", "客流", "增速"), ("东城区", "320.5", "6.1"), ("临江县", "150", "4.9"), ("合计", "1200", "1"))


def table(rows: Iterable[Iterable[str]]) -> str:
    return "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize("place", ["inside", "after"])
def test_a_table_of_figures_belongs_to_the_text(place: str) -> None:
    got = read(article(**{place: table(ROWS)}))
    cells = [cell for row in ROWS for cell in row]
    assert list(got.paragraphs) == ([FIRST, SECOND, *cells, THIRD] if place == "inside" else [FIRST, SECOND, THIRD, *cells])


@pytest.mark.parametrize(
    "rows",
    [
        (("编辑", "王五"), ("校对", "李四"), ("审核", "张三")),
        (("来源：", "某某日报"), ("浏览", "320"), ("评论", "15"), ("时间", "10:12")),
        (('<a href="/1">上一页</a>', "1"), ('<a href="/2">2</a>', "3"), ('<a href="/4">4</a>', "5")),
    ],
)
def test_other_tables_behind_the_text_do_not(rows: tuple[tuple[str, str], ...]) -> None:
    assert read(article(after=table(rows))).paragraphs == (FIRST, SECOND, THIRD)


WORDS = (("学区", "学校"), ("东片", "实验小学"), ("西片", "城关小学"), ("北片", "北新小学"))
LISTED = "具体学区和对口学校由市教育局公布，名单如下："


@pytest.mark.parametrize(("tag", "item"), [("table", "td"), ("dl", "dd"), ("ul", "li"), ("ol", "li")])
def test_a_table_or_list_of_words_belongs_to_the_text_that_goes_on_behind_it_or_announces_it(tag: str, item: str) -> None:
    cells = [cell for row in WORDS for cell in row]
    made = f"<{tag}>{''.join(f'<{item}>{cell}</{item}>' for cell in cells)}</{tag}>"
    assert list(read(article(made)).paragraphs) == [FIRST, SECOND, *cells, THIRD]
    assert list(read(article(after=f"<p>{LISTED}</p>{made}")).paragraphs) == [FIRST, SECOND, THIRD, LISTED, *cells]
    assert read(article(after=made)).paragraphs == (FIRST, SECOND, THIRD)


@pytest.mark.parametrize("known", ["打印", '<a href="/1">微信</a>'])
def test_a_list_of_tools_within_the_text_does_not(known: str) -> None:
    tools = "".join(f"<li>{tool}</li>" for tool in ("微信", "微博", "朋友圈", "字体", "收藏", known))
    assert read(article(f"<ul>{tools}</ul>")).paragraphs == (FIRST, SECOND, THIRD)


def test_an_index_table_above_the_text_does_not() -> None:
    index = table((("索引号", "01500-2022-0012"), ("文号", "县政发〔2022〕3号"), ("生成日期", "2022-12-20")))
    assert read(article().replace(f"<p>{FIRST}</p>", f"{index}<p>{FIRST}</p>")).paragraphs == (FIRST, SECOND, THIRD)


def test_comments_under_their_heading_are_not_the_article() -> None:
    comments = "".join(f"<p>网友{i}：{SECOND}</p>" for i in range(8))
    got = read(article(after=f"<h4>网友评论(8)</h4>{comments}"))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert {r.kind for r in got.removed if "网友" in r.text} == {"comments"}


def test_a_link_to_the_comments_above_the_body_cuts_nothing() -> None:
    body = article().replace('<div class="content">', '<div class="content"><span><a href="#c">我要评论</a></span>')
    assert read(body).paragraphs == (FIRST, SECOND, THIRD)


def test_teasers_of_other_stories_are_not_the_article() -> None:
    teasers = "".join(
        f'<div class="item"><a href="/{i}">别处发生的第{i}件事情的标题</a><p class="sum">{SECOND * 2}</p><span>一天前</span></div>'
        for i in range(6)
    )
    assert read(article(after=f"<div>{teasers}</div>")).paragraphs == (FIRST, SECOND, THIRD)


def test_a_short_article_is_an_article() -> None:
    body = article().replace(f"<p>{SECOND}</p>", "").replace(f"<p>{THIRD}</p>", "")
    assert read(body).paragraphs == (FIRST,)


def test_a_brief_of_one_paragraph_is_no_teaser() -> None:
    html = f"<h2>城北新线开通</h2><div>2022-12-20 08:51 来源：某某日报 作者：李明</div><div>{SECOND}</div><div>分享：</div><a href=/1>另一条新闻的标题在这里</a><p>{THIRD}</p><p>2022-12-19</p>"
    _, view = read_view(decode(page(html)))
    weights = weigh_all(view.blocks, load_rule_book().boilerplate)
    brief, teaser = (next(b for b in view.blocks if b.text == text) for text in (SECOND, THIRD))
    assert weights[brief.index] == len(SECOND)
    assert weights[teaser.index] < len(THIRD) / 2


def test_a_run_of_blocks_weighs_what_it_weighs_among_all() -> None:
    teasers = "".join(f"<a href=/{i}>另一条新闻的标题在这里</a><p>{SECOND}</p><p>2022-12-19</p>" for i in range(3))
    _, view = read_view(decode(page(f"<p>{FIRST}</p>{teasers}<p>{THIRD}</p>")))
    rules = load_rule_book().boilerplate
    every = weigh_between(view.blocks, rules, 0, len(view.blocks))
    assert any(0 < weight < len(SECOND) / 2 for weight in every)  # a teaser is told by its neighbours
    for start in range(len(every)):
        for end in range(start, len(every) + 1):
            assert weigh_between(view.blocks, rules, start, end)[start:end] == every[start:end]


def test_pictures_keep_their_captions_out_of_the_text() -> None:
    inside = '<p><img src="x.gif" width="1"><img src="/loading.png" data-src="/img/1.jpg"></p><p class="pic-text">图为新线首日运营。某社记者 王五 摄</p>'
    got = read(article(inside))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert [(p.url, p.caption, p.credit) for p in got.pictures] == [
        ("http://news.example.com/img/1.jpg", "图为新线首日运营。某社记者 王五 摄", "某社记者 王五 摄")
    ]


@pytest.mark.parametrize("captions", [1, 2])
def test_a_picture_above_the_text_is_the_articles(captions: int) -> None:
    """Its caption is what comes first in the container, and is taken out."""
    figures = "".join(f'<p><img src="/img/{n}.jpg"></p><p>图为新线的第{n}座车站。 林小禾 摄</p>' for n in range(captions))
    got = read(article("").replace(f"<p>{FIRST}", f"{figures}<p>{FIRST}", 1))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert [p.credit for p in got.pictures] == ["林小禾 摄"] * captions


LIST = "".join(
    f'<li><a href="/2022/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a><span>2022-12-{i:02}</span></li>' for i in range(1, 29)
)
TEASERS = "".join(f'<div><h3><a href="/{i}.html">某地召开第{i}次工作会议部署工作</a></h3><p>{SECOND}</p></div>' for i in range(1, 12))


@pytest.mark.parametrize(
    ("body", "title", "reason"),
    [
        ("", "", Reason.EMPTY),
        ("<script>var a = 1</script>", "", Reason.EMPTY),
        (f"<ul>{LIST}</ul><p>共28条，当前第1页</p>", "滚动新闻", Reason.LIST_PAGE),
        (f"<h1>国内新闻</h1>{TEASERS}", "国内新闻", Reason.LIST_PAGE),
        ("<h1>404</h1><p>您访问的页面不存在，请返回首页。</p>", "页面不存在", Reason.ERROR_PAGE),
        ("<p>抱歉，该文章已被删除。</p>", "提示信息", Reason.ERROR_PAGE),
        ("<ul><li><a href=/>首页</a></li><li><a href=/b>国内</a></li></ul>", "某某", Reason.NO_BODY),
    ],
)
def test_pages_that_are_no_articles_are_rejected(body: str, title: str, reason: Reason) -> None:
    with pytest.raises(PageRejected) as caught:
        read(body, title=title)
    assert caught.value.reason == reason


def test_an_article_about_a_missing_page_is_an_article() -> None:
    got = read(article(f"<p>{SECOND}</p>"), title="网站显示“页面不存在” 市民办事遇阻")
    assert FIRST in got.paragraphs


def test_too_deep_markup_is_flattened_and_said() -> None:
    got = read("<div>" * 3000 + article() + "</div>" * 3000)
    assert {FIRST, SECOND, THIRD} <= set(got.paragraphs)
    assert Note.PARSE_LIMIT in got.notes


def test_nesting_that_cannot_be_flattened_is_quarantined() -> None:
    with pytest.raises(PageQuarantined) as caught:
        read("<x-a>" * 5000 + FIRST)
    assert caught.value.reason == Reason.PARSE_LIMIT


SCRIPTED = (
    '<script>window.__STATE__={"channel":{"name":"要闻"},"article":{"title":"城北新线今日正式开通","source":"某某日报","publishTime":"2022-12-20 08:51:46",'
    '"editor":"王五","content":"<p>%s</p><p>%s</p><p>(相关资料图)</p><p>%s</p>"}};</script>'
)
ENGLISH = "The new line opened on Tuesday morning, and by noon more than thirty thousand people had used it, the operator said."


def test_a_body_in_a_script_is_read_with_its_fields() -> None:
    got = read(f'<div id="app">加载中，请稍候…</div>{SCRIPTED % (FIRST, SECOND, THIRD)}')
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert got.extractor.startswith("script/")
    assert (got.titles[0].text, got.dates[0].text) == ("城北新线今日正式开通", "2022-12-20 08:51:46")
    assert [c.text for c in got.credits[:2]] == ["来源：某某日报", "责任编辑：王五"]
    assert [r.kind for r in got.removed] == ["caption"]


@pytest.mark.parametrize(
    "script",
    [
        'var data = {title: "x", content: "<p>%s</p>\\n<p>%s</p><p>%s</p>"};',
        '{"@type":"NewsArticle","articleBody":"%s\\n%s\\n%s"}',
        'window.__INITIAL_STATE__={"detail":{"newsTitle":"x","newsContent":"<p>%s</p><p>%s</p><p>%s</p>"}};(function(){}())',
        '({"data":[{"content":"&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;%s&lt;/p&gt;"}]})',
    ],
)
def test_scripts_of_other_makes_are_read_too(script: str) -> None:
    text = script % (FIRST, SECOND, THIRD)
    assert read(f"<div>加载中</div><script>{text}</script>").paragraphs == (FIRST, SECOND, THIRD)


def test_keys_of_a_script_are_known_in_every_spelling() -> None:
    renamed = SCRIPTED
    for key, spelling in {
        "title": "newsTitle",
        "source": "source_name",
        "publishTime": "pub-time",
        "editor": "Editor",
        "content": "news_content",
    }.items():
        renamed = renamed.replace(f'"{key}"', f'"{spelling}"')
    got = read(renamed % (FIRST, SECOND, THIRD))
    assert (got.titles[0].text, got.dates[0].text) == ("城北新线今日正式开通", "2022-12-20 08:51:46")
    assert [c.text for c in got.credits[:2]] == ["来源：某某日报", "责任编辑：王五"]


@pytest.mark.parametrize("told", ["1671497506", "1671497506000", '"1671497506000"', '"2022-12-20T00:51:46Z"'])
def test_a_time_of_machines_in_a_script_is_told_in_the_zone_of_the_page(told: str) -> None:
    html = SCRIPTED.replace('"2022-12-20 08:51:46"', told) % (FIRST, SECOND, THIRD)
    assert process(page(html), load_rule_book()).published.isoformat() == "2022-12-20T08:51:46+08:00"


@pytest.mark.parametrize("told", ["8812", "20221220", "true", '"1234567890123456"'])
def test_a_number_that_is_no_time_gives_no_time(told: str) -> None:
    html = SCRIPTED.replace('"2022-12-20 08:51:46"', told) % (FIRST, SECOND, THIRD)
    published = process(page(html), load_rule_book()).published
    assert published is None or published.precision is Precision.DAY


HIDDEN_FIELDS = (
    '<div id="app"></div><textarea class="article-title">城北新线今日正式开通</textarea><textarea class="article-time">1671497506000</textarea>'
    '<textarea class="article-source-name">某某日报</textarea><textarea class="article-editor-name">王五</textarea>'
    '<textarea class="article-content">&lt;section&gt;&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;%s&lt;/p&gt;&lt;p&gt;%s&lt;/p&gt;&lt;/section&gt;</textarea>'
)


def test_an_article_in_text_fields_that_nobody_sees_is_read_like_one_in_a_script() -> None:
    article_read = process(page(HIDDEN_FIELDS % (FIRST, SECOND, THIRD)), load_rule_book())
    assert article_read.text.split("\n") == [FIRST, SECOND, THIRD]
    assert (article_read.title, article_read.source and article_read.source.name, article_read.editors) == (
        "城北新线今日正式开通", "某某日报", ("王五",),
    )  # fmt: skip
    assert article_read.published is not None
    assert article_read.published.isoformat() == "2022-12-20T08:51:46+08:00"


def test_what_readers_may_write_does_not_outdo_the_page() -> None:
    form = f"<form><textarea name=title>我的看法</textarea><textarea name=content>{THIRD}{SECOND * 9}</textarea></form>"
    assert read(article() + form).paragraphs == (FIRST, SECOND, THIRD)


def test_a_script_does_not_outdo_the_page() -> None:
    other = SCRIPTED % tuple(f"另一篇文章的段落，与本页无关，只是推荐，共有{i}条，敬请留意，欢迎点击。" for i in "一二三")
    assert read(article() + other).paragraphs == (FIRST, SECOND, THIRD)


def test_an_english_page_is_read_by_trafilatura_without_its_headline() -> None:
    paragraphs = "".join(f"<p>{ENGLISH.replace('thirty', number)}</p>" for number in ("thirty", "forty", "fifty"))
    got = read(f"<article><h1>New line opens in the north</h1>{paragraphs}</article>", title="New line opens in the north")
    assert got.extractor.startswith("trafilatura/")
    assert got.paragraphs == tuple(ENGLISH.replace("thirty", number) for number in ("thirty", "forty", "fifty"))


def test_a_layout_of_tables_is_no_table() -> None:
    rows = "".join(f"<p>{ENGLISH.replace('thirty', number)}</p>" for number in ("thirty", "forty", "fifty", "sixty"))
    got = read(f"<table><tr><td>Example News</td></tr><tr><td>{rows}</td><td>More</td></tr></table>", title="New line")
    assert not [p for p in got.paragraphs if p.startswith("|")]
    assert ENGLISH in got.paragraphs


@given(st.lists(st.sampled_from([FIRST, SECOND, THIRD, "（责任编辑：王五）", "上一篇：某事", "短行", "(资料图)"]), min_size=1, max_size=8))
def test_cleaning_what_is_clean_changes_nothing(lines: list[str]) -> None:
    """A page made of a clean body alone gives that body again, and the same page gives the same answer."""
    try:
        once = read(article("".join(f"<p>{line}</p>" for line in lines)))
    except PageRejected:
        return
    again = read(article().replace(f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>", "".join(f"<p>{p}</p>" for p in once.paragraphs)))
    assert again.paragraphs == once.paragraphs
    assert read(article("".join(f"<p>{line}</p>" for line in lines))) == once
