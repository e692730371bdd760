"""`yuanwen repair`: JSON lines {"id", "text"} in, the same with `text` repaired, `repairs` and `disguised` out."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pipelines.repair.model import LanguageModel

SOME_FAILED = 5


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
    n_bad = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            print(json.dumps(repaired_line(line), ensure_ascii=False))
        except ValueError as error:
            n_bad += 1
            print(f"yuanwen: stdin line {number}: {error}", file=sys.stderr)
    if n_bad:
        raise typer.Exit(SOME_FAILED)


def repaired_line(line: bytes) -> dict[str, Any]:
    """Return one object of the input with its text repaired.

    Raises:
        ValueError: not UTF-8, not a JSON object, or without a "text" string.
    """
    from pipelines.repair.repair import repair_text

    try:
        document = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise ValueError('not an object with a "text" string')
    repaired = repair_text(document["text"], _load_model)
    counts = [asdict(repair) for repair in repaired.repairs]
    return document | {"text": repaired.text, "repairs": counts, "disguised": repaired.disguised}


def _load_model() -> "LanguageModel":
    from crawler.load_rules import load_language_model  # reads much else, which clean text does not need

    return load_language_model()
