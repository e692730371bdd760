"""Notices and buttons at the edges of a text, and texts that a page prints behind its own."""

import pytest

from crawler.load_rules import load_rule_book
from pipelines.errors import RuleError
from pipelines.extract.boilerplate import squeeze
from pipelines.extract.edges import EdgeRules, compile_edges
from tests.test_body import FIRST, NAV, SECOND, THIRD, read

HEADLINE = "城北新线今日正式开通 首日客流超三万"
OTHER = ("城南的三处口袋公园昨天同时开放，原来是三块闲置的边角地。", "园林部门表示，今年还要再建五处，选址方案下周公示。")


@pytest.fixture(scope="module")
def edges() -> EdgeRules:
    return load_rule_book().boilerplate.edges


NOTICES = [
    "本网站的部分公开资料收集于互联网，目的在于传递更多信息及网络分享，不代表本站赞同其观点和对其真实性负责。",
    "本站部分内容来自网络，如侵犯了您的权益，请与我们联系。",
    "文章内容来自合作媒体，本站不对其真实性负责。",
    "圖文來自網絡，僅供學習交流之用。",
    "本内容由用户上传，本站仅提供存储空间。",
    "其原创性以及文中内容未经本站证实，对其完整性、及时性不作任何保证。",
    "本文由AI辅助生成，内容仅供参考。",
    "文稿由作者提供，文责自负",
    "此文为转载，若有版权争议请致电编辑部。",
    "请自觉遵守互联网相关的政策法规，严禁发布暴力言论。",
]
BUTTONS = [
    "阅读 1234 点赞 56",
    "3人已打赏",
    "喜欢这篇文章就给作者打赏吧",
    "生成海报",
    "查看原图",
    "阅读下一篇",
    "您看到此篇文章时的感受是：",
    "好文章，需要你的鼓励",
    "免費訂閱精彩新聞",
]
LEFT = [
    "转载要写明来源和作者，更要取得许可，主审法官说，不代表本站观点的声明不是免责金牌。",
    "文章末尾注明“转载目的在于传递更多信息，不代表本网赞同其观点”，平台据此表示，不应负责。",
    "未经批准，任何单位和个人不得擅自占用河道。",
    "法院认为，被告未经授权转载原告的作品，侵犯了原告的合法权益。",
    "本报记者就此联系了当事人，对方表示不承担责任。",
    "文章发表之后，读者来信不断，编辑部一一作了处理。",
    "内容的真实性由记者负责，这是报社三十年的规矩。",
    "作品的版权归谁，几位专家的观点并不一致，争论还在继续，谁也说服不了谁。",
    "图片的授权价格去年上涨了三成，用户纷纷投诉。",
    "打开微信，点击右上角，扫一扫。",
    "点评：",
    "打赏乱象",
    "链接",
    "（完）",
    "",
]


@pytest.mark.parametrize("text", NOTICES)
def test_a_notice_is_told_by_what_it_speaks_of(edges: EdgeRules, text: str) -> None:
    assert edges.is_notice(squeeze(text))


@pytest.mark.parametrize("text", BUTTONS)
def test_a_button_has_nothing_but_words_of_buttons(edges: EdgeRules, text: str) -> None:
    assert edges.is_button(squeeze(text))


@pytest.mark.parametrize("text", LEFT)
def test_what_only_shares_words_with_them_stays(edges: EdgeRules, text: str) -> None:
    assert not edges.is_notice(squeeze(text))
    assert not edges.is_button(squeeze(text))


def test_a_line_that_may_be_parted_in_many_ways_takes_no_longer(edges: EdgeRules) -> None:
    assert not edges.is_button("点赞" + "点个" * 18 + "鬼")
    assert edges.is_button("点赞" + "点个" * 18)


def test_only_lines_before_and_behind_the_text_go(edges: EdgeRules) -> None:
    lines = [squeeze(line) for line in (BUTTONS[0], FIRST, BUTTONS[3], SECOND, NOTICES[1], BUTTONS[4])]
    found = edges.find_edges(lines)
    assert sorted(found) == [0, 4, 5]
    assert [found[place][0] for place in (0, 4, 5)] == ["share", "disclaimer", "share"]
    assert edges.find_edges([]) == {}


def test_a_page_loses_them_and_keeps_the_record() -> None:
    tail = "".join(f"<p>{line}</p>" for line in (NOTICES[0], BUTTONS[0]))
    got = read(f"<ul>{NAV}</ul><h1>{HEADLINE}</h1><div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>{tail}</div>")
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert {(block.text, block.rule) for block in got.removed} >= {
        (NOTICES[0], "edge_words:disclaimer"),
        (BUTTONS[0], "edge_words:share"),
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"role": "button", "pattern": "a", "seen": "b"}, "row 1: needs"),
        ({"role": "tool", "pattern": "a"}, "row 1: needs"),
        ({"role": "tool", "pattern": "(", "seen": "b"}, "row 1: pattern"),
    ],
)
def test_a_wrong_row_is_named(row: dict[str, str], reason: str) -> None:
    with pytest.raises(RuleError, match=reason):
        compile_edges([row])


def test_a_text_printed_for_two_widths_of_screen_is_kept_once() -> None:
    article = f"<h1>{HEADLINE}</h1><div>2022-12-20 08:51</div><div>{''.join(f'<p>{p}</p>' for p in (FIRST, SECOND, THIRD))}</div>"
    got = read(f"<ul>{NAV}</ul><div class=wide>{article}</div><div class=narrow>{article}</div>")
    assert got.paragraphs == (FIRST, SECOND, THIRD)


def test_a_refrain_stays() -> None:
    got = read(f"<ul>{NAV}</ul><h1>{HEADLINE}</h1><div>{''.join(f'<p>{p}</p>' for p in (FIRST, SECOND, FIRST, THIRD))}</div>")
    assert got.paragraphs == (FIRST, SECOND, FIRST, THIRD)


def below(heading: str, header: str) -> str:
    first = (
        f"<h1>{HEADLINE}</h1><div>2022-12-20 08:51 来源：某某日报</div><div>{''.join(f'<p>{p}</p>' for p in (FIRST, SECOND, THIRD))}</div>"
    )
    second = f"{heading}{header}<div>{''.join(f'<p>{p}</p>' for p in OTHER)}</div>"
    return f"<ul>{NAV}</ul><div class=main><div class=article>{first}</div><div class=article>{second}</div></div>"


def test_another_article_below_is_none_of_this_one() -> None:
    got = read(below("<h1>城南新添三处口袋公园</h1>", "<div>2022-12-19 10:20 来源：某某晚报</div>"))
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert "another_article" in {block.rule for block in got.removed}


def test_a_chapter_below_is() -> None:
    got = read(below("<h1>第二章 口袋公园</h1>", ""))
    assert (got.paragraphs[:3], got.paragraphs[-2:]) == ((FIRST, SECOND, THIRD), OTHER)
