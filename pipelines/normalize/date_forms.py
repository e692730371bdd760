"""Dates that print their year: every order, separator, era and gluing met on Chinese pages."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from pipelines.normalize.date_clock import clock_after, clock_before, is_span
from pipelines.normalize.date_words import MONTH, MONTHS, Reading, find_zone_word, read_zone
from pipelines.types import Precision

M = r"(?P<m>1[0-2]|0?[1-9])"
D = r"(?P<d>3[01]|[12]\d|0?[1-9])"
END = r"(?:\s?[日号]|(?!\d)|(?=\d\d:\d\d))"  # a day may be glued to its time: 2005.08.2605:39
YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?(?:年|[-/.·_]|,(?!\s))\s?" + M + r"\s?(?:月|[-/.·_,])\s?" + D + END + r"(?!\.\d)")
YEAR_APART = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?" + M + "/" + D + r"(?=\s?\d{1,2}:\d\d)")
"""2023 05/06 08:12, 202305/0608:12: the year is set in another size than the day."""
DAY_APART = re.compile(r"^\s*(?P<d>3[01]|[12]\d|0[1-9])\s?(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>1[0-2]|0[1-9])月?\s*$")
"""06 2023-05: the day is set large beside year and month."""
COMPACT = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?P<t>\d{6}|\d{4}|\s(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?(?![\d.])"
)
COMPACT_CONTEXT = re.compile(r"(?:^|[/_]|[/_]t|[日时][期间]\s?:?\s?|date\W{0,3})$", re.IGNORECASE)
ROC = re.compile(r"民国\s?(?P<before>前)?\s?(?P<y>\d{1,3})\s?[年/.-]\s?" + M + r"\s?[月/.-]\s?" + D + END)
ERA = re.compile(r"(?P<era>令和|平成|昭和)\s?(?P<y>\d{1,2}|元)\s?年\s?" + M + r"\s?月\s?" + D + END)
ERA_YEARS = {"令和": 2018, "平成": 1988, "昭和": 1925}
"""The year before the first of a Japanese era."""
ROC_BARE = re.compile(
    r"(?<![第\d./-])(?P<y>1[0-4]\d)\s?(?P<sep>[年/.-])\s?" + M + r"\s?(?:月|(?P=sep))\s?" + D + r"(?:\s?[日号]|(?!\d))(?![./-]\d)"
)
ROC_TAIL = re.compile(r"(?:^|[)\]】:]\s?)(?P<y>1[01]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])$")
SHORT_YEAR = re.compile(
    r"(?<![\d./-])(?<!\d:)(?P<y>\d\d)\s?(?P<sep>[年/.-])\s?" + M + r"\s?(?:月|(?P=sep))\s?" + D + r"(?:\s?[日号]|(?!\d))(?![./-]\d)"
)
DAY_MONTH = re.compile(
    r"(?<!\d)(?<!\d:)" + D + r"(?:st|nd|rd|th)?[\s,./-]{1,2}" + MONTH + r"[\s,./-]{1,3}(?P<y>(?:19|20)\d\d)(?!\d)", re.IGNORECASE
)
MONTH_DAY = re.compile(r"(?<![A-Za-z])" + MONTH + r"\s?" + D + r"(?:st|nd|rd|th)?(?:\s?,\s?|\s)(?P<y>(?:19|20)\d\d)(?!\d)", re.IGNORECASE)
YEAR_LAST = re.compile(r"(?<![\d./-])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d)(?!\d)")
JAVA = re.compile(
    r"(?<![A-Za-z])" + MONTH + r"\s" + D + r"\s(?P<clock>\d\d:\d\d:\d\d)\s(?P<zone>[A-Z]{1,4}|GMT[+-]\d\d:\d\d)\s(?P<y>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
UNIX = re.compile(r"^\s*(?P<s>\d{10})(?:\d{3})?\s*$")
MONTH_ONLY = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?年\s?" + M + r"\s?月(?=\s?[号刊期份]|\s*$|\s?[)\]】》])")
MONTH_WHOLE = re.compile(r"^\W*(?P<y>(?:19|20)\d\d)[-/.](?P<m>0[1-9]|1[0-2])\W*$")
URL_SPLIT = re.compile(r"^/(?P<y>(?:19|20)\d\d|\d\d)/(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])$")
YEAR_WHOLE = re.compile(r"^\W*(?P<y>(?:19|20)\d\d)\s?年\W*$")
ORDINARY = (YEAR_FIRST, ROC, ERA, DAY_MONTH, MONTH_DAY, YEAR_APART, DAY_APART)


def dated(text: str, match: "re.Match[str]", year: int, month: int, day: int) -> Reading | None:
    """Join a date with the time and zone printed around it; None: no such day."""
    try:
        when = datetime(year, month, day)
    except ValueError:
        return None
    begin = start = match.start()
    end = match.end()
    clock = clock_after(text, end)
    if clock:
        is_full = clock.precision is Precision.SECOND or text[end : end + 1] == "T"
        zone, end = read_zone(text, clock.end, is_full=is_full)
        if is_span(text, clock.end) and (zone is None or text[end : end + 1] == ":"):
            return None
    else:
        clock = clock_before(text, start)
        zone = read_zone(clock.zone, 0)[0] if clock else None
        begin = clock.start if clock else start
    if clock is None or (clock.hour, clock.minute, clock.second) == (0, 0, 0):
        return Reading(when, Precision.DAY, start, end)  # a CMS prints 00:00 where it holds no time
    when = when.replace(hour=clock.hour, minute=clock.minute, second=clock.second)
    zone = zone or find_zone_word(text[max(0, start - 14) : end + 12])
    return Reading(when, clock.precision, begin, end, zone)


def find_absolute(text: str, *, reference: datetime, near: date | None = None) -> Iterator[Reading]:
    """Yield the dates with a year in a folded text, surest form first.

    `reference`: the fetch, in the page's zone. `near`: a day that the page tells elsewhere; it decides between 3 April and 4 March.
    """
    found = [reading for form in ORDINARY for match in form.finditer(text) if (reading := _ordinary(text, match))]
    yield from sorted(found, key=lambda reading: reading.start)
    if found:
        return
    yield from _year_last(text, near)
    for find in (_url, _java, _unix, _compact, _roc_bare, _short_year, _coarse):
        yield from find(text, reference)


def _ordinary(text: str, match: "re.Match[str]") -> Reading | None:
    groups = match.groupdict()
    month = MONTHS[groups["mon"].lower()] if "mon" in groups else int(groups["m"])
    year = 1 if groups["y"] == "元" else int(groups["y"])
    if match.re is ERA:
        year += ERA_YEARS[groups["era"]]
    if match.re is ROC:
        year = 1912 - year if groups["before"] else 1911 + year
    return dated(text, match, year, month, int(groups["d"]))


def _unix(text: str, reference: datetime) -> Iterator[Reading]:
    if match := UNIX.match(text):
        when = datetime.fromtimestamp(int(match["s"]), UTC)
        if 1995 <= when.year <= reference.year + 1:
            local = when.astimezone(reference.tzinfo)
            yield Reading(local.replace(tzinfo=None), Precision.SECOND, match.start(), match.end())


def _url(text: str, reference: datetime) -> Iterator[Reading]:
    """`/2012/0117` and `/12/0117`, as found in addresses."""
    if match := URL_SPLIT.match(text):
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        if year <= reference.year and (reading := dated(text, match, year, int(match["m"]), int(match["d"]))):
            yield reading


def _java(text: str, reference: datetime) -> Iterator[Reading]:
    """`Sat Mar 09 18:05:00 CST 2024`: a Java server that prints its date as it stands."""
    for match in JAVA.finditer(text):
        zone, _ = read_zone(text, match.start("zone"))
        try:
            when = datetime.strptime(match["clock"], "%H:%M:%S").replace(
                year=int(match["y"]), month=MONTHS[match["mon"].lower()], day=int(match["d"])
            )
        except ValueError:
            continue
        yield Reading(when, Precision.SECOND, match.start(), match.end(), zone)


def _compact(text: str, reference: datetime) -> Iterator[Reading]:
    for match in COMPACT.finditer(text):
        time = "".join(filter(str.isdigit, match["t"] or ""))
        if len(time) == 6 or COMPACT_CONTEXT.search(text[: match.start()]):
            hour, minute, second = int(time[:2] or 0), int(time[2:4] or 0), int(time[4:] or 0)
            precision = Precision.SECOND if len(time) == 6 else Precision.MINUTE if time.strip("0") else Precision.DAY
            precision = precision if time.strip("0") else Precision.DAY
            try:
                when = datetime(int(match["y"]), int(match["m"]), int(match["d"]), hour, minute, second)
            except ValueError:
                continue
            zone, end = read_zone(text, match.end()) if time else (None, match.end())
            yield Reading(when, precision, match.start(), end, zone)


def _year_last(text: str, near: date | None) -> Iterator[Reading]:
    """`7/5/2005 9:23:57 PM` is written by American servers; without AM or PM only an order that is certain is read."""
    for match in YEAR_LAST.finditer(text):
        a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
        american = re.match(r"\s*\d{1,2}:\d\d(?::\d\d)?\s?[AaPp]\.?[Mm]", text[match.end() :])
        if b > 12 or (american and a <= 12) or _is_near(year, a, b, near):
            month, day = a, b
        elif a > 12 or a == b or match["sep"] == "." or _is_near(year, b, a, near):
            month, day = b, a
        else:
            continue
        if reading := dated(text, match, year, month, day):
            yield reading


def _is_near(year: int, month: int, day: int, near: date | None) -> bool:
    try:
        return near is not None and abs(date(year, month, day) - near) <= timedelta(days=1)
    except ValueError:
        return False


def _roc_bare(text: str, reference: datetime) -> Iterator[Reading]:
    for match in (*ROC_BARE.finditer(text), *ROC_TAIL.finditer(text)):
        year = int(match["y"]) + 1911
        if year <= reference.year + 1 and (reading := dated(text, match, year, int(match["m"]), int(match["d"]))):
            yield reading


def _short_year(text: str, reference: datetime) -> Iterator[Reading]:
    for match in SHORT_YEAR.finditer(text):
        year = 2000 + int(match["y"])
        reading = dated(text, match, year, int(match["m"]), int(match["d"])) if year <= reference.year else None
        # 10/11/12 may be any order: only a time, or a year that is no day or month, makes it sure
        if reading and (reading.precision is not Precision.DAY or match["sep"] == "年" or (match["sep"] == "-" and int(match["y"]) > 12)):
            yield reading


def _coarse(text: str, reference: datetime) -> Iterator[Reading]:
    if match := MONTH_ONLY.search(text) or MONTH_WHOLE.match(text):
        yield Reading(datetime(int(match["y"]), int(match["m"]), 1), Precision.MONTH, match.start("y"), match.end())
    elif match := YEAR_WHOLE.match(text):
        yield Reading(datetime(int(match["y"]), 1, 1), Precision.YEAR, match.start("y"), match.end("y") + 1)
