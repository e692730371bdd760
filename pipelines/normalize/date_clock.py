"""The time of day beside a printed date."""

import re
from typing import NamedTuple

from pipelines.normalize.date_words import PART, to_hour
from pipelines.types import Precision

WEEKDAY = r"(?:星期|周|礼拜)[一二三四五六日天]|\([一二三四五六日天月火水木金土]\)|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?"
# What may stand between a date and its time: white space, brackets, a weekday, a stated zone, a label. No other words: a number
# behind them is a counter ("| 浏览次数: 2168").
GAP = (
    r"(?:[\s,;|/()\[\]<>·•、_T@–—-]|" + WEEKDAY + r"|[^\s\d,.;:|()]{2,6}时间|时间[: ]|发布[: ]|发表[: ]|更新[: ]|at\b|(?:HKT|CST)\s){0,10}?"
)  # fmt: skip
CLOCK = (
    r"(?P<part>" + PART + r")?\s?(?<![\d.])(?:"
    r"(?P<h>2[0-4]|[01]?\d)\s?:\s?(?P<mi>[0-5]\d|\d(?!\d))(?:\s?:\s?(?P<s>[0-5]\d|\d(?!\d))(?:[.,:]\d{1,9}(?=$|\D))?)?"
    r"|(?P<h2>2[0-4]|[01]?\d)\s?(?:点钟?|时(?![间长段]))(?:\s?(?:(?P<mi2>[0-5]?\d)(?:\s?分(?:\s?(?P<s2>[0-5]?\d)\s?秒)?)?|(?P<word>一刻|三刻|半)|整))?"
    r")(?:\s?(?P<part2>[APap]\.?[Mm]\.?)(?![a-zA-Z]))?"
)  # fmt: skip
AFTER = re.compile(r"(?:\.(?=\s))?" + GAP + CLOCK, re.IGNORECASE)
GLUED = re.compile(r"(?P<h>2[0-4]|[01]\d):(?P<mi>[0-5]\d)(?::(?P<s>[0-5]\d))?(?P<part>)(?P<part2>)(?P<h2>)(?P<mi2>)(?P<s2>)(?P<word>)")
BEFORE = re.compile(
    CLOCK + r"(?:\s?(?P<zone>[A-Z]{2,4}(?:[+-]\d{1,2})?))?[\s·•,|-]{0,4}(?:on\s)?(?:" + WEEKDAY + r")?[\s,·]{0,2}$", re.IGNORECASE
)
SPAN = re.compile(r"\s?(?:[-–—~至到]|—{2})\s?" + PART + r"?\s?\d{1,2}\s?[:点时]")
CLOCK_ONLY = re.compile(CLOCK, re.IGNORECASE)
WORDS = {"一刻": 15, "半": 30, "三刻": 45}


class Clock(NamedTuple):
    """A time of day."""

    hour: int
    minute: int
    second: int
    precision: Precision
    end: int
    """Where it ends in the text."""
    start: int = 0
    """Where it begins, if it stands before its date."""
    zone: str = ""
    """An abbreviation between the time and a date behind it."""


def clock_after(text: str, start: int) -> Clock | None:
    """Read the time that follows a date ending at `start`, glued to it or apart."""
    match = GLUED.match(text, start) or AFTER.match(text, start)
    return _read(match) if match else None


def clock_before(text: str, end: int) -> Clock | None:
    """Read the time that stands right before a date beginning at `end` (`下午11:55 · 2023年12月11日`)."""
    base = max(0, end - 30)
    match = BEFORE.search(text[base:end])
    clock = _read(match) if match else None
    return clock._replace(start=base + match.start(), zone=match["zone"] or "") if clock and match else None


def is_span(text: str, start: int) -> bool:
    """Tell a time that is the first of two (`14:00-16:00`): the hours of an event, at `start` behind the first."""
    return SPAN.match(text, start) is not None


def read_clock(match: "re.Match[str]") -> Clock | None:
    """Read the groups of `CLOCK`."""
    return _read(match)


def _read(match: "re.Match[str]") -> Clock | None:
    part = match["part"] or match["part2"] or ""
    hour = to_hour(int(match["h"] or match["h2"]), part.lower())
    if hour is None or hour > 23:
        return None  # 24:00 is the end of some day or other
    minute = match["mi"] or match["mi2"] or WORDS.get(match["word"] or "")
    second = match["s"] or match["s2"]
    precision = Precision.SECOND if second else Precision.HOUR if minute is None else Precision.MINUTE
    return Clock(hour, int(minute or 0), int(second or 0), precision, match.end())
