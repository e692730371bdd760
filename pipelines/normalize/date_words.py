"""The words of printed dates: numerals, parts of the day, zones, months; and folding of widths and scripts."""

import html
import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.repair.script import to_simplified_table
from pipelines.types import Precision


class Reading(NamedTuple):
    """A date found in a folded text."""

    when: datetime
    """Naive, in `zone` or in the page's own."""
    precision: Precision
    start: int
    end: int
    zone: tzinfo | None = None
    """Only where the text states one."""


# One character to one character, so that places in the folded text are places in the printed one.
FOLD = to_simplified_table() | {i + 0xFEE0: i for i in range(0x21, 0x7F)} | {
    ord(a): b
    for a, b in {
        "\u3000": " ", "\xa0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\n": " ", "\r": " ",
        "〜": "~", "～": "~", "﹕": ":", "∶": ":", "︰": ":", "﹣": "-", "－": "-", "‐": "-", "‑": "-",
    }.items()
}  # fmt: skip


def fold(text: str) -> str:
    """Fold widths, spaces and Traditional characters; undo entities left in.

    >>> fold("２０２２年１２月２０日　０８：５１"), fold("12小時前")
    ('2022年12月20日 08:51', '12小时前')
    """
    return (html.unescape(text) if "&" in text else text).translate(FOLD)


DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "Ｏ": 0,
    "O": 0,
    "o": 0,
    "0": 0,
    "两": 2,
    "廿": 20,
    "卅": 30,
}
NUMERAL = re.compile(r"[〇○零一二三四五六七八九十百廿卅]{1,6}(?=\s?[年月日号时点分])|[一二][〇○零Oo0一二三四五六七八九]{3}(?=\s?年)")


LONGEST_NUMBER = 18
"""Digits of a number that is read."""


def read_numeral(text: str) -> int | None:
    """Read an integer in digits, or in Chinese numerals below 1,000 or digit by digit; None: not one, or too long.

    >>> [read_numeral(n) for n in ("二〇二二", "二十三", "廿一", "十", "一百一十三", "12")]
    [2022, 23, 21, 10, 113, 12]
    """
    if text.isdecimal():
        return int(text) if len(text) <= LONGEST_NUMBER else None
    if "百" in text:
        hundreds, _, rest = text.partition("百")
        more = read_numeral(rest.lstrip("零〇")) if rest else 0
        return _times(hundreds, 100) + more if more is not None and more < 100 and _is_digit(hundreds) else None
    if not text or any(c not in DIGITS and c != "十" for c in text):
        return None
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _times(tens, 10) + (DIGITS[ones] if ones else 0) if _is_digit(tens) and _is_digit(ones) else None
    if text[0] in "廿卅":
        return DIGITS[text[0]] + (DIGITS[text[1]] if len(text) == 2 else 0) if len(text) < 3 else None
    return int("".join(str(DIGITS[c]) for c in text)) if len(text) <= LONGEST_NUMBER and not set(text) & set("廿卅") else None


def _is_digit(text: str) -> bool:
    """Tell whether a numeral from 0 to 9 stands there, or nothing."""
    return not text or DIGITS.get(text, 10) < 10


def _times(digit: str, unit: int) -> int:
    return (DIGITS[digit] if digit else 1) * unit


def unfold_numerals(text: str) -> str:
    """Write the Chinese numerals before date units in digits.

    >>> unfold_numerals("二〇二二年十二月廿日")
    '2022年12月20日'
    """
    return NUMERAL.sub(lambda m: str(number) if (number := read_numeral(m[0])) is not None else m[0], text)


# --- parts of the day -------------------------------------------------------------------------------------------------------
PART = r"(?:午前|오전|오후|上午|下午|凌晨|清晨|早晨|早上|早间|中午|午后|午间|傍晚|晚上|晚间|夜间|深夜|夜里|早|晚|午夜|[ap]\.?m\.?(?![a-z]))"
AFTERNOON = re.compile(r"下午|오후|午后|傍晚|晚|夜|p", re.IGNORECASE)
MORNING = re.compile(r"上午|午前|오전|凌晨|清晨|早|a", re.IGNORECASE)
NOON = re.compile(r"中午|午间")


def to_hour(hour: int, part: str) -> int | None:
    """Return the hour of the day, 0 to 24, of a clock hour in a part of the day; None: they contradict.

    >>> to_hour(2, "下午"), to_hour(12, "上午"), to_hour(12, "中午"), to_hour(12, "PM"), to_hour(1, "凌晨"), to_hour(14, "下午")
    (14, 0, 12, 12, 1, 14)
    """
    if not part or hour > 12:
        return hour
    if NOON.match(part):
        return 12 + hour % 12 if hour in (12, 1, 2) else hour
    if part in ("深夜", "夜里", "夜间", "午夜", "晚上", "晚间", "晚") and (hour == 12 or hour < 5):
        return None if hour == 12 else hour
    if AFTERNOON.match(part):
        return 12 + hour % 12
    return hour % 12 if MORNING.match(part) else hour


# --- zones ------------------------------------------------------------------------------------------------------------------
CITY_ZONES = {
    "北京": "Asia/Shanghai", "京港台": "Asia/Shanghai", "香港": "Asia/Hong_Kong", "台北": "Asia/Taipei", "台湾": "Asia/Taipei", "澳门": "Asia/Macau",
    "格林尼治": "UTC", "格林威治": "UTC", "世界": "UTC", "国际": "UTC", "协调世界": "UTC", "东京": "Asia/Tokyo", "首尔": "Asia/Seoul", "新加坡": "Asia/Singapore",
    "伦敦": "Europe/London", "巴黎": "Europe/Paris", "柏林": "Europe/Berlin", "莫斯科": "Europe/Moscow", "悉尼": "Australia/Sydney",
    "美东": "America/New_York", "美国东部": "America/New_York", "纽约": "America/New_York", "华盛顿": "America/New_York",
    "美西": "America/Los_Angeles", "美国西部": "America/Los_Angeles", "洛杉矶": "America/Los_Angeles", "太平洋": "America/Los_Angeles",
}  # fmt: skip
ZONE_WORD = re.compile("(" + "|".join(sorted(CITY_ZONES, key=len, reverse=True)) + r")(?:标准|夏令|当地)?时间")
# CST is China here: Java servers of Chinese sites print it.
SHORT_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "CST": 8, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2,
}  # fmt: skip
AMERICAN_ZONES = {"ET": "America/New_York", "CT": "America/Chicago", "PT": "America/Los_Angeles"}
AMERICAN = re.compile(r"\s*\(?(ET|CT|PT)\b\)?")
OFFSET = re.compile(r"\s*\(?(?:(?:UTC|GMT)\s?)?([+-])(\d{1,2}):?(\d{2})?\)?(?!\d)")
SHORT = re.compile(r"\s*\(?(Z|UTC|GMT|CST|HKT|SGT|JST|KST|EST|EDT|PST|PDT|BST|CET|CEST)\b\)?")


def read_zone(text: str, start: int, *, is_full: bool = True) -> tuple[tzinfo | None, int]:
    """Read a zone printed at `start`, after the time; (None, start) where there is none.

    `is_full`: the time has seconds or is in ISO form; only then is "-04:00" an offset and not the end of a span of hours.
    """
    if match := OFFSET.match(text, start):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        is_named = "UTC" in match[0] or "GMT" in match[0]
        is_signed = match[1] == "+" and (match[3] or len(match[2]) == 2)
        if minutes <= 14 * 60 and (is_named or is_signed or (is_full and match[3])):
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)), match.end()
    if match := AMERICAN.match(text, start):
        return ZoneInfo(AMERICAN_ZONES[match[1]]), match.end()
    if match := SHORT.match(text, start):
        return timezone(timedelta(hours=SHORT_ZONES[match[1]])), match.end()
    return None, start


def find_zone_word(text: str) -> tzinfo | None:
    """Find a zone stated in words (`北京时间`, `格林尼治标准时间`) in a folded text."""
    if "时间" not in text:
        return None
    match = ZONE_WORD.search(text)
    return ZoneInfo(CITY_ZONES[match[1]]) if match else None


MONTHS = {name: i // 2 + 1 for i, name in enumerate(
    "jan january feb february mar march apr april may may jun june jul july aug august sep september oct october nov november dec december".split()
)} | {"sept": 9}  # fmt: skip
MONTH = "(?P<mon>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
