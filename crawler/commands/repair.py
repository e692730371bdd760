"""`yuanwen repair`: JSON lines {"id", "text"} in, the same with `text` repaired, `repairs` and `disguised` out."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.input_lines import InputLines, print_json, read_object
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.repair.model import LanguageModel


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("repair")(repair)


def repair(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines in and out (the only form; may be left out).")] = True,
    train: Annotated[str | None, typer.Option(metavar="DB_OR_JSONL", help="learn from accepted articles instead")] = None,
    output: Annotated[Path | None, typer.Option(help="where --train writes the model")] = None,
) -> None:
    """Repair damaged text: JSON lines {"id", "text"} on stdin."""
    if (train is None) != (output is None):
        raise UsageError("repair: --train and --output go together")
    if train is not None and output is not None:
        from crawler.train_model import train_model

        print(train_model(train, output), file=sys.stderr)
        return
    lines = InputLines()
    for number, line in lines:
        if not line.strip():
            continue
        try:
            document = read_object(line)
            if not isinstance(document.get("text"), str):
                raise ValueError('"text" must be a string')
        except ValueError as error:
            lines.name_bad(number, error)
            continue
        print_json(_repaired(document))
    raise typer.Exit(lines.exit_code())


def _repaired(document: dict[str, Any]) -> dict[str, Any]:
    from pipelines.repair.repair import repair_text

    repaired = repair_text(document["text"], _load_model)
    counts = [asdict(repair) for repair in repaired.repairs]
    return document | {"text": repaired.text, "repairs": counts, "disguised": repaired.disguised}


def _load_model() -> "LanguageModel":
    from crawler.load_rules import load_language_model  # reads much else, which clean text does not need

    return load_language_model()
