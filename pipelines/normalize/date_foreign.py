"""Dates in other languages: left to dateparser, never Chinese ones, which it reads wrongly without saying so."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipelines.types import Precision, PublishedTime

LETTERS = re.compile(r"\d.*[a-zà-ÿа-яё]{3}|[a-zà-ÿа-яё]{3}.*\d|[ぁ-んァ-ヶ가-힣]", re.IGNORECASE)
NEIGHBOURS = re.compile(r"[ぁ-んァ-ヶ가-힣]")
CJK = re.compile(r"[\u4e00-\u9fff]")
LANGUAGES = ["en", "fr", "de", "es", "pt", "it", "ru", "ja", "ko", "vi", "id"]
MIN_CHARS, MAX_CHARS = 6, 60
MONTH = (
    "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|f[eé]v|feb|mar|m[äa]rz|apr|avr|abr|ma[iy]|may|mei|mag|juin|juil|jun|jul|giu|lug|a[oû][uû]t|aug|ago|agu"
    "|sep|set|okt|oct|out|ott|nov|dez|dec|d[eé]c|dic|des|gen|ene"
)
CLOCK = r"(?:[,\s.|·•–-]{1,4}(?:в|à|às|a las|alle|um|at|ore|pukul|om)?\s{0,2}\d{1,2}\s?[:h.]\s?\d\d(?::\d\d)?(?:\s?(?:Uhr|WIB|WITA|WIT|[A-Z]{3,4}\b))?)?"
PRINTED = re.compile(
    rf"(?<![\d.])\d{{1,2}}(?:\.|º|er|o)?\s(?:de\s|di\s)?(?:{MONTH})[a-zà-ÿа-яё]{{0,8}}\.?,?\s(?:de[l]?\s)?(?:19|20)\d\d(?:\s?г\.?(?:ода)?)?{CLOCK}"
    rf"|\d{{1,2}}\stháng\s\d{{1,2}},?\s(?:năm\s)?(?:19|20)\d\d{CLOCK}"
    r"|(?:19|20)\d\d년\s?\d{1,2}월\s?\d{1,2}일(?:\s?(?:오전|오후)?\s?\d{1,2}(?::\d\d|시\s?\d{1,2}분))?"
    r"|\b\d{1,2}\s(?:минут|час|дн|день|дня)[а-я]{0,2}\sназад|\b(?:vor|hace|il y a|há)\s(?:\d{1,2}|un[ea]?|einer|einem)\s(?:min|stun|tag|hor|h[ée]ur|jour|d[ií]a)[a-zé]{0,6}"
    r"|\b(?:вчера|сегодня|gestern|heute|hier|aujourd.hui|ayer|hoy|ieri|oggi|ontem|hoje)[,\s]{1,2}(?:в\s|à\s|um\s|a las\s|às\s|alle\s)?\d{1,2}[:h]\d\d",
    re.IGNORECASE,
)
"""What in a line of a page in another language is a date; a language's own order of day and month is not guessed from digits."""
HOUR_SIGN = re.compile(r"(\d{1,2})\s?h\s?(\d\d)(?!\d)|(?<=\s)(\d{1,2})\.(\d\d)(?=\s(?:Uhr|WI[BT]|WITA))")
YEAR_WORD = re.compile(r"(?<=\d)\s?г\.?(?:ода)?(?=\W|$)|\bàs\b|\bpukul\b|\bnăm\b")


def find_foreign_date(text: str) -> str | None:
    """Return the part of a line that is a date with words of another language; None: none of the forms we know."""
    match = PRINTED.search(text)
    return match[0].strip() if match else None


def has_year(text: str) -> bool:
    """Tell a date that stands for itself from one counted back from the fetch."""
    return re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text) is not None


def parse_foreign_date(text: str, reference: datetime, zone: ZoneInfo) -> PublishedTime | None:
    """Read a short text that is a date with the names of months in another language, or holds one; None: it does not, or is Chinese."""
    stripped = text.strip(" \r\n\t|·-:")
    if not MIN_CHARS <= len(stripped) <= MAX_CHARS or not LETTERS.search(stripped):
        return None
    if CJK.search(stripped) and not NEIGHBOURS.search(stripped):
        return None
    printed = find_foreign_date(stripped) or stripped
    from dateparser.date import DateDataParser  # its first call stalls for a second: never reached by a page of Chinese

    now = reference.replace(tzinfo=None)
    parser = DateDataParser(
        languages=LANGUAGES, settings={"RELATIVE_BASE": now, "PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["day", "month", "year"]}
    )
    found = parser.get_date_data(_spelt_out(printed))
    if found is None or found.date_obj is None or found.period not in ("day", "time"):
        return None
    when, precision = _with_precision(found.date_obj, _spelt_out(printed), now)
    return PublishedTime(local=when.replace(tzinfo=when.tzinfo or zone), precision=precision, text=printed, rule="dateparser")


def _spelt_out(printed: str) -> str:
    """Write what dateparser does not read as it reads it: 08h12 and 08.12 Uhr as 08:12, the Russian word for year not at all."""
    return YEAR_WORD.sub(" ", HOUR_SIGN.sub(lambda m: f"{m[1] or m[3]}:{m[2] or m[4]}", printed))


def _with_precision(when: datetime, printed: str, now: datetime) -> tuple[datetime, Precision]:
    if re.search(r"\d:\d\d", printed) and (when.hour, when.minute, when.second) != (0, 0, 0):
        return when, Precision.SECOND if re.search(r"\d:\d\d:\d\d", printed) else Precision.MINUTE
    if (
        not has_year(printed) and when.tzinfo is None and (back := now - when) % timedelta(days=1)
    ):  # counted back from the fetch by less than days
        is_hours = back % timedelta(hours=1) == timedelta(0)
        when = when.replace(second=0, microsecond=0)
        return (when.replace(minute=0), Precision.HOUR) if is_hours else (when, Precision.MINUTE)
    return when.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY
