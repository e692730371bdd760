"""Processor time of a piece of work: this process and, with PostgreSQL on this machine, the server process behind the engine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(engine: Engine, work: Callable[[], object]) -> float:
    """Return the seconds that `work` kept a processor busy. The engine must use one connection at a time."""
    before = time.process_time() + _server_seconds(engine)
    work()
    return time.process_time() + _server_seconds(engine) - before


def _server_seconds(engine: Engine) -> float:
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    stat = Path(f"/proc/{pid}/stat")
    fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else []
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0
