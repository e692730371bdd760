"""`yuanwen parse dates` and `parse credits`: header lines from stdin, one JSON object a line out."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Read header lines from stdin.", no_args_is_help=True)
    app.add_typer(group, name="parse")
