"""What other texts stand beside and below an article: teasers, what readers wrote, the next article; and pages made of them alone."""

import pytest

from pipelines.errors import PageRejected, Reason
from tests.test_body import ENGLISH, FIRST, NAV, SECOND, THIRD, article, read, table

TITLE = "城北新线今日正式开通 首日客流超三万"
OTHER = "在另一座城市的老街上，修伞的老人每天清早支起摊子，等着第一位客人从巷口走来，一等就是四十年。"
WALL = "".join(
    f'<div class="card"><div class="name"><a href="/n/{i}">别处发生的第{i}件事情的标题</a></div><div class="desc">{OTHER}{"第" * i}</div></div>'
    for i in range(12)
)
SHORT = (
    f"<ul>{NAV}</ul><div class=main><h1>{TITLE}</h1><div>2022-12-20 08:51 来源：某某日报</div><div class=con><p>{SECOND}</p></div>%s</div>"
)


@pytest.mark.parametrize("below", [f"<div>{WALL}</div>", f"</div><div class=r>{WALL}"])
def test_a_wall_of_teasers_does_not_outweigh_a_short_text(below: str) -> None:
    assert read(SHORT % below).paragraphs == (SECOND,)


def entries(buttons: str) -> str:
    return "".join(f"<li><div>读者甲{i}</div><div>{OTHER}</div><div>{buttons}</div></li>" for i in range(6))


@pytest.mark.parametrize(
    "buttons", ["2天前 回复 赞(3)", "回覆 ‧ 讚 ‧ 檢舉", "2022-12-20 09:15 来自某省 支持 反对 举报", "12月20日 某省 回复 点赞 3"]
)
def test_what_readers_wrote_below_is_told_by_its_buttons(buttons: str) -> None:
    got = read(SHORT % f"<div class=tie><ul>{entries(buttons)}</ul></div>")
    assert got.paragraphs == (SECOND,)
    assert read(article(after=f"<ul>{entries(buttons)}</ul>")).paragraphs == (FIRST, SECOND, THIRD)


def test_answers_that_the_page_is_made_of_stay() -> None:
    html = f"<ul>{NAV}</ul><h1>{TITLE}</h1><ul>{entries('2天前 回复 赞(3)')}</ul>"
    assert OTHER in read(html).paragraphs


def test_the_next_article_that_leads_to_its_own_page_is_another_one() -> None:
    following = (
        f"<h2>下一篇</h2><h3><a href=/2.html>修伞的老人</a></h3><div>2022-12-19 10:02 来源：某某晚报</div><p>{OTHER}</p><p>{THIRD}</p>"
    )
    assert read(SHORT % f"<div>{following}</div>").paragraphs == (SECOND,)


def test_a_linked_heading_without_a_header_below_is_one_of_the_text() -> None:
    got = read(article(f"<h3><a href=/2.html>客流平稳有序</a></h3><p>{OTHER}</p>"))
    assert OTHER in got.paragraphs


def test_paragraphs_that_each_lead_elsewhere_are_a_list() -> None:
    briefs = "".join(f"<li><a href=/k/{i}.html>【快讯{i}】{OTHER}</a></li>" for i in range(8))
    with pytest.raises(PageRejected) as caught:
        read(f"<ul>{NAV}</ul><h1>今日快讯汇总</h1><ul>{briefs}</ul>", title="今日快讯汇总")
    assert caught.value.reason == Reason.LIST_PAGE


def test_a_link_that_was_never_closed_goes_through_the_text() -> None:
    unclosed = article().replace(f"<p>{FIRST}", f'<a href="/x"><p>{FIRST}')
    assert read(unclosed).paragraphs == (FIRST, SECOND, THIRD)


def test_a_page_of_lists_with_a_word_before_them_is_a_list() -> None:
    lists = "".join(f'<li><a href="/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a></li>' for i in range(14))
    with pytest.raises(PageRejected) as caught:
        read(f"<ul>{NAV}</ul><h2>导语</h2><p>{SECOND}</p><ul>{lists}</ul>", title="专题：车站入口的指示标志")
    assert caught.value.reason == Reason.LIST_PAGE


@pytest.mark.parametrize("title", ["用户登录", "安全验证", "会员注册", "系统维护"])
def test_a_page_that_lets_nobody_in_shows_no_article(title: str) -> None:
    with pytest.raises(PageRejected) as caught:
        read(f"<h1>{title}</h1><p>用户名</p><p>密码</p><p>登录即表示您已阅读并同意《用户协议》和《隐私政策》。</p>", title=title)
    assert caught.value.reason == Reason.ERROR_PAGE


def test_a_story_about_logging_in_is_an_article() -> None:
    assert read(article(), title="用户登录信息泄露 平台回应").paragraphs == (FIRST, SECOND, THIRD)


@pytest.mark.parametrize("heads", [("01", "02", "03"), ("Part.1", "Part.2", "Part.3"), ("【本地】", "【国内】", "【国际】")])
def test_numbers_and_words_in_brackets_that_head_parts_stay(heads: tuple[str, ...]) -> None:
    parts = "".join(f"<p><strong>{head}</strong></p><p>{text}</p>" for head, text in zip(heads, (FIRST, SECOND, THIRD), strict=True))
    got = read(f"<ul>{NAV}</ul><h1>{TITLE}</h1><div>2022-12-20 08:51</div><div>{parts}</div>")
    assert got.paragraphs == tuple(line for pair in zip(heads, (FIRST, SECOND, THIRD), strict=True) for line in pair)


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (("臨江県の青河大橋で16日、橋桁がつながった。", "年内の開通を予定しているという。"), "2023年5月16日 9時32分"),
        (("린장현 칭허대교가 16일 연결됐다.", "연내 개통할 예정이다."), "2023.05.16 09:32"),
        ((ENGLISH, "Two more stations will follow."), "2023-05-16 09:32"),
    ],
)
def test_a_short_page_in_another_language_has_its_paragraphs(lines: tuple[str, ...], day: str) -> None:
    html = f"<article><h1>青河大橋 Qinghe Bridge</h1><time>{day}</time><div>{''.join(f'<p>{line}</p>' for line in lines)}</div></article>"
    assert read(html, title="青河大橋 Qinghe Bridge").paragraphs == lines


def test_a_table_of_words_is_no_list_of_heads() -> None:
    assert read(article(after=table((("【打印】",), ("【关闭】",), ("【收藏】",))))).paragraphs == (FIRST, SECOND, THIRD)


def test_the_posts_of_a_forum_below_the_first_are_replies() -> None:
    posts = "".join(
        f"<div class=p><div class=u>读者甲{i}</div><div class=tm>发表于: 2022-12-20 09:1{i}</div><div class=t>{text}</div></div>"
        for i, text in enumerate((SECOND, OTHER, THIRD))
    )
    assert read(f"<ul>{NAV}</ul><h1>{TITLE}</h1>{posts}").paragraphs[-1] == SECOND


def test_a_page_of_a_writer_with_teasers_is_a_list() -> None:
    teasers = "".join(
        f"<h3><a href=/a/{i}>别处发生的第{i}件事情的标题</a></h3><p>别处发生的第{i}件事情，背后有怎样的故事？</p>" for i in range(12)
    )
    about = "某某日报首席记者，从业十八年，长期关注民生与城市更新，作品多次获奖。"
    menu = "".join(f"<a href=/c{i}/>频道导航{i}</a>" for i in range(12))
    with pytest.raises(PageRejected) as caught:
        read(f"<div>{menu}</div><h1>何静</h1><p>{about}</p>{teasers}", title="何静的文章")
    assert caught.value.reason == Reason.LIST_PAGE


def test_menus_and_other_stories_beside_a_short_page_in_another_language_are_none_of_it() -> None:
    lines = ("渝江県の河川敷公園で8日、たこ揚げ大会が開かれた。", "市民約1000人が参加し、長さ20メートルの龍のたこに歓声が上がった。")
    menu, more = "<div><a href=/>トップ</a><a href=/s>社会</a></div>", "<ul><li><a href=/2>地下鉄5号線が運転再開</a></li></ul>"
    html = f"{menu}<h1>河川敷でたこ揚げ大会</h1><p>2024/03/08 10:15</p><div>{'<br><br>'.join(lines)}</div>{more}"
    assert read(html, title="河川敷でたこ揚げ大会").paragraphs == lines


LINKS = "".join(f"<li><a href=/{i}>别处发生的第{i}件事情</a></li>" for i in range(4))


@pytest.mark.parametrize("between", [f"<div class=rel><b>相关阅读</b><ul>{LINKS}</ul></div>", ""])
def test_a_text_cut_in_two_by_links_is_one(between: str) -> None:
    html = f"<ul>{NAV}</ul><h1>{TITLE}</h1><p>2022-12-20 08:51</p><div class=p1><p>{FIRST}</p></div>{between}<div class=p2><p>{SECOND}</p><p>{THIRD}</p></div>"
    assert read(html).paragraphs == (FIRST, SECOND, THIRD)


def test_what_has_a_name_or_a_day_before_it_does_not_go_on_with_the_text() -> None:
    answers = f"<div class=a><p>{FIRST}</p><p>{SECOND}</p></div><p>读者甲 3楼 12分钟前</p><div class=a><p>{OTHER}</p></div>"
    assert OTHER not in read(f"<ul>{NAV}</ul><h1>{TITLE}</h1><p>2022-12-20 08:51</p>{answers}").paragraphs


def test_another_article_below_needs_no_heading_if_it_is_made_as_the_first() -> None:
    stories = ((TITLE, 20, (FIRST, SECOND)), ("修伞的老人守着老街", 19, (OTHER, THIRD)))
    html = "".join(
        f"<div class=art><div class=t>{title}</div><div class=m>2022-12-{day} 07:41 来源：某某日报</div><div class=c>{''.join(f'<p>{p}</p>' for p in text)}</div></div>"
        for title, day, text in stories
    )
    assert read(f"<ul>{NAV}</ul>{html}").paragraphs == (FIRST, SECOND)


def test_a_word_before_a_list_without_a_day_is_a_list() -> None:
    links = "".join(f'<li><a href="/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a></li>' for i in range(6))
    with pytest.raises(PageRejected) as caught:
        read(f"<ul>{NAV}</ul><h1>孙洁专栏</h1><p>孙洁，某某日报评论员。</p><ul>{links}</ul>", title="孙洁专栏 - 某某评论")
    assert caught.value.reason == Reason.LIST_PAGE


def test_a_page_that_asks_for_scripts_shows_no_article() -> None:
    with pytest.raises(PageRejected):
        read("<noscript>您的浏览器不支持JavaScript，请开启后刷新页面重试。</noscript>", title="")


def test_where_works_came_out_is_no_head_of_posts() -> None:
    works = ("小说《雪线》发表于2019年3月《收获》。", "组诗《白》发表于2021年5月《诗刊》。")
    got = read(article("".join(f"<p>{work}</p>" for work in works)))
    assert got.paragraphs == (FIRST, SECOND, *works, THIRD)


def test_a_bulletin_whose_day_stands_in_the_head_alone_is_an_article() -> None:
    links = "".join(f'<li><a href="/{i}.html">某地召开第{i}次工作会议部署冬季供暖工作</a></li>' for i in range(6))
    brief = "县气象台20日8时发布暴雪黄色预警信号。"
    html = f"<meta name=publishdate content=2022-12-20><ul>{NAV}</ul><h1>{TITLE}</h1><p>{brief}</p><ul>{links}</ul>"
    assert brief in read(html).paragraphs
