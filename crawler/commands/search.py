"""`yuanwen search QUERY`: stories whose copies hold the words."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, result_console, say

if TYPE_CHECKING:
    from rich.text import Text

    from storage.search import Highlighted, SearchHit, SearchResult

HELP = """words AND-ed; "a phrase"; a OR b; -without; ( ); site: source: day: section: disguised: story:"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search")(search_command)


def search_command(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help=HELP)],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="stories shown")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="stories left out before them")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Search titles and texts, Simplified and Traditional alike; one row a story, with its number of copies."""
    from storage.database import open_database
    from storage.search import search

    engine = open_database(load_config(db=db).db)
    try:
        result = search(engine, " ".join(query), limit=limit, offset=offset)
    finally:
        engine.dispose()
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    elif sys.stdout.isatty():
        _print_table(result)
    else:
        for hit in result.hits:
            print("\t".join(map(printable, (hit.published_at or "", hit.source or "", hit.title.text, str(hit.n_copies), hit.url))))
    about = "" if result.is_count_exact else "about "
    say(f"{about}{result.n_articles} articles; {len(result.hits)} stories shown{', more with --offset' if result.has_more else ''}")


def _print_table(result: SearchResult) -> None:
    from rich.table import Table

    table = Table(show_lines=True)
    for name, style in (("published", "dim"), ("source", ""), ("title and text", ""), ("copies", "bold")):
        table.add_column(name, style=style, justify="right" if name == "copies" else "left")
    for hit in result.hits:
        table.add_row((hit.published_at or "")[:16].replace("T", " "), printable(hit.source or ""), _body_of(hit), str(hit.n_copies))
    result_console().print(table)


def _body_of(hit: SearchHit) -> Text:
    text = _marked(hit.title, "bold")
    text.append("\n")
    text.append_text(_marked(hit.snippet, ""))
    text.append(f"\n{printable(hit.url)}", style="dim")
    return text


def _marked(highlighted: Highlighted, style: str) -> Text:
    from rich.text import Text

    # One character for each: the places of the hits must stay where they are.
    shown = "".join(char if char.isprintable() else " " for char in highlighted.text)
    text = Text(shown, style=style)
    for start, end in highlighted.hits:
        text.stylize("bold reverse", start, end)
    return text
