"""What commands say: results on stdout, talk and progress on stderr, bars only on a terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Entry = TypeVar("Entry")


def say(text: str) -> None:
    """Print one line of talk on stderr; control characters of the outside world are shown, not obeyed."""
    print("yuanwen: " + printable(text), file=sys.stderr)


def printable(text: str) -> str:
    r"""Make a string safe for a terminal or a log line.

    >>> printable("http://a/\x1b[2J\nforged")
    'http://a/\\x1b[2J\\nforged'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


PIPE_WIDTH = 4096
"""Columns of a table where there is no terminal: no cell is broken in two."""


def result_console() -> Console:
    """Return the console for results: colours and width of the terminal, plain and whole lines in a pipe."""
    is_terminal = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not is_terminal, width=None if is_terminal else PIPE_WIDTH)


def progress(entries: Iterable[Entry], title: str, total: int | None = None) -> Iterator[Entry]:
    """Show a progress bar on stderr while going through `entries`; only on a terminal."""
    if not sys.stderr.isatty():
        yield from entries
        return
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield from bar.track(entries, total=total)
