"""Outlets that a page names with neither a label nor a known name: by a link onto another site, as an account, by the office of a government page."""

import re
from collections.abc import Iterator

from pipelines.either_script import compile_either
from pipelines.extract.labelled import HEADER_LINE, is_beside_date
from pipelines.extract.landmarks import Landmarks
from pipelines.normalize.credit_rules import DATE, CreditRules
from pipelines.normalize.glued_labels import OPENING, part_glued_labels
from pipelines.normalize.names import HAN, ORGANISATION, is_person
from pipelines.normalize.sources import find_outlet
from pipelines.types import Block, Link, PageView, Printed

NAME = re.compile(r"《?[㐀-鿿][㐀-鿿A-Za-z0-9·+]{1,13}》?")
BUTTON = compile_either(
    "[微订][博信阅]|QQ|APP|app|客户端|下载|分享|收藏|关注|评论|打印|登录|注册|更多|查看|原文|手机|首页|举报|纠错|广告|投稿|版$"
)
LONGEST_ITEM = 30
"""Characters of a label with its value."""
MATERIAL = compile_either(r"资料来源\s?[:：]?\s?(?P<office>.{0,24})$")
"""On pages of governments the office that the text is from; below a figure its numbers' source."""
MATERIAL_AMONG = compile_either(r"\s资料来源\s?[:：]\s?(?P<office>[㐀-鿿]{2,16}(?:部|处|局|署|府|院|会|所|科|厅))(?:\s|$)")
"""The same in a line with the date."""
BESIDE_OFFICE = compile_either("(?:发布|更新|上版|张贴|刊登|维护|点阅|浏览)(?:日期|时间|单位|人次|次数|数)")
ACCOUNT = re.compile(r"[㐀-鿿A-Za-z·]{4,12}")
ACCOUNT_PAGE = re.compile(
    r"//(?:mp\.sohu\.com/profile|(?:new|news)\.qq\.com/omn/author/|author\.baidu\.com/home|baijiahao\.baidu\.com/u\?|www\.toutiao\.com/c/user/|[a-z.]*163\.com/(?:news/sub/|v2/media/)|k\.sina\.(?:com\.)?cn/media_m)"
)
"""Where platforms keep the page of an account."""
BESIDE_HEADLINE = 3
LONGEST_ACCOUNT = 16
OFFICE = compile_either(
    "[㐀-鿿]{0,12}(?:[㐀-鿿][^结布大格全战时开]局|委员会|办公室|学院|医院|中心|宣传部|组织部|统战部|工会|团委|党委|支部|法院|检察院"
    "|教务处|学生处|人事处|科研处|保卫处|后勤处|人民政府|镇政府|办事处|大学|集团|公司|联合会|协会)"
)
"""An office that issues texts: 县林业局, 教务处."""
SIGNED_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|[二〇○零一三四五六七八九十]{4}年.{2,3}月.{1,3}日")
SIGNER = compile_either("(?!编辑|编委|本)[㐀-鿿]{2,20}(?:局|委员会|委|办公室|厅|部|医院|学校|大学|学院|人民政府|中心|处|公司|协会|院)")
OFFICE_END = compile_either("[局会室院心部处府委学团司](?![㐀-鿿])")
HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
COMMON = frozenset("www m wap news com cn net org gov edu tw hk co".split())
ENGLISH_DATE = re.compile(
    r"(?P<name>[A-Z][A-Za-z .&'-]{2,30}?), (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}, (?:19|20)\d\d"
)
APART = re.compile(r"[\s|｜丨/／·•,，()（）\[\]【】-]+")


def find_header_outlets(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """Yield links onto another site beside the date (`link_by_date`), accounts there (`account_by_date`), offices behind 資料來源 (`office`)
    and those that sign with the day (`signature`)."""
    for index in marks.header:
        block = view.blocks[index]
        if (marks.headline is None or index > marks.headline) and not block.is_hidden and len(block.text) <= HEADER_LINE:
            yield from _linked(block, view, marks.headline, rules) if block.links else _account(block, view, rules)
    yield from _account_page(view, marks.headline)
    yield from _glued(view, marks)
    yield from _signature(view, marks)
    for index in (*marks.header, *marks.behind):
        text = view.blocks[index].text
        if text.startswith(("资料", "資料")) and (match := MATERIAL.match(text)):
            yield from _office(match["office"], index, view)
        elif len(text) <= HEADER_LINE and BESIDE_OFFICE.match(text) and (told := MATERIAL_AMONG.search(text)):
            yield Printed(text=told["office"], rule="office", block=index)


def _linked(block: Block, view: PageView, headline: int | None, rules: CreditRules) -> Iterator[Printed]:
    """A link in the line of the date, or filling the block beside it; an outlet right below the headline may be linked to its page here."""
    fills = len(block.links) == 1 and block.links[0].text == block.text
    if not DATE.search(block.text) and not (fills and is_beside_date(block, view)):
        return
    if any(
        rules.role_of["".join(label["word"].split())] in ("source", "origin", "via") for label in rules.credit_label.finditer(block.text)
    ):
        return  # 来自：互联网 <a>某某网</a>: the label says it
    is_account = fills and block.index - 1 == headline
    for link in block.links:
        if (
            ((is_account and _names_outlet(link, rules)) or _is_elsewhere(link, view))
            and NAME.fullmatch(link.text)
            and not BUTTON.search(link.text)
            and not is_person(link.text, rules)
        ):
            yield Printed(text=link.text, rule="link_by_date", block=block.index, href=link.href)
            return


def find_outlet_href(block: Block, view: PageView, rules: CreditRules) -> str | None:
    """Return where the name of an outlet in a line of the header leads, if onto another site: often to the original."""
    return next((link.href for link in block.links if _is_elsewhere(link, view) and _names_outlet(link, rules)), None)


def _names_outlet(link: Link, rules: CreditRules) -> bool:
    return find_outlet(link.text, rules) is not None or rules.outlet_tail.search(link.text) is not None


def _account_page(view: PageView, headline: int | None) -> Iterator[Printed]:
    """The account that posted, by the link onto its page on a platform, around the headline."""
    start = max(0, headline - BESIDE_HEADLINE) if headline is not None else 0
    for block in view.blocks[start : start + 2 * BESIDE_HEADLINE + 1]:
        for link in block.links:
            name = link.text.lstrip("@").strip()
            if 2 <= len(name) <= LONGEST_ACCOUNT and ACCOUNT_PAGE.search(link.href) and not BUTTON.search(name):
                yield Printed(text=name, rule="account_by_date", block=block.index, href=link.href)
                return


def _account(block: Block, view: PageView, rules: CreditRules) -> Iterator[Printed]:
    """A name with the make of an account's or an office's, and nothing else but date and counters in its line; no section of the page goes by it."""
    if not HAN.search(block.text):
        yield from _english(block, rules)
        return
    if not rules.account_tail.search(block.text) and not OFFICE_END.search(block.text):
        return
    names = [name for name in APART.split(rules.stop.sub(" ", block.text)) if name and not name.isdigit()]
    if len(names) == 2 and OFFICE.fullmatch(names[0]) and is_person(names[1], rules) and DATE.search(block.text):
        yield Printed(text=names[1], rule="author_class", block=block.index)  # 某某集团 某某某
        names = names[:1]
    if len(names) != 1 or not ((ACCOUNT.fullmatch(name := names[0]) and rules.account_tail.search(name[-4:])) or OFFICE.fullmatch(name)):
        return
    if rules.section_head.match(name) or is_person(name, rules):
        return
    if not (DATE.search(block.text) or is_beside_date(block, view)) or name in (view.head_title or ""):
        return
    if not any(name == other.text or any(name == link.text for link in other.links) for other in view.blocks if other is not block):
        yield Printed(text=name, rule="account_by_date", block=block.index)


def _english(block: Block, rules: CreditRules) -> Iterator[Printed]:
    """A known outlet before a date in words: Xinhua, November 30, 2025."""
    match = ENGLISH_DATE.match(block.text)
    if match and rules.outlets.find(match["name"]):
        yield Printed(text=match["name"], rule="account_by_date", block=block.index)


def _is_elsewhere(link: Link, view: PageView) -> bool:
    """Whether the link leads to a host that shares no name with the page's own; shared are www, news, com and the like."""
    if not link.href.startswith("http") or "share" in link.href:
        return False
    names = [frozenset(host[1].lower().split(".")) - COMMON for url in (link.href, view.url) if (host := HOST.match(url))]
    return len(names) == 2 and names[0].isdisjoint(names[1])


def _glued(view: PageView, marks: Landmarks) -> Iterator[Printed]:
    """A list of the header whose items are labels with their values glued to them."""
    header = [view.blocks[i] for i in marks.header if marks.headline is None or i > marks.headline]
    for first in header:
        if first.text.startswith(OPENING) and len(first.text) <= LONGEST_ITEM and not first.is_hidden:
            items = [b for b in header if b.index >= first.index and b.path == first.path and len(b.text) <= LONGEST_ITEM]
            joined = " ".join(item.text for item in items)
            if len(items) > 1 and (parted := part_glued_labels(joined)) != joined:
                yield Printed(text=parted, rule="header_label", block=first.index)
            return


def _signature(view: PageView, marks: Landmarks) -> Iterator[Printed]:
    """The office that signs a notice: alone in a line behind the text, with the day alone in the next."""
    for index in range(marks.body_end, min(marks.body_end + 4, len(view.blocks) - 1)):
        block, following = view.blocks[index], view.blocks[index + 1]
        if is_signed(block, following) and not block.links and not block.is_hidden:
            yield Printed(text=block.text, rule="signature", block=index)
            return


def is_signed(block: Block, following: Block) -> bool:
    """Tell whether two blocks are how a notice ends: an office alone, then the day alone."""
    return SIGNED_DAY.fullmatch(following.text) is not None and SIGNER.fullmatch(block.text) is not None


def _office(office: str, index: int, view: PageView) -> Iterator[Printed]:
    following = view.blocks[index + 1].text if index + 1 < len(view.blocks) else ""
    if not office and len(following) <= 24:
        office = following
    near = view.blocks[max(0, index - 3) : index + 4]
    if ORGANISATION.search(office) and HAN.search(office) and any(BESIDE_OFFICE.match(b.text) for b in near):
        yield Printed(text=office, rule="office", block=index)
