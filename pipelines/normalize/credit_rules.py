"""The words of credit lines, as rows: labels and what they stand for, values that name nobody, words that end a value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.either_script import HONG_KONG, compile_either, either_script, either_words, forms_of, is_traditional
from pipelines.errors import RuleError
from pipelines.normalize.outlets import OutletTable, outlet_key

LABEL_ROLES = ("source", "origin", "via", "author", "editor", "photo", "other")
WORD_ROLES = (
    "stop", "no_source", "network", "self", "nobody", "reporter", "tail", "photo_tail", "outlet_tail", "account_tail", "section_head", "channel", "place",
    "region", "given_name", "compound_surname", "surname",
)  # fmt: skip
COLON = r"[:：︰﹕∶]"
BAR = r"[|｜丨/／╱_＿]"
BULLETS = "●•·◆■□▪★☆◎○»>@ "
"""Marks before an item of a list or a line of its own."""
CLOSED = r"[】\]](?=\s?[^\s【\[])"
"""What ends a label in brackets before its value: 【记者】某某."""
# One look at a character spares trying every form at it: the same classes must begin the forms.
DATE = compile_either(
    r"(?=[\d\s上下晚凌昨今前])(?:(?:\d{4}|\d{2})\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:日|号)?(?:\s?[（(]?(?:星期|周)[一二三四五六日天][）)]?)?|\d{1,2}月\d{1,2}日|(?<!\d)\d\d-\d\d(?=\s\d{1,2}:\d\d)"
    r"|(?:上午|下午|晚上|凌晨)?\s?\d{1,2}\s?[:：]\s?\d{2}(?:\s?[:：]\s?\d{2})?(?:\s?[AaPp][Mm])?(?:\s?[（(]?(?:星期|周)[一二三四五六日天][）)]?)?|\d{1,3}\s?(?:分钟|小时|天|日)前|[昨今前]天)"
)
PROVIDED = compile_either(
    r"(?:(?:内容|本文|稿件|文章|作品)[由系]|(?<!\S)由\s)(?P<name>[^，。、由（()）]{2,16}?)\s?(?:提供|授权|供稿|首发|原创|发[表布]于)"
)
"""本文由某某提供, 由 某某 發表于: the outlet stands between two words."""
COUNTER = either_script(r"(?:已?有)?\d[\d.,]*\s?[万kK]?\s?[条人次个]?\s?(?:评论|跟帖|阅读|浏览|点击|回复|回覆|参与|人气)")
NUMBERED = either_script(
    r"(?:浏览|阅读|点击|评论|人气|播放)(?:量|数|次数)?\s?[:：]?\s?\d[\d.,]*\s?[万kK]?\s?次?|[条次](?:评论|阅读|浏览|点击)"
)
"""A counter behind its word, which nothing parts from the value before it: 某某新闻浏览 2.3w, 某某网条评论."""
ADDRESS = re.compile(
    r"(?:https?://|www\.)[\w./?=&%#:-]*|(?<![A-Za-z0-9_])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:com|cn|net|org|tw|hk)(?:\.\w\w)?\b",
    re.IGNORECASE,
)
POSTED_ON = either_script(r"(?:发布|发表|更新|刊发|刊登|上传)于\s?(?=[12]\d{3}\s?[-/.年])")
"""What leads to a date, glued to the value before it where each stands in an element of its own: 来源：某报发布于2024-01-02."""
PROVINCES = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
    "|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾)"
)
GLUED_STOP = 4
"""Characters of a button's words that no name ends with: they end a value that nothing parts from them (某某某我要评论)."""
REPORTED = either_words("报道", "报导")
"""Labels before a colon alone: else the names stand before them (某某某 報導 / 某市)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRules:
    """data/tables/credit_words.toml, compiled, with the outlets."""

    outlets: OutletTable
    label: re.Pattern[str]
    """Groups `word` and `sep`: a label with what divides it from its value."""
    credit_label: re.Pattern[str]
    """The same without the labels of role `other`: whether a line is a credit line at all."""
    bare: re.Pattern[str]
    """Group `word`: a label that may stand directly before its value."""
    role_of: Mapping[str, str]
    """Label without spaces to its role."""
    stop: re.Pattern[str]
    """What ends a value: counters, advice to the reader, dates, addresses."""
    button: re.Pattern[str]
    """Words of `stop` glued to the end of a value, as a button beside it is where the markup has no space."""
    words: Mapping[str, frozenset[str]]
    """Role to its words."""
    keys: Mapping[str, frozenset[str]]
    """Role to `outlet_key` of its words, for values compared as a whole."""
    reporter: re.Pattern[str]
    given_name: re.Pattern[str]
    """One or two names that stand without a surname."""
    tail: re.Pattern[str]
    """Words behind names, at the end of the text."""
    photo_tail: re.Pattern[str]
    outlet_tail: re.Pattern[str]
    account_tail: re.Pattern[str]
    """What ends the name of an account; not `$`: the line goes on."""
    section_head: re.Pattern[str]
    """What opens the name of a section."""
    channel: re.Pattern[str]
    """Channel words at the end of an outlet's name."""
    place: re.Pattern[str]
    """Place names at the end of the text."""


def compile_credit_rules(rows: Sequence[Mapping[str, Any]], outlets: OutletTable) -> CreditRules:
    """Compile the rows.

    Raises:
        RuleError: a row has an unknown key or role, or a label stands for two roles.
    """
    words: dict[str, list[str]] = {role: [] for role in (*LABEL_ROLES, *WORD_ROLES)}
    bare: list[str] = []
    for row in rows:
        if set(row) - {"role", "bare", "words", "seen"} or row.get("role") not in words:
            raise RuleError(f"data/tables/credit_words.toml: wrong key or role in {row.get('role')}")
        forms = [form for word in row["words"] for form in (_surnames(word) if row["role"] == "surname" else forms_of(word))]
        words[row["role"]] += forms
        bare += forms if row.get("bare") else []
    return CreditRules(
        outlets=outlets,
        label=_label(w for role in LABEL_ROLES for w in words[role]),
        credit_label=_label(w for role in LABEL_ROLES[:-1] for w in words[role]),
        bare=re.compile(rf"(?P<word>{_any(bare)})\s*{COLON}?\s*(?=\S)"),
        role_of=_role_of(words),
        stop=re.compile(
            rf"{POSTED_ON}|{DATE.pattern}|{ADDRESS.pattern}|{COUNTER}|{NUMBERED}|(?<![㐀-鿿A-Za-z])(?:{_any(words['stop'])})"
            rf"|(?:{_any(w for w in words['stop'] if len(w) >= GLUED_STOP)})|。",
            re.IGNORECASE,
        ),
        button=re.compile(rf"(?:{_any(w for w in words['stop'] if len(w) > 1)})$"),
        words={role: frozenset(found) for role, found in words.items()},
        keys={
            role: frozenset(map(outlet_key, found)) for role, found in words.items() if role in ("no_source", "network", "self", "nobody")
        },
        reporter=re.compile(_any(words["reporter"])),
        given_name=re.compile(rf"(?:{_any(words['given_name'])}){{1,2}}"),
        tail=re.compile(
            rf"(?:(?:{_any(w for w in words['tail'] if len(w) > 1)})|(?<=[\s/／])(?:{_any(w for w in words['tail'] if len(w) == 1)})|等)+[。.]?$"
        ),
        photo_tail=re.compile(rf"(?:{_any(words['photo_tail'])})[。.]?$"),
        outlet_tail=re.compile(rf"(?:{_any(words['outlet_tail'])})$"),
        account_tail=re.compile(rf"(?:{_any(words['account_tail'])})(?![㐀-鿿])"),
        section_head=re.compile(_any(words["section_head"])),
        channel=re.compile(rf"[\s·•:：-]*(?:{_any(words['channel'])})$"),
        place=re.compile(rf"(?:{_any(words['place'])})$"),
    )


def _surnames(chars: str) -> list[str]:
    """Return surnames in either script. 余 and 范 stay what they are in Traditional texts, where 餘 and 範 name nobody."""
    return [form for char in chars for form in ([char] if is_traditional(char) and char not in HONG_KONG else forms_of(char))]


def _label(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?P<word>{_spaced(words)})(?P<sep>\s?{COLON}|\s?{BAR}|{CLOSED}\s?|\s+(?=\S)|(?=[《“「]))")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) or r"(?!)"


def _spaced(words: Iterable[str]) -> str:
    # "来 源：", "作　者：": two-character labels are padded to the width of longer ones.
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(r"\s{0,2}".join(map(re.escape, w)) if len(w) == 2 else re.escape(w) for w in ordered) or r"(?!)"


def _role_of(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in LABEL_ROLES:
        for word in words[role]:
            if found.setdefault("".join(word.split()), role) != role:
                raise RuleError(f"data/tables/credit_words.toml: {word} stands for {found[word]} and {role}")
    return found
