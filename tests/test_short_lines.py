"""Texts that are no prose (verse, names, a table alone, code), and texts of which a part is not shown at once."""

import pytest

from pipelines.errors import PageRejected, Reason
from tests.test_body import FIRST, LIST, NAV, RELATED, SECOND, THIRD, article, read, table

TITLE = "城北新线通车有感"
VERSE = ("晨雾里的站台", "系着昨夜的灯", "父亲的烟斗", "一明一灭", "", "他不说话", "只把行李", "又紧了一紧")
LINES = tuple(filter(None, VERSE))
NAMES = ("一等奖（3名）", "临江县第一中学 王梓涵", "实验小学 李沐阳", "青河镇中心小学 赵一诺", "优秀指导教师", "张丽华 李国强 王秀英")


def framed(text: str, title: str = TITLE, header: str = "2022-12-20 08:51 来源：某某日报") -> str:
    foot = "<p>主办：某某县融媒体中心　承办：某某县大数据中心</p>"
    return f"""<ul>{NAV}</ul><div class="main"><h1>{title}</h1><div class="info">{header}</div><div class="content">{text}</div>
    <div><a href="/1">上一篇</a> <a href="/3">下一篇</a></div><div class="box"><h3>相关新闻</h3><ul>{RELATED}</ul></div></div><div class="foot">{foot}</div>"""


@pytest.mark.parametrize(
    "text", ["<br>".join(VERSE), "".join(f"<p>{line}</p>" for line in VERSE), "<pre>\n" + "\n".join(VERSE) + "\n</pre>"]
)
@pytest.mark.parametrize("title", [TITLE, "站台"])
def test_a_poem_is_an_article_of_its_lines(text: str, title: str) -> None:
    got = read(framed(text, title), title=title)
    assert got.paragraphs == LINES
    assert got.extractor.startswith("lines/")


def test_a_list_of_names_is_an_article_of_its_lines() -> None:
    assert read(framed("".join(f"<p>{line}</p>" for line in NAMES)), title=TITLE).paragraphs == NAMES


def test_a_table_alone_is_an_article_of_its_cells() -> None:
    rows = (("线路", "首班", "末班"), ("2路", "06:00", "20:30"), ("夜班1路", "21:00", "23:30"), ("机场专线", "05:30", "22:00"))
    assert read(framed(table(rows)), title=TITLE).paragraphs == tuple(cell for row in rows for cell in row)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (framed("".join(f"<p>{line}</p>" for line in LINES), header=""), TITLE),  # a form has no day
        (f"<h1>滚动新闻列表页</h1><p>2022-12-20</p><ul>{LIST}</ul>", "滚动新闻列表页"),
    ],
)
def test_lines_without_a_day_or_of_links_are_no_article(body: str, title: str) -> None:
    with pytest.raises(PageRejected) as caught:
        read(body, title=title)
    assert caught.value.reason == Reason.LIST_PAGE


def test_lines_below_a_short_text_are_not_taken_for_it() -> None:
    replies = "".join(f"<li>网友甲{i} 支持楼主的看法</li>" for i in range(9))
    html = f"<ul>{NAV}</ul><h1>{TITLE}</h1><p>2022-12-20 08:51</p><div><p>{SECOND}</p></div><ul>{replies}</ul>"
    assert read(html, title=TITLE).paragraphs[0] == SECOND


def test_lines_of_code_are_lines() -> None:
    code = ("import os", "for name in os.listdir('稿件'):", "print(name)")
    got = read(article("<pre><code>" + "\n    ".join(code) + "\n</code></pre>"))
    assert got.paragraphs == (FIRST, SECOND, *code, THIRD)


@pytest.mark.parametrize("signer", ["周某某同志治丧小组", "临江股份有限公司董事会", "女：周静"])
def test_the_day_below_whoever_signs_belongs_to_the_text(signer: str) -> None:
    assert read(article(after=f"<p>{signer}</p><p>2022年12月3日</p>")).paragraphs == (FIRST, SECOND, THIRD, signer, "2022年12月3日")


HIDDEN = f'<div class="rest" style="display:none"><p>{SECOND}</p><p>{THIRD}</p></div>'


@pytest.mark.parametrize("button", ["展开全文", "点击展开剩余50%", "閱讀全文 ▼"])
@pytest.mark.parametrize("is_above", [True, False])
def test_the_rest_that_a_button_shows_belongs_to_the_text(button: str, is_above: bool) -> None:
    link = f'<div><a href="javascript:;">{button}</a></div>'
    assert read(framed(f"<p>{FIRST}</p>" + (link + HIDDEN if is_above else HIDDEN + link)), title=TITLE).paragraphs == (
        FIRST,
        SECOND,
        THIRD,
    )


def test_hidden_text_without_such_a_button_does_not() -> None:
    assert read(framed(f"<p>{FIRST}</p>{HIDDEN}<p>城市由此展开全新的一页。</p>"), title=TITLE).paragraphs == (
        FIRST,
        "城市由此展开全新的一页。",
    )


def test_a_text_that_comes_as_a_list_of_paragraphs_in_a_script_is_read() -> None:
    pieces = ",".join(f'{{"type":"text","text":"{line}"}}' for line in (FIRST, SECOND, THIRD))
    got = read(f'<div id="root"></div><script type="application/json">{{"detail":{{"title":"{TITLE}","paragraphs":[{pieces}]}}}}</script>')
    assert got.paragraphs == (FIRST, SECOND, THIRD)


def test_a_notice_of_two_characters_is_an_article_among_many_links() -> None:
    links = "".join(f'<li><a href="/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a></li>' for i in range(14))
    text = f"<p>{SECOND}</p><p>临江县水利局</p><p>2022年12月3日</p>"
    assert read(framed(text, "讣告") + f"<ul>{links}</ul>", title="讣告").paragraphs == (SECOND, "临江县水利局", "2022年12月3日")


def test_the_heading_of_a_list_is_no_headline_of_a_notice() -> None:
    links = "".join(f'<li><a href="/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a><em>2022-12-3</em></li>' for i in range(14))
    with pytest.raises(PageRejected) as caught:
        read(f"<ul>{NAV}</ul><h1>版务</h1><p>{SECOND}</p><ul>{links}</ul>", title="版务")
    assert caught.value.reason == Reason.LIST_PAGE


def test_figures_of_the_hour_are_no_article() -> None:
    rows = (
        ("最新价", "12.35"),
        ("涨跌幅", "+1.23%"),
        ("今日开盘价", "12.20"),
        ("昨日收盘价", "12.21"),
        ("最高", "12.50"),
        ("最低", "12.11"),
    )
    with pytest.raises(PageRejected):
        read(framed(table(rows)), title=TITLE)


def test_a_table_behind_nothing_but_the_line_that_announces_it_belongs_to_the_text() -> None:
    rows = (("名次", "球队", "积分"), ("1", "渝江队", "13"), ("2", "江北队", "11"))
    lead = "联赛第5轮战罢，积分榜形势如下："
    cells = tuple(cell for row in rows for cell in row)
    assert read(framed(f"<p>{lead}</p>{table(rows)}<p>{FIRST}</p>"), title=TITLE).paragraphs == (lead, *cells, FIRST)


@pytest.mark.parametrize("key", ["articleHtml", "contents"])
def test_a_bulletin_in_a_script_is_read_beside_its_headline_and_not_in_a_list(key: str) -> None:
    text = f'"<p>{SECOND}</p>"' if key == "articleHtml" else f'[{{"tag":"p","txt":"{SECOND}"}}]'
    held = f'{{"title":"{TITLE}","{key}":{text}}}'
    assert read(f'<div id="root"></div><script>var detail={held};</script>').paragraphs == (SECOND,)
    with pytest.raises(PageRejected):
        read(f'<div id="root"></div><script>var latest=[{held},{held}];</script>')


@pytest.mark.parametrize(
    "lines",
    [
        ("姓名", "身份证号码", "联系电话", "信访目的及事由", "主要内容"),
        tuple(text for day in range(20, 27) for text in (f"{day}日", "多云", "9℃/3℃", "3-4级")),
    ],
)
def test_the_fields_of_a_form_and_a_forecast_in_figures_are_no_article(lines: tuple[str, ...]) -> None:
    with pytest.raises(PageRejected):
        read(framed("".join(f"<p>{line}</p>" for line in lines)), title=TITLE)


def test_a_short_list_that_is_announced_belongs_to_the_text() -> None:
    items = ("户口簿原件", "近期免冠照片", "学籍证明")
    lead = "报名需准备以下材料："
    made = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    assert read(article(f"<p>{lead}</p>{made}")).paragraphs == (FIRST, SECOND, lead, *items, THIRD)


def test_a_poem_whose_short_title_stands_in_no_heading_is_an_article() -> None:
    html = framed("<br>".join(VERSE), "站台").replace("<h1>站台</h1>", "<p><b>站台</b></p>")
    assert read(html, title="站台").paragraphs == LINES
