"""The unit files: systemd takes them, and the command in them is one of ours."""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, CommandResult

UNITS = ROOT / "data" / "units"


def test_the_command_of_the_service_exists(yuanwen: Callable[..., CommandResult]) -> None:
    lines = (UNITS / "yuanwen-crawl.service").read_text(encoding="utf-8").splitlines()
    (start,) = (shlex.split(line.partition("=")[2]) for line in lines if line.startswith("ExecStart="))
    _, command, *options = start
    told = yuanwen(command, "--help")
    assert told.code == 0
    assert options
    assert all(option in told.out for option in options)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_them(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/yuanwen/.venv/bin/yuanwen", "/bin/true")  # it checks that the program exists
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if "yuanwen" in line] == []
