"""Outlets and reporters that stand without a label: beside a date, before 记者, in brackets at the end of a text."""

import re
from dataclasses import dataclass

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.credit_rules import REPORTED, CreditRules
from pipelines.normalize.names import HAN, ORGANISATION, find_people, is_pen_name, is_person
from pipelines.normalize.sources import BOOK, JOINT, find_outlet, known_source, read_source
from pipelines.types import Source

EDGE = " 　\t\\:：-—–|｜丨/／╱、，,()（）[]【】〔〕◎■□●▲*「」·"
SLASH = re.compile(r"\s*[/／╱|｜丨\\]+\s*")
COUNTED = compile_either(r"^\d+(?=[㐀-鿿]{2,9}(?:融媒体中心|日报|晚报)(?:\s|$))")
"""A counter that the markup glues to the name behind it: an icon stood between."""
LONGEST_BYLINE = 60
"""Characters; a longer piece is a sentence."""
SENTENCE = re.compile("[，。；？！]")
GLUED_LABEL = compile_either(r"^(?:文章|稿件|信息|新闻)?(?:来源|稿源|出处|原载|摘自|转自|转载自)(?=[㐀-鿿A-Za-z《])")
"""A label that neither colon nor space parts from its value: the markup sets it in another type."""
WRITTEN = compile_either(r"(?P<by>[^/／╱]{2,40}?)\s?[/／╱]\s?文(?:字)?(?:$|\s+[^/／╱]{2,24}\s?[/／╱]\s?(?:图|摄|摄影)$)")
"""The words' author before the pictures' one: 某报记者 某某某 / 文 通讯员 某某 / 图."""
SUPPLIED = compile_either(r"(?<=[㐀-鿿])\s[^\s/／]{2,8}供图$")
"""Who gave the pictures, behind the writers: 某报记者 某某某 受访者供图."""
OFFICE_SUPPLIED = re.compile(r"(?P<office>[㐀-鿿]{2,14}?)\s?(?:[/／╱]\s?供稿\s?[/／╱]?|供稿\s?[/／╱])\s?(?P<name>[㐀-鿿]{2,4})$")
"""An office and its writer, 供稿 and a slash between them: 某局 供稿 / 某某, 某局 / 供稿 某某."""
CITED_PAPER = compile_either(
    r"(?:据\s?)?(?P<quote>《)?(?P<paper>[㐀-鿿]{2,12}?)(?(quote)》)(?P<told>报道|报导|消息)?(?:\s(?P<name>[㐀-鿿]{2,4}))?(?:\s?[/／╱]\s?(?:文|编译|整理))?$"
)
"""The paper that a text rests on with its writer, as a text closes: 据《某报》报道 某某/文."""
BOTH = compile_either(r"\s(?:文\s?[/／╱、]?\s?图|图\s?[/／╱、]?\s?文)$")
"""Behind those who wrote the text and took the pictures, too: 记者 某某某 文/图."""
TOGETHER = compile_either(r"\s?[（(](?:综合|编译)?(?:报道|报导|整理|编译)[）)]?$")
"""What two writers did, in brackets behind them: 某某某/某某某（综合报道）."""
TRANSLATOR = compile_either(r"^编译\s?(?=[㐀-鿿]{2,3}$)")
"""The word before the writer of foreign news: 编译某某某／综合报导."""
WORK = compile_either(r"(?P<name>[㐀-鿿]{2,3})\s?[/／╱]\s?(?:编译|撰文|撰稿|采写|文)")
"""A slash and what somebody did vouch for a pen name: 某某/编译."""
DAY = compile_either(r"[0-9]{1,2}日(?:专)?[电讯]$")
_NAME = r"[A-Z][\w.'’-]*(?:\s(?:[A-Z][\w.'’-]*|de|van|von|der|bin|al)){1,3}"
BY = compile_either(
    rf"(?:^|[—–|·-]\s|\d{{4}},?\s)[Bb]y:?\s(?P<names>{_NAME}(?:,\s{_NAME})*?(?:,?\sand\s{_NAME})?)(?:\sin\s[A-Z][\w .'’-]{{2,24}}?)?(?:\s?[(（]\s?(?P<bracketed>[A-Z][\w &'’.-]{{2,38}})\s?[)）]?|\s?[,|·—–]\s(?P<paper>(?!.*\sand\s|.*\d|Updated|Published|Posted)[A-Z][\w &'’.-]{{2,38}}))?\s*$"
)
BY_LINE = re.compile(r"^(?:由\s|(?:[Bb]y|BY)(?:\s?[:：]\s?|\s))")
"""What common templates print before the name: By 某某某, 由 某某."""
PLACE_OF_TWO = re.compile(r"\sin\s[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?(?=\sand\s[A-Z])")
"""By … in Hefei and … in Anqing: where the first of two wrote."""
ENDS_WITH_LABEL = re.compile(r"[\s|,·]+(?:Updated|Published|Posted)\s?:?\s*$")
APPEARED = re.compile(
    r"(?:originally|first)\s(?:appeared|published|ran)\s(?:in|on|by)\s(?:the\s)?(?P<paper>[A-Z][\w &'’-]{2,40}?)(?:[.,;]|\s(?:on|and|under|in)\s|$)"
)
DESK = compile_either(r"^[㐀-鿿A-Za-z]{2,8}(?:电视|社|周刊|新闻|新闻网|日报|晚报|时报|电视台|电台|卫视|传媒|通讯社|广播|广电|总台|融媒)$")
"""What an outlet's name ends with where a slash and a reporter stand behind it: 中廣新聞／某某某."""
LONGEST_DESK = 8
"""Characters before 记者 that need not be a known outlet: 科技组, 临江站."""
MASTHEAD = compile_either(
    r"(?P<name>[㐀-鿿·]{2,8}(?:日报|晚报|晨报|早报|快报|时报|导报|周报|新报|都市报|商报|法制报|法治报|青年报|新闻网|电视台|广电|融媒|融媒体中心|新闻|客户端|(?<!平)台|(?<![电联官路管内外])网))$"
)
"""The make of the name of a paper, station or app that no table holds, before 记者."""
OTHER_PAPER = compile_either("(?P<name>[㐀-鿿]{2,5}(?<![党小大外墙海情简通电举汇申预公警播谍战捷月年季])报)$")
"""A paper of another kind before 记者: 能源报记者 某某某; not 多家党报记者."""
NEWS, EDITORS, CONVERGED = either_words("新闻"), either_words("编辑"), either_words("融媒记者")
PHOTOGRAPHERS = either_words("摄影记者", "图片记者", "摄像记者")
HELPER = either_words("通讯员")
"""Behind this word stands also the short name of an office that writes as one: 记者某某某 通讯员粤交宣."""
NEXT_WORK = compile_either("发自|发于|摄影|图片?[/／:：]")
"""Where the names of those who wrote end: what follows is a place, or who took the pictures."""
NO_MASTHEAD = compile_either(
    "^(?:全|本|该|当地|各|多家|我|每|某|新媒体|全媒体)|(?:社会|时政|体育|财经|民生|文化|娱乐|国际|国内|经济|即时|教育)新闻$"
)
TOLD = compile_either(r"(?<=[网报社])(?:综合)?(?:报道|报导)$")
"""Behind an outlet's name, before its reporters: 某某网报道 记者 某某."""
QUALIFIER = compile_either(r"(?:见习|实习|特约|首席|资深|职工|摄影|图片|本报|本网|本刊|本台|本社|驻.{1,5}|专栏)$")


@dataclass(frozen=True, slots=True)
class PlainReading:
    """What a piece without a label names."""

    sources: tuple[Source, ...] = ()
    authors: tuple[str, ...] = ()
    via: tuple[Source, ...] = ()
    """The other half of a joint name."""


def read_plain(piece: str, rules: CreditRules, *, beside_date: bool) -> PlainReading:
    """Read a piece of a line. `beside_date`: a name with the make of an outlet's is taken even where it is unknown."""
    text = GLUED_LABEL.sub("", piece.strip(EDGE))
    if not HAN.search(text):
        return _english(text, rules, beside_date=beside_date)
    if not 2 <= len(text) <= LONGEST_BYLINE or not text.split() or (SENTENCE.search(text) and not rules.reporter.search(text[:24])):
        return PlainReading()
    text = TOGETHER.sub("/综合报道", BOTH.sub("", SUPPLIED.sub("", text)))
    if written := WRITTEN.match(text):
        text = written["by"]
        if all(is_person(token, rules) for token in text.split()):
            return PlainReading((), tuple(text.split()))
    if rules.photo_tail.search(text) and rules.reporter.search(text):
        return PlainReading()
    return (
        _office_supplied(text, rules)
        or _cited_paper(text, rules)
        or _reporters(text, rules)
        or _prefixed(text, rules)
        or _slashed(text, rules)
        or _opened(text, rules)
        or _tailed(text, rules)
        or _alone(text, rules, beside_date)
        or _unknown(text, rules, beside_date)
    )


def _office_supplied(text: str, rules: CreditRules) -> PlainReading | None:
    match = OFFICE_SUPPLIED.match(text) if "供稿" in text else None
    if match is None or not ORGANISATION.search(match["office"]) or not is_person(match["name"], rules):
        return None
    return PlainReading(read_source(match["office"], rules).sources, (match["name"],))


def _cited_paper(text: str, rules: CreditRules) -> PlainReading | None:
    match = CITED_PAPER.match(text) if text[0] in "据據《" or text.endswith(REPORTED) else None
    if (
        match is None
        or not (match["quote"] or match["name"] or (match["told"] and match["paper"][-2:] not in NEWS))
        or not (MASTHEAD.fullmatch(match["paper"]) or find_outlet(match["paper"], rules))
        or NO_MASTHEAD.search(match["paper"])
    ):
        return None
    name = match["name"]
    return PlainReading((_as_source(match["paper"], rules),), (name,) if name and is_person(name, rules) else ())


def _english(text: str, rules: CreditRules, *, beside_date: bool) -> PlainReading:
    """Read `By Mara Ellison, Harbour Post`, `This article originally appeared in Harbour Post.` and a known outlet alone beside the date."""
    text = PLACE_OF_TWO.sub("", ENDS_WITH_LABEL.sub("", text))
    if (match := BY.search(text)) and len(text) <= 2 * LONGEST_BYLINE:
        names = tuple(name.strip() for name in re.split(r",\s*|\s+and\s+", match["names"]) if name.strip())
        paper = match["paper"] or match["bracketed"]
        return PlainReading((_as_source(paper, rules),) if paper else (), names)
    if match := APPEARED.search(text):
        return PlainReading((_as_source(match["paper"], rules),))
    return PlainReading((_as_source(text, rules),)) if beside_date and len(text) > 3 and rules.outlets.find(text) else PlainReading()


def _reporters(text: str, rules: CreditRules) -> PlainReading | None:
    """Read `outlet记者 names 通讯员 names`."""
    marks = list(rules.reporter.finditer(text))
    if not marks or marks[0].start() > 24:
        return None
    prefix = TOLD.sub("", QUALIFIER.sub("", text[: marks[0].start()].strip(EDGE)).strip(EDGE))
    last = (prefix.split() or [""])[-1]
    names = [prefix, last, *(JOINT.split(last) if JOINT.search(last) else ())]
    printed = next((name for name in names if find_outlet(name, rules)), "")
    if not printed and (book := BOOK.fullmatch(last)):
        printed = book["name"]  # "《某某周刊》记者 某某某"
    desk = last + marks[0][0][:2]
    if not printed and marks[0][0] in CONVERGED and 2 <= len(last) <= 4 and not NO_MASTHEAD.search(desk):
        last = desk  # "某县融媒记者 某某某"
    paper = (MASTHEAD.search(last) or OTHER_PAPER.match(last)) if not printed and not NO_MASTHEAD.search(last) else None
    if not printed and paper is None and len(prefix) > LONGEST_DESK:
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    # "彭某某 实习生 某某某": a reporter of the outlet's own needs no word before the name.
    tokens = prefix.split()
    authors = tokens if tokens and all(is_person(token, rules) for token in tokens) else []
    if all(mark[0] in PHOTOGRAPHERS for mark in marks) and not authors:
        return PlainReading()
    for mark, end in zip(marks, ends, strict=True):
        if mark[0] in PHOTOGRAPHERS:
            continue
        if authors and mark[0].endswith(EDITORS):
            break  # "记者：彭某某 实习编辑：吕某"
        # "记者彭某某 摄影吕某": those who took the pictures stand behind the writers.
        chunk = NEXT_WORK.split(QUALIFIER.sub("", text[mark.end() : end]))[0]
        found = find_people(re.split(r"[／/╱](?=.{2,12}$)", chunk)[0] if "报" in chunk or "報" in chunk else chunk, rules)
        office = chunk.strip(EDGE)
        authors += found or ([office] if authors and mark[0].endswith(HELPER) and is_pen_name(office, rules) else [])
    printed = printed or (paper["name"] if paper else "")
    return PlainReading((_as_source(printed, rules),) if printed else (), tuple(authors)) if authors else None


def _prefixed(text: str, rules: CreditRules) -> PlainReading | None:
    """Read people glued to an outlet's name: `希望之聲國際廣播電台張翠報導`."""
    found = rules.outlets.find_prefix(text)
    people = find_people(text[found[1] :], rules) if found else ()
    return PlainReading((_as_source(text[: found[1]], rules),), people) if found and people else None


def _slashed(text: str, rules: CreditRules) -> PlainReading | None:
    """Read `石佳/中国青年报`, `台灣醒報／李宛儒`, `王己由／台北報導`."""
    parts = [part for part in SLASH.split(text) if part]
    if not 2 <= len(parts) <= 3:
        return None
    known = [part for part in parts if find_outlet(part, rules)]
    tailed = any(rules.tail.search(part) or DAY.search(part) for part in parts[1:])
    if not known and len(parts) == 2 and is_person(parts[0], rules) and MASTHEAD.fullmatch(parts[1]) and not NO_MASTHEAD.search(parts[1]):
        known = parts[1:]  # "某某某/某城日报"
    if not known and DESK.search(parts[0]) and (tailed or is_person(parts[-1], rules)):
        known = parts[:1]
    names = tuple(n for part in parts if part not in known for n in _opening_people(part, rules)) if known or tailed else ()
    return PlainReading(tuple(_as_source(part, rules) for part in known[:1]), names) if known or names else None


def _opening_people(part: str, rules: CreditRules) -> tuple[str, ...]:
    if found := rules.outlets.find_prefix(part):
        part = part[found[1] :]
    return find_people(TRANSLATOR.sub("", part), rules)


def _opened(text: str, rules: CreditRules) -> PlainReading | None:
    """Read a piece that an outlet's name opens, alone or with people behind it: `21世纪网 何漪`, `希望之聲國際廣播電台張翠報導`."""
    first, *rest = text.split()
    if JOINT.search(first) and (reading := read_source(first, rules)).via:
        return PlainReading(reading.sources[:1], find_people(" ".join(rest), rules), reading.via)
    if find_outlet(text, rules):
        return PlainReading((_as_source(text, rules),))
    if rest and MASTHEAD.fullmatch(first) and not NO_MASTHEAD.search(first) and all(is_person(token, rules) for token in rest):
        return PlainReading((_as_source(first, rules),), tuple(rest))  # "文 / 某某早报 某某某"
    if outlet := find_outlet(first, rules):
        people = find_people(" ".join(rest), rules)
        if len(" ".join(rest)) <= 20 or people:
            return PlainReading((_as_source(first, rules),), people) if outlet else None
    if rest and find_outlet(rest[-1], rules) and all(is_person(token, rules) for token in (first, *rest[:-1])):
        return PlainReading((_as_source(rest[-1], rules),), (first, *rest[:-1]))  # "某某某 中国证券报·中证网"
    reading = read_source(first, rules)
    if reading.sources and reading.sources[0].outlet_id and not rest:
        return PlainReading(reading.sources[:1])
    return None


def _tailed(text: str, rules: CreditRules) -> PlainReading | None:
    """Read `蔡崇梧 報導`, `李艳 撰稿`: people before a word of their work, and nothing else."""
    shortened = rules.tail.sub("", text).strip(EDGE)
    if shortened == text or len(shortened) > 16:
        return None
    if (work := WORK.fullmatch(text)) and is_pen_name(work["name"], rules):
        return PlainReading((), (work["name"],))
    tokens = shortened.split()
    if text.endswith("供稿") and not (tokens and is_person(tokens[-1], rules)):
        return PlainReading(read_source(shortened, rules).sources)
    if text.endswith("供稿") and len(tokens) > 1 and ORGANISATION.search(tokens[0]):
        tokens = tokens[1:]  # "外科 某某某 / 供稿"
    people = tuple(token for token in tokens if is_person(token, rules))
    return PlainReading((), people) if people and len(people) == len(tokens) else None


def _alone(text: str, rules: CreditRules, beside_date: bool) -> PlainReading | None:
    """Read people with nothing but a date beside them, or with nothing but a place behind them: `黃千容 賴世杰 台中`."""
    by = BY_LINE.sub("", text)
    if beside_date and by != text and (is_pen_name(by, rules) or _is_nickname(by, rules)):
        return PlainReading((), (by,))
    tokens = re.split(r"[\s、]+", by)
    is_placed = len(tokens) > 1 and tokens[-1] in rules.words["place"]
    people = tokens[:-1] if is_placed else tokens
    if (beside_date or is_placed) and people and all(is_person(token, rules) for token in people):
        return PlainReading((), tuple(people))
    return None


def _is_nickname(by: str, rules: CreditRules) -> bool:
    return (
        HAN.fullmatch(by) is not None
        and 4 <= len(by) <= 6
        and by not in rules.words["nobody"]
        and not (ORGANISATION.search(by) or rules.outlet_tail.search(by) or rules.outlets.find(by) or rules.tail.search(by))
    )


def _unknown(text: str, rules: CreditRules, beside_date: bool) -> PlainReading:
    first, *rest = COUNTED.sub("", text).split()
    first = first.strip("《》")
    paper, *others = JOINT.split(first)
    if MASTHEAD.fullmatch(paper) and len(others) == 1 and paper[:2] in others[0]:
        first = paper  # "某城晚报·掌上某城": a paper and its app
    if not beside_date or not 3 <= len(first) <= 14 or not rules.outlet_tail.search(first):
        return PlainReading()
    reading = read_source(first, rules)
    return PlainReading(reading.sources[:1], find_people(" ".join(rest), rules))


def _as_source(printed: str, rules: CreditRules) -> Source:
    outlet, raw = find_outlet(printed, rules), printed.strip(EDGE)
    return known_source(outlet, raw) if outlet else Source(name=printed, raw=raw, outlet_id=None)
