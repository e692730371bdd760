"""Lines that commands read, one case each: a bad one is named on stderr, and the others go on."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.talk import say
from pipelines.errors import UsageError

FAULT, SOME_FAILED = 1, 5


class InputLines:
    """The lines of standard input (no path, or "-") or of a file, and how many of them were bad."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = None if path is None or str(path) == "-" else path
        self.n_good = self.n_bad = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Go through the lines with their numbers, which count from 1; each is good until it is named, an empty one is neither.

        Raises:
            UsageError: there is no such file, or no standard input.
        """
        for number, line in enumerate(self._lines(), 1):
            self.n_good += bool(line.strip())
            yield number, line

    def name_bad(self, number: int, reason: object) -> None:
        """Say what is wrong with a line."""
        self.n_good, self.n_bad = self.n_good - 1, self.n_bad + 1
        say(f"{self.path or 'stdin'}, line {number}: {reason}")

    def exit_code(self) -> int:
        """Return what the command ends with: all was read, some of it, or bad lines only."""
        if not self.n_bad:
            return 0
        return SOME_FAILED if self.n_good else FAULT

    def _lines(self) -> Iterator[bytes]:
        if self.path is None:
            if sys.stdin is None:  # closed by who started us
                raise UsageError("no standard input")
            yield from sys.stdin.buffer
            return
        try:
            with self.path.open("rb") as lines:
                yield from lines
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}") from error


def read_object(line: bytes) -> dict[str, Any]:
    """Read a line that holds one JSON object.

    Raises:
        ValueError: it does not; the message says why.
    """
    try:
        document = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    except ValueError as error:  # Python reads no longer ones
        raise ValueError("not JSON that can be read: a number of thousands of digits") from error
    except RecursionError as error:
        raise ValueError("not JSON that can be read: nested too deep") from error
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


def print_json(document: dict[str, Any]) -> None:
    r"""Print an object as one line; half a surrogate pair, which no encoding has, goes out as it may come in: as `\ud800`."""
    line = json.dumps(document, ensure_ascii=False)
    print(line if _is_encodable(line) else json.dumps(document))


def _is_encodable(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
