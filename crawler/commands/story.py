"""`yuanwen story`: the copies of a story by time, what each keeps, and how its text differs."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, result_console, say
from pipelines.counted import counted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLUMNS = ("published", "relation", "site", "source", "title", "changes", "url")
"""Of the lines for other programs."""
SHOWN_CHANGES, SHOWN_CHARS, SHOWN_COPIES = 8, 60, 50
"""Changes of one copy on a terminal, characters of one change, and copies whose changes are shown; `--json` gives all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("story")(story)


def story(
    given: Annotated[str, typer.Argument(metavar="ID", help="a story's id, or the id or URL of one of its articles")],
    db: DbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Show a story: its copies by time, origin, what each keeps."""
    from storage.database import opened_database
    from storage.story_reports import find_status, find_story
    from storage.takedown import is_taken_down

    with opened_database(load_config(db=db).db, upgrade=False) as engine:
        found = find_story(engine, given)
        status = find_status(engine, given) if found is None else None
        is_gone = found is None and (status == "withdrawn" or is_taken_down(engine, given))
    if found is None:
        why = "taken down" if is_gone else "withheld" if status == "withheld" else None
        say(f"{given}: " + (f"the article was {why}; it stands in no story" if why else "no story and no article of this database"))
        sys.exit(3)
    console = result_console()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif console.is_terminal:
        _show(found, console)
    else:
        for row in (COLUMNS, *map(_cells, found["copies"])):
            print("\t".join(row))  # the console would make spaces of tabs


def _show(found: dict[str, Any], console: Console) -> None:
    console.print(printable(found["title"] or "(no title)"), style="bold", markup=False, soft_wrap=True)
    console.print(f"{counted(found['n_copies'], 'copy', 'copies')} on {counted(found['n_sites'], 'site')}   story {found['story_id']}")
    console.print(_origin_line(found), markup=False, soft_wrap=True)
    for reason in found["evidence"]:
        console.print("  " + _reason_line(reason), markup=False, style="dim", soft_wrap=True)
    first = _first_time(found)
    for copy in found["copies"]:
        _show_copy(copy, found, first, console)
    for copy in found["copies"][:SHOWN_COPIES]:
        _show_changes(copy, console)


def _reason_line(reason: dict[str, Any]) -> str:
    from storage.reader.story_view import words_for

    n = len(reason["articles"])
    outlet = f" ({printable(reason['outlet'])})" if reason["outlet"] and reason["witness"] not in ("source_line", "dateline") else ""
    return f"{counted(n, 'page')} {words_for(reason['witness'], n)}{outlet}"


def _show_copy(copy: dict[str, Any], found: dict[str, Any], first: datetime | None, console: Console) -> None:
    """Print when, who, what is kept, and where."""
    marks = [copy["relation"].replace("_", " ")] if copy["relation"] not in ("same",) else []
    marks += [] if copy["is_main"] else ["mainly another story"]
    line = f"{_when(copy):<16}  {_delay(copy, first):<14}  {printable(copy['site_name'] or copy['site'])}"
    console.print("\n" + line, end="", markup=False, style="bold")
    console.print("".join(f"  [{mark}]" for mark in marks), markup=False, style="cyan")
    if copy["title"] != found["title"]:
        console.print(f"  headline: {printable(copy['title'] or '(none)')}", markup=False, soft_wrap=True)
    if copy["text_kept"]:
        console.print(f"  text: {copy['text_kept']['in_words']}", markup=False)
    if copy["names_editor"] is not None:  # null of an original: nothing is asked of it
        console.print(_credit_line(copy))
    console.print(f"  {printable(copy['url'])}", style="dim", markup=False, soft_wrap=True)


def _credit_line(copy: dict[str, Any]) -> Text:
    from rich.text import Text

    from storage.compliance import CREDITS

    line = Text(f"  credit ({printable(copy['source'] or 'no source')}):")
    for key, words in CREDITS.items():
        sign, style = {True: ("✓", "green"), False: ("✗", "red"), None: ("–", "dim")}[copy[key]]
        line.append(f"  {sign} {words}", style=style)
    return line


def _show_changes(copy: dict[str, Any], console: Console) -> None:
    if not copy["difference"]:
        return
    console.print(f"\n{printable(copy['site_name'] or copy['site'])}: where its text differs", style="bold", markup=False)
    for change in copy["difference"][:SHOWN_CHANGES]:
        console.print(_change_line(change), soft_wrap=True)
    if len(copy["difference"]) > SHOWN_CHANGES:
        console.print(f"  … {len(copy['difference']) - SHOWN_CHANGES} more: --json", markup=False)


def _when(copy: dict[str, Any]) -> str:
    from storage.printed_times import moment

    return moment(copy["published_at"], copy["published_precision"]) or "no date"


def _first_time(found: dict[str, Any]) -> datetime | None:
    """Return the earliest time that is printed to the minute."""
    return min((datetime.fromisoformat(copy["published_at"]) for copy in found["copies"] if _has_minute(copy)), default=None)


def _has_minute(copy: dict[str, Any]) -> bool:
    return copy["published_at"] is not None and copy["published_precision"] in ("minute", "second")


def _delay(copy: dict[str, Any], first: datetime | None) -> str:
    from storage.reader.rendering import duration

    if first is None or not _has_minute(copy):
        return ""
    seconds = (datetime.fromisoformat(copy["published_at"]) - first).total_seconds()
    return f"+{duration(seconds)}" if seconds else "first"


def _origin_line(found: dict[str, Any]) -> str:
    if not found["origin_outlet"] and not found["origin_id"]:
        return "origin: unknown; the pages do not say, and nothing is guessed"
    url = next((copy["url"] for copy in found["copies"] if copy["id"] == found["origin_id"]), None)
    where = url or "no page of it is held"
    return printable(f"origin: {found['origin_outlet'] or 'its site'}, certainty {100 * found['confidence']:.0f} %; {where}")


def _cells(copy: dict[str, Any]) -> tuple[str, ...]:
    n_changes = "" if copy["relation"] == "original" else str(len(copy["difference"]))
    site = copy["site_name"] or copy["site"]
    cells = (
        _when(copy) if copy["published_at"] else "-",
        copy["relation"],
        site,
        copy["source"] or "-",
        copy["title"] or "-",
        n_changes,
        copy["url"],
    )
    return tuple(map(printable, cells))


def _change_line(change: dict[str, Any]) -> Text:
    from rich.text import Text

    line = Text(f"  {change['at']:>5}  ")
    if change["before"]:
        line.append("- " + _shortened(change["before"]), style="red")
    if change["after"]:
        line.append((" " if change["before"] else "") + "+ " + _shortened(change["after"]), style="green")
    return line


def _shortened(text: str) -> str:
    """Return a change in one line: a paragraph's end is a pilcrow, the middle of a long one is left out."""
    shown = printable(text.strip("\n").replace("\n", "¶"))
    return shown if len(shown) <= SHOWN_CHARS else f"{shown[: SHOWN_CHARS // 2]}…{shown[-SHOWN_CHARS // 2 :]}"
