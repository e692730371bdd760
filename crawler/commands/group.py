"""`yuanwen group`: documents into stories, no database kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.input_lines import InputLines, print_json, read_object

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
    documents = _Documents(InputLines(file))
    for number, stories in group_pages(documents.pages()):
        print_json({"id": documents.ids[int(number)], "stories": [documents.ids[int(n)] for n in stories]})
    raise typer.Exit(documents.lines.exit_code())


class _Documents:
    """The documents of a file; a bad line is named on stderr and left out."""

    def __init__(self, lines: InputLines) -> None:
        self.lines = lines
        self.ids: list[Any] = []

    def pages(self) -> Iterator[StoryPage]:
        """Read the documents; each goes by its place among the good ones."""
        from storage.stories import StoryPage

        seen: dict[Any, int] = {}
        for n, line in self.lines:
            if not line.strip():
                continue
            try:
                document = _read_document(line)
                if document["id"] in seen:
                    raise ValueError(f"the id {document['id']!r} stands on line {seen[document['id']]} already")
            except ValueError as error:
                self.lines.name_bad(n, error)
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


def _read_document(line: bytes) -> dict[str, Any]:
    """Read one line.

    Raises:
        ValueError: it is no document; the message says why.
    """
    document = read_object(line)
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
