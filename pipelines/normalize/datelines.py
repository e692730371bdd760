"""Datelines (电头): what opens a text and names agency, place, day and reporters."""

import re
from dataclasses import dataclass, replace

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.bylines import NO_MASTHEAD, read_plain
from pipelines.normalize.credit_rules import CreditRules
from pipelines.normalize.names import FUNCTION_WORD, find_people, is_pen_name
from pipelines.normalize.sources import find_outlet, known_source
from pipelines.types import Source

_DAY = r"(?:(?:[0-9０-９]{4}年)?[0-9０-９]{1,2}\s?月\s?)?[0-9０-９]{1,2}\s?日"
_BY = r"(?:\s?[（(【][^（()）】]{2,60}[）)】])?"
MAINLAND = compile_either(
    rf"^[\s　【（(\[《]{{0,3}}(?P<head>[㐀-鿿A-Za-z·+＋/、-]{{2,24}}?)\s?{_DAY}\s?(?:综合)?(?:专)?(?:电|讯|消息|报道|报导)[\s】\])）》]{{0,2}}(?P<by>{_BY})"
)
PAPER = compile_either(
    rf"^[\s　【（(\[]{{0,3}}(?P<head>[㐀-鿿A-Za-z·/]{{1,18}}?)(?:(?:快|专)?讯|消息(?=[（(：:\s])|电(?=[（(]))[】）\])]?\s?(?P<by>{_BY})(?=[\s　：:]|(?<=[）)】\]])|$)"
)
BRACKETED = compile_either(
    r"^[\s　◎]{0,3}[（(【〔\[](?P<inner>[^（()）】〕\[\]]{2,40}?(?:[0-9０-９]{1,2}日(?:综合)?(?:外电|专)?[电讯]|报道|报导|讯))[）)】〕\]]"
)
DAY_ON = re.compile(r"(?:[0-9０-９]{4}年)?(?:[0-9０-９]{1,2}月)?[0-9０-９]{1,2}日.{0,6}$")
ENDS = compile_either(r"[电讯][\s】\])）]{0,2}$")
RUNNING_BY = compile_either(
    r"\s?(?P<by>(?:本报|本网|特约|实习生|见习|记者|通讯员|(?:[㐀-鿿]{2,3}、){1,3}(?=[^，。：:（(]{0,6}(?:记者|通讯员)))[^，。：:（(]{1,30}?)(?:摄影)?(?:报道|报导)[：:，,\s]"
)
"""Reporters that go on behind a dateline without brackets: 临江网讯 实习生某某、记者某某报道：…"""
SPACED_BY = compile_either(
    r"\s?(?P<by>(?:本报|本网|见习|实习)?(?:记者|通讯员)\s?[㐀-鿿]{2,3}(?:、[㐀-鿿]{2,3})*)(?=\s(?!.{0,12}(?:记者|通讯员|实习生)))"
)
"""The same with nothing but a space behind them: 某报讯 记者某某某 昨天…"""
CITED_BY = compile_either(r"\s?据[㐀-鿿·]{2,10}(?:报道|消息)\s?(?P<by>[（(][^（()）]{2,40}[）)])")
"""The paper that a dateline rests on, with its reporters: 某某网讯 据某某日报报道（某某日报记者 某某某）."""
DASHED = compile_either(r"^[\s　]{0,3}(?P<head>[㐀-鿿]{2,12}社)(?!记者)[㐀-鿿·]{1,8}\s?(?:[—－–―]{1,2}|--)\s?")
"""A known agency and a place before a dash: 某通社河内——…"""
DAY_DASHED = re.compile(rf"^[\s　]{{0,3}}(?P<head>[㐀-鿿·]{{3,14}}?)\s?{_DAY}\s?(?:[—－–―-]{{1,2}}|--)(?:\s(?!\d)|$)")
"""A known agency, a place and a day before a dash: 某透某地1月2日 - …"""
BY_BEHIND = re.compile(r"\s?(?P<by>[（(【][^（()）】]{2,60}[）)】])")
REPORTED = compile_either(
    r"^[\s　■□◎●▲]{0,3}(?:[【\[（(〔](?P<inner>[^】\]）)〕，。]{0,14}(?:记者|通讯员|特派员|编译)[^】\]）)〕，。]{2,24})[】\]）)〕]"
    r"|[【\[（(](?:文|撰文)\s?[/／|｜:：]\s?(?P<written>[^】\]）)，。]{2,24})[】\]）)]"
    r"|[【\[（(](?P<worked>[^】\]）)，。]{4,20}(?:编译|综合报道|综合报导))[】\]）)]"
    r"|(?P<slashed>[㐀-鿿A-Za-z ]{2,12}[/／╱][^，。：！？/／╱]{2,30}?(?:报导|报道))[\s　：:])"
)
"""Reporters in brackets, or behind an outlet's name and a slash: 【某报记者 某某】, 某新聞／某某 台北報導."""
OPENED = re.compile(r"^[\s　]{0,3}[【\[（(](?P<head>[㐀-鿿A-Za-z]{3,10})[】\]）)](?=.{4})")
"""A known outlet alone in brackets: 【财新网】9月26日…, （德国之声中文网）…"""
OWN_NEWS = compile_either(
    rf"(?:客户端|APP)?(?:(?:快|专)?讯(?:[，,：:\s]|$)|(?:获悉|了解到)(?:[，,]|$)|(?:电|微?特稿)(?:\s|$)|消息\s?[丨|｜]|报道(?P<bracket>[（(][^（()）]{{2,40}}[）)])|\s?{_DAY}\s?[丨|｜]|(?:综合)?报道\s?(?P<by>记者\s?[^，。：:（(]{{2,14}}?)?(?:\s|$))"
)
"""What follows the name of a known outlet where it tells its own news: 某某网讯，… 某某APP获悉，… 某某网报道 记者 某某某 …"""
WIRED = ("电", "電")
CITES = ("据", "據")
"""What stands before an agency that the text rests on: 据某社某地1月2日电."""
OWN_WORDS = either_words("讯", "电", "稿", "获悉", "了解到", "报道", "丨", "｜")
LONGEST_OPENING = 48
JOINED = re.compile("[-·—]")
CITED = compile_either(
    r"^[\s　]*(?:[^，。]{0,10}，)?(?P<text>据(?P<name>《[^《》]{2,14}》|[^，。、《》0-9]{2,16}?)"
    r"(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:的)?(?:最新)?(?:消息|报道|报导|电(?=[\s（(：:]|$)))"
)
"""The outlet that a text rests on: 据央视新闻客户端消息. What copies it, not whose text this is."""
NEWS_OF = re.compile(r"^[\s　]*(?P<text>(?P<name>[㐀-鿿]{3,12}?)(?:最新)?消息)(?:[，,：:]|$)")
"""The same without the word for it: 某某晚报消息，…"""
CITED_TOGETHER = compile_either(
    r"^[\s　]*(?P<text>(?:综合)(?P<name>[^，。：:、]{3,14})[、和及][^，。：:]{2,40}?(?:等)?(?:媒体)?(?:消息|报道|报导))(?:[，,：:]|$)"
)
"""The outlets that a text was put together from, at its head: 综合某报、某局消息："""
TOWN_PAPER = compile_either(
    "(?!当地|互联|多家|多个|该市|该省|本市|省级|某|一家|有|各|英国|美国|法国|德国|日本|韩国)[㐀-鿿]{2,5}(?:日报|晚报|晨报|早报|都市报|快报|时报|导报|商报"
    "|新闻网|在线|融媒|融媒体中心|广播电视台|电视台)$|[㐀-鿿]{4,6}(?<![联官路管内外子])网$"
)
ONE_REPORTER = compile_either(r"(?:.{0,8}(?:本报|本网))?(?:记者)\s?(?P<name>[㐀-鿿]{2,3})")
"""In the brackets of a dateline a surname that few have needs no list: 某社某地1月2日电（记者 某某某）."""
ROLE = re.compile(r"[（(【]\s?(?:文|作者)[/／:：\s]*")
TITLED = compile_either(
    r"题[:：].{0,60}?(?P<credit>(?:作者|(?:新华社|中新社)?记者)\s?(?P<names>[㐀-鿿·]{2,8}(?:、[㐀-鿿·]{2,8})*(?:\s[㐀-鿿]{2,3}(?=\s|$))*))"
)
"""The writers behind the headline that a dateline announces: …电 题：某某 新华社记者某某、某某 …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """An opening that was read."""

    text: str
    """Verbatim, reporters in brackets included."""
    source: tuple[Source, ...]
    """The agency or paper, where it is a known outlet; () for 本报讯."""
    authors: tuple[str, ...]


def read_dateline(paragraph: str, rules: CreditRules) -> Dateline | None:
    """Read the dateline that opens a paragraph. None: it opens with something else."""
    head = paragraph[:120]
    if (match := BRACKETED.match(head)) and (bracketed := _read_bracketed(match, rules)):
        behind = (BY_BEHIND.match(head, match.end()) or RUNNING_BY.match(head, match.end())) if not bracketed.authors else None
        return replace(bracketed, text=head[: behind.end()].strip(), authors=_reporters(behind["by"], rules)) if behind else bracketed
    if match := MAINLAND.match(head) or PAPER.match(head):
        source = _agency(match["head"], rules)
        if (source is None and not _vouched(match, head, rules)) or match["head"].startswith(CITES):
            return None
        if source is None and match["by"] and _is_masthead(match["head"], rules):
            source = Source(name=match["head"], raw=match["head"], outlet_id=None)
        if source is None and match.re is PAPER and match[0].lstrip()[0] in "【[" and match["head"] not in rules.words["self"]:
            source = Source(name=match["head"], raw=match["head"], outlet_id=None)
        running = RUNNING_BY.match(head, match.end()) or CITED_BY.match(head, match.end()) or SPACED_BY.match(head, match.end())
        authors = _reporters(match["by"] or (running["by"] if running else ""), rules)
        if titled := TITLED.search(head, match.end()):
            authors = (*authors, *find_people(titled["names"], rules))
        text = head[: running.end()] if running else match[0]
        return Dateline(text=text.strip(), source=(source,) if source else (), authors=authors)
    if (match := REPORTED.match(head)) and (plain := read_plain(_inner(match), rules, beside_date=bool(match["written"]))).authors:
        return Dateline(text=match[0].strip(), source=plain.sources[:1], authors=plain.authors)
    if (match := DAY_DASHED.match(head)) and (agency := _agency(match["head"], rules)) and not FUNCTION_WORD.search(match["head"]):
        return Dateline(text=match[0].strip(), source=(agency,), authors=())
    if (match := OPENED.match(head) or DASHED.match(head)) and (outlet := find_outlet(match["head"], rules)):
        behind = BY_BEHIND.match(head, match.end())
        text = head[: behind.end()] if behind else match[0]
        authors = _reporters(behind["by"], rules) if behind else ()
        return Dateline(text=text.strip(), source=(known_source(outlet, match["head"]),), authors=authors)
    return _own_news(head, rules)


def find_titled(paragraph: str) -> str | None:
    """Return the writers of a report whose dateline announces its headline, their word before them, as printed."""
    match = TITLED.search(paragraph[:160]) if "题" in paragraph[:40] or "題" in paragraph[:40] else None
    return match["credit"] if match else None


def _own_news(head: str, rules: CreditRules) -> Dateline | None:
    text = head.lstrip()
    if not any(word in text[:LONGEST_OPENING] for word in OWN_WORDS):  # most paragraphs
        return None
    for match in OWN_NEWS.finditer(text, 2, LONGEST_OPENING):
        name = text[: match.start()]
        if outlet := find_outlet(name, rules) or find_outlet(JOINED.split(name)[0], rules):
            source = known_source(outlet, name)
            # "某报·某频道记者某某 某地报道": the reporters stand in the name's place
            authors = _reporters(match["by"] or match["bracket"] or "", rules) or read_plain(name, rules, beside_date=False).authors
            return Dateline(text=text[: match.end()].rstrip(" ，,"), source=(source,), authors=authors)
    return None


def read_cited(paragraph: str, rules: CreditRules) -> tuple[str, Source] | None:
    """Read the known outlet that the opening of a text cites, with the words that cite it."""
    match = (
        CITED.match(paragraph[:60])
        or CITED_TOGETHER.match(paragraph[:80])
        or (NEWS_OF.match(paragraph[:20]) if "消息" in paragraph[:18] else None)
    )
    if match is None:
        return None
    if outlet := find_outlet(match["name"], rules):
        return match["text"], known_source(outlet, match["name"])
    if match["text"].endswith(WIRED) and (agency := _agency(match["name"], rules)):
        return match["text"], agency  # 据某社某地1月2日电
    # A town's paper that no table holds is one; "当地日报", "多家晚报" are none.
    name = match["name"].strip("《》")
    return (match["text"], Source(name=name, raw=name, outlet_id=None)) if TOWN_PAPER.match(name) else None


def _vouched(match: re.Match[str], head: str, rules: CreditRules) -> bool:
    # "他在12月20日消息传出后": without a known agency only the make of a dateline tells it from a sentence.
    if match.re is PAPER:
        if "消息" in match[0]:
            return False
        return (
            bool(match["by"])
            or match["head"] in rules.words["self"]
            or match[0].rstrip().endswith(("】", "]"))
            or match["head"].endswith(("网", "網"))
        )
    is_apart = match[0][-1].isspace() or head[match.end() : match.end() + 1] in (" ", "　", "")
    return bool(match["by"]) or (bool(ENDS.search(match[0])) and is_apart)


def _inner(match: re.Match[str]) -> str:
    return next(text for text in match.groups() if text)


def _is_masthead(head: str, rules: CreditRules) -> bool:
    return rules.outlet_tail.search(head) is not None and not NO_MASTHEAD.search(head) and len(head) > 2


def _agency(head: str, rules: CreditRules) -> Source | None:
    outlet = find_outlet(head, rules)
    found = (outlet, len(head)) if outlet else rules.outlets.find_prefix(head)
    return known_source(found[0], head[: found[1]]) if found else None


def _reporters(by: str, rules: CreditRules) -> tuple[str, ...]:
    inner = ROLE.sub("", by).strip("（()）【】 ")
    # "某某科技讯（某某某）": people alone in the brackets need no word before them.
    authors = read_plain(inner, rules, beside_date=by != inner).authors if inner else ()
    one = ONE_REPORTER.fullmatch(inner) if not authors and by != inner else None
    return (one["name"],) if one and is_pen_name(one["name"], rules) else authors


def _read_bracketed(match: re.Match[str], rules: CreditRules) -> Dateline | None:
    inner = match["inner"]
    body = DAY_ON.sub("", inner)
    plain = read_plain(body, rules, beside_date=False)
    source = plain.sources or tuple(s for s in [_agency(inner, rules)] if s)
    # "（法新社羅馬19日電）": without 記者 what stands before a day is a place.
    authors = () if body != inner and not rules.reporter.search(inner) else plain.authors
    if not authors and body != inner and (mark := rules.reporter.search(body)):
        # "張大瑜里斯本20日專電": a place that no table holds stands behind a name, and nearly all of these have three characters.
        authors = find_people(body[mark.end() :][:3], rules)
    return Dateline(text=match[0].strip(), source=source[:1], authors=authors) if source or authors else None
