"""What tests share: where the local test data and the services are."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("YUANWEN_SHARED", ROOT.parent / "shared"))
POSTGRES = "postgresql+psycopg://root@127.0.0.1:5432/test"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of local test data; the test is skipped, with the reason, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: local test data, not shipped with the project")
    return SHARED


@dataclass(frozen=True)
class CommandResult:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def yuanwen(capsys: pytest.CaptureFixture[str]) -> Callable[..., CommandResult]:
    """Run `yuanwen …` in this process: `yuanwen("extract", path)`."""
    from crawler.cli import run

    def run_command(*arguments: object) -> CommandResult:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return CommandResult(code, captured.out, captured.err)

    return run_command
