"""Dates by the formats of a site file: for what a site prints that no general form reads."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipelines.types import Precision, PublishedTime

DIRECTIVES = {
    "Y": r"\d{4}", "y": r"\d\d", "m": r"\d{1,2}", "d": r"\d{1,2}", "H": r"\d{1,2}", "I": r"\d{1,2}", "M": r"\d{1,2}", "S": r"\d{1,2}", "f": r"\d{1,6}",
    "B": r"[A-Za-z]+", "b": r"[A-Za-z]{3}", "A": r"[A-Za-z]+", "a": r"[A-Za-z]{3}", "p": r"[AaPp][Mm]", "z": r"[+-]\d\d:?\d\d", "Z": r"[A-Z]{3,4}", "%": "%",
    "c": r".{8,30}", "D": r"\d\d/\d\d/\d\d", "F": r"\d{4}-\d\d-\d\d", "x": r"[\d/.-]{6,10}", "X": r"\d\d:\d\d:\d\d", "T": r"\d\d:\d\d:\d\d", "R": r"\d\d:\d\d",
    "j": r"\d{1,3}",
}  # fmt: skip
FINEST = (
    (Precision.SECOND, "SfXTc"),
    (Precision.MINUTE, "MR"),
    (Precision.HOUR, "HI"),
    (Precision.DAY, "djDFx"),
    (Precision.MONTH, "mBb"),
)


def parse_by_formats(text: str, formats: Sequence[str], *, timezone: str) -> PublishedTime | None:
    """Read the first place of `text` that a strptime format fits; a time without `%z` is in `timezone`. None: none fits.

    >>> found = parse_by_formats("刊于 05/03/2024 第2版", ["%d/%m/%Y"], timezone="Asia/Shanghai")
    >>> found.isoformat(), found.precision.value, found.text
    ('2024-03-05T00:00:00+08:00', 'day', '05/03/2024')
    """
    for form in formats:
        if match := _pattern(form).search(text):
            try:
                local = datetime.strptime(match[0], form)
            except ValueError:
                continue
            aware = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(timezone))
            return PublishedTime(local=aware, precision=_precision(form), text=match[0], rule="format")
    return None


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", form)
    return re.compile("".join(re.escape(piece) if i % 2 == 0 else DIRECTIVES.get(piece, r".+?") for i, piece in enumerate(pieces)))


def _precision(form: str) -> Precision:
    used = set(re.findall(r"%(.)", form))
    return next((precision for precision, letters in FINEST if used & set(letters)), Precision.YEAR)
