"""Run `yuanwen …` as a user does: in its own process, with its own database."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a command that keeps everything in `folder` and may fetch from loopback."""
    ours = {
        "YUANWEN_DB": f"sqlite:///{folder}/y.db",
        "YUANWEN_DELAY": "0",
        "YUANWEN_ALLOW_ADDRESSES": "127.0.0.0/8",
        "YUANWEN_WORKERS": "1",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANWEN_")}
    return {**kept, **ours, **settings, "PYTHONPATH": str(ROOT)}


def yuanwen(
    folder: Path, *arguments: str, timeout_s: float = 120, module: str = "crawler.cli", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, env=environment(folder, **settings), cwd=folder, capture_output=True, text=True, timeout=timeout_s, check=False
    )
