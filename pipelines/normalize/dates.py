"""What printed dates mean: with the precision of the text, in the page's zone, or nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pipelines.errors import PageQuarantined, Reason
from pipelines.normalize.date_context import choose_reading
from pipelines.normalize.date_foreign import has_year, parse_foreign_date
from pipelines.normalize.date_formats import parse_by_formats
from pipelines.normalize.date_forms import find_absolute
from pipelines.normalize.date_relative import find_relative, find_yearless
from pipelines.normalize.date_words import fold, unfold_numerals
from pipelines.types import DecodedPage, ExtractedArticle, Note, Precision, Printed, PublishedTime

A_DAY = timedelta(days=1)
MAX_HEADER_CHARS = 400
FORMS = {"absolute": find_absolute, "yearless": find_yearless, "relative": find_relative}
LEANING = ("yearless", "relative")
"""Forms that lean on the time of the fetch."""
HEAD = ("meta:", "json_ld:")
FINE = (Precision.HOUR, Precision.MINUTE, Precision.SECOND)
MACHINE = ("meta:", "json_ld:", "time_tag", "script:")
"""Rules of strings that are written for machines: not always what the page shows, but with their zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateManner:
    """How a site prints dates."""

    timezone: str
    """IANA name."""
    is_chinese: bool
    """The text is; machine-made UTC times are then told in the page's own zone."""
    formats: tuple[str, ...] = ()
    """strptime formats of the site file, for what its `date` selector meets."""


@dataclass(frozen=True, slots=True)
class Found:
    """A date read from a line."""

    time: PublishedTime
    form: str
    is_zoned: bool
    """The text states its zone."""


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
    found = _parse(text, reference, ZoneInfo(timezone), None)
    return found.time if found else None


def is_future(found: PublishedTime, fetched_at: datetime) -> bool:
    """Tell a date that lies after the fetch by more than a day, which zones and wrong clocks do not explain."""
    return found.local > fetched_at + A_DAY


def _parse(text: str, reference: datetime, zone: ZoneInfo, near: date | None) -> Found | None:
    """`near`: a day the page tells elsewhere; it completes a date without a year and decides the order of 3/4/2024."""
    local = reference.astimezone(zone)
    folded = fold(text[: 2 * MAX_HEADER_CHARS])[:MAX_HEADER_CHARS]
    written = unfold_numerals(folded)
    for form, find in FORMS.items():
        if reading := choose_reading(written, find(written, reference=local, near=near)):
            is_same_length = len(written) == len(text[:MAX_HEADER_CHARS])
            printed = text[reading.start : reading.end] if is_same_length else text[:MAX_HEADER_CHARS]
            when = reading.when.replace(tzinfo=reading.zone or zone)
            time = PublishedTime(local=when, precision=reading.precision, text=printed.strip(), rule=form)
            return Found(time, form, reading.zone is not None)
    foreign = parse_foreign_date(folded, local, zone)
    if foreign is None:
        return None
    return Found(foreign, foreign.rule if has_year(foreign.text) else "relative", foreign.local.tzinfo is not zone)


class _PageDates:
    """The dates of a page, read in the order of belief."""

    def __init__(self, candidates: Sequence[Printed], page: DecodedPage, manner: DateManner) -> None:
        self._candidates, self._page, self._source = candidates, page.fetched, page.text
        self._manner, self._zone = manner, ZoneInfo(manner.timezone)

    @cached_property
    def readings(self) -> tuple[Found, ...]:
        """Every candidate that reads; `rule` names the candidate's and the form's."""
        alone = [self._read(printed, None) for printed in self._candidates]
        # what leans on other dates of the page is read a second time, with the surest of them
        near = next((f.time.local.date() for f in alone if f and f.form not in LEANING and f.time.precision not in ("year", "month")), None)
        again = [
            self._read(p, near) if near and (f is None or f.form in LEANING) else f for p, f in zip(self._candidates, alone, strict=True)
        ]
        return tuple(found for found in again if found)

    def _read(self, printed: Printed, near: date | None) -> Found | None:
        found = self._by_formats(printed) or _parse(printed.text, self._page.fetched_at, self._zone, near)
        if found and found.form == "yearless":
            found = self._in_told_year(found, printed, near)
        if found is None or not self._is_known(found):
            return None
        time = replace(found.time, rule=f"{printed.rule}/{found.form}")
        is_machine = printed.rule.startswith(MACHINE)
        if is_machine and self._manner.is_chinese and time.local.utcoffset() == timedelta(0):
            time = replace(time, local=time.local.astimezone(self._zone))  # a server's UTC; the page's readers live in its zone
        return replace(found, time=time)

    def _is_known(self, found: Found) -> bool:
        """A saved file says nothing of when it was fetched: its time may be years after the article's."""
        return found.form not in LEANING or bool(self._page.headers)

    def _by_formats(self, printed: Printed) -> Found | None:
        if not printed.rule.startswith("layout:"):
            return None
        time = parse_by_formats(printed.text, self._manner.formats, timezone=self._manner.timezone)
        return Found(time, time.rule, time.local.tzinfo is not self._zone) if time else None

    def _in_told_year(self, found: Found, printed: Printed, near: date | None) -> Found:
        """Take the year of a day of the month from the page's other dates, or from its source: addresses of pictures hold whole dates."""
        month, day = found.time.local.month, found.time.local.day
        told_dates = re.compile(
            rf"(?<!\d)(20\d\d)(?:[-/.]?{month:02}[-/.]?{day:02}|(?P<sep>[-/.]){month}(?P=sep){day}|年0?{month}月0?{day})(?!\d)"
        )
        is_near = near is not None and (near.month, near.day) == (month, day)
        years = {near.year} if near and is_near else {int(match[1]) for match in told_dates.finditer(self._source)}
        told = _parse(printed.text, self._page.fetched_at, self._zone, date(years.pop(), month, day)) if len(years) == 1 else None
        return replace(told, form="yearless_told") if told else found


def read_published(extracted: ExtractedArticle, manner: DateManner) -> tuple[PublishedTime | None, tuple[Note, ...]]:
    """Choose among the printed dates: the first in the order of belief that reads, its time from another that prints the same day finer.

    Raises:
        PageQuarantined: every date is later than the fetch by more than a day.
    """
    page = extracted.decoded.fetched
    readings = _PageDates(extracted.dates, extracted.decoded, manner).readings
    past = [found for found in readings if not is_future(found.time, page.fetched_at)]
    if readings and not past:
        raise PageQuarantined(Reason.DATE_IN_FUTURE, stage="normalize", url=page.final_url, detail=readings[0].time.text)
    if not past:
        return None, (Note.DATE_DOUBTFUL if extracted.dates else Note.DATE_MISSING,)
    best = _published_before(past) or past[0]
    if best.time.precision not in FINE:
        best = next((f for f in past if f.time.precision in FINE and _is_same_day(f, best)), best)
    published = best.time if best.is_zoned else _in_stated_zone(best.time, past)
    return published, () if published.precision in FINE else (Note.DATE_WITHOUT_TIME,)


def _published_before(past: Sequence[Found]) -> Found | None:
    """Return what the head tells of an earlier day, where the best line says when the page was changed."""
    if not past[0].time.rule.startswith("updated_"):
        return None
    return next((f for f in past if f.time.rule.startswith(HEAD) and f.time.local.date() < past[0].time.local.date()), None)


def _is_same_day(found: Found, day: Found) -> bool:
    return day.time.precision is Precision.DAY and found.time.local.date() == day.time.local.date()


def _in_stated_zone(time: PublishedTime, others: Iterable[Found]) -> PublishedTime:
    """Give a time without a zone the one that the head states for the same clock time."""
    clock = time.local.replace(tzinfo=None, second=0)
    same = (f.time.local for f in others if f.is_zoned and f.time.precision in FINE)
    zoned = next((local for local in same if local.replace(tzinfo=None, second=0, microsecond=0) == clock and local.utcoffset()), None)
    return replace(time, local=time.local.replace(tzinfo=zoned.tzinfo)) if zoned else time


def read_modified(extracted: ExtractedArticle, manner: DateManner) -> PublishedTime | None:
    """Read the time of the last change; None: not printed, or not possible."""
    page = extracted.decoded.fetched
    readings = _PageDates(extracted.modified, extracted.decoded, manner).readings
    return next((found.time for found in readings if not is_future(found.time, page.fetched_at)), None)
