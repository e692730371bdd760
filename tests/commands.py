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


_LAUNCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A small process between: a child counts the memory of the process that started it as its own."""


def export_megabytes(url: str, form: str, target: Path) -> float:
    """Export a base in a process of its own; return the most memory it held."""
    export = [sys.executable, "-m", "crawler.cli", "export", "--format", form, "--out", str(target), "--db", url]
    command, settings = [sys.executable, "-c", _LAUNCH, *export], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=settings, cwd=target.parent, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024
