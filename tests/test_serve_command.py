"""`yuanwen serve` as a user starts it: it serves until it is stopped, and says in one line why it cannot."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from crawler import cli
from storage.database import open_database
from tests.commands import environment


def test_it_serves_until_it_is_stopped(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/y.db").dispose()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "crawler.cli", "serve", "--port", str(port)]
    started = {"env": environment(tmp_path), "cwd": tmp_path, "stderr": subprocess.PIPE, "text": True}
    # A test run in the background may ignore Ctrl-C, and what it starts would inherit that.
    with subprocess.Popen(command, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler), **started) as process:
        try:
            assert process.stderr is not None
            assert f"http://127.0.0.1:{port}/" in process.stderr.readline()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert b"Nothing is stored yet" in answer.read()
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130  # stopped by the user, as everywhere


@pytest.mark.parametrize(("database", "arguments", "word"), [("none.db", (), "none.db"), ("y.db", ("--host", "300.1.1.1"), "300.1.1.1")])
def test_what_keeps_it_from_serving_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], database: str, arguments: tuple[str, ...], word: str
) -> None:
    open_database(f"sqlite:///{tmp_path}/y.db").dispose()
    assert cli.run(["serve", "--db", f"sqlite:///{tmp_path}/{database}", *arguments]) in (1, 2)
    said = capsys.readouterr().err
    assert word in said
    assert len(said.splitlines()) == 1


def test_a_taken_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_database(f"sqlite:///{tmp_path}/y.db").dispose()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert cli.run(["serve", "--db", f"sqlite:///{tmp_path}/y.db", "--port", port]) == 2
    said = capsys.readouterr().err
    assert port in said
    assert "bind" not in said
