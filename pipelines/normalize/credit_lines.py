"""The grammar of one credit line: labels, values, and what stands without a label."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.account_headers import find_account
from pipelines.normalize.bylines import EDGE, read_plain
from pipelines.normalize.credit_fields import QUOTED, Field, find_fields, part_outlet
from pipelines.normalize.credit_rules import DATE, CreditRules
from pipelines.normalize.glued_labels import part_glued_labels
from pipelines.normalize.names import HAN, ORGANISATION, find_people, is_pen_name, is_person, split_names
from pipelines.normalize.sources import ACCOUNT, ISSUE_DAY, REMARK, WECHAT, SourceReading, find_outlet, read_source
from pipelines.types import Note, Source

TAG = re.compile(r"<[^<>]{1,200}>")
BACKSLASHES = re.compile(r"\\+")
MICROBLOG = re.compile(r"\s?[\[(（]微博[\])）]?")
"""A button behind a name: 某某网[微博]."""
DECLARED = compile_either("^[^，。：:]{0,4}声明[:：] ?(?=本文|文章|转)")
"""What opens a disclaimer that names the source: 声明：本文转载自某报."""
BUTTON = compile_either(r"[\[【]\s?(?:打印|关闭|收藏|分享|纠错|我要纠错|举报|大\s?中\s?小|字体[:：]?大\s?中\s?小)\s?[\]】]")
SPACE = re.compile(r"\s+")
WIDE_BRACKETS = str.maketrans("［］｛｝﹙﹚", "[]()()")
VALUE_IN_BRACKETS = re.compile(r"(?<=[:：])\s?\[\s?([^\[\]:：]{2,20}?)\s?\](?=\s?(?:$|[㐀-鿿]\s?[㐀-鿿]{1,4}[:：]))")
"""来源：[ 某报 ] 作者：[ 某某 ]; not 作者：[美] 某某·某某."""
LABEL_IN_BRACKETS = re.compile(r"(?<![:：])(?<![:：]\s)\[\s([㐀-鿿]{2,6})\s\](?=\s\S)")
OFFICE_BYLINE = compile_either(r"^[（(]?(?P<office>[㐀-鿿]{2,16})\s(?P<names>[㐀-鿿\s、]{2,20}?)\s?[|｜]{1,2}\s?(?:责任)?(?:编辑|责编)")
"""An office with its writer before the editor: （某县纪委监委 某某 || 责任编辑 某某）."""
ISSUER = compile_either("[㐀-鿿]{2,4}(?:机构|机关|单位|部门)")
"""A label whose value is an office: 发布机构, 发文机关, 供稿单位."""
HARMLESS = either_words("打印", "列印", "收藏", "分享", "评论", "纠错")
"""Buttons that take no name: an outlet behind one is the line's next field."""
REPORTS = ("据", "據")
POSTED, FROM = either_words("发布"), either_words("来自")
SHORT_PLACE = 4  # characters, without the region it is in
DOT_APART = re.compile(r"\s[·•]\s")
"""What divides a name from an outlet and a date; within a name no space stands beside it (萨尔瓦多·达利)."""
AUTHORS_ACCOUNT = compile_either(r"(?:^|[（(/／|｜\s，,])(?:微信)?公众号\s?[:：]\s?(?P<name>[^（()）/／|｜\s，,。；;：:]{2,16})")
"""The account beside its author: 作者：某某（公众号：某某）."""
AUTHOR_BEHIND = compile_either(r"[，,]\s?作者(?P<name>[㐀-鿿·]{2,10})[）)】。]?$")
"""The author behind the source without a colon: （原载于《某报》，作者某某某）."""
ISSUE_OF = re.compile(r"《[^《》]{2,16}》 ?(?:19|20)\d\d年 ?第? ?\d{1,3} ?期")
"""The issue of a magazine beside its author: 作者：某某 《某刊》2024年第4期."""
GLUED_EDITOR = compile_either(
    r"(?P<word>(?:责任|值班|实习|网络|本文)?(?:编辑|责编))(?P<name>[㐀-鿿]{2,3})(?=[\s　|｜/（(）)】\]]|\d{4}[-年]|$)"
)
"""An editor whom neither colon nor space parts from the label: 编辑某某, 来源：某报责任编辑某某某."""
EDITOR_CODE = re.compile(r"\d{2,6}")
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


def clean_line(text: str) -> str:
    """Fold a printed line: left-over markup and entities out, white space to single spaces."""
    if "<" in text or "&" in text:
        text = html.unescape(TAG.sub(" ", text))
    if "微博" in text:
        text = MICROBLOG.sub(" ", text)
    if "[" in text or "【" in text:
        text = BUTTON.sub(" ", text)
    line = SPACE.sub(" ", BACKSLASHES.sub("/", text.translate(WIDE_BRACKETS))).strip()[:LONGEST_LINE]
    line = LABEL_IN_BRACKETS.sub(r"\1：", VALUE_IN_BRACKETS.sub(r"\1 ", line)).strip() if "[" in line else line
    return part_glued_labels(DECLARED.sub("", line))


def part_glued_editor(line: str, rules: CreditRules) -> str:
    """Put a colon between an editor's label and the name glued to it, where label and name are no words of a sentence; any other line as it is."""
    for match in GLUED_EDITOR.finditer(line) if "编" in line or "編" in line else ():
        before = line[: match.start()]
        outlet = re.split("[\\s:：]", before)[-1]
        opens = not outlet or not HAN.match(before[-1]) or find_outlet(outlet, rules) is not None or rules.outlet_tail.search(outlet)
        if opens and is_person(match["name"], rules):
            return f"{before} {match['word']}：{line[match.start('name') :]}"
    return line


def read_line(text: str, rules: CreditRules) -> LineReading:
    """Read one line as printed."""
    line = part_glued_editor(clean_line(text), rules)
    if account := find_account(line):
        return LineReading(plain=read_source(account[0], rules).sources, plain_authors=(account[1],) if account[1] else ())
    fields = list(find_fields(line, rules))
    by_role: dict[str, list[str]] = {}
    readings: dict[str, list[SourceReading]] = {"source": [], "origin": [], "via": []}
    unlabelled: list[str] = []
    for number, field in enumerate(fields):
        if field.role in ("author", "editor", "photo", "other"):
            value, outlet = part_outlet(field.value, field.role, rules)
            if outlet:
                unlabelled.append(outlet)
                field = fields[number] = replace(field, value=value)
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
            names = _vouched_people(line, field, rules, is_alone=len(fields) == 1) if field.strict else split_names(field.value, rules)
            if not names and field.role == "editor" and not field.strict and EDITOR_CODE.fullmatch(code := field.value.strip(EDGE)):
                names = (code,)  # "责任编辑：137"
            if not names and field.role == "author":  # "文/图 临江日报社/临江新闻记者 某某某"
                names = read_plain(field.value, rules, beside_date=False).authors
            if field.role == "author" and line.startswith("供稿", field.start):  # "供稿：某区住建委", "供稿：某局 某某某"
                supplier = (field.value.split() or [""])[0] if names else field.value.strip(EDGE)
                if ORGANISATION.search(supplier) and supplier not in names:
                    readings["source"].append(read_source(supplier, rules))
            if line.startswith("。", field.end):  # "作者：太长了。": a sentence ends there
                names = tuple(name for name in names if is_person(name, rules))
            by_role.setdefault(field.role, []).extend(names)
    if (office := OFFICE_BYLINE.match(line)) and ORGANISATION.search(office["office"]):
        by_role.setdefault("author", []).extend(find_people(office["names"], rules))
    if not by_role.get("author") and any(readings.values()) and (behind := AUTHOR_BEHIND.search(line)) and is_person(behind["name"], rules):
        by_role["author"] = [behind["name"]]
    plain = [read_plain(part, rules, beside_date=dated) for part, dated in _residue(line, fields, rules)]
    if by_role.get("author"):  # "出处：能见派 作者：某某某": where an author is named, what is made as a name behind a source label is none
        readings = {role: [_as_outlet(r, by_role["author"]) for r in found] for role, found in readings.items()}
        if "公" in line and not any(readings.values()) and (named := AUTHORS_ACCOUNT.search(line)):
            readings["source"].append(read_source(named["name"], rules))
        if "期" in line and not any(readings.values()) and (issue := ISSUE_OF.search(line)):
            readings["source"].append(read_source(issue[0], rules))
    every = [r for found in readings.values() for r in found]
    supplied = [read_plain(f.value, rules, beside_date=False) for f in fields if f.role == "author"]
    papers = {s.raw for reading in supplied if reading.authors for s in reading.sources}  # "文 / 某早报 某某某"
    authors = [*(name for name in by_role.get("author", []) if name not in papers), *(name for r in every for name in r.authors)]
    return LineReading(
        origins=tuple(s for r in readings["origin"] for s in r.sources),
        sources=tuple(s for r in readings["source"] for s in r.sources),
        via=tuple(s for r in readings["via"] for s in r.sources),
        between=(*(s for r in every for s in r.via), *(s for p in plain for s in p.via)),
        plain=(
            *(s for p in (*plain, *supplied) for s in p.sources),
            *(s for name in unlabelled for s in read_source(name, rules).sources),
            *_posters(line, fields, rules),
        ),
        authors=tuple(dict.fromkeys(authors)),
        plain_authors=tuple(dict.fromkeys(name for p in plain for name in p.authors)),
        editors=tuple(dict.fromkeys(by_role.get("editor", []))),
        is_self=any(r.is_self for r in every),
        notes=tuple(dict.fromkeys(note for r in every for note in r.notes)),
    )


def _posters(line: str, fields: list[Field], rules: CreditRules) -> Iterator[Source]:
    """The office that posted, where it is one: 发布：县水利局, 发布者：教务处."""
    for field in fields:
        value = field.value.strip(EDGE)
        is_poster = field.role in ("other", "author") and not field.strict and line.startswith(POSTED, field.start)
        if is_poster and 2 < len(value) <= 16 and HAN.fullmatch(value) and ORGANISATION.search(value) and not is_person(value, rules):
            yield from read_source(value, rules).sources


def _as_outlet(reading: SourceReading, authors: list[str]) -> SourceReading:
    name = reading.authors[0] if len(reading.authors) == 1 else ""
    if not name or reading.sources or name in authors:
        return reading
    return SourceReading(sources=(Source(name=name, raw=name, outlet_id=None),), notes=(Note.UNKNOWN_SOURCE,))


def _vouched_people(line: str, field: Field, rules: CreditRules, *, is_alone: bool) -> tuple[str, ...]:
    """Return whom a label names that no colon vouches for, behind each word for a reporter and behind an office."""
    # "通讯员 某某 临江晚报记者 某某某", "文/图 生命科学学院 某某某"
    names = tuple(name for piece in rules.reporter.split(field.value) for name in find_people(piece, rules))
    if not names and not is_alone and is_pen_name(value := field.value.strip(EDGE), rules) and not ORGANISATION.search(value):
        before = line[: field.end - len(field.value)].rstrip()
        return (value,) if before.endswith(("：", ":")) else ()  # "记者：夜航船 来源：…"
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
    if not line.startswith(FROM, field.start) or rules.outlet_tail.search(value) or rules.outlets.find(value):
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
    return (
        named
        or reading.is_self
        or value.startswith("《")
        or QUOTED.fullmatch(value) is not None
        or rules.outlet_tail.search(value) is not None
    )


def _residue(line: str, fields: list[Field], rules: CreditRules) -> Iterator[tuple[str, bool]]:
    """What no label claims, cut at dates, addresses and counters; whether a date stands in the line."""
    place, is_dated = (
        0,
        bool(fields)
        and not line.startswith(REPORTS)
        and DATE.search(line) is not None
        and all(field.role not in ("source", "origin", "via") for field in fields),
    )
    for start, end in [*((f.start, f.end) for f in fields), (len(line), len(line))]:
        piece = line[place:start]
        dated = re.search(r"\d[-/.年:]\s?\d|前", piece) is not None or (not HAN.search(piece) and DATE.search(line) is not None)
        for part in _between(piece, rules):
            yield part, dated or is_dated
        place = max(place, end)


def _between(piece: str, rules: CreditRules) -> Iterator[str]:
    place, is_open, behind_tool = 0, True, False
    for stop in [*rules.stop.finditer(piece), None]:
        part = piece[place : stop.start() if stop else len(piece)]
        if part.strip() and (is_open or (behind_tool and rules.outlets.find(part.strip(EDGE)))):
            yield from DOT_APART.split(part)
        if stop:
            # What stands behind "返回" or "更多" belongs to that word; behind a date or an address something new begins.
            place, is_open = stop.end(), bool(re.search(r"\d|\.", stop[0]))
            behind_tool = stop[0].strip() in HARMLESS
