"""`yuanwen parse dates` and `parse credits`: header lines from stdin, one JSON object a line out."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from crawler.load_rules import load_credit_rules
from pipelines.errors import UsageError
from pipelines.normalize.credits import parse_credit_line
from pipelines.normalize.dates import is_future, parse_header_date
from pipelines.site_rules import DEFAULT_TIMEZONE
from pipelines.types import Credits, PublishedTime


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Read header lines from stdin.", no_args_is_help=True)
    group.command("credits")(credits)
    group.command("dates")(dates)
    app.add_typer(group, name="parse")


def credits() -> None:
    """Read credit lines: source, outlets between, authors and editors, nulls where a line names none."""
    rules = load_credit_rules()
    for line in sys.stdin:
        print(json.dumps(credits_record(parse_credit_line(line.rstrip("\r\n"), rules)), ensure_ascii=False))


def credits_record(read: Credits) -> dict[str, Any]:
    """Return what a line means in the record's own keys."""
    source = read.source
    return {
        "source": source.name if source else None,
        "source_raw": source.raw if source else None,
        "source_id": source.outlet_id if source else None,
        "others": [other.name for other in read.others],
        "via": [outlet.name for outlet in read.via],
        "authors": list(read.authors),
        "editors": list(read.editors),
        "notes": [note.value for note in read.notes],
    }


def dates(
    timezone: Annotated[str, typer.Option(help="IANA zone of lines that state none")] = DEFAULT_TIMEZONE,
) -> None:
    """Read publication dates: a header line, TAB, the time it was fetched; relative dates count back from that."""
    zone = _zone(timezone)
    for number, line in enumerate(_lines(), 1):
        text, tab, told = line.rpartition("\t")
        if not tab:
            raise UsageError(f"line {number}: no TAB: each line is a header line, TAB, a reference time (2022-12-20T12:00:00+08:00)")
        reference = _reference(told, number, zone)
        found = parse_header_date(text, reference=reference, timezone=timezone)
        print(json.dumps(date_record(None if found and is_future(found, reference) else found)))


def date_record(found: PublishedTime | None) -> dict[str, str | None]:
    """Return a date in the record's own keys."""
    return {"published_at": found.isoformat() if found else None, "published_precision": found.precision.value if found else None}


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"--timezone {name}: no such zone") from error


def _reference(told: str, number: int, zone: ZoneInfo) -> datetime:
    """Read the reference time; without an offset it is in `zone`."""
    try:
        reference = datetime.fromisoformat(told.strip())
        aware = reference if reference.tzinfo else reference.replace(tzinfo=zone)
        # relative dates count back for years, zones and tomorrow forward
        if not datetime(1900, 1, 1, tzinfo=UTC) < aware < datetime.max.replace(tzinfo=UTC) - timedelta(days=366):
            raise ValueError
    except ValueError as error:
        raise UsageError(f"line {number}: {told.strip()!r} is no ISO 8601 time") from error
    return aware
