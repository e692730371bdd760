"""Labels of one credit line with their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.bylines import EDGE, MASTHEAD
from pipelines.normalize.credit_rules import BAR, COLON, COUNTER, DATE, NUMBERED, PROVIDED, REPORTED, CreditRules
from pipelines.normalize.names import HAN, find_people, is_person
from pipelines.normalize.sources import ISSUE_DAY, find_outlet

OPENERS, CLOSERS = "（([【〔「『《“", "）)]】〕」』》”"
UNKNOWN_LABEL = compile_either("[ 　|｜丨]+(?!微信|公众|企鹅|网易|搜狐)[㐀-鿿]{2,6} ?[:：]")
"""The next label, one that no row holds."""
SENTENCE_ON = re.compile("[，,。；;]")
"""Where a sentence goes on behind a name that no colon parts from its label: 转载自某报，版权归作者所有."""
LEFT_OF_LABEL = re.compile(r"(?!丨)[㐀-鿿A-Za-z》]$")
MIXED = frozenset((*REPORTED, *either_words("供稿", "记者", "图文", "文图", "文字")))
"""Labels of authors that other things follow, too: 记者：您怎么看？ 图文：某某夺冠."""
TAGS = either_words("原创", "转帖", "转贴", "转载")
"""Labels that stand in brackets before headlines, too: [原创]某地见闻, [转帖]某地见闻."""
PROVIDED_END = compile_either(r"提供|授权|供稿|首发|[）)】\]]$")
"""What ends a value that no label opens: 由某某提供."""
GLUED_TO = either_words("本版", "本报", "图")
POSTERS = either_words("楼主")
"""Labels in the line of a post's date only: 楼主：您说得对."""
OPENS_VALUE = re.compile(r"[\s:：|｜丨/／、，,]+|(?<=\d)(?=[㐀-鿿])")
OF_OUTLETS = either_words("记者", "通讯员", "实习生", "报道", "报导", "供稿", "采访", "编译")
"""Words that stand behind an outlet's name for its own people (某报记者 某某某): no labels of others."""
NEWS = either_words("新闻")
TOKENS = re.compile(r"[\s、，,]+")
SIZES = re.compile("[小大]$")
"""The end of 字号：大 中 小."""
COUNT = re.compile(r"[\d.,]+[万kK]?[次条]?")
COUNTED = re.compile(rf"(?:{COUNTER}|{NUMBERED})$")
COLON_ONLY = (*REPORTED, "供稿")
"""Labels that stand behind names as well (某某某 供稿): only alone before a colon do they stand for what follows."""
EDITED = compile_either(
    r"^[（(【\[](?:[^（()）：:，,]{0,10}(?:责任编辑|责编|编辑)\s?(?P<name>[㐀-鿿]{2,4})"
    r"|(?P<before>[㐀-鿿]{2,4})\s(?:责任)?(?:编辑))\s?[）)】\]]$"
)
"""An editor in brackets, behind the desk's name or before the word: （某某新闻编辑某某某）, (某某某 编辑)."""
QUOTED = compile_either(r"\s?(?P<name>[「『“][^「」『』“”，。]{2,16}[」』”](?:微信)?(?:公众?号|订阅号|客户端)?)(?=[，,。]|$)")
"""A name in quotes, which needs no colon before it: 本文转载自「某某」，版权归作者."""
FRAMED = re.compile(r"\s?【(?P<name>[^【】]{2,16})】(?=[，,。]|$)")
"""A name in heavy brackets with more of the sentence behind it: 本文来自【某某日报】，仅代表作者观点."""


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


def find_fields(line: str, rules: CreditRules) -> Iterator[Field]:
    """Yield the labels of a clean line with their values, in their order."""
    labels = list(_labels(line, rules))
    opening = _bare_label(line, rules)
    if opening and labels and labels[0][0] > opening[1]:
        labels.insert(0, opening)
    bare = {opening[1]} if opening else set()
    for number, (start, end, role, strict) in enumerate(labels):
        limit = labels[number + 1][0] if number + 1 < len(labels) else len(line)
        value = PROVIDED_END.split(line[end:limit])[0] if start == end else _cut(line[end:limit], rules)
        if strict and (start == end or end in bare or role in ("origin", "via")) and "《" not in value[:2]:
            value = SENTENCE_ON.split(value)[0]
        reporter = rules.reporter.search(value) if role in ("source", "origin", "via") else None
        if reporter and find_people(value[reporter.end() :].rstrip("）)】] "), rules) and not rules.outlets.find(value):
            value = value[: reporter.start()]  # "來源：聯合新聞網 記者某某某": what follows is a byline
        yield Field(role, value, strict, start == end or end in bare, start, end + len(value))


def _labels(line: str, rules: CreditRules) -> Iterator[tuple[int, int, str, bool]]:
    end, is_photo = 0, False
    provided = PROVIDED.search(line) if "由" in line or "系" in line else None
    for match in rules.label.finditer(line):
        if match.start() < end or (provided and provided.start() < match.start() < provided.end()):  # "由 某某网 发表于 财经"
            continue
        word = "".join(match["word"].split())
        if is_photo and match.start() == end and not match["sep"].strip():
            continue  # "图丨记者 某某": a role, not a label
        if word in POSTERS and not (match["sep"].strip() and DATE.search(line)):
            continue
        start = match.start()
        if (
            word.startswith(NEWS)
            and len(word) > 2
            and word[2:] in rules.role_of
            and find_outlet(TOKENS.split(line[end:start])[-1] + word[:2], rules)
        ):
            start, word = start + 2, word[2:]  # "央视新闻作者：某某": the outlet's name ends there
        role, left = rules.role_of[word], line[end:start]
        if role == "other" and left[-1:].isdecimal() and not match["sep"].strip():
            continue  # "12评论 作者：某某"
        is_named = role == "source" and match["sep"].strip() in ("：", ":", "/") and _names_outlet(line[match.end() :].lstrip(), rules)
        is_named = is_named or (role == "source" and not line[:start] and MASTHEAD.fullmatch(line[match.end() :].strip()) is not None)
        is_named = is_named or (role == "source" and _opens_header(line, match))
        if (
            is_named
            or (left and _is_glued_label(role, word, left, line[match.end() :], rules))
            or _is_label(word, role, match["sep"], left, line[:start], end > 0, rules)
        ):
            strict = not re.search(f"{COLON}|{BAR}" if word in TAGS else f"{COLON}|{BAR}|[】\\]]", match["sep"]) or word in MIXED
            yield start, match.end(), role, strict
            end, is_photo = match.end(), role == "photo" and bool(match["sep"].strip())
    if end == 0 and provided:
        yield provided.start("name"), provided.start("name"), "source", True
    elif end == 0 and (edited := EDITED.match(line)):
        start = max(edited.start("name"), edited.start("before"))
        yield start, start, "editor", True
    elif end == 0 and (opening := _bare_label(line, rules)):
        yield opening


def _is_glued_label(role: str, word: str, left: str, behind: str, rules: CreditRules) -> bool:
    """Whether a label is glued to a name or a button before it and has a value of its own kind behind: each stands in an element of its own.

    某某某来源丨某报, 某报责任编辑 某某某, 分享来源：某报.
    """
    value = behind.lstrip(" :：|｜丨/／")
    if role == "other" and DATE.match(value):
        return True
    before = OPENS_VALUE.split(left)[-1]
    is_outlet = find_outlet(before, rules) is not None or (3 < len(before) <= 12 and rules.outlet_tail.search(before) is not None)
    if is_outlet and word in OF_OUTLETS:
        return False
    if not (
        is_outlet
        or is_person(before, rules)
        or rules.button.search(left)
        or SIZES.search(left)
        or COUNTED.search(left)
        or COUNT.fullmatch(left.strip())
    ):
        return False
    if role == "source":
        return _names_outlet(value, rules) or _opens_with_outlet(value, rules)
    return role not in ("origin", "via") and any(is_person(value[:n], rules) and _ends_value(value[n:], rules) for n in (3, 2))


def _opens_with_outlet(value: str, rules: CreditRules) -> bool:
    return any(rules.outlet_tail.search(value[:n]) and _ends_value(value[n:], rules) for n in range(4, 13) if HAN.fullmatch(value[:n]))


def _ends_value(rest: str, rules: CreditRules) -> bool:
    if not HAN.match(rest) or rules.label.match(rest) or rules.outlets.find_prefix(rest):
        return True
    return (stop := rules.stop.match(rest)) is not None and stop.end() > 0


def part_outlet(value: str, role: str, rules: CreditRules) -> tuple[str, str]:
    """Part what a label says from the outlet behind it that has no label of its own: 某某某 某报, 某某某某报, 123 某报. ("" where there is none.)"""
    token = TOKENS.split(value.strip(EDGE))[-1]
    sizes = [match.end()] if (match := COUNT.match(token)) else [n for n in (3, 2, 4) if is_person(token[:n], rules)]
    if outlet := next((token[n:] for n in sizes if _is_medium(token[n:], rules)), ""):
        return value[: value.rindex(outlet)], outlet
    head, _, last = value.rstrip(EDGE).rpartition(" ")
    before = head.strip(EDGE)
    is_told = role != "other" or COUNT.fullmatch(before) or all(is_person(name, rules) for name in TOKENS.split(before))
    if before and is_told and (_is_medium(last, rules) or (3 < len(last) <= 12 and rules.outlet_tail.search(last))):
        return head, last
    return value, ""


def _is_medium(name: str, rules: CreditRules) -> bool:
    return len(name) > 2 and (outlet := rules.outlets.find(name)) is not None and outlet.kind != "platform"


def _opens_header(line: str, match: re.Match[str]) -> bool:
    """Whether nothing but the date stands before the label, in a line that has one: then a stroke behind it is no path's (来源/某报 2024-01-02)."""
    return match["sep"].strip() in ("/", "／") and DATE.search(line) is not None and not DATE.sub("", line[: match.start()]).strip(EDGE)


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
        return before.endswith(("【", "[")) and (role != "other" or has_earlier)
    colon, bar = bool(re.search(COLON, sep)), bool(re.search(BAR, sep))
    if not sep:
        return not glued and role in ("source", "origin", "via") and len(before) < 4
    if word in COLON_ONLY and (glued or not (colon or (bar and word == "供稿" and not before.strip(EDGE)))):
        return False
    if len(word) == 1 and (glued or not (colon or bar)):
        # "本版文/记者…" is the one make in which a single character is glued to what stands before it; "王文：…" is a speaker.
        return bar and before.endswith(GLUED_TO)
    if not colon and not bar:
        if role == "editor" and rules.outlet_tail.search(left):
            return len(left) <= 12
        words = left.strip(EDGE)
        opens = has_earlier or not words or DATE.search(left) or find_outlet(words, rules) or is_person((words.split() or [""])[-1], rules)
        is_told = role in ("source", "author", "editor", "other") or (role == "photo" and has_earlier)
        return not glued and bool(opens) and is_told and len(before) < 60
    if bar and (glued or (not has_earlier and role not in ("author", "editor", "photo") and re.search("[/／╱]", sep))):
        return False
    if not glued or has_earlier:
        return not (glued and role == "source" and len(left) > 12)
    # "网易科学人作者：": glued to the first words of the line. "辱华车贴来源：商家" must not pass.
    since_date = [*DATE.finditer(before)][-1:]
    return role in ("author", "editor") and len(before) - (since_date[0].end() if since_date else 0) <= 12


def _cut(value: str, rules: CreditRules) -> str:
    if unknown := UNKNOWN_LABEL.search(value):
        value = value[: unknown.start()]
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
    if quoted := QUOTED.match(value):
        return quoted["name"]
    issue = ISSUE_DAY.match(value)
    stop = rules.stop.search(value, issue.end() if issue else len(first) if rules.outlets.find(first) else 0)
    return value[: stop.start()] if stop else value
