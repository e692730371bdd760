"""Credit lines: who is named, and who must not be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from crawler.cli import make_app
from crawler.load_rules import load_credit_rules
from pipelines.normalize.credits import parse_credit_line
from pipelines.normalize.datelines import read_dateline
from pipelines.types import Credits, Note

# All lines are made up; the outlets are real names of the table.
LINES = [
    ("时间:2023-02-01 09:30:00    来源:北京日报", "北京日报", (), ()),
    ("2023-02-01 09:30来源：证券时报网作者：方某山责任编辑：林某", "证券时报网", ("方某山",), ("林某",)),
    ("来源：IT之家作者：骑士责编：骑士", "IT之家", ("骑士",), ("骑士",)),
    ("稿源：某某在线 编辑：方 敏", "某某在线", (), ("方敏",)),
    ("來源：中央社 記者：陳大文", "中央通訊社", ("陳大文",), ()),
    ("来源 | 综合北京日报、南方都市报", "北京日报", (), ()),
    ("2019年09月11日01:53 新浪科技 我有话说(1307人参与)", "新浪科技", (), ()),
    ("来源:&nbsp;<a href='#'>北京日报</a>&nbsp;", "北京日报", (), ()),
    ("摘自华声在线-湖南日报", "湖南日报", (), ()),
    ("来源: 临江社(深圳) 有0人参与 手机看新闻", "临江社", (), ()),
    ("来自：北京晚报", "北京晚报", (), ()),
    ("[原创]北京日报", "北京日报", (), ()),
    ("转自《北京科技报》", "北京科技报", (), ()),
    ("（來源：某某資訊，摘自：中国经济网）", "中国经济网", (), ()),
    ("责任编辑：林大山_NF4425", None, (), ("林大山",)),
    ("责任编辑：NF050", None, (), ("NF050",)),
    ("[责任编辑：林大山 PK155] 标签：物资 储备", None, (), ("林大山",)),
    ("責任編輯 呂大放", None, (), ("呂大放",)),
    ("(责编：汤大瑶、丁小涛)", None, (), ("汤大瑶", "丁小涛")),
    ("作者：《中国企业家》记者 林大涛", "中国企业家", ("林大涛",), ()),
    ("（总台央视记者 奚大霓 张小赛）", "中央广播电视总台", ("奚大霓", "张小赛"), ()),
    ("本版文/记者李大莎黎小翔王进雨程磊实习生吉喆高小娟", None, ("李大莎", "黎小翔", "王进雨", "程磊", "吉喆", "高小娟"), ()),
    ("【聯合報╱記者張大芳／台北報導】", "聯合報", ("張大芳",), ()),
    ("欣傳媒╱記者丁大伶／台北報導 2012-01-17 17:03", "欣傳媒", ("丁大伶",), ()),
    ("人民网合肥11月8日电 （记者钱大伟）", "人民网", ("钱大伟",), ()),
    ("（中央社記者溫大香台北21日電）行政院今天表示", "中央通訊社", ("溫大香",), ()),
    ("（李大艳 撰稿）", None, ("李大艳",), ()),
    ("文/张三 图/李四", None, ("张三",), ()),
    ("(內容由新浪香港提供。未經授權，不得轉載。)", "新浪香港", (), ()),
    ("来源：微信公众号“临江事儿”", "临江事儿", (), ()),
    ("Source: Xinhua Editor: huaxia", "新华社", (), ("huaxia",)),
    ("By Mara Ellison and Tom Hughes", None, ("Mara Ellison", "Tom Hughes"), ()),
    ("撰文丨王大明 编辑丨李小红 校对丨王五", None, ("王大明",), ("李小红",)),
    ("新京报记者 张大三 编辑 李小红 校对 王五", "新京报", ("张大三",), ("李小红",)),
    ("实习生王大茹对此文亦有贡献", None, ("王大茹",), ()),
    ("中廣新聞／楊大惠", "中廣新聞", ("楊大惠",), ()),
    ("央视网消息（新闻联播）：今天", "央视网", (), ()),
    ("來源：聯合新聞網 記者陳大文／綜合報導", "聯合新聞網", ("陳大文",), ()),
    ("（中央社記者陳大文、李小華台北21日電）", "中央通訊社", ("陳大文", "李小華"), ()),
    ("每经记者 张大三 每经编辑 李小四", "每日经济新闻", ("张大三",), ("李小四",)),
    ("澎湃新闻首席记者 张大三 实习生 李小四", "澎湃新闻", ("张大三", "李小四"), ()),
    ("（来源：农民日报·中国农网记者 张大三）", "农民日报", ("张大三",), ()),
    ("本文转载自微信公众号“某某说”", "某某说", (), ()),
    ("来源：临江记者网", "临江记者网", (), ()),
    ("本报讯 记者张大三 通讯员李小四报道", None, ("张大三", "李小四"), ()),
    ("財聯社3月4日讯（编辑 张大三）", "财联社", (), ("张大三",)),
    ("【记者】张大三 【通讯员】李小四", None, ("张大三", "李小四"), ()),
    ("【来源】南方日报 【作者】张大三", "南方日报", ("张大三",), ()),
    ("本文来自微信公众号“某某观察”（ID：mmgc），作者：张大三，36氪经授权发布。", "某某观察", ("张大三",), ()),
    ("本文来自微信公众号：某某观察（ID：mmgc），作者：张大三，编辑：李小四，题图来自：视觉中国", "某某观察", ("张大三",), ("李小四",)),
    ("本文来自读者投稿，编辑：李小四", None, (), ("李小四",)),
    ("稿源：新浪科技0 条评论", "新浪科技", (), ()),
    ("来源：大河网-河南日报分享", "河南日报", (), ()),
    ("来源：宣传科", "宣传科", (), ()),
    ("来源：公安局", "公安局", (), ()),
    ("（外科 张大三 / 供稿）", None, ("张大三",), ()),
    ("2024-01-02 由 光明网 發表于 財經", "光明网", (), ()),
    ("来源：陕西日报 编辑：李小四 版权声明", "陕西日报", (), ("李小四",)),
    ("責任編輯：張大三 | 版面編輯：李小四", None, (), ("張大三", "李小四")),
    ("來源：互聯網 作者：綜合整理", None, (), ()),
    ("［责任编辑：张大三］", None, (), ("张大三",)),
    ("新闻来源: 新京报 于2024-01-02 9:54:15  提示:观点不代表本网立场", "新京报", (), ()),
    ("作者: 某某电竞首页 来源:   日期:2024-01-02 00:39", None, (), ()),
    ("发布时间:2024-01-02 13:29:50 来源: sp20240102", None, (), ()),
    ("中青报·中青网记者 张大三", "中国青年报", ("张大三",), ()),
    ("【环球时报记者 张大三】", "环球时报", ("张大三",), ()),
    ("【大纪元2024年01月02日讯】（大纪元记者张大三综合报导）", "大纪元", ("张大三",), ()),
    ("来源丨临江日报·临江观察", "临江日报·临江观察", (), ()),
    ("作者丨约翰·史密斯", None, ("约翰·史密斯",), ()),
    ("记者：符小龙 麦小蓝", None, ("符小龙", "麦小蓝"), ()),
    ("文/图 青岛日报社/观海新闻记者 王小源", "观海新闻", ("王小源",), ()),
    ("橙柿互动·都市快报 记者 程大鹏 编辑 朱小天", "都市快报", ("程大鹏",), ("朱小天",)),
    ("临江晚报记者 曲大直 通讯员 蓝小明", "临江晚报", ("曲大直", "蓝小明"), ()),
    ("临江社会新闻记者 张大三", None, ("张大三",), ()),
    ("当地晚报记者 张大三", None, ("张大三",), ()),
    ("作者：本报记者 李 丽 颖", None, ("李丽颖",), ()),
    ("作者：方 敏 李 静", None, ("方敏", "李静"), ()),
    ("编辑：新闻中心-申大燕", None, (), ("申大燕",)),
    ("编辑：于小涛阅读", None, (), ("于小涛",)),
    ("供稿：李大三　摄影：王小川　审核：张小良", None, ("李大三",), ()),
    ("据报道：有三人受伤", None, (), ()),
    ("相关报道：稻田里的无人机", None, (), ()),
    ("原文来自：中国纺织网", "中国纺织网", (), ()),
    ("来源：县应急管理局　录入者：临江政府网", "县应急管理局", (), ()),
    ("来源：本网 作者：网站管理员", "本网", (), ()),
    ("编辑：小雨 | 来源：互联网 | 2024-05-06 14:30 | 人气：35", None, (), ("小雨",)),
    ("初审：徐大翼 复审：郭小帅 终审：陈尤大", None, (), ()),
    ("日期：[2024-05-06] 版次：[A07] 稿源：[临江都市报]", "临江都市报", (), ()),
    ("中新网临江5月6日电(彭大伟 实习生 郑小雨)", "中国新闻网", ("彭大伟", "郑小雨"), ()),
    ("民視新聞／張大三、李小四 台北報導 今天上午", "民視新聞", ("張大三", "李小四"), ()),
    ("文 / 临江早报 张大三", "临江早报", ("张大三",), ()),
    ("临江早报记者 张大三 / 文 通讯员 李小四 / 图", "临江早报", ("张大三",), ()),
    ("临江早报 热点新闻", None, (), ()),
    ("发布机构 临江县水利局", "临江县水利局", (), ()),
    ("来源 依靠各级水利局", None, (), ()),
    ("【转帖】北京青年报 记者 张大三", "北京青年报", ("张大三",), ()),
    ("本文作者：苗大雨，小学教师", None, ("苗大雨",), ()),
    ("撰文：鄧大琳出版：2023-05-12 10:22", None, ("鄧大琳",), ()),
    ("By Mara Ellison ( Harbour Post )", "Harbour Post", ("Mara Ellison",), ()),
    ("记者：多大良 银小娥", None, ("多大良", "银小娥"), ()),
    ("记者：多家银行的门店", None, (), ()),
    ("（记者 展大洁 迟小莉）", None, ("展大洁", "迟小莉"), ()),
    ("（记者 展厅 银行）", None, (), ()),
    ("来 源 / 临江日报", "临江日报", (), ()),
    ("(张大三 编辑)", None, (), ("张大三",)),
    ("(野渡/编译)", None, ("野渡",), ()),
    ("(综合/编译)", None, (), ()),
    ("2024-01-02 08:30 新浪财经[微博]我要评论(0)", "新浪财经", (), ()),
    ("2024-01-02 08:30 《临江周刊》", "临江周刊", (), ()),
    ("2024-01-02 08:30 《稻田里的人》", None, (), ()),
    ("鉅亨網新聞中心 (來源：財訊.COM) 2024-01-02 09:01:22", "財訊.COM", (), ()),
    ("中国网 www.china.com.cn 2024-01-02 16:56", "中国网", (), ()),
    ("中新网临江1月2日电 (张大三)", "中国新闻网", ("张大三",), ()),
    ("中新网临江1月2日电 (完)", "中国新闻网", (), ()),
    ("来源 / 农村电商", None, (), ()),
    ("张大三 中国证券报·中证网", "中国证券报", ("张大三",), ()),
    ("热点新闻 中国证券报", None, (), ()),
]


def parse(text: str) -> Credits:
    return parse_credit_line(text, load_credit_rules())


@pytest.mark.parametrize(("text", "source", "authors", "editors"), LINES, ids=[line[0][:24] for line in LINES])
def test_a_line_names(text: str, source: str | None, authors: tuple[str, ...], editors: tuple[str, ...]) -> None:
    read = parse(text)
    assert (read.source.name if read.source else None, read.authors, read.editors) == (source, authors, editors)


@pytest.mark.parametrize(
    "text",
    [
        "图片来源：摄图网",
        "资料来源：某某医师",
        "辱华车贴来源：商家称已下架",
        "来源：未知",
        "来源：综合",
        "（来源：~）",
        "2015-05-21 05:03:58 来源:",
        "据中新网9月9日报道",
        "作者：佚名 责任编辑：admin",
        "新华社记者廖大杰摄",
        "记者从会议上获悉，今年的计划已经完成",
        "点击：864 评论：12 分享到：微博",
        "2023年的收入来源主要是门票",
        "內容由第三方提供",
        "转自微博的消息说",
        "只看该作者 | 倒序浏览",
        "发表于 2024-4-5 23:20:45 | 只看该作者 来自 - 湖南临江 |倒序浏览 |阅读模式",
        "[原创]老街,一个外地人眼里的夜市！",
        "媒体：政府",
        "王某文：中美贸易“持久战”",
        "",
    ],
)
def test_a_line_that_names_nobody(text: str) -> None:
    read = parse(text)
    assert (read.source.raw if read.source and "摄" not in text else None, read.authors, read.editors) == (None, (), ())


def test_the_net_is_no_source_and_is_noted() -> None:
    assert parse("来源：网络").source is None
    assert parse("来源：网络").notes == (Note.SOURCE_IS_NETWORK,)
    assert parse("来源：互联网整理（侵删）").notes == (Note.SOURCE_IS_NETWORK,)


def test_an_unknown_outlet_is_kept_as_printed() -> None:
    read = parse("来源：临江某某镇政府网")
    assert read.source is not None
    assert (read.source.name, read.source.outlet_id, read.notes) == ("临江某某镇政府网", None, (Note.UNKNOWN_SOURCE,))


@pytest.mark.parametrize(
    ("text", "source", "via"),
    [
        ("来源：人民网－人民日报", "人民日报", ["人民网"]),
        ("来源：上海证券报·某某网", "上海证券报", ["某某网"]),
        ("来源：腾讯网 企鹅号-临江早知道", "临江早知道", ["腾讯网"]),
        ("来源：中国经济网-《经济日报》", "经济日报", ["中国经济网"]),
        ("来源：华龙网—重庆商报", "重庆商报", ["华龙网"]),
        ("来源：人民网-文化频道", "人民网", []),
        ("来源：大河网-临江晚报", "临江晚报", ["大河网"]),
        ("来源：新华社 转自：澎湃新闻", "新华社", ["澎湃新闻"]),
    ],
)
def test_the_paper_is_the_origin_and_the_rest_stands_between(text: str, source: str, via: list[str]) -> None:
    read = parse(text)
    assert read.source is not None
    assert (read.source.name, [v.name for v in read.via]) == (source, via)


def test_several_sources_are_kept_in_order() -> None:
    read = parse("来源：新华社、央视新闻、北京日报")
    assert [s.name for s in (*([read.source] if read.source else []), *read.others)] == ["新华社", "央视新闻", "北京日报"]


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("新华社北京12月20日电（记者韩大梅）今天上午", "新华社北京12月20日电（记者韩大梅）"),
        ("本报讯（记者 孙大杰）昨天", "本报讯（记者 孙大杰）"),
        ("（中央社記者吳大緯台北22日電）今天", "（中央社記者吳大緯台北22日電）"),
        ("12月20日电力供应紧张", None),
        ("他在12月20日消息传出后离开", None),
        ("通讯行业今年增长很快", None),
    ],
)
def test_datelines_are_verbatim(text: str, dateline: str | None) -> None:
    read = read_dateline(text, load_credit_rules())
    assert (read.text if read else None) == dateline


@given(st.text(alphabet="来源：:作者编辑记 者（）()【】/|、，王小明新华社0123-年月日 电讯\t<&", max_size=80))
def test_any_line_is_read_without_harm(text: str) -> None:
    read = parse(text)
    names = (*read.authors, *read.editors)
    assert all(name and name == name.strip() and not {"：", ":", "（", "）"} & set(name) for name in names)
    assert read.source is None or read.source.name


PIECES = [
    *"：:|｜/／ 　（）()【】《》“”、，。-·\\\n\u2003<&;1２年月日",
    *(
        "来源",
        "作者",
        "责任编辑",
        "记者",
        "本报",
        "通讯员",
        "摄",
        "报道",
        "电",
        "讯",
        "等",
        "综合",
        "转自",
        "微信公众号",
        "特约",
        "内容由",
        "提供",
    ),
    *("新华社", "北京日报", "财经", "王小明", "王北京", "By", "John Doe", "台北", "2023-01-02 08:30", "报導】"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_mixture_of_credit_words_is_read_without_harm(text: str) -> None:
    read = parse(text)
    assert all(name and name == name.strip() for name in (*read.authors, *read.editors))
    assert read.source is None or read.source.name.strip()
    read_dateline(text, load_credit_rules())


def test_parse_credits_prints_one_object_a_line() -> None:
    result = CliRunner().invoke(make_app(), ["parse", "credits"], input="来源：新华社 作者：方 敏\n\n")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["source"], line["authors"]) for line in lines] == [("新华社", ["方敏"]), (None, [])]
