"""What printed dates mean: with the precision of the text, in the page's zone, or nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from pipelines.errors import PageQuarantined, Reason
from pipelines.normalize.date_forms import find_absolute
from pipelines.normalize.date_relative import find_relative, find_yearless
from pipelines.normalize.date_words import Reading, fold, unfold_numerals
from pipelines.types import ExtractedArticle, FetchedPage, Note, Precision, Printed, PublishedTime

A_DAY = timedelta(days=1)
MAX_HEADER_CHARS = 400
# What stands right before a date and says it is the publication's, the last change's, or something else's.
PUBLISHED_LABEL = re.compile(
    r"(?:发[布表稿帖]|刊[登发载出]|上[线传]|[时日][间期]|建立|创建|张贴|[Pp]ost(?:ed)?|[Pp]ublish(?:ed)?|Date)[^\s\d]{0,4}[\s:]*$"
)
MODIFIED_LABEL = re.compile(r"(?:更新|修改|修订|编辑于|[Uu]pdated|[Mm]odified|[Ee]dited)[^\d]{0,10}$")
OTHER_LABEL = re.compile(
    r"(?:截至|截止|将于|定于|(?:^|[^来])自|生于|成立于|始建于|有效期|保质期|(?:会议|活动|开庭|报名|比赛|演出|展览|考试|上映|出生|成立|事发|案发|拍摄|播出|服务|营业|工作|访谈|直播|举办|招聘)"
    r"(?:[时日][间期])?|版权所有|[Cc]opyright|©|\([Cc]\)|时长|备案|许可证|[Vv]alid until|[Ee]xpires?)[^\d]{0,6}$"
)
# What follows a date in a sentence, not in a header.
PROSE = re.compile(r"\s?(?:,|、|起|[之以]?前|[之以]?后|以来|[至到]|将|召开|举行|举办|出生|开幕|闭幕|成立|建成|截止|是(?!否))")
RANGE_BEFORE = re.compile(r"\d\s?[日号年月]?\s?(?:至|到|~|—{1,2}|–|-{1,2}|——)\s?$")
RANGE_AFTER = re.compile(r"\s?(?:至|到|~|—{1,2}|–|-{1,2})\s?\d{1,4}\s?[年月日号/.-]")
FORMS = {"absolute": find_absolute, "yearless": find_yearless, "relative": find_relative}
LEANING = ("yearless", "relative")
"""Forms that lean on the time of the fetch."""
NULL_DATES = frozenset([datetime(1970, 1, 1), datetime(1900, 1, 1), datetime(2001, 1, 1, 0, 0, 1)])


def parse_header_date(text: str, *, reference: datetime, timezone: str) -> PublishedTime | None:
    """Read the publication date of a header line.

    `text` is as printed; `reference` (aware) is the time of the fetch: relative dates count back from it, a date without a year
    is the latest one before it. A text without a zone is taken in `timezone` (IANA name). `precision` is never finer than the
    text; `00:00` means that the page gives the day only. None: no date, an impossible one, or one that is doubtful.

    >>> from datetime import UTC
    >>> fetched = datetime(2022, 12, 20, 4, tzinfo=UTC)
    >>> read = parse_header_date("时间：2022-12-20 08:51:46 来源：北京日报", reference=fetched, timezone="Asia/Shanghai")
    >>> read.isoformat(), read.precision.value, read.text
    ('2022-12-20T08:51:46+08:00', 'second', '2022-12-20 08:51:46')
    >>> parse_header_date("时长：01:45", reference=fetched, timezone="Asia/Shanghai") is None
    True
    """
    zone = ZoneInfo(timezone)
    local = reference.astimezone(zone)
    folded = fold(text)[:MAX_HEADER_CHARS]
    written = unfold_numerals(folded)
    for form, find in FORMS.items():
        if reading := _best(written, find(written, reference=local)):
            return _published(reading, text, form, is_same_length=len(written) == len(text[:MAX_HEADER_CHARS]), zone=zone)
    return _parse_foreign(folded, local, zone)


def _best(text: str, readings: Iterable[Reading]) -> Reading | None:
    """The date with a label of publication, else the first that is not the last change's, else that one."""
    unlabelled = modified = None
    for reading in readings:
        before = text[: reading.start]
        if not _is_header_date(text, before, reading):
            continue
        if MODIFIED_LABEL.search(before):
            modified = modified or reading
        elif PUBLISHED_LABEL.search(before):
            return reading
        else:
            unlabelled = unlabelled or reading
    return unlabelled or modified


def _is_header_date(text: str, before: str, reading: Reading) -> bool:
    if reading.when in NULL_DATES or reading.when.replace(hour=0, minute=0) in NULL_DATES or OTHER_LABEL.search(before):
        return False
    if RANGE_BEFORE.search(before) or RANGE_AFTER.match(text, reading.end):
        return False
    is_bare = reading.precision is Precision.DAY and not PUBLISHED_LABEL.search(before)
    return not (is_bare and PROSE.match(text, reading.end))


def _published(reading: Reading, text: str, form: str, *, is_same_length: bool, zone: tzinfo) -> PublishedTime:
    local = reading.when.replace(tzinfo=reading.zone or zone)
    printed = text[reading.start : reading.end] if is_same_length else text[:MAX_HEADER_CHARS]
    return PublishedTime(local=local, precision=reading.precision, text=printed.strip(), rule=form)


FOREIGN = re.compile(r"\d.*[a-zà-ÿа-яё]{3}|[a-zà-ÿа-яё]{3}.*\d|[ぁ-んァ-ヶ가-힣]", re.IGNORECASE)
CJK = re.compile(r"[\u4e00-\u9fff]")
FOREIGN_LANGUAGES = ["en", "fr", "de", "es", "pt", "it", "ru", "ja", "ko", "vi", "id"]


def _parse_foreign(text: str, reference: datetime, zone: tzinfo) -> PublishedTime | None:
    """Leave month names of other languages to dateparser; never Chinese, which it reads wrongly without saying so."""
    stripped = text.strip(" \r\n\t|·-:")
    if (
        not 6 <= len(stripped) <= 40
        or not FOREIGN.search(stripped)
        or (CJK.search(stripped) and not re.search("[ぁ-んァ-ヶ가-힣]", stripped))
    ):
        return None
    from dateparser.date import DateDataParser  # its first call stalls for a second: never reached by a page of Chinese

    parser = DateDataParser(
        languages=FOREIGN_LANGUAGES,
        settings={"RELATIVE_BASE": reference.replace(tzinfo=None), "PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["day", "month", "year"]},
    )
    found = parser.get_date_data(stripped)
    if found is None or found.date_obj is None or found.period not in ("day", "time"):
        return None
    when = found.date_obj
    is_day = not re.search(r"\d:\d\d", stripped) or (when.hour, when.minute, when.second) == (0, 0, 0)
    precision = Precision.DAY if is_day else Precision.SECOND if re.search(r"\d:\d\d:\d\d", stripped) else Precision.MINUTE
    local = when.replace(tzinfo=when.tzinfo or zone)
    return PublishedTime(
        local=local.replace(hour=0, minute=0, second=0) if is_day else local, precision=precision, text=stripped, rule="dateparser"
    )


FINE = (Precision.HOUR, Precision.MINUTE, Precision.SECOND)


def read_published(extracted: ExtractedArticle, *, timezone: str, language: str | None) -> tuple[PublishedTime | None, tuple[Note, ...]]:
    """Choose among the printed dates: the first in the order of belief that reads, its time from another that prints the same day finer.

    `timezone`: of the site, IANA name. `language`: of the text; a Chinese page's machine-made UTC times are told in its own zone.

    Raises:
        PageQuarantined: every date is later than the fetch by more than a day.
    """
    page = extracted.decoded.fetched
    readings = list(_readings(extracted.dates, page, timezone, language))
    past = [reading for reading in readings if not is_future(reading, page.fetched_at)]
    if readings and not past:
        raise PageQuarantined(Reason.DATE_IN_FUTURE, stage="normalize", url=page.final_url, detail=readings[0].text)
    if not past:
        return None, (Note.DATE_MISSING,)
    best = past[0]
    if best.precision not in FINE:
        best = next((r for r in past if r.precision in FINE and _is_same_day(r, best)), best)
    return best, () if best.precision in FINE else (Note.DATE_WITHOUT_TIME,)


def read_modified(extracted: ExtractedArticle, *, timezone: str, language: str | None) -> PublishedTime | None:
    """Read the time of the last change; None: not printed, or not possible."""
    page = extracted.decoded.fetched
    readings = _readings(extracted.modified, page, timezone, language)
    return next((reading for reading in readings if not is_future(reading, page.fetched_at)), None)


def is_future(reading: PublishedTime, fetched_at: datetime) -> bool:
    """Tell a date that lies after the fetch by more than a day, which zones and wrong clocks do not explain."""
    return reading.local > fetched_at + A_DAY


def _is_same_day(a: PublishedTime, b: PublishedTime) -> bool:
    return b.precision is Precision.DAY and a.local.date() == b.local.date()


def _readings(candidates: Iterable[Printed], page: FetchedPage, timezone: str, language: str | None) -> Iterator[PublishedTime]:
    for printed in candidates:
        reading = parse_header_date(printed.text, reference=page.fetched_at, timezone=timezone)
        # A saved file says nothing of when it was fetched: its time may be years after the article's.
        if reading is None or (reading.rule in LEANING and not page.headers):
            continue
        is_machine = printed.rule.startswith(("meta:", "json_ld:"))
        if is_machine and (language or "").startswith("zh") and reading.local.utcoffset() == timedelta(0):
            reading = replace(reading, local=reading.local.astimezone(ZoneInfo(timezone)))
        yield replace(reading, rule=f"{printed.rule}/{reading.rule}")
