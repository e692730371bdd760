"""`yuanwen group`: documents into stories, no database kept."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.talk import say
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from storage.stories import StoryPage

CHINA = timezone(timedelta(hours=8))
"""Zone of times that say none, as everywhere in this program."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("group")(group)


def group(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl", help='JSON lines {"id", "title", "text", "published_at", "url"}; "-" is stdin')
    ],
) -> None:
    """Group documents into stories, no database kept. Prints {"id", "stories": [main, …]} a line, in their order."""
    from storage.story_scratch import group as group_pages

    # Millions of small values and no cycles among them: looking for cycles at the usual pace costs more than it finds.
    gc.set_threshold(2_000_000)
    documents = _Documents(file)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for number, stories in group_pages(documents.pages()):
        line = {"id": documents.ids[int(number)], "stories": [documents.ids[int(n)] for n in stories]}
        print(encode(line))
    raise typer.Exit(0 if not documents.n_bad else 5 if documents.ids else 1)


class _Documents:
    """The documents of a file; a bad line is named on stderr and left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ids: list[Any] = []
        self.n_bad = 0

    def pages(self) -> Iterator[StoryPage]:
        """Read the documents; each goes by its place among the good ones."""
        from storage.stories import StoryPage

        seen: dict[Any, int] = {}
        for n, line in enumerate(self._lines(), 1):
            if not line.strip():
                continue
            try:
                document = _read_document(line)
                if document["id"] in seen:
                    raise ValueError(f"the id {document['id']!r} stands on line {seen[document['id']]} already")
            except ValueError as error:
                self.n_bad += 1
                say(f"{self.path}, line {n}: {error}")
                continue
            seen[document["id"]] = n
            self.ids.append(document["id"])
            yield StoryPage(
                article_id=str(len(self.ids) - 1),
                title=document["title"],
                text=document["text"],
                published_at=document["published_at"],
                first_seen_at=None,
            )

    def _lines(self) -> Iterator[bytes]:
        if str(self.path) == "-":
            yield from sys.stdin.buffer
            return
        try:
            with self.path.open("rb") as lines:
                yield from lines
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}") from error


def _read_document(line: bytes) -> dict[str, Any]:
    """Read one line.

    Raises:
        ValueError: it is no document; the message says why.
    """
    try:
        document = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise ValueError("not JSON that can be read: nested too deep") from error
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    given, title, text = document.get("id"), document.get("title"), document.get("text")
    if not isinstance(given, str | int) or isinstance(given, bool):
        raise ValueError('"id" must be a string or a whole number')
    if not isinstance(text, str):
        raise ValueError('"text" must be a string')
    if title is not None and not isinstance(title, str):
        raise ValueError('"title" must be a string or null')
    return {"id": given, "title": title, "text": text, "published_at": _read_time(document.get("published_at"))}


def _read_time(given: object) -> datetime | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise ValueError('"published_at" must be an ISO 8601 string or null')
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ValueError(f'"published_at" is no ISO 8601 time: {given!r}') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
