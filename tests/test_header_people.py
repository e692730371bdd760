"""Header and foot of pages whose makes differ from the common ones: who is named, and what looks like a label and is none. All pages are made up."""

import pytest

from tests.test_page_credits import people, read


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "责任编辑：137"}, ("北京日报", (), ("137",))),
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "(编辑：0273)"}, ("北京日报", (), ("0273",))),
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "<p>责任编辑：</p><p>137</p>"}, ("北京日报", (), ())),
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "编辑部电话：0571-88210011"}, ("北京日报", (), ())),
        ({"header": "2024-01-02 08:30 来源：北京日报 作者：137"}, ("北京日报", (), ())),
        ({"header": "<span>2024-01-02 08:30</span><span>来源：北京日报</span><span>编辑韩大梅</span>"}, ("北京日报", (), ("韩大梅",))),
        ({"header": "2024-01-02 08:30 来源：北京晚报编辑韩大梅"}, ("北京晚报", (), ("韩大梅",))),
        ({"header": "来源：大河网 责任编辑韩大梅 2024-01-02 08:30"}, ("大河网", (), ("韩大梅",))),
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "（责任编辑韩大梅）"}, ("北京日报", (), ("韩大梅",))),
        ({"header": "2024-01-02 08:30 来源：北京日报 编辑推荐"}, ("北京日报", (), ())),
        ({"header": "2024-01-02 08:30", "tail": "临江出版社编辑韩大梅"}, (None, (), ())),
        ({"header": "<span>By 韩大梅</span> <span>2024-01-02 08:30</span>"}, (None, ("韩大梅",), ())),
        ({"header": "<div>BY: 韩大梅</div><div>2024-01-02 08:30</div>"}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02 08:30", "foot": "资料来源：新华社 央视新闻客户端"}, ("新华社", (), ())),
        ({"header": "2024-01-02 08:30", "foot": "资料来源：国家统计局、新华社"}, (None, (), ())),
        ({"header": "2024-01-02 08:30", "foot": "资料来源：新华社"}, (None, (), ())),
        ({"header": "2024-01-02 08:30 来源：北京日报", "foot": "摄影记者 韩大梅"}, ("北京日报", (), ())),
        ({"header": "2024-01-02 08:30", "foot": "北京日报记者 韩大梅 摄影记者 林大山"}, ("北京日报", ("韩大梅",), ())),
        (
            {"header": "2024-01-02", "lead": "新华社临江1月2日电 题：老把式当上新飞手——临江见闻 新华社记者韩大梅、林大山 "},
            ("新华社", ("韩大梅", "林大山"), ()),
        ),
        (
            {"header": "<a href='https://mp.sohu.com/profile?xpt=1'>江北夜话</a> 2024-01-02 08:30"},
            ("江北夜话", (), ()),
        ),
        ({"header": "2024-01-02", "lead": "新华社东京/首尔1月2日电（记者韩大梅 林大山）"}, ("新华社", ("韩大梅", "林大山"), ())),
        ({"header": "2024-01-02 来源：解放军报", "lead": "本报讯 韩大梅、特约记者林大山报道："}, ("解放军报", ("韩大梅", "林大山"), ())),
        ({"header": "2024-01-02", "lead": "新华网临江1月2日电（韩大梅、林大山）"}, ("新华网", ("韩大梅", "林大山"), ())),
        ({"header": "2024-01-02", "lead": "本报临江1月2日电 记者韩大梅报道："}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "南都讯 记者韩大梅 "}, ("南方都市报", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "【财新网】（记者 韩大梅）"}, ("财新网", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "国际在线报道（记者 韩大梅）："}, ("国际在线", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "潇湘晨报·晨视频记者韩大梅 长沙报道 "}, ("潇湘晨报", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "新华社消息｜"}, ("新华社", (), ())),
        ({"header": "2024-01-02", "lead": "新华社电 "}, ("新华社", (), ())),
        ({"header": "2024-01-02", "lead": "据新华社临江1月2日电 "}, ("新华社", (), ())),
        ({"header": "2024-01-02", "lead": "【香港中通社1月2日電】"}, ("香港中国通讯社", (), ())),
        ({"header": "2024-01-02", "lead": "〔編譯韓大梅／綜合報導〕"}, (None, ("韓大梅",), ())),
        ({"header": "2024-01-02", "lead": "（大紀元記者韓大梅台灣台北報導）"}, ("大纪元", ("韓大梅",), ())),
        ({"header": "2024-01-02", "lead": "新华社电视片展播，"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "【环球网报道 记者 韩大梅】"}, ("环球网", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "财联社1月2日讯（编辑 韩大梅）"}, ("财联社", (), ("韩大梅",))),
        ({"header": "2024-01-02", "lead": "路透伦敦1月2日 - "}, ("路透社", (), ())),
        ({"header": "2024-01-02", "lead": "路透社的记者1月2日 - 4日都在码头。"}, (None, (), ())),
        ({"header": "2024-01-02", "foot": "韩大梅/林大山（综合报道）"}, (None, ("韩大梅", "林大山"), ())),
        ({"header": "2024-01-02", "tail": "（北京日报记者韩大梅 通讯员临宣）"}, ("北京日报", ("韩大梅", "临宣"), ())),
        ({"header": "2024-01-02", "tail": "（北京日报记者韩大梅 通讯员供图）"}, ("北京日报", ("韩大梅",), ())),
        ({"header": "2024-01-02 文 | 马克·格林 译 | 韩大梅"}, (None, ("马克·格林",), ())),
        ({"header": "2024-01-02 来源：微信公号「江北夜话」（ID：jbyh）"}, ("江北夜话", (), ())),
        ({"header": "<a href='https://mp.sohu.com/profile?xpt=1'>关注</a> 2024-01-02 08:30"}, (None, (), ())),
    ],
)  # fmt: skip
def test_who_is_named(page: dict[str, str], expected: tuple[str | None, tuple[str, ...], tuple[str, ...]]) -> None:
    assert people(read(**page)) == expected


DATE = "2024-01-02 08:30"
GLUED = [
    # each field in an element of its own, and nothing between two of them
    (("记者丨韩大梅", "来源｜临海晚报", f"发布于{DATE}"), ("临海晚报", ("韩大梅",), ())),
    (("来源：北京日报", f"发表于 {DATE}", "责编：韩大梅"), ("北京日报", (), ("韩大梅",))),
    ((DATE, "北京日报", "责任编辑 韩大梅"), ("北京日报", (), ("韩大梅",))),
    (("来源：北京日报", "本报记者 韩大梅 林大山", "网络编辑：周大岚", DATE), ("北京日报", ("韩大梅", "林大山"), ("周大岚",))),
    (("来源：北京日报", "文｜韩大梅", "编辑 | 周大岚", DATE), ("北京日报", ("韩大梅",), ("周大岚",))),
    (("作者：韩大梅", "北京日报", DATE), ("北京日报", ("韩大梅",), ())),
    (("编辑:韩大梅、林大山", "北京日报", DATE), ("北京日报", (), ("韩大梅", "林大山"))),
    ((DATE, "来源｜央视新闻", "作者：韩大梅"), ("央视新闻", ("韩大梅",), ())),
    (("北京日报", f"发布时间：{DATE}"), ("北京日报", (), ())),
    (("分享", "来源：北京日报", DATE), ("北京日报", (), ())),
    (("阅读：123", "北京日报", "文：韩大梅", DATE), ("北京日报", ("韩大梅",), ())),
    (("记者丨韩大梅", "柳溪客户端", DATE), (None, (), ())),  # not 柳溪客 and 户端
    ((DATE, "点击：88次", "来源丨北京日报"), ("北京日报", (), ())),
    (("字号：大 中 小", "责任编辑 韩大梅", DATE), (None, (), ("韩大梅",))),
    (("来源：北京日报", "责编：韩大梅[打印]", DATE), ("北京日报", (), ("韩大梅",))),
]


@pytest.mark.parametrize(("fields", "expected"), GLUED)
def test_fields_that_nothing_parts(fields: tuple[str, ...], expected: tuple[str | None, tuple[str, ...], tuple[str, ...]]) -> None:
    assert people(read("".join(f"<span>{field}</span>" for field in fields))) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"撰文：韩大梅 阅读：123 临海晚报 {DATE}", ("临海晚报", ("韩大梅",), ())),
        (f"作者：韩大梅 刊登时间：{DATE}", (None, ("韩大梅",), ())),
        (f"审校：周大岚 北京日报 {DATE}", ("北京日报", (), ())),
        (f"{DATE} [打印] 北京日报", ("北京日报", (), ())),
        (f"临海晚报 发布时间：{DATE}", ("临海晚报", (), ())),
        (f"{DATE} 来源：北京日报 12评论 作者：韩大梅", ("北京日报", ("韩大梅",), ())),
        (f"标签：两会 北京日报 时间：{DATE}", (None, (), ())),
        (f"返回北京日报 时间：{DATE}", (None, (), ())),
        (f"作者：全媒体记者 韩大梅 {DATE}", (None, ("韩大梅",), ())),
        (f"<span class=source>阅读 1.2万</span><p>{DATE}</p>", (None, (), ())),
        (f"<ul class=source><li>123评论</li><li>字号：大 中 小</li><li>[打印]</li><li>{DATE}</li></ul>", (None, (), ())),
        (f"<p>望江县融媒体中心</p><p>收藏</p><p>{DATE}</p>", ("望江县融媒体中心", (), ())),
        (
            f"阅读 1.2万 | 文章来源：北京日报 | 发表于 {DATE}:07 | 校对 林大山 | 作者：韩大梅 | 编辑:周大岚",
            ("北京日报", ("韩大梅",), ("周大岚",)),
        ),
    ],
)  # fmt: skip
def test_what_stands_among_the_fields(header: str, expected: tuple[str | None, tuple[str, ...], tuple[str, ...]]) -> None:
    assert people(read(header)) == expected


def test_all_outlets_of_material_are_named() -> None:
    article = read("2024-01-02 08:30", foot="资料来源：新华社 央视新闻客户端")
    assert [source.name for source in article.sources] == ["新华社", "央视新闻"]


def test_every_tag_of_the_head_is_a_keyword() -> None:
    head = "".join(f'<meta property="article:tag" content="{word}">' for word in ("稻田", "无人机", "稻田"))
    assert read(head=head).keywords == ("稻田", "无人机")


def test_the_last_change_before_the_publication_keeps_its_own_time() -> None:
    article = read("更新时间：2024-01-03 08:00　发布时间：2024-01-02 09:12　来源：北京日报")
    assert article.published
    assert article.published.isoformat() == "2024-01-02T09:12:00+08:00"
    assert article.modified
    assert article.modified.isoformat() == "2024-01-03T08:00:00+08:00"
