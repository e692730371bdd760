"""Pages that speak to the visitor in an article's place: checks, walls, logins, notices of the server."""

import re

from pipelines.either_script import compile_either
from pipelines.extract.body import Body
from pipelines.extract.date_candidates import find_dates
from pipelines.types import PageView

GATE_CHARS = 400
"""They say little more than what they want."""
CRUMB_CHARS = 60
"""What is left where the wall itself was taken for a notice."""
GATE_TITLE = compile_either(
    r"^\W*(?:just a moment|pardon our interruption|attention required|access (?:denied|to this page)|are you (?:a )?(?:human|robot)|security (?:check|verification)|captcha|robot check"
    r"|(?:请?(?:完成|通过)?(?:安全|人机|滑动|访客|访问|身份|行为|浏览器)(?:安全)?(?:验证|校验|检测|检查)(?:页面?|中)?|请稍[候等]|正在(?:验证|跳转|加载).{0,8}"
    r"|(?:您的|你的)?(?:IP|访问|请求|操作)(?:已?被|行为)?(?:拦截|拒绝|封禁|阻断|禁止|限制|受限|过于频繁|频率过高|异常)(?:提[示醒])?|(?:用户|会员|账号|账户|统一身份认证)?登[录入](?:页面?)?)(?:$|[\s_|.…—–-]))",
    re.IGNORECASE,
)
GATE_TEXT = compile_either(
    r"(?:请|需要?|必须)(?:先|您)?(?:启用|开启|打开|允许)\W*(?:浏览器的?)?\W*(?:JavaScript|JS\b|Cookie)|(?:enable|requires?|turn on) (?:javascript|cookies)"
    r"|checking (?:if|your browser|the site connection)|(?:verify(?:ing)?|proves?) (?:that )?you are (?:a )?human|you (?:are|were) a (?:ro)?bot\b|domain (?:name )?is for sale|DDoS protection|\bRay ID\b"
    r"|(?:验证|检查|检测)[您你]的?浏览器|(?:完成|通过|进行)(?:下方|以下|下列|安全|滑动|人机|图形|一下|如下){1,3}验证|验证(?:通过|完成|成功)[后以]|(?:输入|填写)(?:下方|图中|图片)?的?验证码"
    r"|[您你]的(?:访问|请求|操作|IP|网络|终端|浏览器)(?:地址|环境|行为)?.{0,16}(?:异常|频繁|拦截|阻断|限制|拒绝|威胁|风险|封禁|黑名单|过低)|请求\s?ID|拦截(?:编号|ID)|网站管理员.{0,8}(?:拦截|禁止|限制)"
    r"|(?:本站|本网站?|网站|系统).{0,30}(?:维护|升级).{0,60}(?:无法|不能|暂停|停止|关闭)(?:正常)?(?:访问|浏览|打开)"
    r"|(?:系统|服务器?|访问人数|当前访问|访问量).{0,12}(?:繁忙|过多|过大).{0,12}稍[后候]再?[试访]|请(?:您)?(?:在|使用|用)(?:手机)?(?:微信|QQ|客户端|APP)\S{0,8}(?:打开|访问)"
    r"|[您你](?:没有|无)权限?(?:访问|浏览|查看)|[您你]正在使用的浏览器|(?:没有|未)找到(?:对应的)?站点|[您你]即将离开.{0,20}(?:前往|访问|网站)"
    r"|(?:该|此|本)网?站.{0,20}(?:未|没有).{0,20}备案|(?:域名|网址).{0,8}(?:可以?转让|正在出售|待售)"
    r"|登[录入](?:或注册)?(?:即|时)?(?:表示|代表|视为)|忘记密码|请(?:先)?登[录入]后?(?:再)?(?:继续|查看|访问|阅读|订阅|浏览|操作)|[您你](?:还|尚)(?:没有|未)登[录入]"
    r"|(?:登[录入]|订阅|付费|购买|开通|成为)\S{0,8}(?:后|即可|可|才能|方可)\S{0,4}(?:查看|阅读|浏览|解锁)(?:全文|完整|剩余|本文|更多内容)|(?:本文|以下内容|全文)[为是仅]?(?:付费|会员|订阅)",
    re.IGNORECASE,
)
WALL = compile_either(
    r"\W*(?:(?:本文|以下内容|全文|剩余内容)[为是仅需]?(?:付费|会员|订阅|登[录入])|(?:请|您?需要?)(?:先)?(?:登[录入]|订阅|付费|购买|开通))"
)
"""How a paragraph begins that stands in the place of a text, also below a date."""


def is_gate(view: PageView, body: Body) -> bool:
    """Tell whether the text is no article but what stands before it: nothing else at all, or something short that no page dates."""
    if body.n_chars > GATE_CHARS:
        return False
    told = [bool(GATE_TEXT.search(paragraph)) for paragraph in body.paragraphs]
    if told and all(told):
        return WALL.match(body.paragraphs[0]) is not None or not _is_dated(view)
    said = [view.head_title or "", *(b.text for b in view.blocks if b.tag in ("h1", "h2", "h3"))]
    told += [bool(WALL.match(removed.text)) for removed in body.removed] if body.n_chars <= CRUMB_CHARS else []
    return (any(told) or any(GATE_TITLE.search(text) for text in said if len(text) <= 60)) and not _is_dated(view)


def _is_dated(view: PageView) -> bool:
    return any(printed.rule != "url" for printed in find_dates(view))
