"""`yuanwen story`: the copies of a story by time, with how each differs from the origin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, result_console
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLUMNS = ("published", "relation", "site", "source", "title", "changes", "url")
SHOWN_CHANGES, SHOWN_CHARS = 12, 80
"""Changes of one copy on a terminal, and characters of one change; `--json` gives all."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("story")(story)


def story(
    given: Annotated[str, typer.Argument(metavar="ID", help="a story's id, or the id or URL of one of its articles")],
    db: DbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Show the copies of a story by time, where it comes from, and what each copy changed."""
    from storage.database import opened_database
    from storage.story_reports import find_story

    with opened_database(load_config(db=db).db, upgrade=False) as engine:
        found = find_story(engine, given)
    if found is None:
        raise UsageError(f"{given}: no story and no article of this database")
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    _show(found, result_console())


def _show(found: dict[str, Any], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(printable(found["title"] or "(no title)"), style="bold", markup=False)
    console.print(f"story {found['story_id']}: {found['n_copies']} copies on {found['n_sites']} sites", markup=False)
    console.print(_origin_line(found), markup=False)
    for reason in found["evidence"]:
        outlet = f" {printable(reason['outlet'])}" if reason["outlet"] else ""
        console.print(f"  {reason['witness']}{outlet}: {len(reason['articles'])} pages", markup=False)
    rows = [_cells(copy) for copy in found["copies"]]
    if console.is_terminal:
        table = Table(box=None, pad_edge=False)
        for name in COLUMNS:
            table.add_column(name, overflow="fold", no_wrap=name in ("relation", "changes"))
        for row in rows:
            table.add_row(*map(Text, row))
        console.print(table)
    else:  # whole lines for other programs
        for row in (COLUMNS, *rows):
            console.print("\t".join(row), markup=False)
    for copy in found["copies"]:
        if copy["difference"]:
            console.print(f"\n{printable(copy['url'])}", style="bold", markup=False)
            for change in copy["difference"][:SHOWN_CHANGES]:
                console.print(_change_line(change))
            if len(copy["difference"]) > SHOWN_CHANGES:
                console.print(f"  … {len(copy['difference']) - SHOWN_CHANGES} more", markup=False)


def _origin_line(found: dict[str, Any]) -> str:
    if found["origin_id"]:
        url = next((copy["url"] for copy in found["copies"] if copy["id"] == found["origin_id"]), found["origin_id"])
        where = f"{found['origin_outlet'] or 'its site'}, {url}"
    elif found["origin_outlet"]:
        where = f"{found['origin_outlet']} (no page of it is held)"
    else:
        return "origin: unknown"
    return printable(f"origin: {where} (confidence {found['confidence']:.2f})")


def _cells(copy: dict[str, Any]) -> tuple[str, ...]:
    n_changes = "" if copy["relation"] == "original" else str(len(copy["difference"]))
    published, site = (copy["published_at"] or "-")[:16], copy["site_name"] or copy["site"]
    cells = (published, copy["relation"], site, copy["source"] or "-", copy["title"] or "-", n_changes, copy["url"])
    return tuple(map(printable, cells))


def _change_line(change: dict[str, Any]) -> Text:
    from rich.text import Text

    line = Text(f"  {change['at']:>6}  ")
    if change["before"]:
        line.append("-" + _shortened(change["before"]) + " ", style="red")
    if change["after"]:
        line.append("+" + _shortened(change["after"]), style="green")
    return line


def _shortened(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= SHOWN_CHARS else f"{shown[: SHOWN_CHARS // 2]}…{shown[-SHOWN_CHARS // 2 :]}"
