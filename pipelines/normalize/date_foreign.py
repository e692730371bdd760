"""Dates in other languages: left to dateparser, never Chinese ones, which it reads wrongly without saying so."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.types import Precision, PublishedTime

LETTERS = re.compile(r"\d.*[a-zà-ÿа-яё]{3}|[a-zà-ÿа-яё]{3}.*\d|[ぁ-んァ-ヶ가-힣]", re.IGNORECASE)
NEIGHBOURS = re.compile(r"[ぁ-んァ-ヶ가-힣]")
CJK = re.compile(r"[\u4e00-\u9fff]")
LANGUAGES = ["en", "fr", "de", "es", "pt", "it", "ru", "ja", "ko", "vi", "id"]
MIN_CHARS, MAX_CHARS = 6, 40


def parse_foreign_date(text: str, reference: datetime, zone: ZoneInfo) -> PublishedTime | None:
    """Read a short text that is a date with the names of months in another language; None: it is not, or is Chinese."""
    stripped = text.strip(" \r\n\t|·-:")
    if not MIN_CHARS <= len(stripped) <= MAX_CHARS or not LETTERS.search(stripped):
        return None
    if CJK.search(stripped) and not NEIGHBOURS.search(stripped):
        return None
    from dateparser.date import DateDataParser  # its first call stalls for a second: never reached by a page of Chinese

    parser = DateDataParser(
        languages=LANGUAGES,
        settings={
            "RELATIVE_BASE": reference.replace(tzinfo=None),
            "PREFER_DATES_FROM": "past",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    found = parser.get_date_data(stripped)
    if found is None or found.date_obj is None or found.period not in ("day", "time"):
        return None
    when = found.date_obj
    local = when.replace(tzinfo=when.tzinfo or zone)
    if not re.search(r"\d:\d\d", stripped) or (when.hour, when.minute, when.second) == (0, 0, 0):
        return PublishedTime(local=local.replace(hour=0, minute=0, second=0), precision=Precision.DAY, text=stripped, rule="dateparser")
    precision = Precision.SECOND if re.search(r"\d:\d\d:\d\d", stripped) else Precision.MINUTE
    return PublishedTime(local=local, precision=precision, text=stripped, rule="dateparser")
