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
    "本文图片除注明外均来自某某，已获授权",
    "本网站的部分公开资料收集于互联网，目的在于传递更多信息及网络分享，不代表本站赞同其观点和对其真实性负责。",
    "本站部分内容来自网络，如侵犯了您的权益，请与我们联系。",
    "文章内容来自合作媒体，本站不对其真实性负责。",
    "圖文來自網絡，僅供學習交流之用。",
    "本内容由用户上传，本站仅提供存储空间。",
    "其原创性以及文中内容未经本站证实，对其完整性、及时性不作任何保证。",
    "本文由AI辅助生成，内容仅供参考。",
    "文稿由作者提供，文责自负",
    "本文由大模型自动提取，可能存在出入",
    "AI导读：以上内容由机器归纳，如有偏差请以原文为准",
    "我们尊重每一位创作者的劳动，若署名有误，请作者与编辑部接洽",
    "※本文由合作媒體授權刊登，文責由原作者自負",
    "本網站文章、圖片均受著作權法保護，非經同意請勿任意轉貼",
    "以上資料只供參考，投資涉及風險",
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
    "平均得分 4.5 （共 23 人评分）",
    "转发给身边的朋友吧",
    "读完此文的人还读了",
    "背景色 默认 护眼",
    "一键分享给好友 | 生成长图 | 举报本文",
    "本页内容有误？我来纠错",
    "感觉这篇文章如何？ 0 很棒 0 一般 0 差劲",
]
CALLS = [
    "如果本文对您有所启发，不妨请作者喝杯咖啡",
    "欢迎订阅本栏目，每周三准时更新",
    "某某新闻App下载地址：各大应用商店搜索“某某新闻”",
    "有意見或查詢，歡迎電郵至 feedback@example.com",
    "更多影音新聞請上《某某新聞網》YouTube頻道",
    "加入《某某新聞網》Telegram 掌握國際脈動",
    "如果您有新闻线索，请拨打本报热线 000-00000",
    "（扫描二维码，加入某某民生交流群）",
]
LABELS = [
    "新闻线索征集：000-00000（24小时）",
    "编辑部地址：某某市某某路1号",
    "某某日报官方微信：example",
    "互联网新闻信息服务许可证编号：000",
    "某某日报社 地址：某某路1号 电话：000-00000",
]
LOOSE = [
    "图文转自网络，若有冒犯，告知即删",
    "某某新闻客户端全新改版，各大应用市场均可下载",
    "每晚九点，准时和你聊聊身边的事",
    "某某云App 某某人自己的新闻客户端",
    "有料可爆？微信 example，电话 000-0000",
    "微信搜一搜：某某发布",
]
LAST = [
    "人生没有下一页",
    "媒体也应反思：转载之前，核实过吗？",
    "这条视频的点赞数，停在了九十九",
    "分享，让这条巷子重新热闹起来",
    "关注老人，就是关注未来的自己",
    "参考资料：某某集团年报",
    "如果你来这里，请到巷子里走一走",
    "售票网址请见主办单位官网",
    "展览信息请上文化局网站查询",
    "作者系某某市作家协会会员",
    "让我们一起，把这条路走下去！",
    "有读者来电询问，施工何时结束？",
    "他关掉微信，走进风里",
    "更多的人，还在路上",
    "6. 分享你的故事，别怕被人笑话",
    "购票方式：某某小剧场官方小程序",
    "某某电台记者李明报道",
    "“如果我们都安好，我希望多陪陪家人”。——李明",
    "（编者按：本文作者系退休教师，来稿时附有日记，我们只改动了错字。）",
    "请把这盏灯，留给晚归的人",
    "网友“小草”评论：希望早日通到我们这条街！",
    "扫码入场时间：18:30",
    "他说，最怕的不是没有人点赞，而是没有人留言。",
    "2023年11月3日",
    "责任到底在谁？至今没有人回答。",
]
LEFT = [
    "你关注的，就是我们要追问的。",
    "如有知情者，请与某某派出所联系，电话：000-00000。",
    "请各用户提前关闭阀门，停气时间以现场通知为准。",
    "本文参考了《某某市志》及老人提供的日记。",
    "居民可以下载“某某办事”客户端，在线缴费。",
    "报名热线：000-00000",
    "监督电话：000-00000，公示期至11月9日。",
    "如对安排有疑问，可致电运输署热线查询。",
    "活動詳情請洽文化局，電話（02）000-0000。",
    "请关注最新预警信息，合理安排出行。",
    "“请大家多关注留守老人，常回家看看。”",
    "他把这段视频分享到朋友圈，三天里有两万人点赞。",
    "本报将继续关注此事进展。",
    "这家公众号的粉丝已经超过十万，编辑只有两个人。",
    "专家提醒，由人工智能生成的内容必须加上标识，用户不得擅自删除。",
    "玩家守着官方微博和微信，盼着能第一个挖到爆料。",
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


@pytest.mark.parametrize("text", CALLS)
def test_a_call_asks_for_something_to_be_done_with_the_site(edges: EdgeRules, text: str) -> None:
    assert edges.is_call(squeeze(text))


@pytest.mark.parametrize("text", LABELS)
def test_a_label_names_a_desk_and_how_it_is_reached(edges: EdgeRules, text: str) -> None:
    assert edges.is_label(squeeze(text))


@pytest.mark.parametrize("text", LOOSE)
def test_behind_the_last_sentence_less_tells(edges: EdgeRules, text: str) -> None:
    assert list(edges.find_edges([squeeze(FIRST), squeeze(text)])) == [1]
    assert edges.find_edges([squeeze(FIRST)[:-1], squeeze(text)]) == {}  # lines of a text that is broken anywhere


@pytest.mark.parametrize("text", LAST)
def test_a_last_line_of_the_text_stays(edges: EdgeRules, text: str) -> None:
    assert edges.find_edges([squeeze(FIRST), squeeze(text)]) == {}


@pytest.mark.parametrize("text", LEFT)
def test_what_only_shares_words_with_them_stays(edges: EdgeRules, text: str) -> None:
    assert not edges.is_notice(squeeze(text))
    assert not edges.is_button(squeeze(text))
    assert not edges.is_call(squeeze(text))
    assert not edges.is_label(squeeze(text))


def test_a_line_that_may_be_parted_in_many_ways_takes_no_longer(edges: EdgeRules) -> None:
    assert not edges.is_button("点赞" + "点个" * 18 + "鬼")
    assert edges.is_button("点赞" + "点个" * 18)


def test_only_lines_before_and_behind_the_text_go(edges: EdgeRules) -> None:
    lines = [squeeze(line) for line in (BUTTONS[0], FIRST, BUTTONS[3], SECOND, NOTICES[1], BUTTONS[4])]
    found = edges.find_edges(lines)
    assert sorted(found) == [0, 4, 5]
    assert [found[place][0] for place in (0, 4, 5)] == ["share", "disclaimer", "share"]
    assert edges.find_edges([]) == {}


def test_short_lines_among_them_go_along(edges: EdgeRules) -> None:
    lines = [squeeze(line) for line in (FIRST, "往期精彩", "一条老街的四十年", "城市更新怎么更？", BUTTONS[3], "江城云")]
    assert sorted(edges.find_edges(lines)) == [1, 2, 3, 4, 5]
    assert sorted(edges.find_edges(lines[:1] + lines[2:4])) == []
    assert sorted(edges.find_edges(["", *lines[2:4], "（完）"], ["editor_line", None, None, None])) == []
    assert sorted(edges.find_edges([lines[0], "", *lines[2:4]], [None, "editor_line", None, None])) == [2, 3]
    assert sorted(edges.find_edges([lines[0], "", "营业时间:11:00"], [None, "copyright", None])) == []


def test_a_heading_takes_the_headlines_below_it_and_no_figures(edges: EdgeRules) -> None:
    heading, *below = [squeeze(line) for line in ("大家都爱看", "从罐装到管道", "2022年燃气改造全景图")]
    assert sorted(edges.find_edges([squeeze(FIRST), heading, *below])) == [1, 2, 3]
    assert edges.find_edges([squeeze(FIRST), heading]) == {}
    assert edges.find_edges([squeeze(FIRST), *map(squeeze, ("县区", "客流", "东城区", "320.5", "合计", "1200"))]) == {}


def test_scraps_alone_are_the_text(edges: EdgeRules) -> None:
    lines = [squeeze(line) for line in ("一条老街", "往期精彩", "两盏灯", "三个人", "四十年")]
    assert sorted(edges.find_edges(lines)) == [1]


def test_a_button_between_paragraphs_goes(edges: EdgeRules) -> None:
    assert sorted(edges.find_edges([squeeze(line) for line in (FIRST, "↓↓↓点击下图进入专题↓↓↓", SECOND, "留言", THIRD)])) == [1]


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
