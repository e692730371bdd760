"""The API against its own description: whatever Schemathesis thinks of, what is described is answered and what is not is refused."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.reader.app import create_app
from tests.reader_articles import stored
from tests.reader_client import Served

MAX_EXAMPLES = 40
"""Requests an operation and phase; `make drill` asks more."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    engine, _ = stored(tmp_path_factory.mktemp("fuzzed") / "f.db")
    with Served(create_app(engine)) as server:
        yield server.base
    engine.dispose()


def found_by_schemathesis(base: str, folder: Path, seed: int, max_examples: int) -> str:
    """Run all its checks; return what it reports, empty where it found no failure."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{base}/openapi.json", "--checks", "all", "--seed", str(seed),
        "--max-examples", str(max_examples), "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1200, check=False)
    return "" if done.returncode == 0 and "Tested: 10" in done.stdout else done.stdout + done.stderr


def test_it_finds_no_failure(served: str, tmp_path: Path) -> None:
    assert not found_by_schemathesis(served, tmp_path, 3, MAX_EXAMPLES)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(10, 16))
def test_it_finds_no_failure_with_other_seeds(served: str, tmp_path: Path, seed: int) -> None:
    assert not found_by_schemathesis(served, tmp_path, seed, 200)
