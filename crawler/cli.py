"""The command line: `yuanwen …`. Result on stdout, talk on stderr."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from crawler.talk import say
from pipelines.errors import UsageError, YuanwenError

FAULT, USAGE, NOTHING, REFUSED, PARTLY = 1, 2, 3, 4, 5
"""Exit codes of the contract; 0 is ok."""
INTERRUPTED = 130
"""What typer makes of Ctrl-C."""

COMMANDS = (
    "demo",
    "crawl",
    "rerun",
    "extract",
    "replay",
    "status",
    "serve",
    "search",
    "show",
    "changes",
    "export",
    "takedown",
    "withhold",
    "db",
    "story",
    "group",
    "sites",
    "parse",
    "repair",
)
"""Modules of crawler/commands, in the order `--help` shows; each has `register(app)`."""
ALSO_IN = {"reprocess": "replay"}
"""Further commands, and the modules they are in."""


def make_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Make the program: with the one command that is asked for, as each loads libraries of its own, or with all."""
    app = typer.Typer(
        name="yuanwen",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_no_options)  # without it a single command would have no name
    name = arguments[0] if arguments else ""
    name = ALSO_IN.get(name, name)
    for module in (name,) if name in COMMANDS else COMMANDS:
        import_module(f"crawler.commands.{module}").register(app)
    return app


def _no_options() -> None:
    pass


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; an error of ours is one line on stderr, never a traceback."""
    try:
        code = _run(arguments)
        sys.stdout.flush()  # while a fault of what it is written to can still be told
        return code
    except BrokenPipeError:  # `yuanwen … | head`: the reader has seen enough
        _drop_output()
        return 0
    except OSError as error:  # of the output: databases and files say theirs in words of their own
        _drop_output()
        say(f"{error.filename or 'the output'}: {error.strerror or error}")
        return FAULT


def _drop_output() -> None:
    """Let what was not written go nowhere, so that the end of the program does not try once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    try:
        code = make_app(arguments)(args=arguments, standalone_mode=False)
    except typer.TyperException as error:  # wrong usage
        message = getattr(error, "format_message", error.__str__)()
        if "\n" in message:  # no arguments at all: the help
            print(message, file=sys.stderr)
        else:
            say(f"{message.rstrip('.')}; --help tells more")
        return USAGE
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # rich and typer end by themselves, as a fault
            raise stop.__context__ from None
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except YuanwenError as error:
        say(str(error))
        return USAGE if isinstance(error, UsageError) else FAULT
    except KeyboardInterrupt:  # while the command was loaded; later, typer makes the code of it
        code = INTERRUPTED
    if code == INTERRUPTED:
        say("stopped")
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
