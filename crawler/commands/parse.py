"""`yuanwen parse dates` and `parse credits`: header lines from stdin, one JSON object a line out."""

import json
import sys
from typing import Any

import typer

from crawler.load_rules import load_credit_rules
from pipelines.normalize.credits import parse_credit_line
from pipelines.types import Credits


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Read header lines from stdin.", no_args_is_help=True)
    group.command("credits")(credits)
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
