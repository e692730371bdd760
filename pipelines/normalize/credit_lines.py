"""The grammar of one credit line: labels, values, and what stands without a label."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.normalize.account_headers import find_account
from pipelines.normalize.bylines import EDGE, MASTHEAD, read_plain
from pipelines.normalize.credit_rules import BAR, COLON, DATE, PROVIDED, REPORTED, CreditRules
from pipelines.normalize.names import HAN, ORGANISATION, find_people, is_pen_name, is_person, split_names
from pipelines.normalize.sources import ACCOUNT, ISSUE_DAY, REMARK, WECHAT, SourceReading, find_outlet, read_source
from pipelines.types import Note, Source

TAG = re.compile(r"<[^<>]{1,200}>")
BACKSLASHES = re.compile(r"\\+")
MICROBLOG = re.compile(r"\s?[\[(（]微博[\])）]?")
"""A button behind a name: 某某网[微博]."""
SPACE = re.compile(r"\s+")
OPENERS, CLOSERS = "（([【〔「『《“", "）)]】〕」』》”"
WIDE_BRACKETS = str.maketrans("［］｛｝﹙﹚", "[]()()")
LEFT_OF_LABEL = re.compile(r"(?!丨)[㐀-鿿A-Za-z]$")
VALUE_IN_BRACKETS = re.compile(r"(?<=[:：])\s?\[\s?([^\[\]:：]{2,20}?)\s?\](?=\s?(?:$|[㐀-鿿]\s?[㐀-鿿]{1,4}[:：]))")
"""来源：[ 某报 ] 作者：[ 某某 ]; not 作者：[美] 某某·某某."""
LABEL_IN_BRACKETS = re.compile(r"(?<![:：])(?<![:：]\s)\[\s([㐀-鿿]{2,6})\s\](?=\s\S)")
MIXED = REPORTED | {"供稿", "记者", "記者", "图文", "圖文", "文图", "文字"}
"""Labels of authors that other things follow, too: 记者：您怎么看？ 图文：某某夺冠."""
TAGS = frozenset(("原创", "原創", "转帖", "轉帖", "转贴", "轉貼", "转载", "轉載"))
"""Labels that stand in brackets before headlines, too: [原创]某地见闻, [转帖]某地见闻."""
COLON_ONLY = REPORTED | {"供稿"}
"""Labels that stand behind names as well (某某某 供稿): only alone before a colon do they stand for what follows."""
EDITED = re.compile(
    r"^[（(【\[](?:[^（()）：:，,]{0,10}(?:责任编辑|責任編輯|责编|编辑|編輯)\s?(?P<name>[㐀-鿿]{2,4})"
    r"|(?P<before>[㐀-鿿]{2,4})\s(?:责任)?(?:编辑|編輯))\s?[）)】\]]$"
)
"""An editor in brackets, behind the desk's name or before the word: （某某新闻编辑某某某）, (某某某 编辑)."""
OFFICE_BYLINE = re.compile(r"^[（(]?(?P<office>[㐀-鿿]{2,16})\s(?P<names>[㐀-鿿\s、]{2,20}?)\s?[|｜]{1,2}\s?(?:责任)?(?:编辑|责编)")
"""An office with its writer before the editor: （某县纪委监委 某某 || 责任编辑 某某）."""
ISSUER = re.compile("[㐀-鿿]{2,4}(?:机构|機構|机关|機關|单位|單位|部门|部門)")
"""A label whose value is an office: 发布机构, 发文机关, 供稿单位."""
SHORT_PLACE = 4  # characters, without the region it is in
FRAMED = re.compile(r"\s?【(?P<name>[^【】]{2,16})】(?=[，,。])")
"""A name in heavy brackets with more of the sentence behind it: 本文来自【某某日报】，仅代表作者观点."""
DOT_APART = re.compile(r"\s[·•]\s")
"""What divides a name from an outlet and a date; within a name no space stands beside it (萨尔瓦多·达利)."""
LONGEST_LINE = 400
"""Characters; what is longer is a paragraph, and only its head is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """What one line names, by the strength of the naming."""

    origins: tuple[Source, ...] = ()
    """Behind 摘自, 原载: where the text first stood."""
    sources: tuple[Source, ...] = ()
    """Behind 来源."""
    via: tuple[Source, ...] = ()
    """Behind 转自."""
    between: tuple[Source, ...] = ()
    """The other half of a joint name: 人民网 in 人民网-人民日报."""
    plain: tuple[Source, ...] = ()
    """Without a label: beside the date, before 记者."""
    authors: tuple[str, ...] = ()
    plain_authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    is_self: bool = False
    notes: tuple[Note, ...] = ()

    def is_credit(self) -> bool:
        """Whether the line names anybody, or says that it does not."""
        return any((self.origins, self.sources, self.via, self.plain, self.authors, self.plain_authors, self.editors, self.notes))


@dataclass(frozen=True, slots=True)
class Field:
    """One label and its value, as printed."""

    role: str
    value: str
    strict: bool
    """No colon vouches for the label: take only what has the make of a name."""
    bare: bool
    """Label and value stand together (本文来自…): only a known name, or one with the make of an outlet's, is one."""
    start: int
    end: int


def clean_line(text: str) -> str:
    """Fold a printed line: left-over markup and entities out, white space to single spaces."""
    if "<" in text or "&" in text:
        text = html.unescape(TAG.sub(" ", text))
    if "微博" in text:
        text = MICROBLOG.sub(" ", text)
    line = SPACE.sub(" ", BACKSLASHES.sub("/", text.translate(WIDE_BRACKETS))).strip()[:LONGEST_LINE]
    return LABEL_IN_BRACKETS.sub(r"\1：", VALUE_IN_BRACKETS.sub(r"\1 ", line)).strip() if "[" in line else line


def read_line(text: str, rules: CreditRules) -> LineReading:
    """Read one line as printed."""
    line = clean_line(text)
    if account := find_account(line):
        return LineReading(plain=read_source(account[0], rules).sources, plain_authors=(account[1],) if account[1] else ())
    fields = list(_fields(line, rules))
    by_role: dict[str, list[str]] = {}
    readings: dict[str, list[SourceReading]] = {"source": [], "origin": [], "via": []}
    for field in fields:
        if field.role in readings and not _is_location(line, field, rules):
            reading = read_source(field.value, rules)
            # "內容由第三方提供", "转自微博的消息说": without a colon only a known name, or one with the make of an outlet's, is one.
            if (
                not field.strict
                or (len(fields) > 1 and not field.bare)
                or _is_issuer(line, field)
                or _is_outlet(field.value, reading, rules)
            ):
                readings[field.role].append(reading)
        elif field.role in ("author", "editor"):
            names = _vouched_people(line, field, rules) if field.strict else split_names(field.value, rules)
            if not names and field.role == "author":  # "文/图 临江日报社/临江新闻记者 某某某"
                names = read_plain(field.value, rules, beside_date=False).authors
            by_role.setdefault(field.role, []).extend(names)
    if (office := OFFICE_BYLINE.match(line)) and ORGANISATION.search(office["office"]):
        by_role.setdefault("author", []).extend(find_people(office["names"], rules))
    plain = [read_plain(part, rules, beside_date=dated) for part, dated in _residue(line, fields, rules)]
    every = [r for found in readings.values() for r in found]
    supplied = [read_plain(f.value, rules, beside_date=False) for f in fields if f.role == "author"]
    papers = {s.raw for reading in supplied if reading.authors for s in reading.sources}  # "文 / 某早报 某某某"
    authors = [*(name for name in by_role.get("author", []) if name not in papers), *(name for r in every for name in r.authors)]
    return LineReading(
        origins=tuple(s for r in readings["origin"] for s in r.sources),
        sources=tuple(s for r in readings["source"] for s in r.sources),
        via=tuple(s for r in readings["via"] for s in r.sources),
        between=(*(s for r in every for s in r.via), *(s for p in plain for s in p.via)),
        plain=tuple(s for p in (*plain, *supplied) for s in p.sources),
        authors=tuple(dict.fromkeys(authors)),
        plain_authors=tuple(dict.fromkeys(name for p in plain for name in p.authors)),
        editors=tuple(dict.fromkeys(by_role.get("editor", []))),
        is_self=any(r.is_self for r in every),
        notes=tuple(dict.fromkeys(note for r in every for note in r.notes)),
    )


def _vouched_people(line: str, field: Field, rules: CreditRules) -> tuple[str, ...]:
    """Return whom a label names that no colon vouches for, behind each word for a reporter and behind an office."""
    # "通讯员 某某 临江晚报记者 某某某", "文/图 生命科学学院 某某某"
    names = tuple(name for piece in rules.reporter.split(field.value) for name in find_people(piece, rules))
    office, _, behind = field.value.strip().partition(" ")
    if not names and behind and ORGANISATION.search(office):
        return find_people(behind, rules)
    pen_name = field.value.strip()
    if not names and line.startswith("作者", field.start) and DATE.search(line) and is_pen_name(pen_name, rules):
        return (pen_name,)  # "2023-11-16 作者 野渡舟"
    return names


def _is_issuer(line: str, field: Field) -> bool:
    """Whether an office stands behind a label for offices: the cells of an index table are parted by a space only."""
    value = field.value.strip()
    return ISSUER.match(line, field.start) is not None and len(value) <= 24 and ORGANISATION.search(value) is not None


def _is_location(line: str, field: Field, rules: CreditRules) -> bool:
    """Tell whether a forum says where a poster is (来自 - 某省某地, 来自 某地): a region and little behind it, or a short name without a colon."""
    value = field.value.strip(" -—")
    if not line.startswith(("来自", "來自"), field.start) or rules.outlet_tail.search(value) or rules.outlets.find(value):
        return False
    is_short = field.strict and len(value) <= SHORT_PLACE
    return is_short or any(value.startswith(region) and len(value) <= len(region) + 4 for region in rules.words["region"])


def _is_outlet(value: str, reading: SourceReading, rules: CreditRules) -> bool:
    value = ISSUE_DAY.sub("", value).strip(" ，,。")
    opening = rules.outlets.find_prefix(value)
    # "新浪北京", "凤凰网山东": a portal's local edition opens with the portal's name.
    is_edition = opening is not None and opening[0].kind == "portal" and len(value) <= opening[1] + 4
    named = is_edition or any(source.outlet_id for source in reading.sources)
    account = REMARK.sub("", value).strip(" ，,。")
    named = named or WECHAT.search(account) is not None or ACCOUNT.search(account) is not None
    return named or reading.is_self or value.startswith("《") or rules.outlet_tail.search(value) is not None


def _fields(line: str, rules: CreditRules) -> Iterator[Field]:
    labels = list(_labels(line, rules))
    opening = _bare_label(line, rules)
    if opening and labels and labels[0][0] > opening[1]:
        labels.insert(0, opening)
    bare = {opening[1]} if opening else set()
    for number, (start, end, role, strict) in enumerate(labels):
        limit = labels[number + 1][0] if number + 1 < len(labels) else len(line)
        value = re.split("提供|授权|授權|供稿|首发|[）)】\\]]$", line[end:limit])[0] if start == end else _cut(line[end:limit], rules)
        reporter = rules.reporter.search(value) if role in ("source", "origin", "via") else None
        if reporter and find_people(value[reporter.end() :].rstrip("）)】] "), rules) and not rules.outlets.find(value):
            value = value[: reporter.start()]  # "來源：聯合新聞網 記者某某某": what follows is a byline
        yield Field(role, value, strict, start == end or end in bare, start, end + len(value))


def _labels(line: str, rules: CreditRules) -> Iterator[tuple[int, int, str, bool]]:
    end = 0
    for match in rules.label.finditer(line):
        if match.start() < end:
            continue
        word = "".join(match["word"].split())
        role, left = rules.role_of[word], line[end : match.start()]
        is_named = role == "source" and match["sep"].strip() in ("：", ":", "/") and _names_outlet(line[match.end() :].lstrip(), rules)
        is_named = is_named or (
            role == "source" and not line[: match.start()] and MASTHEAD.fullmatch(line[match.end() :].strip()) is not None
        )
        if is_named or _is_label(word, role, match["sep"], left, line[: match.start()], end > 0, rules):
            strict = not re.search(f"{COLON}|{BAR}" if word in TAGS else f"{COLON}|{BAR}|[】\\]]", match["sep"]) or word in MIXED
            yield match.start(), match.end(), role, strict
            end = match.end()
    if end == 0 and (provided := PROVIDED.search(line)):
        yield provided.start("name"), provided.start("name"), "source", True
    elif end == 0 and (edited := EDITED.match(line)):
        start = max(edited.start("name"), edited.start("before"))
        yield start, start, "editor", True
    elif end == 0 and (opening := _bare_label(line, rules)):
        yield opening


def _bare_label(line: str, rules: CreditRules) -> tuple[int, int, str, bool] | None:
    opened = line.lstrip("（([【◎—-● ")
    match, offset = rules.bare.match(opened), len(line) - len(opened)
    return (offset, match.end() + offset, rules.role_of[match["word"]], True) if match else None


def _names_outlet(value: str, rules: CreditRules) -> bool:
    """Whether a known outlet, and nothing glued to it but another label, opens the value: 类型：原创来源：北京日报编辑：某某."""
    found = rules.outlets.find_prefix(value)
    rest = value[found[1] :] if found else ""
    return found is not None and (not HAN.match(rest) or rules.label.match(rest) is not None)


def _is_label(word: str, role: str, sep: str, left: str, before: str, has_earlier: bool, rules: CreditRules) -> bool:
    glued = bool(LEFT_OF_LABEL.search(before)) and bool(left)
    if glued and sep and role == "editor" and find_outlet((left.split() or [""])[-1], rules):
        return True  # "每经编辑 某某某", "界面新闻编辑 | 某某某"
    if sep[:1] in ("】", "]"):
        return before.endswith(("【", "[")) and role != "other"
    colon, bar = bool(re.search(COLON, sep)), bool(re.search(BAR, sep))
    if not sep:
        return not glued and role in ("source", "origin", "via") and len(before) < 4
    if word in COLON_ONLY and (glued or not colon):
        return False
    if len(word) == 1 and (glued or not (colon or bar)):
        # "本版文/记者…" is the one make in which a single character is glued to what stands before it; "王文：…" is a speaker.
        return bar and before.endswith(("本版", "本报", "图", "圖"))
    if not colon and not bar:
        if role == "editor" and rules.outlet_tail.search(left):
            return len(left) <= 12
        words = left.strip(EDGE)
        opens = has_earlier or not words or DATE.search(left) or find_outlet(words, rules) or is_person((words.split() or [""])[-1], rules)
        return not glued and bool(opens) and role in ("source", "author", "editor", "other") and len(before) < 60
    if bar and (glued or (not has_earlier and role not in ("author", "editor", "photo") and re.search("[/／╱]", sep))):
        return False
    if not glued or has_earlier:
        return not (glued and role == "source" and len(left) > 12)
    # "网易科学人作者：": glued to the first words of the line. "辱华车贴来源：商家" must not pass.
    since_date = [*DATE.finditer(before)][-1:]
    return role in ("author", "editor") and len(before) - (since_date[0].end() if since_date else 0) <= 12


def _cut(value: str, rules: CreditRules) -> str:
    depth, limit = 0, len(value)
    for place, char in enumerate(value):
        depth += (char in OPENERS) - (char in CLOSERS)
        if depth < 0:
            limit = place
            break
    value = value[:limit]
    first = value.split(" ")[0] if value[:1] != " " else value
    # "39健康网", "每日经济新闻网评论": what looks like a date or a counter may belong to a known name.
    if framed := FRAMED.match(value):
        return framed["name"]
    issue = ISSUE_DAY.match(value)
    stop = rules.stop.search(value, issue.end() if issue else len(first) if rules.outlets.find(first) else 0)
    return value[: stop.start()] if stop else value


def _residue(line: str, fields: list[Field], rules: CreditRules) -> Iterator[tuple[str, bool]]:
    """What no label claims, cut at dates, addresses and counters; whether a date stands in the line."""
    place = 0
    for start, end in [*((f.start, f.end) for f in fields), (len(line), len(line))]:
        piece = line[place:start]
        dated = re.search(r"\d[-/.年:]\s?\d|前", piece) is not None
        for part in _between(piece, rules):
            yield part, dated
        place = max(place, end)


def _between(piece: str, rules: CreditRules) -> Iterator[str]:
    place, is_open = 0, True
    for stop in [*rules.stop.finditer(piece), None]:
        part = piece[place : stop.start() if stop else len(piece)]
        if part.strip() and is_open:
            yield from DOT_APART.split(part)
        if stop:
            # What stands behind "返回" or "更多" belongs to that word; behind a date or an address something new begins.
            place, is_open = stop.end(), bool(re.search(r"\d|\.", stop[0]))
