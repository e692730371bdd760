"""What the hosting site calls itself."""

import re
from collections.abc import Iterator, Sequence

from pipelines.either_script import compile_either
from pipelines.extract.view import join_url
from pipelines.types import PageView, Printed, RemovedBlock

# The disclaimer of copying sites names the host: 凡本网注明“XXX(非中国微山网)提供”的作品,均转载自其它媒体.
DECLARED = compile_either("注明|声明")
NOT_US = re.compile(r"[（(]\s*非\s*(?P<name>[^（()），。；]{2,15}?)\s*[）)]")
OURS = compile_either(r"(?:凡|注明)[^。]{0,12}来源[为：:是]*\s*[\"“「『]\s*(?:来源[:：])?(?P<name>[^\"”」』：:（(，。；、\s]{2,15})")
STATEMENT = compile_either(r"(?P<name>[㐀-鿿A-Za-z0-9]{2,12}(?:网|在线))(?:声明|版权所有|登载此文|刊登此文)")
BY_THE_WAY = compile_either(
    r"不代表(?P<view>(?!本)[㐀-鿿A-Za-z0-9]{2,10}(?:网|在线|日报|晚报|新闻|号))的?(?:观点|立场|看法)"
    r"|^(?P<licensed>[㐀-鿿A-Za-z0-9]{2,12}(?:网|在线))(?:\s?.ICP备|版权所有)"
)
"""The name in a line that is about something else: …，不代表某某网立场; 某某网 京ICP备…"""
SEVERAL = compile_either("[和或与、]")
COPYRIGHT = compile_either(
    r"(?:copyright|©|\(c\)|版权所有)[\s©:：]*(?:\(c\)\s*)?(?:\d{4}[\s—–~-]*(?:\d{4})?[\s,]*)?(?:by\s)?"
    r"(?P<name>[㐀-鿿][㐀-鿿A-Za-z0-9·]{1,13}(?:网|在线|报)(?:新闻中心|信息中心)?)",
    re.IGNORECASE,
)
HOME = compile_either(r"^(?P<name>.{2,12}?)首页$|^(?:返回|关于)(?P<other>.{2,10}?)(?:首页)?$")
HOUSE = compile_either(
    r"(?:主办|主管|承办)(?:单位)?\s*[:：]?\s*(?P<name>[㐀-鿿]{2,12}?(?:[报台](?=社|集团)|(?=办公室|$|\s)))"
    r"|(?P<owner>[㐀-鿿]{2,10}[报刊台])(?:社|集团)?(?:主办|主管|概况|简介)"
)
"""Who runs the site, as its foot says: 主办单位：临江日报社."""
HOUSE_WORD = compile_either("[主承概简]")
"""Each of them has one of these."""
GENERIC = compile_either(
    r"^(?:网站|本网|本站|我们|中心|返回|主页|博客|论坛|社区|门户|当前|网|Home|首页|Powered by.*|新闻|(?:新闻|信息)中心|(?:社会|国内|国际|财经|体育|娱乐|时政|科技|教育|健康|本地|今日|最新|综合|滚动|图片|视频)(?:新闻)?|要闻|民生|军事|文化|旅游|房产|汽车|评论|生活|法治|经济|政治|港澳|台湾|海外|专题|热点|头条|.*(?:频道|(?<!新闻)(?<!信息)中心|栏目|专题|文章))$"
)
SUFFIX = re.compile(r"\s*[_|｜–—»]+\s*|\s+-+\s*|\s*-{2,}\s*|-(?=[^-]{2,20}(?:$|-))|\s+·\s+")
TAIL = compile_either(r"(?:网|报|在线|电视台|社|网站|周刊|杂志|卫视|之声|传媒)$")
META = ("og:site_name", "sitename", "site_name", "application-name")
NO_NAME = re.compile(r"[：，。？！；“”、%…@]|\d{4}年")
"""What stands in headlines, not in the names of sites."""
HEADLINE = re.compile(r"[|｜丨·]|\d[\u4e00-\u9fff]")
HAN_END = re.compile(r"[\u4e00-\u9fff]$")
HOUSE_END = compile_either("(?:网|站|报|台|社|线|刊|端|门户|平台|公司|集团|大学|学院|学校|医院|政府|中心|局|会|馆|室|所|处|厅|部|委)$")
MAIN_PAGE = re.compile(r"https?://(?:www\.[^/?#]+|[a-z0-9-]+\.(?:com|net|org|cn|(?:com|net|org|gov)\.cn))/?(?:(?:index|default)\.\w{3,5})?")
NEAR_TOP = 60
"""Blocks above which a breadcrumb stands."""
LONGEST_BARE = 12
"""Characters of a name that does not end as names of houses do."""
BEFORE = 3
"""Characters before a part of the head's title, the stroke that parts it included."""
LONGEST = 20
"""Characters of a site's name."""


def find_site_names(view: PageView, breadcrumb: Sequence[str], removed: Sequence[RemovedBlock]) -> tuple[Printed, ...]:
    """Return what may be the site's own name, best first: the head's tag, disclaimers, the breadcrumb, the foot, the head's title."""
    found = [
        *(Printed(text=view.meta[name], rule=f"meta:{name}") for name in META if view.meta.get(name)),
        *_disclaimers(view, removed),
        *_agreed(view, breadcrumb),
        *_crumbs(view, breadcrumb),
        *_foot(view),
        *_title_suffix(view),
        *_publishers(view),
        *_houses(view),
        *_by_the_way(view, removed),
    ]
    kept: dict[str, Printed] = {}
    for printed in found:
        if _may_name(printed, view):
            kept.setdefault(printed.text, printed)
    return tuple(kept.values())


def _may_name(printed: Printed, view: PageView) -> bool:
    if GENERIC.match(printed.text) or (len(printed.text) > LONGEST and not printed.text.isascii()) or len(printed.text) > 3 * LONGEST:
        return False
    return not (len(printed.text) > 6 and (view.head_title or "").startswith(printed.text))


def _publishers(view: PageView) -> Iterator[Printed]:
    for entry in view.json_ld:
        publisher = entry.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else None
        if isinstance(name, str) and name.strip():
            yield Printed(text=name.strip(), rule="json_ld:publisher")


def _disclaimers(view: PageView, removed: Sequence[RemovedBlock]) -> Iterator[Printed]:
    texts = [(b.text, b.index) for b in view.blocks[len(view.blocks) // 3 :] if "明" in b.text and DECLARED.search(b.text)]
    for text, index in [*texts, *((r.text, r.block) for r in removed if r.kind == "disclaimer")]:
        for pattern in (NOT_US, OURS, STATEMENT):
            if match := pattern.search(text):
                yield Printed(text=match["name"].strip(), rule="disclaimer", block=index)


def _agreed(view: PageView, breadcrumb: Sequence[str]) -> Iterator[Printed]:
    """The last part of the head's title that the page's first or last blocks or its breadcrumb print too.

    A slogan stands behind the name (某某新闻网 - 主流媒体 某地门户), a tag of the article (headline-某人) repeats what the headline says, and
    a digital paper begins with its own name (某报数字报-headline).
    """
    told = view.head_title or ""
    places = [*breadcrumb[:1], *(b.text[:300] for b in (*view.blocks[:4], *view.blocks[-25:]))]
    parts = [part for part in SUFFIX.split(view.head_title or "") if part and not GENERIC.match(part)]
    last = parts[-1] if len(parts) > 1 else ""
    if len(parts) > 2 and not TAIL.search(last) and TAIL.search(parts[-2]):
        last = parts[-2]
    if len(parts) == 2 and len(parts[0]) <= 12 and TAIL.search(parts[0]) and not TAIL.search(last):
        return
    if len(parts) == 2 and HEADLINE.search(last) and not TAIL.search(last):
        return  # 云上某城 - 视频丨某某
    is_tag = last in breadcrumb[1:] or (last in parts[0] and not TAIL.search(last)) if last else True
    # A place that prints what stands before the part, too, prints the headline, which holds the part.
    headline = told[max(0, told.rfind(last) - BEFORE) : told.rfind(last)] + last
    is_sentence = NO_NAME.search(last) is not None or (len(last) > LONGEST_BARE and HAN_END.search(last) and not HOUSE_END.search(last))
    if not is_tag and not is_sentence and 2 <= len(last) <= 2 * LONGEST and any(last in place.replace(headline, "") for place in places):
        yield Printed(text=last, rule="title_and_page")


def _crumbs(view: PageView, breadcrumb: Sequence[str]) -> Iterator[Printed]:
    if not breadcrumb:
        return
    first = re.sub("^.{0,6}[：:]", "", breadcrumb[0]).strip()
    if match := HOME.match(first):
        yield Printed(text=match["name"] or match["other"], rule="breadcrumb")
    elif len(first) <= 12 and (TAIL.search(first) or _leads_home(first, view)):
        yield Printed(text=first, rule="breadcrumb")


def _leads_home(name: str, view: PageView) -> bool:
    """Whether a link of this name leads to the site's front page; that of a channel's host (finance.example.com) is a section's."""
    hrefs = (link.href for block in view.blocks[:NEAR_TOP] for link in block.links if link.text == name)
    return any(MAIN_PAGE.fullmatch(join_url(view.base_url, href)) for href in hrefs)


def _foot(view: PageView) -> Iterator[Printed]:
    for block in view.blocks[-25:]:
        if match := COPYRIGHT.search(block.text[:300]):
            yield Printed(text=match["name"], rule="copyright", block=block.index)


def _houses(view: PageView) -> Iterator[Printed]:
    for block in view.blocks[-25:]:
        if HOUSE_WORD.search(block.text) is None:
            continue
        for match in HOUSE.finditer(block.text[:300]):
            yield Printed(text=match["name"] or match["owner"], rule="house", block=block.index)


def _by_the_way(view: PageView, removed: Sequence[RemovedBlock]) -> Iterator[Printed]:
    foot = ((block.text, block.index) for block in view.blocks[-25:])
    for text, index in (*foot, *((r.text, r.block) for r in removed if r.kind == "disclaimer")):
        match = BY_THE_WAY.search(text[:300]) if "代表" in text or "ICP" in text or "所有" in text else None
        name = (match["view"] or match["licensed"]) if match else ""
        if name and not SEVERAL.search(name):
            yield Printed(text=name, rule="by_the_way", block=index)


def _title_suffix(view: PageView) -> Iterator[Printed]:
    parts = [part for part in SUFFIX.split(view.head_title or "") if part]
    for part in reversed(parts[1:]):
        if 2 <= len(part) <= 12 and TAIL.search(part):
            yield Printed(text=part, rule="title_suffix")
