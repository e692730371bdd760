"""Whole pages: which printed line names whom, which site it is, and whether it is a repost. All pages are made up."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.load_rules import load_rule_book
from pipelines.ingest import process
from pipelines.record import record_of
from pipelines.types import FetchedPage, NormalizedArticle

TEXT = (
    "<p>{lead}白鹭镇的稻田进入抽穗扬花期。八月九日一早，种粮大户没有下地，他站在田埂的树荫里，手指在遥控器上一拨，四架无人机便依次升空。</p>"
    "<p>镇里成立了合作社，统一接单、统一配药，每亩收费八元，比人工打药便宜一半还多。过去打药怕的是漏，现在怕的是重。</p>"
    "<p>秋收以后，这些无人机还会派上别的用场：播撒油菜种子，给山坡上的果园运肥，给海岛上的渔民送药。{tail}</p>"
)
SUMMARY = "白鹭镇的稻田进入抽穗扬花期，镇里成立了合作社，统一接单、统一配药，每亩收费八元。"
TITLE = "无人机飞进万亩稻田 老把式当上新飞手"


def read(
    header: str = "", foot: str = "", lead: str = "", tail: str = "", *, head: str = "", top: str = "", bottom: str = "",
    url: str = "http://www.linjiang.example/a/1.html", head_title: str = f"{TITLE}_临江网",
) -> NormalizedArticle:  # fmt: skip
    html = (
        f"<html><head><meta charset=utf-8><title>{head_title}</title>{head}</head><body>{top}<h1>{TITLE}</h1><div class=info>{header}</div>"
        f"<div class=body>{TEXT.format(lead=lead, tail=tail)}</div><div class=foot>{foot}</div><p>{bottom}</p></body></html>"
    )
    page = FetchedPage(
        url=url, final_url=url, status=200, headers=(), body=html.encode(), fetched_at=datetime(2024, 1, 5, tzinfo=UTC)
    )  # fmt: skip
    return process(page, load_rule_book())


def people(article: NormalizedArticle) -> tuple[Any, ...]:
    return (article.source.name if article.source else None, article.authors, article.editors)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"header": "2024-01-02 08:30 来源：北京日报 作者：方 敏"}, ("北京日报", ("方敏",), ())),
        (
            {"header": "来源：<a href='http://www.bjd.com.cn/'>北京日报</a>", "foot": "(责编：汤大瑶、丁小涛)"},
            ("北京日报", (), ("汤大瑶", "丁小涛")),
        ),
        ({"header": "<span>2024-01-02 08:30</span> 证券时报网"}, ("证券时报网", (), ())),
        ({"foot": "责编/韩大梅 版式/林大山 校对/周大岚"}, (None, (), ("韩大梅",))),
        ({"header": "北京日报 | 韩大梅"}, ("北京日报", ("韩大梅",), ())),
        ({"header": "要闻 | 社会"}, (None, (), ())),
        ({"header": "2024-01-02 08:30 来源：北京日报 记者：韩大梅/文 林大山/图"}, ("北京日报", ("韩大梅",), ())),
        ({"header": "首发：北京日报 2024-01-02 08:30"}, ("北京日报", (), ())),
        ({"header": "载于《北京日报》2024年1月2日"}, ("北京日报", (), ())),
        ({"header": "来源：北京日报官微 2024-01-02 08:30"}, ("北京日报", (), ())),
        ({"header": "来源：新华社客户端官方账号 2024-01-02 08:30"}, ("新华社", (), ())),
        ({"header": "2024-01-02 08:30", "tail": "（韩大梅/文 林大山/图）"}, (None, ("韩大梅",), ())),
        (
            {
                "header": "新闻来源: 北京日报 于2024-01-02 8:30:46 大字阅读 敬请注意：新闻取自各大新闻媒体，新闻内容并不代表本网立场，仅供参考！"
            },
            ("北京日报", (), ()),
        ),
        (
            {"header": "<span><a href=/sh/>社会新闻</a></span><span>北京日报</span><span>韩大梅</span><span>2024-01-02 08:30</span>"},
            ("北京日报", ("韩大梅",), ()),
        ),
        (
            {"header": "2024-01-02 08:30 来源：北京日报<span id=author_baidu style='display:none'><font>作者：</font>韩大梅</span>"},
            ("北京日报", ("韩大梅",), ()),
        ),
        ({"header": "2024-01-02 08:30 来源：北京日报<span id=x style='display:none'>作者：韩大梅</span>"}, ("北京日报", (), ())),
        ({"header": "2024-01-02 08:30", "foot": "（北京日报记者：韩大梅 实习编辑：林大山）"}, ("北京日报", ("韩大梅",), ("林大山",))),
        ({"header": "要闻 北京日报 2024-01-02 08:30"}, ("北京日报", (), ())),
        ({"header": "<a href=/sh/>社会</a> 2024-01-02 08:30"}, (None, (), ())),
        ({"header": "体育新闻 2024-01-02 08:30"}, (None, (), ())),
        ({"header": "2024-01-02 08:30", "foot": "（本文来源：钱江晚报 作者：林大山）"}, ("钱江晚报", ("林大山",), ())),
        ({"header": "2024-01-02", "lead": "新华社临江1月2日电（记者韩大梅）"}, ("新华社", ("韩大梅",), ())),
        ({"header": "来源：新华网", "lead": "新华社临江1月2日电（记者韩大梅 通讯员罗大萍）"}, ("新华网", ("韩大梅", "罗大萍"), ())),
        ({"header": "2024-01-02", "tail": "（记者 韩大梅）"}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02", "head": "<meta name=source content=扬子晚报>"}, ("扬子晚报", (), ())),
        ({"header": "来源：转载文章", "foot": "来源：新闻晨报"}, ("新闻晨报", (), ())),
        ({"header": "<li>2024-01-02 08:30</li><li>阅读 1234</li><li>白鹭县融媒体中心</li>"}, ("白鹭县融媒体中心", (), ())),
        ({"header": "<li>2024-01-02 08:30</li><li>今日白鹭</li><li>手机客户端</li>"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "白鹭新闻网1月2日讯（记者 韩大梅 实习生 罗大萍）"}, ("白鹭新闻网", ("韩大梅", "罗大萍"), ())),
        ({"header": "2024-01-02", "lead": "白鹭融媒讯（全媒体记者 韩大梅 通讯员 罗大萍 文/图）"}, ("白鹭融媒", ("韩大梅", "罗大萍"), ())),
        ({"header": "2024-01-02", "lead": "白鹭镇1月2日讯（记者 韩大梅）"}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02", "foot": "本文转载自公众号：白鹭三农，版权归原作者所有"}, ("白鹭三农", (), ())),
        ({"header": "2024-01-02 08:30 作者：本网综合 编辑：方敏 来源：北京日报"}, ("北京日报", (), ("方敏",))),
        ({"header": "2024-01-02", "tail": "（韩大梅）"}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02", "tail": "（忆江）"}, (None, ("忆江",), ())),
        ({"header": "2024-01-02", "tail": "（白鹭日报 韩大梅）"}, ("白鹭日报", ("韩大梅",), ())),
        ({"header": "2024-01-02", "tail": "（在稻田边 韩大梅）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（待续）"}, (None, (), ())),
        ({"header": f"2024-01-02<p class=lead>摘要：{SUMMARY}</p>", "tail": "(书聿)"}, (None, ("书聿",), ())),
        ({"header": "2024-01-02", "foot": "<p>——据《北京晚报》</p>"}, ("北京晚报", (), ())),
        ({"header": "2024-01-02", "foot": "<p>——据《史记》</p>"}, (None, (), ())),
        ({"header": "2024-01-02 作者：河湾镇 佘大佳 李小伟"}, (None, ("佘大佳", "李小伟"), ())),
        ({"header": "2024-01-02", "lead": "大众网 记者 种大昂 "}, ("大众网", ("种大昂",), ())),
        ({"header": "2024-01-02", "lead": "人民网 种大昂 "}, ("人民网", ("种大昂",), ())),
        ({"header": "2024-01-02", "lead": "人民网 高度重视 "}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "【详细】"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "文/韩大梅"}, (None, ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "据央视新闻客户端消息，"}, ("央视新闻", (), ())),
        ({"header": "来源：临江日报", "lead": "据央视新闻客户端消息，"}, ("临江日报", (), ())),
        ({"header": "2024-01-02", "foot": "综合：新华社、央视新闻"}, ("新华社", (), ())),
        ({"header": "2024-01-02", "foot": "本文来自【白鹭晨报】，仅代表作者观点。公共平台提供信息发布传播服务。"}, ("白鹭晨报", (), ())),
        ({"header": "2024-01-02", "foot": "综合自新华社、央视新闻、白鹭晨报"}, ("新华社", (), ())),
        ({"header": "2024-01-02", "tail": "（综合新华社、人民日报客户端）"}, ("新华社", (), ())),
        ({"header": "2024-01-02", "foot": "（据人民日报、光明网综合）"}, ("人民日报", (), ())),
        ({"header": "《 临江日报 》（ 2024年01月02日 第 05 版）"}, ("临江日报", (), ())),
        ({"header": "2024-01-02", "lead": "据临江日报消息，"}, ("临江日报", (), ())),
        ({"header": "2024-01-02 08:30 临江广电"}, ("临江广电", (), ())),
        ({"header": "2024-01-02 来源：<span>青石交通广播</span><span>举报</span>"}, ("青石交通广播", (), ())),
        ({"header": "<i>来源：北国网</i><i>编辑：于小涛</i><i>阅读 1024</i>"}, ("北国网", (), ("于小涛",))),
        ({"header": "<dl><dt>来源</dt><dd>科技日报</dd><dt>作者</dt><dd>陆大宽</dd></dl>"}, ("科技日报", ("陆大宽",), ())),
        ({"header": "2024-01-02", "foot": "<p>临江晚报记者 曲大直 通讯员 蓝小明</p>"}, ("临江晚报", ("曲大直", "蓝小明"), ())),
        ({"header": "2024-01-02 来源：北京日报", "foot": "<p>责任编辑：</p><h3>热点推荐</h3>"}, ("北京日报", (), ())),
        ({"header": "2024-01-02", "foot": "<p>责任编辑：</p><p>林大山</p>"}, (None, (), ("林大山",))),
        ({"header": "2024-01-02 来源：西藏日报", "tail": "（记者 格桑伦珠 玉珍）"}, ("西藏日报", ("格桑伦珠", "玉珍"), ())),
        ({"header": "2024-01-02", "lead": "本报1月2日讯（记者 阿妮尔 毕力格巴特尔）"}, (None, ("阿妮尔", "毕力格巴特尔"), ())),
        ({"header": "2024-01-02", "tail": "（记者 乌兰察布 呼和浩特）"}, (None, (), ())),
        ({"header": "2024-01-02 来源：临江日报", "foot": "<p>【编辑】林大山</p>"}, ("临江日报", (), ("林大山",))),
        ({"header": "2024-01-02", "foot": "<p>【编辑推荐】稻田</p>"}, (None, (), ())),
        ({"header": "2024-01-02 17:30<i></i>1203<i></i>临江县融媒体中心"}, ("临江县融媒体中心", (), ())),
        ({"header": "发布单位：县商务局　撰稿人：林大山　审核人：方小敏　2024-01-02"}, ("县商务局", ("林大山",), ())),
        ({"header": "2024年1月2日 星期二 澳門日報 第A10版：澳聞"}, ("澳門日報", (), ())),
        ({"header": "2024-01-02 • <span>報道：林大山</span> <span>攝影：吕大甲</span>"}, (None, ("林大山",), ())),
        ({"header": "2024-01-02", "foot": "相关报道：方小敏"}, (None, (), ())),
        ({"header": "2024-01-02 作者 野渡舟"}, (None, ("野渡舟",), ())),
        ({"header": "2024-01-02 作者 简介"}, (None, (), ())),
        ({"header": "2024-01-02 由 林大山"}, (None, ("林大山",), ())),
        ({"header": "2024-01-02", "tail": "（文/图 生命科学学院 林大山）"}, (None, ("林大山",), ())),
        ({"header": "2024-01-02", "foot": "<p>通讯员 林大山 临江晚报/临江新闻记者 方小敏</p>"}, ("临江新闻", ("林大山", "方小敏"), ())),
        ({"header": "2024-01-02", "foot": "<p>编辑丨林大山 视觉丨江雨航</p>"}, (None, (), ("林大山",))),
        ({"header": "来源：[ 黄河报 ] 作者：[ 林大山 ] 日期：[2024-01-02]"}, ("黄河报", ("林大山",), ())),
        ({"header": "2024-01-02 作者：[美] 约翰·史密斯"}, (None, ("约翰·史密斯",), ())),
        ({"header": "[ 索引号 ] 11/24 [ 发布机构 ] 临江县应急局 [ 发布日期 ] 2024-01-02"}, ("临江县应急局", (), ())),
        ({"header": "2024-01-02", "foot": "<p>丨来源：临江新闻</p><p>丨记者：林大山</p>"}, ("临江新闻", ("林大山",), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（据澎湃新闻）"}, ("澎湃新闻", (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（据老人回忆）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（中新社）"}, ("中国新闻社", (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（林大山 方小敏）"}, (None, ("林大山", "方小敏"), ())),
        ({"header": "2024-01-02", "foot": "<p>（</p><div>责任编辑：</div><div>林大山）</div>"}, (None, (), ("林大山",))),
        ({"header": "2024-01-02", "foot": "<div>责任编辑：</div><div>林大山_NB11331</div>"}, (None, (), ("林大山",))),
        ({"header": "2024-01-02", "foot": "<div>责任编辑：</div><div>林大山 标签：春耕</div>"}, (None, (), ("林大山",))),
        ({"header": "2024-01-02", "foot": "<div>责任编辑：</div><div>林场迎来春耕时节</div>"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（待续）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>（抖音）"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "石榴云/新疆日报讯（记者林大山）"}, ("石榴云", ("林大山",), ())),
        ({"header": "2024-01-02", "foot": "<p>每经记者 淡忠奎 每经编辑 方小敏</p>"}, ("每日经济新闻", ("淡忠奎",), ("方小敏",))),
        ({"header": "2024-01-02", "tail": "（盘点）"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "【大公報訊】記者林大山報道："}, ("大公報", ("林大山",), ())),
        # What a text was put together from is a list of outlets, whose news it rests on is a paper with a name.
        ({"header": "2024-01-02", "tail": "（综合产量、价格、天气）"}, (None, (), ())),
        ({"header": "2024-01-02", "foot": "综合：稻田、果园"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "据当地日报消息，"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "据多家晚报报道，"}, (None, (), ())),
        ({"header": "《稻田里的人》（2024年01月出版）"}, (None, (), ())),
        # A link onto another site, an account, an office beside the date; sections and buttons are none.
        ({"header": "2024-01-02 08:30 <a href='http://www.laoyou.com/'>老友记</a> <a href='#c'>评论(3)</a>"}, ("老友记", (), ())),
        ({"header": "2024-01-02 08:30 <a href='http://bbs.linjiang.example/'>老友记</a>"}, (None, (), ())),
        ({"header": "2024-01-02 08:30 <a href='http://www.laoyou.com/'>下载客户端</a>"}, (None, (), ())),
        ({"header": "2024-01-02 08:30 来自: 互联网 <a href='http://www.laoyou.com/'>老友网</a>"}, (None, (), ())),
        ({"header": "<a href='/media/7'>海峡导报社</a><p>2024-01-02 08:30</p>"}, ("海峡导报社", (), ())),
        ({"header": "<span>2024-01-02 14:26</span> · <span>观海财经</span>"}, ("观海财经", (), ())),
        ({"header": "<span>2024-01-02 14:26</span> · <span>国内新闻</span>"}, (None, (), ())),
        ({"header": "2024-01-02 14:26 观海财经", "top": "<a href=/c>观海财经</a>"}, (None, (), ())),
        ({"header": "<li>2024-01-02</li><li>林业局</li><li>316</li>"}, ("林业局", (), ())),
        ({"header": "<li>2024-01-02</li><li>林业局</li><li>316</li>", "top": "<li><a href=/c>林业局</a></li>"}, (None, (), ())),
        ({"header": "<li>2024-01-02</li><li>终场结局</li><li>316</li>"}, (None, (), ())),
        ({"header": "<li>資料來源：衛生局疾病管制科</li><li>發布日期：2024-01-02</li>"}, ("衛生局疾病管制科", (), ())),
        ({"header": "發布日期：2024-01-02 資料來源：社會局 聯絡人：王小姐"}, ("社會局", (), ())),
        ({"header": "2024-01-02", "tail": "</p><p>資料來源：統計局</p><p>製圖：林大山"}, (None, (), ())),
        (
            {"header": "<li>来源<b>古镇周刊</b></li><li>作者<b>林大山</b></li><li>发布<b>2024-01-02 09:05</b></li>"},
            ("古镇周刊", ("林大山",), ()),
        ),
        ({"header": "2024-01-02", "lead": "综合临江日报、县水利局消息："}, ("临江日报", (), ())),
        ({"header": "2024-01-02", "lead": "综合产量、价格等消息："}, (None, (), ())),
        # Outlets that no table holds, by the make of their names: alone, in brackets, behind a dash, in a sentence, before the text.
        ({"header": "<p>清河晨报</p><p>2024-01-02 08:30</p>"}, ("清河晨报", (), ())),
        ({"header": "<p>手机晚报</p><p>栏目</p><p>2024-01-02 08:30</p>"}, (None, (), ())),
        ({"header": "<ul><li>● 南部新区报</li><li>● 2024/01/02</li></ul>"}, ("南部新区报", (), ())),
        ({"header": "<li>2024-01-02 08:30</li><li>临江融媒</li><li>韩大红</li>"}, ("临江融媒", ("韩大红",), ())),
        ({"header": "2024-01-02", "lead": "来源：澎湃新闻 "}, ("澎湃新闻", (), ())),
        ({"header": "2024-01-02", "lead": "（来源：清河导报）"}, ("清河导报", (), ())),
        ({"header": "2024-01-02", "lead": "清河晚报消息，"}, ("清河晚报", (), ())),
        ({"header": "2024-01-02", "lead": "官方消息，"}, (None, (), ())),
        ({"header": "2024-01-02", "lead": "智通财经APP获悉，"}, ("智通财经", (), ())),
        ({"header": "2024-01-02", "lead": "据新华社电 "}, ("新华社", (), ())),
        ({"header": "2024-01-02", "lead": "环球网报道 记者 韩大梅 "}, ("环球网", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "临江网1月2日讯（记者 韩大梅）"}, ("临江网", ("韩大梅",), ())),
        ({"header": "2024-01-02", "lead": "据清河县融媒体中心报道，"}, ("清河县融媒体中心", (), ())),
        ({"header": "2024-01-02", "lead": "据公司网站消息，"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（转自半月谈）"}, ("半月谈", (), ())),
        ({"header": "2024-01-02", "tail": "（转自一位老人的讲述）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（原载清河导报）"}, ("清河导报", (), ())),
        ({"header": "2024-01-02", "tail": "（据清河新闻网）"}, ("清河新闻网", (), ())),
        ({"header": "2024-01-02", "tail": "（据统计局）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（清河晚报报道）"}, ("清河晚报", (), ())),
        ({"header": "2024-01-02", "tail": "（系列新闻报道）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（清河导报 林大山）"}, ("清河导报", ("林大山",), ())),
        ({"header": "2024-01-02", "foot": "<p>清河融媒记者 林大山</p>"}, ("清河融媒", ("林大山",), ())),
        ({"header": "2024-01-02", "foot": "<p>——大河生活网</p>"}, ("大河生活网", (), ())),
        ({"header": "2024-01-02", "foot": "<p>——清河老人</p>"}, (None, (), ())),
        ({"header": "2024-01-02", "foot": "<p>摘自半月谈</p><p>猜你喜欢</p>"}, ("半月谈", (), ())),
        ({"header": "2024-01-02", "foot": "<p>声明：本文转载自清河导报，版权归原作者所有。</p>"}, ("清河导报", (), ())),
        ({"header": "2024-01-02", "foot": "<p>声明：本文转载自网络，版权归原作者所有。</p>"}, (None, (), ())),
        ({"header": "2024-01-02", "foot": "<p>本文首发于大河生活网，作者不详</p>"}, ("大河生活网", (), ())),
        ({"header": "2024-01-02", "foot": "<p>来源：</p><h3>相关阅读</h3>"}, (None, (), ())),
        ({"header": "2024-01-02", "foot": "<p>编辑部</p><p>2024年1月2日</p>"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（据悉）"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（第三季）"}, (None, (), ())),
        ({"header": "2024-01-02 08:30 深度观察"}, (None, (), ())),
        ({"header": "2024-01-02<p><a href=/1>作者：林大山</a> <a href=/2>责编：丁小涛</a></p>"}, (None, ("林大山",), ("丁小涛",))),
        ({"header": "发布人：校办 2024-01-02", "foot": "<p>供稿 | 天文社</p><p>撰稿 | 林大山</p>"}, ("天文社", ("林大山",), ())),
        ({"header": "2024-01-02<p>文_林大山 图_吕大甲 编辑_丁小涛</p>"}, (None, ("林大山",), ("丁小涛",))),
        ({"header": "2024-01-02 10:00:09　港务集团　林大山　阅读(321)"}, ("港务集团", ("林大山",), ())),
        ({"header": "Xinhua, November 30, 2023"}, ("新华社", (), ())),
        ({"header": "Weather, November 30, 2023"}, (None, (), ())),
        ({"header": "<p>Updated 20:08, 18-Oct-2023</p><p>CGTN</p>"}, ("CGTN", (), ())),
        # An office that signs with the day; one that is named in passing does not.
        ({"header": "2024-01-02", "foot": "<p>清河县卫生健康局</p><p>2024年1月2日</p>"}, ("清河县卫生健康局", (), ())),
        ({"header": "2024-01-02", "foot": "<p>清河县卫生健康局</p><p>电话：12345678</p>"}, (None, (), ())),
        ({"header": "2024-01-02 来源：县文旅局 作者：县文旅局"}, ("县文旅局", (), ())),
        ({"header": "<div>中时新闻网</div><div>周怡孜</div><time>2024年1月2日 11:01</time>"}, ("中時新聞網", ("周怡孜",), ())),
        ({"header": "<div>要闻</div><div>金融界</div><time>2024年1月2日 11:01</time>"}, ("金融界", (), ())),
        # Pictures, other boxes and those who took the pictures name nobody.
        ({"header": "2024-01-02", "foot": "图片来源：新华社 摄影：吕大甲"}, (None, (), ())),
        ({"header": "2024-01-02", "tail": "（新华社记者 吕大甲 摄）"}, (None, (), ())),
        ({"header": "2024-01-02", "head": "<meta name=author content=admin>"}, (None, (), ())),
    ],
    ids=str,
)
def test_who_is_named(page: dict[str, str], expected: tuple[Any, ...]) -> None:
    assert people(read(**page)) == expected


def test_a_list_of_other_articles_names_nobody() -> None:
    others = "".join(f"<li class=other>某地新闻之{n} 来源：北京日报 作者：林大{n}</li>" for n in "甲乙丙丁戊")
    assert people(read(header="2024-01-02 08:30 来源：钱江晚报", foot=f"<ul>{others}</ul>")) == ("钱江晚报", (), ())


def test_sources_behind_links_to_other_stories_are_theirs() -> None:
    others = "".join(f"<li><a href=/{n}>某地新闻之{n}今天发布了</a> 来源：某地日报</li>" for n in "甲乙")
    assert people(read(header="2024-01-02 08:30 钱江晚报", foot=f"<ul>{others}</ul>")) == ("钱江晚报", (), ())
    three = "".join(f"<li><b>某地新闻之{n}</b> <i>来源：某地日报</i></li>" for n in "甲乙丙")
    assert people(read(header="2024-01-02 08:30 钱江晚报", foot=f"<ul>{three}</ul>")) == ("钱江晚报", (), ())


def test_a_name_behind_a_mark_and_a_province_is_the_author() -> None:
    assert people(read(header="<p>2024-01-02</p><p>□ 江苏 向大平</p>")) == (None, ("向大平",), ())
    assert people(read(header="<p>2024-01-02</p><p>□ 江苏 要闻</p>")) == (None, (), ())


def test_the_staff_of_an_article_may_stand_in_a_list() -> None:
    staff = "<p>来源丨临江融媒</p><p>记者丨林大山</p><p>编辑丨方小敏</p><p>责编丨丁小涛</p><p>审核丨汤大瑶</p>"
    assert people(read(header="2024-01-02 08:30", tail=staff)) == ("临江融媒", ("林大山",), ("方小敏", "丁小涛"))


def test_people_below_links_to_other_stories_are_theirs() -> None:
    others = "".join(f"<li><a href=/{n}>某地新闻之{n}今天发布了</a></li>" for n in "甲乙丙丁")
    foot = f"<ul>{others}</ul><div>作者：林大山</div><div>责任编辑：方小敏</div>"
    assert people(read(header="2024-01-02 08:30 来源：钱江晚报", foot=foot)) == ("钱江晚报", (), ("方小敏",))


def test_a_name_behind_a_mark_is_the_author() -> None:
    assert people(read(header="<p>2024-01-02</p><p>☉林大山</p>")) == (None, ("林大山",), ())
    assert people(read(header="<p>2024-01-02</p><p>■要闻</p>")) == (None, (), ())


def test_a_label_glued_to_another_value_counts_before_a_known_outlet() -> None:
    assert people(read(header="2024-01-02 08:30类型：原创来源：北京日报编辑：方小敏")) == ("北京日报", (), ("方小敏",))


def test_a_foot_label_outranks_the_own_name_beside_the_date() -> None:
    header, foot = "2024-01-02 08:30 &nbsp; 临江网", "<p>来源：都市快报</p><p>作者：记者 林大山</p>"
    assert people(read(header=header, foot=foot)) == ("都市快报", ("林大山",), ())


def test_every_field_has_its_printed_line() -> None:
    article = read(
        header="2024-01-02 08:30 来源：北京日报",
        foot="(责编：汤大瑶)",
        tail="（记者 韩大梅）",
        top="<div class=crumb>首页 &gt; 三农 &gt; 正文</div>",
    )
    assert article.evidence["source"].text == "2024-01-02 08:30 来源：北京日报"
    assert article.evidence["source"].rule == "header_label"
    assert article.evidence["editors"].text == "(责编：汤大瑶)"
    assert article.evidence["authors"].text == "（记者 韩大梅）"
    assert article.evidence["section"].text == "首页 > 三农 > 正文"


def test_the_dateline_is_kept_verbatim_and_stays_in_the_text() -> None:
    article = read(header="来源：新华社", lead="新华社临江1月2日电（记者韩大梅）")
    assert article.dateline == "新华社临江1月2日电（记者韩大梅）"
    assert article.dateline in article.text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"header": "来源：北京日报"}, True),
        ({"header": "来源：网络"}, True),
        ({"header": "来源：转载"}, True),
        ({"header": "来源：临江网"}, False),
        ({"header": "来源：本站原创"}, False),
        ({"header": "2024-01-02", "lead": "本报讯（记者 韩大梅）"}, False),
        ({"header": "来源：临江日报"}, None),
        ({"header": "2024-01-02"}, None),
        ({"header": "来源：人民网", "url": "http://culture.people.com.cn/n1/1.html"}, False),
        ({"header": "来源：人民日报", "url": "http://culture.people.com.cn/n1/1.html"}, None),
        ({"header": "来源：三江都市报", "bottom": "主办单位：三江都市报社"}, None),
    ],
    ids=str,
)
def test_repost_or_not(page: dict[str, str], expected: bool | None) -> None:
    assert read(**({"bottom": "临江网 版权所有"} | page)).is_repost is expected


def test_the_site_is_meant_by_its_own_words() -> None:
    article = read(header="来源：本站原创", bottom="临江网 版权所有")
    assert article.source is not None
    assert (article.source.name, article.source.raw, article.site_name) == ("临江网", "本站原创", "临江网")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"head": "<meta property='og:site_name' content='临江热线'>"}, "临江热线"),
        ({"bottom": "凡本网注明“XXX(非临江在线)提供”的作品，均转载自其它媒体。"}, "临江在线"),
        ({"top": "<div class=crumb>临江首页 &gt; 三农 &gt; 正文</div>"}, "临江"),
        ({"bottom": "Copyright © 2011-2024 临江网 版权所有"}, "临江网"),
        ({"bottom": "版权所有 临江互联网新闻中心"}, "临江互联网新闻中心"),
        ({"head_title": f"{TITLE}_农业_临江新闻网 - 主流媒体 临江门户", "bottom": "临江新闻网 主流媒体 临江门户"}, "临江新闻网"),
        ({"head_title": f"{TITLE}-无人机", "bottom": "无人机"}, None),
        ({"top": "<div class=crumb>社区首页 &gt; 三农 &gt; 正文</div>", "head_title": TITLE}, None),
        ({"url": "http://news.163.com/1.html"}, "网易"),
        ({"head": "<meta property='og:site_name' content='临江新闻'>", "head_title": TITLE}, "临江新闻"),
        ({"head": "<meta property='og:site_name' content='社会新闻'>", "head_title": TITLE}, None),
        (
            {
                "head": '<script type="application/ld+json">{"@type":"NewsArticle","publisher":{"name":"临江在线"}}</script>',
                "head_title": TITLE,
            },
            "临江在线",
        ),
        ({"bottom": "本文仅代表作者观点，不代表临江网立场。", "head_title": TITLE}, "临江网"),
        ({"bottom": "本文不代表临江日报和临江网立场。", "head_title": TITLE}, None),
        ({"bottom": "临江网 京ICP备12345678号", "head_title": TITLE}, "临江网"),
        ({"bottom": "临江网版权所有 未经许可不得转载", "head_title": TITLE}, "临江网"),
    ],
    ids=str,
)
def test_what_the_site_calls_itself(page: dict[str, str], expected: str | None) -> None:
    assert read(**page).site_name == expected


@pytest.mark.parametrize(
    ("printed", "section"),
    [
        ("您现在的位置:首页 &gt; 滚动 &gt; 正文", ["滚动"]),
        ("当前位置： <a href=/>首页</a> » <a href=/b>新闻</a> » <a href=/c>三农</a> » 浏览文章", ["新闻", "三农"]),
        ("<a href=/>首页</a> / <a href=/b>三农</a> / 正文", ["三农"]),
        ("当前所在位置：临江网 -- 三农 -- 正文", ["三农"]),
        ("<a href=/a>首页</a> <a href=/b>新闻</a> <a href=/c>体育</a>", []),
        ("<div class=crumb><a href=/a>首页</a><a href=/b>新闻</a><a href=/c>三农</a></div>", ["新闻", "三农"]),
        ("<span>首页</span><i>/</i><span>三农</span><i>/</i><span>正文</span>", ["三农"]),
        ("<a href=/>首页</a>｜<a href=/b>三农</a>｜正文", ["三农"]),
        ("首页/社会", []),  # two parts behind a stroke may be anything
    ],
)
def test_the_breadcrumb_is_the_section(printed: str, section: list[str]) -> None:
    assert record_of(read(top=f"<div class=top>{printed}</div>", bottom="临江网 版权所有"))["section"] == section


@pytest.mark.parametrize("label", ["所在栏目：三农", "栏目：<a href=/n/>三农</a> 字号：大 中 小", "频道：三农"])
def test_a_section_named_beside_the_headline_is_the_section_and_no_site(label: str) -> None:
    record = record_of(read(header=f"{label}</div><div>2024-01-02 08:30"))
    assert (record["section"], record["site_name"]) == (["三农"], "临江网")


def test_the_way_that_the_head_tells_is_the_section_where_none_is_shown() -> None:
    items = ",".join(f'{{"@type":"ListItem","position":{i},"name":"{name}"}}' for i, name in enumerate(("首页", "新闻", "三农"), 1))
    told = f'<script type="application/ld+json">{{"@type":"BreadcrumbList","itemListElement":[{items}]}}</script>'
    assert record_of(read(head=told))["section"] == ["新闻", "三农"]
    assert record_of(read(head=told.replace('"name"', '"nom"')))["section"] == []
    shown = "<div>当前位置：首页 &gt; 滚动 &gt; 正文</div>"
    assert record_of(read(head=told, top=shown))["section"] == ["滚动"]


@pytest.mark.parametrize(
    ("foot", "keywords"),
    [
        ("关键词: 稻田 无人机", ["稻田", "无人机"]),
        ("标签：<a href=/1>稻田</a> <a href=/2>无人机 飞防</a>", ["稻田", "无人机 飞防"]),
        ("Tags：稻田,无人机", ["稻田", "无人机"]),
        ("【关键词】稻田；无人机", ["稻田", "无人机"]),
        ("<ul class=tags><li><a href=/1>#稻田</a></li><li><a href=/2>#无人机</a></li></ul>", ["稻田", "无人机"]),
        ("文中的关键词是稻田，他说。", []),
    ],
)
def test_keywords_are_those_that_are_printed(foot: str, keywords: list[str]) -> None:
    article = read(foot=foot, head="<meta name=keywords content='临江网,临江新闻,本地新闻'>")
    assert list(article.keywords) == keywords


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a/1.html", "http://www.linjiang.example/a/1.html"),
        ("http://m.linjiang.example/a/1.html", "http://m.linjiang.example/a/1.html"),
        ("http://www.elsewhere.example/a/1.html", "http://www.linjiang.example/a/1.html?id=7"),
        ("http://www.linjiang.example/", "http://www.linjiang.example/a/1.html?id=7"),
        ("http://[", "http://www.linjiang.example/a/1.html?id=7"),
    ],
)
def test_a_canonical_link_to_elsewhere_is_not_ours(href: str, expected: str) -> None:
    url = "http://www.linjiang.example/a/1.html?id=7&utm_source=x"
    assert read(head=f"<link rel=canonical href='{href}'>", url=url).canonical_url == expected


@pytest.mark.parametrize(
    ("line", "author"), [("韩大梅", "韩大梅"), ("韩 梅", "韩梅"), ("by 韩梅", "韩梅"), ("金秋", None), ("城北见闻", None)]
)
def test_a_name_alone_above_the_text_in_its_container_is_the_authors_and_no_paragraph(line: str, author: str | None) -> None:
    article = read("2024-01-02 08:30 来源：北京日报", lead=f"{line}</p><p>")
    assert (article.authors, article.text.startswith(line)) == ((author,), False) if author else ((), True)


@pytest.mark.parametrize(
    ("source", "site", "is_repost"),
    [
        ("北京日报", "临江网", True),
        ("临江网综合", "临江网", False),
        ("临江网讯", "临江网", False),
        ("临江网综合频道", "清河网", True),
        ("中国新闻网", "中新网", False),  # two names of one outlet
        ("中国新闻网", "临江网", True),
        ("澎湃新闻", "澎湃新闻", False),
    ],
)
def test_a_text_from_the_site_under_another_name_is_no_repost(source: str, site: str, is_repost: bool) -> None:
    article = read(header=f"2024-01-02 08:30 来源：{source}", head_title=f"{TITLE}_{site}", bottom=f"版权所有 {site}")
    assert article.is_repost is is_repost
