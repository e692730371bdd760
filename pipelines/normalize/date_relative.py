"""Dates that lean on the time of the fetch: without a year, or counted back from it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from pipelines.normalize.date_clock import CLOCK, CLOCK_ONLY, Clock, clock_after, read_clock
from pipelines.normalize.date_forms import D, M, dated
from pipelines.normalize.date_words import Reading, read_numeral
from pipelines.types import Precision

SHORT_LINE = 45
"""Characters: a relative date in a longer line is prose ("他三年前…")."""
LABEL = r"^[\W_]*(?:(?:发[布表]|更新|日期|时间|发布时间|发布日期|发表于|发布于|回复|来自)[\s:·]*){0,2}"
YEARLESS = re.compile(r"(?<![\d年/.-])(?<!\d\s)" + M + r"\s?月\s?" + D + r"\s?[日号]")
YEARLESS_NUMERIC = re.compile(r"(?<![\d/.-])(?<!\d:)" + M + r"[-/]" + D + r"(?=\s\s?[012]?\d:[0-5]\d|[012]\d:[0-5]\d)")
YEARLESS_WHOLE = re.compile(LABEL + r"(?P<date>" + M + r"-" + D + r")[\W_]*$")
# Behind a day of the month without a time: a dateline (电, 讯), a report, a field that follows, or the end; else it is prose.
FOLLOWS = re.compile(r"\s?(?:电|讯|消息|报道|报导|上午|下午|发布|发表|更新|来源|作者|编辑|[|)\]】·<>(\[【]|$|\s)")
NUMBER = r"(?P<n>\d{1,4}|[一二两三四五六七八九十半]{1,3})"
AGO = re.compile(
    NUMBER
    + r"\s?个?(?P<and_half>半)?(?P<unit>秒|分|小时|时间|钟头|天|日|月|年)钟?(?P<half>半)?(?:零?(?P<n2>\d{1,2})\s?分钟?)?\s?[以之]?前(?![往后夕沿线景台进方任])"
)
AGO_ENGLISH = re.compile(r"\b(?P<n>\d{1,3}|an?|one)\s?(?P<unit>sec|min|hour|hr|day|month|year)[a-z]*\.?\sago\b", re.IGNORECASE)
AGO_KOREAN = re.compile(r"(?P<n>\d{1,4})\s?(?P<unit>초|분|시간|일|개월|년)\s?전")
DAY_WORD = re.compile(r"(?P<word>大前天|前天|前日|昨天|昨日|今天|今日|前晚|昨晚|昨夜|今早|今晨|今晚|yesterday|today)", re.IGNORECASE)
DAYS_BACK = {"大前天": 3, "前天": 2, "前日": 2, "前晚": 2, "昨天": 1, "昨日": 1, "昨晚": 1, "昨夜": 1, "yesterday": 1}
WEEK = re.compile(r"(?P<which>上|本|这)(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
OF_MONTH = re.compile(r"(?P<which>上|本)个?月\s?" + D + r"\s?[日号]")
OF_YEAR = re.compile(r"(?P<which>去|今|前)年\s?" + M + r"\s?月\s?" + D + r"\s?[日号]")
JUST_NOW = re.compile(LABEL + r"(?:刚刚|刚才|just now)[\W_]*(?:发布|发表|更新)?$", re.IGNORECASE)
TIME_WHOLE = re.compile(LABEL + r"(?:今[天日])?\s?" + CLOCK + r"[\W_]*$", re.IGNORECASE)


def find_yearless(text: str, *, reference: datetime, near: date | None = None) -> Iterator[Reading]:
    """Yield days of the month without a year: in the year of `near`, a day the page tells elsewhere, else in the latest before the fetch."""
    for match in (*YEARLESS.finditer(text), *YEARLESS_NUMERIC.finditer(text), *YEARLESS_WHOLE.finditer(text)):
        reading = _latest(text, match, reference, near)
        if reading and (reading.precision is not Precision.DAY or match.re is YEARLESS_WHOLE or _is_dateline(text, match)):
            yield reading


def _is_dateline(text: str, match: "re.Match[str]") -> bool:
    return len(text) <= 2 * SHORT_LINE and FOLLOWS.match(text, match.end()) is not None


def _latest(text: str, match: "re.Match[str]", reference: datetime, near: date | None) -> Reading | None:
    if near and (near.month, near.day) == (int(match["m"]), int(match["d"])):
        return dated(text, match, near.year, near.month, near.day)
    now = reference.replace(tzinfo=None)
    for year in (reference.year, reference.year - 1):
        reading = dated(text, match, year, int(match["m"]), int(match["d"]))
        if reading and reading.when <= now + timedelta(hours=14):  # the page may lie east of us
            return reading if reading.when > now - MAX_AGE else None
    return None


def find_relative(text: str, *, reference: datetime, near: date | None = None) -> Iterator[Reading]:
    """Yield what is counted back from `reference` (aware, in the page's zone): `3小时前`, `昨天 21:26`, `上月25日`, `08:51`."""
    if len(text) > SHORT_LINE:
        return
    for find in (_ago, _day_word, _of_unit, _now):
        if reading := find(text, reference.replace(tzinfo=None)):
            if reading.when <= reference.replace(tzinfo=None) + timedelta(minutes=10):
                yield reading
            return


def is_counted_back(text: str) -> bool:
    """Tell whether a printed date means another day, or another minute, at each fetch.

    >>> is_counted_back("3小时前"), is_counted_back("昨天 21:26"), is_counted_back("2024-03-01 08:30")
    (True, True, False)
    """
    return not _WHOLE.match(text) and next(find_relative(text, reference=_ANY_TIME), None) is not None


_LEANING = "前전昨今上本这去刚a-zA-Z"
"""One of these is in every date that is counted back, but for a bare time of day."""
_WHOLE = re.compile(rf"[^{_LEANING}]*?\b(?:19|20)\d\d[-/.年][^{_LEANING}]*$")
_ANY_TIME = datetime(2024, 3, 1, 23, 55, tzinfo=UTC)
MAX_AGE = timedelta(days=340)
"""Nearly a year back, a date without a year is as likely one of the days to come, or of some year before."""
UNITS = {
    "秒": "s", "分": "m", "小时": "h", "时间": "h", "钟头": "h", "天": "d", "日": "d", "月": "M", "年": "y",
    "sec": "s", "min": "m", "hour": "h", "hr": "h", "day": "d", "month": "M", "year": "y",
    "초": "s", "분": "m", "시간": "h", "일": "d", "개월": "M", "년": "y",
}  # fmt: skip


def _ago(text: str, now: datetime) -> Reading | None:
    match = AGO.search(text) or AGO_ENGLISH.search(text) or AGO_KOREAN.search(text)
    if not match:
        return None
    unit = UNITS[match["unit"].lower()]
    n, extra = _amount(match, unit)
    if n is None:
        return None
    span = match.start(), match.end()
    if unit in "sm":
        when = now - (timedelta(seconds=n) if unit == "s" else timedelta(minutes=n))
        return Reading(when.replace(second=0, microsecond=0), Precision.MINUTE, *span)
    if unit == "h":
        when = (now - timedelta(hours=n, minutes=extra)).replace(second=0, microsecond=0)
        return Reading(when, Precision.MINUTE, *span) if extra else Reading(when.replace(minute=0), Precision.HOUR, *span)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "d":
        return Reading(day - timedelta(days=n), Precision.DAY, *span) if n < 1000 else None
    months = day.year * 12 + day.month - 1 - n * (12 if unit == "y" else 1)
    when = day.replace(year=months // 12, month=months % 12 + 1 if unit == "M" else 1, day=1)
    return Reading(when, Precision.MONTH if unit == "M" else Precision.YEAR, *span)


def _amount(match: "re.Match[str]", unit: str) -> tuple[int | None, int]:
    """The number of units and the minutes beside it; (None, 0) where it is vague."""
    groups = match.groupdict()
    if groups["n"].lower() in ("a", "an", "one"):
        return 1, 0
    if groups["n"] == "半":
        return (0, 30) if unit == "h" else (None, 0)
    extra = 30 if groups.get("half") or groups.get("and_half") else int(groups.get("n2") or 0)
    return (read_numeral(groups["n"]), extra) if unit == "h" or not extra else (None, 0)


def _day_word(text: str, now: datetime) -> Reading | None:
    for match in DAY_WORD.finditer(text):
        word = match["word"].lower()
        day = (now - timedelta(days=DAYS_BACK.get(word, 0))).replace(hour=0, minute=0, second=0, microsecond=0)
        # the part of the day may be in the word itself: 昨晚8点
        clock_start = match.end() - 1 if word[-1] in "晚早" else match.end()
        clock = clock_after(text, clock_start)
        if clock:
            return _at(day, clock, match.start())
        if re.fullmatch(LABEL + re.escape(match["word"]) + r"[\W_]*", text, re.IGNORECASE):
            return Reading(day, Precision.DAY, match.start(), match.end())
    return None


def _at(day: datetime, clock: Clock, start: int) -> Reading:
    return Reading(day.replace(hour=clock.hour, minute=clock.minute, second=clock.second), clock.precision, start, clock.end)


def _of_unit(text: str, now: datetime) -> Reading | None:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := WEEK.search(text):
        monday = today - timedelta(days=today.weekday() + (7 if match["which"] == "上" else 0))
        day = monday + timedelta(days="一二三四五六日天".index(match["day"]) % 7 if match["day"] != "天" else 6)
    elif match := OF_MONTH.search(text):
        first = today.replace(day=1)
        month = (first - timedelta(days=1)).replace(day=1) if match["which"] == "上" else first
        return dated(text, match, month.year, month.month, int(match["d"]))
    elif match := OF_YEAR.search(text):
        return dated(text, match, today.year - {"今": 0, "去": 1, "前": 2}[match["which"]], int(match["m"]), int(match["d"]))
    else:
        return None
    clock = clock_after(text, match.end())
    return _at(day, clock, match.start()) if clock else Reading(day, Precision.DAY, match.start(), match.end())


def _now(text: str, now: datetime) -> Reading | None:
    if JUST_NOW.match(text):
        return Reading(now.replace(second=0, microsecond=0), Precision.MINUTE, 0, len(text))
    if (match := TIME_WHOLE.match(text)) and (clock := read_clock(match)) and CLOCK_ONLY.search(text):
        return _at(now.replace(hour=0, minute=0, second=0, microsecond=0), clock, match.start("part") if match["part"] else 0)
    return None
