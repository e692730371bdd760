"""`yuanwen parse dates` and `parse credits`: header lines from stdin, one JSON object a line out."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from crawler.input_lines import InputLines, print_json
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
    for _, line in InputLines():
        print_json(credits_record(parse_credit_line(_text(line), rules)))


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
    lines = InputLines()
    for number, line in lines:
        found = None
        try:
            found = _date(_text(line), timezone, zone)
        except ValueError as error:
            lines.name_bad(number, error)
        print_json(date_record(found))
    raise typer.Exit(lines.exit_code())


def _date(line: str, timezone: str, zone: ZoneInfo) -> PublishedTime | None:
    """Read one line; an empty one has no date.

    Raises:
        ValueError: it states no reference time; the message says why.
    """
    if not line.strip():
        return None
    text, tab, told = line.rpartition("\t")
    if not tab:
        raise ValueError("no TAB: each line is a header line, TAB, a reference time (2022-12-20T12:00:00+08:00)")
    reference = _reference(told, zone)
    found = parse_header_date(text, reference=reference, timezone=timezone)
    return None if found and is_future(found, reference) else found


def date_record(found: PublishedTime | None) -> dict[str, str | None]:
    """Return a date in the record's own keys."""
    return {"published_at": found.isoformat() if found else None, "published_precision": found.precision.value if found else None}


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"--timezone {name}: no such zone") from error


def _reference(told: str, zone: ZoneInfo) -> datetime:
    """Read the reference time; without an offset it is in `zone`."""
    try:
        reference = datetime.fromisoformat(told.strip())
        aware = reference if reference.tzinfo else reference.replace(tzinfo=zone)
        # relative dates count back for years, zones and tomorrow forward
        if not datetime(1900, 1, 1, tzinfo=UTC) < aware < datetime.max.replace(tzinfo=UTC) - timedelta(days=366):
            raise ValueError
    except ValueError as error:
        raise ValueError(f"{told.strip()!r} is no ISO 8601 time") from error
    return aware
