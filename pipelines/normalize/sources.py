"""The value of a source label: which outlet the text comes from, and which stood between."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.credit_rules import PROVINCES, CreditRules
from pipelines.normalize.names import BRACKETS, is_person
from pipelines.normalize.outlets import ORIGINATORS, Outlet, outlet_key, simplified
from pipelines.types import Note, Source

LONGEST_SOURCE = 40
"""Characters; a longer value is a sentence."""
EDGE = " 　:：|｜丨/／·•-—,，、.;；"
"""What parts a value from the next."""
TOOLS = compile_either(r"\s*(?:【[^】]*】?\s*)+$|\s于\s*$")
"""Buttons behind a value: 【關閉】【打印】; and what leads to a date: 某报 于 2024-01-02."""
REMARK = re.compile(r"[（(\[【][^（()）\[\]【】]*[）)\]】]?")
"""What is added to a name: IT之家(青岛), 游民星空[整理]."""
LEAD = compile_either(
    r"^(?:本文|文章)?(?:综合自|(?:综合)(?![办科处部执行利管开治性类])|整理自|转载自|转自|摘自|来自|自(?=[\s:：《“「]))\s*[:：]?\s*(?=.{2})"
)
POSTED_FROM = compile_either(rf"^(?P<name>.{{3,16}}?)\s?{PROVINCES}$")
"""Where the account posted from, glued to its name: 某某日报客户端北京."""
ISSUE_DAY = compile_either(r"^\s*(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日(?:出版的?)?\s?(?=《)")
"""The day of the issue before a paper's name: 摘自5月19日《某报》."""
DIGITAL = compile_either(r"(?<=报)(?:数字报|电子报|电子版|数字版)$")
PRINTED_PAGE = compile_either(r"(?<=[报刊])\s?[（(]?第?\s?[A-Z]?\d{1,3}\s?版[）)]?$")
"""The page of a paper, behind its name: 某某晚报 A03版."""
WRITTEN_BY = compile_either(r"(?<=[㐀-鿿])\s?[/／╱]\s?(?:文|图文|文图|编译|整理)$")
"""What those named behind the outlet did: 某报 某某某/文."""
LIST = re.compile(r"\s*[、，,;；&＆]\s*")
TOGETHER = re.compile(r"\s*[+＋和与及與]\s*")
"""Between outlets that are all known: 某社和某报, 某社+某报."""
EQUALS = re.compile("[/／|｜丨]")
"""Between two houses of one rank, none of which stands between: 某社/某报."""
PAPER_HOUSE = either_words("日报社", "晚报社", "时报社", "早报社", "晨报社")
PAPER, SITE = either_words("报"), either_words("网", "在线")
JOINT = re.compile(r"\s*(?:[-－—–―·•・~～|｜丨/／╱]|--|——)+\s*")
WECHAT = compile_either(
    r"(?:微信)?公众?号\s*[-:：—]?\s*[“「『《\"]?(?P<a>[^”」』》\",，。][^”」』》\"]{1,19})[”」』》\"]?$|^[“「『《\"]?(?P<b>[^”」』》\"]{2,20}?)[”」』》\"]?\s*(?:微信)?公众?号$"
)
ACCOUNT = compile_either(
    r"(?:(?:企鹅号|搜狐号|头条号|百家号|网易号|大鱼号|一点号|凤凰号|快传号|雪球号|大风号|视频号)\s*(?:[-—:：/|·]\s*|(?=[“「『]))"
    r"|(?:新浪)?(?:微博|抖音|快手|小红书|视频号|B站)?\s?[@＠])[“「『]?(?P<a>[^-—:：/|·@＠“”「」『』\s]{2,20})[”」』]?$(?P<b>)"
)
BOOK = re.compile(r"^[—–\s-]*《(?P<name>[^《》]{1,20})》")
"""A paper named as a book is, with its issue behind it: 《财经》2022年第25期."""
PUBLISHER = compile_either("出版社|编着|主编|着[,，]|编[,，]")
CODE = re.compile(r"[A-Za-z]{0,4}[-_]?\d{5,}")
"""A number that a program put where the outlet's name belongs: sp20240907."""
ANONYMOUS = compile_either("(?:一|多|数|几|两|三)[位名个]|某(?!某)|知情|匿名|不愿")
"""What opens the words for somebody whom a text does not name."""
SENTENCE = re.compile(r"[。！？!?，=<>{}]|的$|://|^www\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """What one printed value names."""

    sources: tuple[Source, ...] = ()
    via: tuple[Source, ...] = ()
    authors: tuple[str, ...] = ()
    """People printed behind the outlet without a label."""
    is_self: bool = False
    """The value names the hosting site by a word such as 本站."""
    notes: tuple[Note, ...] = ()


def read_source(value: str, rules: CreditRules) -> SourceReading:
    """Read the value of a source label. Unknown outlets are kept as printed with the note `unknown_source`; a value that names nobody gives nothing."""
    printed = TOOLS.sub("", ISSUE_DAY.sub("", value.strip(EDGE))).strip(EDGE).rstrip(EDGE + "[【（(")
    raw = PRINTED_PAGE.sub("", DIGITAL.sub("", _without_button(printed, rules)))
    whole = WRITTEN_BY.sub("", _unwrap(raw))
    base = REMARK.sub("", whole).strip(" 　]）)】") or whole
    keys = {key for name in (whole, base) for key in (outlet_key(name), simplified(outlet_key(name)))}
    if " " in whole and outlet_key(whole.split()[0]) in rules.keys["network"]:
        return SourceReading(notes=(Note.SOURCE_IS_NETWORK,))  # "来自：互联网 某某网": what stands behind it is a link
    if keys & rules.keys["network"] or keys & rules.keys["no_source"] or not (keys - {""}):
        return SourceReading(notes=(Note.SOURCE_IS_NETWORK,) if keys & rules.keys["network"] else ())
    if keys & rules.keys["self"]:
        return SourceReading(sources=(Source(name=whole, raw=whole, outlet_id=None),), is_self=True)
    if outlet := rules.outlets.find(whole):
        return SourceReading(sources=(known_source(outlet, whole),))
    if (account := _read_account(base, rules) or _read_account(whole, rules)) is not None:
        return account
    if outlet := rules.outlets.find(base) or (rules.outlets.find(base[:-1]) if base.endswith(PAPER_HOUSE) else None):
        return SourceReading(sources=(known_source(outlet, whole),))
    if (placed := POSTED_FROM.match(whole)) and (outlet := rules.outlets.find(placed["name"])):
        return SourceReading(sources=(known_source(outlet, placed["name"]),))
    if whole.endswith("等") and (outlet := rules.outlets.find(whole[:-1])):
        return SourceReading(sources=(known_source(outlet, whole),))
    shortened = LEAD.sub("", whole)
    if shortened != whole:
        return read_source(shortened, rules)
    if book := BOOK.match(whole):
        outlet = rules.outlets.find(f"《{book['name']}》")
        source = known_source(outlet, whole) if outlet else Source(name=book["name"], raw=whole, outlet_id=None)
        if not LIST.match(whole, book.end()) or not read_source(LIST.sub("", whole[book.end() :], count=1), rules).sources[:1]:
            return _reading([source])
        if PUBLISHER.search(whole):
            return _reading([source])
    return (
        _read_signed(whole, rules)
        or _read_list(whole, rules)
        or _read_spaced(whole, rules)
        or _read_joint(whole, rules)
        or _read_unknown(whole, base, rules)
    )


def _without_button(raw: str, rules: CreditRules) -> str:
    """Cut the word of a button off a name that it is glued to: 大河网-河南日报分享."""
    button = rules.button.search(raw)
    rest = raw[: button.start()].rstrip() if button and not rules.outlets.find(raw) else raw
    return rest if rest != raw and (rules.outlets.find(rest) or rules.outlet_tail.search(rest)) else raw


def _read_account(whole: str, rules: CreditRules) -> SourceReading | None:
    """Read an account of a platform: 微信公众号“某某”, 腾讯网 企鹅号-某某. The account is the source, the platform stands between."""
    account = WECHAT.search(whole) or ACCOUNT.search(whole)
    if account is None:
        return None
    name = (account["a"] or account["b"]).strip()
    outlet = rules.outlets.find(name)
    platform = rules.outlets.find(whole[: account.start()])
    source = known_source(outlet, whole) if outlet else Source(name=name, raw=whole, outlet_id=None)
    return _reading([source], [known_source(platform, whole)] if platform and platform is not outlet else [])


def find_outlet(name: str, rules: CreditRules) -> Outlet | None:
    """Return the outlet that a printed name means, channel words (人民网文化频道, 环球网综合) and brackets left out."""
    name = BRACKETS.sub("", name) if not name.startswith(("《", "“", "「")) else name
    if (found := rules.outlets.find_prefix(name)) and name[: found[1]].endswith(SITE) and name[found[1] :] in rules.words["section_head"]:
        return found[0]  # 人民网科普
    while name:
        if outlet := rules.outlets.find(name):
            return outlet
        shortened = rules.channel.sub("", name)
        if shortened == name:
            return None
        name = shortened
    return None


def _unwrap(text: str) -> str:
    while len(text) > 1 and text[0] in '[【(（“"「『' and text[-1] in ']】)）”"」』' and not re.search(r"[]】)）”」』]", text[1:-1]):
        text = text[1:-1].strip()
    return text.strip(" 　[【(（")


def known_source(outlet: Outlet, raw: str) -> Source:
    """Return an outlet of the table as a source. `raw`: as printed."""
    return Source(name=outlet.name, raw=raw, outlet_id=outlet.id, is_listed=outlet.listed)


def _reading(sources: Sequence[Source], via: Sequence[Source] = (), authors: Sequence[str] = ()) -> SourceReading:
    unknown = (Note.UNKNOWN_SOURCE,) if any(s.outlet_id is None for s in sources[:1]) else ()
    return SourceReading(sources=tuple(sources), via=tuple(via), authors=tuple(authors), notes=unknown)


def _read_signed(whole: str, rules: CreditRules) -> SourceReading | None:
    """Read an outlet with its people behind a bar or a slash: 某报 | 某某某, 某某总台/某某."""
    outlet, bar, people = whole.rpartition(next((bar for bar in "|｜丨/／" if bar in whole), "|"))
    names = people.split()
    if not bar or len(outlet.strip()) < 2 or not names or not all(is_person(name, rules) for name in names) or is_person(outlet, rules):
        return None
    reading = read_source(outlet, rules)
    return SourceReading(sources=reading.sources, via=reading.via, authors=tuple(names), notes=reading.notes) if reading.sources else None


def _read_list(whole: str, rules: CreditRules) -> SourceReading | None:
    parts = [half for part in LIST.split(re.sub("等$", "", whole)) for half in _compiled(part, rules) if half]
    joined = [rules.outlets.find(part) for part in TOGETHER.split(whole)] if len(parts) == 1 else []
    if len(joined) > 1 and all(joined):
        return _reading([known_source(outlet, whole) for outlet in joined if outlet])
    if len(parts) < 2 or len(whole) > 2 * LONGEST_SOURCE:
        return None
    found = [source for part in parts for source in read_source(part, rules).sources]
    if not any(s.outlet_id for s in found) and any(len(part) > 12 for part in parts):
        return None
    return _reading([Source(name=s.name, raw=whole, outlet_id=s.outlet_id, is_listed=s.is_listed) for s in found]) if found else None


def _compiled(part: str, rules: CreditRules) -> list[str]:
    # "央视新闻综合外交部网站": one outlet compiled from others.
    first, _, rest = part.partition("綜合" if "綜合" in part else "综合")
    return [first, rest] if len(rest) > 1 and find_outlet(first, rules) else [part]


def _read_spaced(whole: str, rules: CreditRules) -> SourceReading | None:
    first, *rest = (token for token in whole.split() if not EQUALS.fullmatch(token))
    if not rest or ((outlet := find_outlet(first, rules)) is None and not rules.outlet_tail.search(first)):
        return None
    if all(is_person(token, rules) for token in rest):
        reading = read_source(first, rules)
        return SourceReading(sources=reading.sources, via=reading.via, authors=tuple(rest), notes=reading.notes)
    others = [find_outlet(token, rules) for token in rest]
    if outlet and all(others):
        return _reading([known_source(o, whole) for o in (outlet, *others) if o])
    return _reading([known_source(outlet, first)]) if outlet else None


def _read_joint(whole: str, rules: CreditRules) -> SourceReading | None:
    parts = [part for part in JOINT.split(whole) if part]
    named = [(part, find_outlet(part, rules)) for part in parts]
    if len(parts) < 2:
        return None
    papers = [p for p, o in named if o is None and p.endswith(PAPER) and len(p) > 2]
    origins = [o for _, o in named if o and o.kind in ORIGINATORS]
    known = [o for _, o in named if o]
    if len(origins) > 1 and EQUALS.search(whole) and len({o.group or o.id for o in origins}) == len(origins):
        return _reading([known_source(o, whole) for o in origins])
    if origins or (known and not papers):
        origin = (origins or known)[0]
        between = [(p, o) for p, o in named if o is not origin and (o or rules.outlet_tail.search(p))]
        return _reading(
            [known_source(origin, whole)], [known_source(o, whole) if o else Source(name=p, raw=whole, outlet_id=None) for p, o in between]
        )
    if len(papers) == 1 and (known or any(p.endswith(SITE) for p in parts)):
        via = [known_source(o, whole) if o else Source(name=p, raw=whole, outlet_id=None) for p, o in named if p != papers[0]]
        return _reading([Source(name=papers[0].strip("《》"), raw=whole, outlet_id=None)], via)
    return None


def _read_unknown(whole: str, base: str, rules: CreditRules) -> SourceReading:
    if (
        CODE.fullmatch(whole)
        or len(whole) > LONGEST_SOURCE
        or SENTENCE.search(whole)
        or len(outlet_key(whole)) < 2
        or outlet_key(whole).isdigit()
    ):
        return SourceReading()
    if ANONYMOUS.match(whole):
        return SourceReading()  # 消息来源：一位不愿具名的官员
    if is_person(base, rules):
        return SourceReading(authors=(base,))
    if outlet := find_outlet(base, rules):
        return _reading([known_source(outlet, whole)])
    return _reading([Source(name=book["name"] if (book := BOOK.match(base)) else base, raw=whole, outlet_id=None)])
