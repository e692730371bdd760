"""The command line: `yuanwen …`. Result on stdout, talk on stderr."""

import sys

import typer

from crawler.commands import extract, parse, repair
from pipelines.errors import UsageError, YuanwenError

app = typer.Typer(name="yuanwen", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
extract.register(app)
parse.register(app)
repair.register(app)


def main() -> None:
    """Run the command line; an error is one line, never a traceback."""
    try:
        app()
    except YuanwenError as error:
        print(f"yuanwen: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
