"""`yuanwen search QUERY`: stories whose copies hold the words."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.config import DbOption, load_config
from crawler.talk import printable, result_console, say
from pipelines.counted import counted
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from storage.search import Highlighted, SearchHit, SearchResult

HELP = """words AND-ed; "a phrase"; a OR b; -without or NOT without; ( ); site: source: day: section: disguised: story:"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    # `-word` leaves a word out: it must not be taken for options.
    app.command("search", context_settings={"ignore_unknown_options": True})(search_command)


def search_command(
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help=HELP)],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="stories shown")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="stories left out before them")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    db: DbOption = None,
) -> None:
    """Search titles and texts, in both scripts; one row a story."""
    from storage.database import open_database
    from storage.search import search

    unknown = next((word for word in query if word.startswith("--")), None)
    if unknown is not None:
        raise UsageError(f"{unknown}: no such option; --help tells more")
    engine = open_database(load_config(db=db).db, create=False)
    try:
        result = search(engine, " ".join(query), limit=limit, offset=offset)
    finally:
        engine.dispose()
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    elif sys.stdout.isatty():
        _show(result, offset)
    else:
        for hit in result.hits:
            print("\t".join(map(printable, (hit.published_at or "", hit.source or "", hit.title.text, str(hit.n_copies), hit.url))))
    about = "" if result.is_count_exact else "about "
    articles, stories = counted(result.n_articles, "article"), counted(len(result.hits), "story", "stories")
    say(f"{about}{articles}; {stories} shown{', more with --offset' if result.has_more else ''}")


def _show(result: SearchResult, offset: int) -> None:
    console = result_console()
    for number, hit in enumerate(result.hits, offset + 1):
        title = _marked(hit.title, "bold") if hit.title.text else _marked(hit.snippet, "bold")
        console.print(f"[dim]{number:>3}[/] ", title, soft_wrap=True)
        copies = f"   {counted(hit.n_copies, 'copy', 'copies')}" if hit.n_copies > 1 else ""
        facts = (_when(hit), hit.site_name or hit.site, f"source {hit.source}" if hit.source else "no source named")
        console.print("     " + "   ".join(map(printable, facts)) + copies, markup=False, soft_wrap=True)
        console.print("    ", _marked(hit.snippet, ""), soft_wrap=True)
        console.print(f"     {printable(hit.url)}\n", style="dim", markup=False, soft_wrap=True)


def _when(hit: SearchHit) -> str:
    from storage.printed_times import moment

    return moment(hit.published_at, hit.published_precision) or "no date"


def _marked(highlighted: Highlighted, style: str) -> Text:
    from rich.text import Text

    # One character for each: the places of the hits must stay where they are.
    shown = "".join(char if char.isprintable() else " " for char in highlighted.text)
    text = Text(shown, style=style)
    for start, end in highlighted.hits:
        text.stylize("bold reverse", start, end)
    return text
