"""Rows of data/tables/boilerplate.toml: each with what it must take and what it must leave."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.load_rules import load_rows, load_rule_book
from pipelines.errors import RuleError
from pipelines.extract.boilerplate import BoilerplateRules, Where, compile_boilerplate, squeeze


@pytest.fixture(scope="module")
def rules() -> BoilerplateRules:
    return load_rule_book().boilerplate


TAKEN = {
    "account_origin": ["以下文章来源于某某发布 ，作者张三", "以下文章來源於某某發布"],
    "account_collection": ["收录于合集 #招生", "来自专辑 某某新闻"],
    "crumb_position": ["您现在的位置:首页 > 滚动 > 正文", "当前位置：首页 >> 要闻", "您現在的位置： 首頁 > 新聞"],
    "crumb_home": ["新闻中心 > 国内新闻 > 正文", "首页 > 财经"],
    "source_label": [
        "来源：某某日报",
        "消息来源：某某集团",
        "（文字来源：某某日报）",
        "摘编自《某某日报》",
        "本文獲授權轉載自《某某日報》",
        "本文首发某某日报客户端",
        "（本文原载于《某某日报》2023年5月5日03版）",
        "（来源：某某网）",
        "來源: 某報",
        "稿源：某某社",
        "转自《某某周刊》",
        "——《某某之春》1996年3月号",
        "本文来源：某某晚报 作者：李明",
        "供稿单位：某某局",
    ],
    "date_line": [
        "本文来源于《某某网》 2012年01月12日 18:49 我要评论（0）",
        "《某某日报》（ 2022年02月13日 02版）",
        "2021-03-04 10:20 来源：某某网",
        "2012年01月12日 16:36",
        "某某网 2020/1/2 08:00:00 评论",
    ],
    "glued_labels": ["来源某某晚报作者李明", "编辑丁涛作者白杨稿源某某财经点击12"],
    "time_label": ["发布时间：2020年1月2日", "时间：2022-12-20 08:51:46"],
    "clock_line": ["香港时间17时06分", "Saturday, September 10th, 2005 10:56 am"],
    "author_label": ["作者：李明", "撰文：王小明", "撰稿人：王小明", "作者 李明 王芳"],
    "counter": ["浏览次数：128次", "阅读(56)"],
    "editor_label": [
        "编译/李明 审校/王芳",
        "主编：李明 责编：王芳",
        "作者邮箱：abc@example.com",
        "审核人：李明",
        "签发：王芳",
        "文字整理：李明",
        "责任编辑：张三",
        "【我要纠错】责任编辑：张三",
        "編輯：李四",
        "【責任編輯:王五】",
        "责编 | 赵六",
    ],
    "staff_line": ["宣传科供稿 摄影/李明 编辑/王芳"],
    "original_title": ["原标题：城市新线今日开通", "（原题为《城市新线今日开通》）"],
    "keywords": ["关键词：地铁 开通", "标签：经济", "关键词 >> 地铁 开通", "#地铁 #开通", "【关键词】地铁；开通"],
    "disclaimer_label": [
        "免责声明：本文内容为转载。",
        "某浪声明：此消息系转载自合作媒体，登载此文不意味着赞同其观点。",
        "【版权声明】本网站所刊载的作品",
        "特别声明：以上内容仅代表作者观点",
    ],
    "disclaimer_marked": ["凡本网注明“来源：某某网”的所有作品，均为本网合法拥有版权", "凡注明为其他媒体来源的信息，均为转载自其他媒体"],
    "disclaimer_not_ours": [
        "以上内容不代表本网观点",
        "文章仅代表作者个人观点，与本站无关。",
        "本文为账号所有者上传，仅代表该作者或机构观点",
    ],
    "disclaimer_of_accounts": ["Notice: The content above (including the pictures) is uploaded by a user of the platform."],
    "disclaimer_rights": ["如有侵权请联系删除", "未经授权不得转载", "转载请注明出处", "原创文章，转载请附上原文出处链接和本声明。"],
    "disclaimer_advice": ["本文不构成投资建议，据此操作风险自担"],
    "copyright": ["Copyright © 2010 Example News", "版权所有 某某传媒集团", "京ICP备10000000号"],
    "contact": ["联系我们 | 网站地图", "举报电话：010-00000000", "商务合作：bd@example.com", "读者投稿：news@example.com"],
    "pager_story": ["上一篇 下一篇", "上一篇：城市新线明日开通", "下一篇 没有了", "下一條：某事"],
    "pager_pages": ["[1] [2] [3] 下一页", "本篇文章共有1页 当前为第1页", "上一页 1 2 3 下一页 末页", "共3页"],
    "share_label": ["分享到：", "分享到：微博 微信 QQ空间"],
    "share_tools": ["【打印】【关闭】", "大 中 小", "[打印] [收藏] [关闭窗口]", "列印 轉寄", "[打印] [糾錯] [評論] [信箱]"],
    "share_font": ["字号：大 中 小", "【字體：大 中 小】"],
    "share_scan": ["滚动播报最新资讯，更多福利扫描二维码关注", "扫一扫二维码，关注某某官方微信", "更多内容请关注某某公众号"],
    "more_links": ["更多>>", "点击查看更多", "阅读全文", "更多精彩内容看这里"],
    "related_label": ["相关新闻：城市新线开通", "延伸阅读：某某故事", "更多精彩内容请点击某某频道"],
    "related_heading": ["相关阅读", "猜你喜欢", "熱門新聞", "特别关注", "点击排行榜", "相關新聞："],
    "comments_heading": ["网友评论(12)", "最新评论", "我要评论", "評論"],
    "comments_counts": [
        "已有23条评论",
        "128人参与",
        "用户名：",
        "所有评论仅代表网友意见",
        "网友评论仅供其表达个人看法，并不表明某某立场。",
        "違反規定者，本站有權刪除留言，或者直接封鎖帳號！請先閱讀留言板規則，謝謝配合。",
        "某某的家 發表在 某某邦 PIXNET 留言(42) 人氣(23925)",
    ],
    "ad_mark": ["广告", "ADVERTISEMENT", "[推广]", "Supported by"],
    "injected_caption": ["(相关资料图)", "（资料图片）", "资料图", "(图片来源：某某)", "配图"],
    "player": ["视频加载失败，请刷新页面", "00:00 / 03:21", "收听语音朗读", "您的浏览器不支持视频播放", "正在加载"],
    "bare_link": ["本文链接：http://news.example.com/1.html"],
    "ornament": ["＊＊＊＊＊＊", "———", "↓↓↓"],
    "notice": ["安心专线：0800-000000", "珍惜生命"],
    "first_published": ["本文首发于某某公众号"],
    "en_first_published": ["This article was originally published in the Example Post."],
    "en_byline": ["March 3, 2021 — By Jane Doe, Example Post"],
    "desk": ["（某某网快讯中心）"],
    "staff_names": ["编辑 李明 校对 王小芳", "编辑 李明 校对 王芳 审核 赵六"],
    "staff_bracket": ["【记者】李明", "【通讯员】王芳 李明", "【来源】某某传媒集团客户端"],
    "account_line": [
        "本文来自微信公众号“某某观察”（ID：mmgc），作者：李明，某某网经授权发布。",
        "本文来自微信公众号：某某（ID：mm），作者：李明，编辑：王芳，题图来自：某某",
    ],
    "picture_source": ["封面图片来源：某某图库", "题图来自某某", "（配图均来源于某某网络）"],
    "report_button": ["文章内容举报", "我要纠错", "举报/反馈"],
    "account_tools": [
        "觉得好看，请点个“在看”",
        "分享、点赞、在看 三连",
        "预览时标签不可点",
        "继续滑动看下一个",
        "分享收藏点赞在看",
        "点击“阅读原文”查看更多",
        "戳「阅读原文」报名",
        "看都看完了，点【在看】试试",
        "发送邮件至abc@example.com申请加入某某政务号或媒体团",
    ],
    "staff_label": ["文字：李明", "摄影：王芳、赵六", "一审：李明 二审：王芳 三审：赵六", "总监制：李明"],
    "staff_short": ["校对 赵三强", "责编 李明", "值班编辑 王小芳"],
    "text_from": ["（转自某某）", "此文来自某某", "本文系转载", "本文由某某授权转载", "本文獲授權轉載"],
    "picture_note": [
        "图片来源于网络，侵删",
        "配图与文章无关",
        "本文图片均由受访者提供",
        "题图：某某",
        "▲新线首日的站台。（圖／李明攝）",
    ],
    "rights_threat": ["某某网原创，违者必究"],
    "page_tools": [
        "（点击图片查看大图）",
        "点击图片进入下一页",
        "+ 关注",
        "点击展开全文",
        "没有更多了",
        "回到顶部",
        "顶一下",
        "扫码关注",
        "訂閱電子報",
        "舉報",
        "原文链接：",
        "【打印本页】",
        "新聞臉譜 (投下你對這則新聞的感覺)",
        "微博推荐 | 今日微博热点",
    ],
    "home_link": ["返回某某新闻首页", "欢迎访问某某新闻网！", "首页 社会 正文"],
    "gesture": ["↓↓↓ 向下滑动查看更多 ↓↓↓", "（左右滑动查看图片）", "点击图片放大", "长按图片保存"],
    "leftover_of_a_cms": ["#p#分页标题#e#", "[page]", "[!--empirenews.page--]", "[img]/a/1.jpg[/img]", "<!-- ad -->", "{$body}"],
    "moods": ["支持 高兴 震惊 愤怒 无聊 无奈", "高興(3) 感動(12) 難過(0)"],
    "label_alone": ["[提要]", "内容摘要", "正文", "原创", "导读："],
    "app_ad": [
        "更多热点速报、权威资讯、深度分析尽在某某App",
        "想爆料？请登录某某连线",
        "报料请拨打热线",
        "不用搶 现在用APP看新聞 天天中獎",
        "看完这篇还不过瘾？更多内容请关注某某新闻",
        "某某网APP下载",
        "更多精彩，尽在某某网",
        "＞＞看更多社會新聞",
        "快加入某某日報官方帳號",
        "訂閱《某某日報》YouTube頻道",
        "扫码进入某某读者群",
        "您的电子邮箱地址不会被公开。 必填项已用*标注",
        "订阅《某某日报》请拨打某某",
    ],
    "site_contact": ["联系邮箱：abc@example.com", "承办单位：某某 技术支持：某某", "本网站由某某主办"],
    "text_length": ["字数 1023，阅读大约需要 3 分钟", "阅读时间约 3 分钟", "本文字数：1023字", "本文共1234字，阅读约3分钟", "全文约2000字"],
    "end_mark": ["— END —", "END", "【完】", "（本文完）"],
    "care_notice": ["※ 提醒您：禁止酒駕", "★某某報關心您，生命無價"],
    "more_of_site": ["更多 NOWnews 今日新聞 報導", "更多ETtoday報導"],
    "recommended_heading": ["为您推荐", "大家还看了", "本月热门", "专题推荐", "你可能还喜欢"],
    "byline_slash": ["記者李明／台南報導", "彭明 賀文湘文/圖", "制图/李明", "文/某某晚报全媒体记者 李明 通讯员 王芳", "图文 | 李明"],
    "read_on": ["內文未完，請繼續閱讀", "廣告-請繼續往下閱讀", "文章繼續於廣告後", "請繼續往下閱讀…", "請繼續往下閱讀..."],
    "en_share": [
        "Share this article on Facebook, Twitter or WeChat",
        "Follow us on WeChat: ExampleDaily",
        "Click here to follow us on Facebook",
    ],
    "en_subscribe": ["Subscribe to our weekly newsletter", "For more news, follow our official account"],
    "en_disclaimer": [
        "Disclaimer: The views expressed here are those of the author.",
        "This article was translated from Chinese by AI and is for reference only.",
        "If you have any problems with this article, please contact us at news@example.com.",
    ],
    "en_editor": ["(Editor: Wang Wei)", "Contact the writer at wang@example.com"],
    "en_related": ["Related Stories", "You may also like", "Read more:"],
}
LEFT = [
    "（本文据作者在图书馆的演讲整理）",
    "他的头像，还停在去年的最后一条朋友圈",
    "作者系某某市作家协会会员",
    "欢迎来到我们的城市。",
    "（1）",
    "2.",
    "我要评论的，是这种评论。",
    "发言人表示，公司一向遵守所有法规，不评论与个别客户的业务往来。",
    "24小时服务热线：000-00000",
    "对未经授权擅自转载的网站，本社将依法追究责任，法务负责人周敏说。",
    "如有异议，请在公示期内向住建局反映，联系电话：000-00000。",
    "01",
    "地址：某某市某某路18号（地铁站A口步行五分钟）",
    "居民可以下载“某某办事”客户端，在线缴纳燃气费，也可以到营业厅办理。",
    "法院最终判决：被告未经许可转载他人作品，应赔偿经济损失三万元，并在其网站刊登声明。",
    "Share prices on the exchange fell for a third day.",
    "Follow-up talks will be held in Geneva.",
    "This article of the treaty has been disputed for years.",
    "Subscribers to the paper fell to 20,000 last year.",
    "Editors and readers met in the old hall.",
    "更多居民都在这里买菜。",
    "商务合作：两国签署五项协议",
    "签发的文件一共三份",
    "#1号楼居民",
    "加入这个行业三年，他换了两家公司。",
    "关注的是孩子，不是频道",
    "收入有三个来源：工资、奖金、稿费。",
    "他说：“不问来源：只看结果。”",
    "向下滑动的山体压住了半条公路。",
    "点击图片的人越来越少。",
    "[注]",
    "#旧城更新#",
    "首发阵容没有变化，门将还是他。",
    "主编说：稿子要改到没有一个废字。",
    "他呼吁更多人关注乡村教师。",
    "支持、高兴、感动，都写在脸上。",
    "图片来自一位老人的相册。",
    "视频系居民所拍，画面并不清楚。",
    "Notice the contents above the door, the guide said.",
    "他代表该机构观察了三天。",
    "阅读时间越长，孩子认识的字越多，这一点已被证实。",
    "他点击图片查看大图时才发现问题。",
    "以下文章来自读者投稿，经编辑整理后刊发。",
    "公司声明：从未授权任何媒体刊登该广告，保留追究责任的权利。",
    "校对工作",
    "他说，请大家在看完之后分享、点赞。",
    "越来越多的人改用APP看新闻。",
    "他点击“阅读原文”之后，看到了整篇报道。",
    "戳穿阅读原文作者的谎言，用了他三年时间。",
    "来源于生活的艺术总能打动人心，他在会上这样说。",
    "记者 韩梅",
    "设计：先想清楚谁来用，再画第一笔。",
    "责编部的会开到深夜",
    "策划这场展览的是三位年轻人。",
    "本文来自一次偶然的谈话，后来越写越长。",
    "图片由卫星提供，分辨率不到一米。",
    "主办单位：临江市文化局",
    "侵权者必须赔偿，法院在判决中写道。",
    "他在公司的App上看到了这条消息。",
    "游客扫描二维码，就能听到讲解。",
    "正文写了三千字，附录更长。",
    "End of the line: the last tram left at ten.",
    "医生提醒您的家人也要接种。",
    "更多居民搬进了新楼。",
    "为你推荐这本书的人，多半也读了三遍。",
    "大家都在看着他，他却一言不发。",
    "编辑工作与校对工作",
    "编辑和校对的故事要从三十年前说起。",
    "【记者手记】",
    "【来源】",
    "本文来自作者二十年的调查，编辑只改了错字。",
    "他把文章来源一一注明，没有漏掉一处。",
    "举报电话公布后，线索不断。",
    "图书馆的来源已经很难查考",
    "来源渠道和作者编辑的故事",
    "供稿单位由三家增加到七家。",
    "文/图两部分各占一半，评委这样说。",
    "（记者 李明）",
    "他表示，责任编辑的工作不只是改错字，更要守住事实。",
    "“声明并没有提到赔偿。”律师李明说。",
    "该公司发布声明：将于三日内公布调查结果，并向公众道歉，同时欢迎社会各界监督。",
    "新华社北京12月20日电（记者 李明）昨天，新线开通。",
    "警方公布举报热线后，三天内接到线索二百余条。",
    "网友在微博上爆料：“看病送车票。”",
    "2012年1月12日，记者来到现场。",
    "12月3日上午，会议在北京召开。",
    "他的评论引来许多讨论，但没有人站出来回应。",
    "上一次开通新线是在三年前。",
    "下一步，将继续推进改革。",
    "目前的位置是在城北，地铁可以直达。",
    "版权所有者可以要求停止使用。",
    "一、基本情况",
    "人物：季某某",
    "图为新线首日运营的情景。",
    "中新社记者 李明 摄",
    "关键在于落实。",
    "专家点评：",
    "附件：名单",
    "点击率上升了三成，阅读量却没有变化。",
    "他从首页开始读起，一直读到深夜，眼睛都酸了。",
    "未经处理的污水直接排入河道，居民多次反映，至今没有得到答复。",
    "（完）",
    "（未完待续）",
    "网友评论说，仅供参考的意见也值得听一听，这话没错。",
    "小区业主在看了公告之后，纷纷表示支持。",
    "他申请加入记者协会，编号是三百零二号。",
    "法院认为，平台有权删除违规内容。",
    "更多居民在这里买菜。",
    "The project is supported by the city and two banks.",
    "《某某管理条例》2024年5月1日起施行",
    "20,170.",
    "This article of the treaty was first debated in May.",
    "March 3, 2021, was the day the bridge opened.",
    "Monday",
    "推荐这本书的理由有三个。",
    "请继续往下阅读第三章，他对学生说。",
    "这座城市将为每部电梯建立电子档案，居民扫描轿厢内的二维码，就能看到维保记录。",
    "热门专业的报考人数下降。",
    "据《某某日报》报道，新线将于明年开工。",
]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TAKEN.items() for text in texts])
def test_a_row_takes_its_wording(rules: BoilerplateRules, name: str, text: str) -> None:
    row = rules.find_row(text)
    assert row is not None
    kinds = {r.name: r.kind for r in rules.rows}
    assert row.kind == kinds[name]


@pytest.mark.parametrize("text", LEFT)
def test_text_that_only_looks_like_boilerplate_stays(rules: BoilerplateRules, text: str) -> None:
    assert rules.find_row(text) is None
    assert rules.trim(text) == (text, ())


def test_every_whole_block_row_is_tested(rules: BoilerplateRules) -> None:
    assert {row.name for row in rules.rows if row.where in ("block", "heading")} == set(TAKEN)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where.HEAD, "記者李明／台北報導"),
        (Where.HEAD, "〔記者李明、王芳／台北報導〕"),
        (Where.HEAD, "某某新闻记者 | 李明"),
        (Where.HEAD, "某某中心／綜合報導"),
        (Where.HEAD, "分类：社会新闻"),
        (Where.HEAD, "浏览：1234次 来源：互联网"),
        (Where.HEAD, "某某网 · 社会频道"),
        (Where.HEAD, "IP属地：北京"),
        (Where.HEAD, "星期六 癸卯年三月十七"),
        (Where.HEAD, "【独家】"),
        (Where.HEAD, "某某经济报道记者 李明 实习生 王芳 北京报道"),
        (Where.BESIDE, "记者：李明"),
        (Where.BESIDE, "图片｜王芳"),
        (Where.BESIDE, "二审：赵六"),
    ],
)
def test_a_staff_line_goes_in_its_place_only(rules: BoilerplateRules, where: Where, text: str) -> None:
    assert rules.find_placed(text, where) is not None


@pytest.mark.parametrize(
    "text",
    [
        "记者在现场看到，道路已经通车。",
        "记者的一天",
        "记者：您怎么看这件事？",
        "（一）基本情况",
        "社会在变",
        "发布会在线上举行",
        "星期六的早晨，街上没有人。",
        "某某市／某某县公布名单",
    ],
)
def test_a_line_of_the_text_is_no_staff_line(rules: BoilerplateRules, text: str) -> None:
    assert rules.find_placed(text, Where.HEAD) is None
    assert rules.find_placed(text, Where.BESIDE) is None


@pytest.mark.parametrize(
    ("printed", "clean", "kinds"),
    [
        ("会议结束。（责任编辑：张三）", "会议结束。", ["editor_line"]),
        ("会议结束。 责任编辑：张三", "会议结束。", ["editor_line"]),
        ("会议结束。来源：某某日报", "会议结束。", ["source_line"]),
        ("会议结束。（来源：某某日报 编辑：张三）", "会议结束。", ["source_line"]),
        ("会议结束。(编辑:李四)1120221", "会议结束。", ["editor_line"]),
        ("会议结束。返回某某，查看更多", "会议结束。", ["related"]),
        ("（相关资料图）会议开始。", "会议开始。", ["caption"]),
        ("会议结束。（某某之星编辑整理）", "会议结束。", ["editor_line"]),
        ("会议结束。（记者 李明）", "会议结束。（记者 李明）", []),
        ("他曾任编辑（后任主编）", "他曾任编辑（后任主编）", []),
    ],
)
def test_ends_of_a_paragraph_are_trimmed(rules: BoilerplateRules, printed: str, clean: str, kinds: list[str]) -> None:
    text, pieces = rules.trim(printed)
    assert (text, [row.kind for _, row in pieces]) == (clean, kinds)


@given(st.text(alphabet="会议结束。（）()编辑责任：:张三资料图相关查看更多返回，1 ", max_size=40))
def test_trimming_twice_changes_nothing_more(text: str) -> None:
    rules = load_rule_book().boilerplate
    once, _ = rules.trim(text)
    assert rules.trim(once) == (once, ())


@given(st.sampled_from("1T中大打印·/| 首页版权著作编辑：《》（）第篇"), st.integers(20, 160))
def test_no_row_takes_long_over_repetition(piece: str, n: int) -> None:
    """A pattern that backtracks without bound would hang here."""
    rules = load_rule_book().boilerplate
    for tail in ("", "x", "。"):
        rules.find_row(piece * n + tail)
        rules.trim(piece * n + tail)


def test_folding_keeps_places() -> None:
    assert squeeze("責任編輯 ： 張三　（記者）") == "责任编辑:张三(记者)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"where": "somewhere"}, "is none of"),
        ({"pattern": "("}, "pattern"),
        ({"colour": "red"}, "unknown key colour"),
        ({"max": "80"}, "max is needed"),
        ({"seen": None}, "no seen"),
    ],
)
def test_a_wrong_row_stops_the_program_and_is_named(change: dict[str, object], message: str) -> None:
    row = {**load_rows("boilerplate")[0], **change}
    with pytest.raises(RuleError, match=re.escape("row 1")) as caught:
        compile_boilerplate([{k: v for k, v in row.items() if v is not None}])
    assert message in str(caught.value)
