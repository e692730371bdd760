"""`yuanwen repair`: JSON lines {"id", "text"} in, the same with `repairs` out."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
