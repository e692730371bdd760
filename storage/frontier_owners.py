"""Who holds a lease: machine, process and when it started, so that a dead process on this machine is known at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path


def owner_name() -> str:
    """Return the name of this process as an owner of leases."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def dead_owners(owners: Iterable[str]) -> list[str]:
    """Return those owners that were processes of this machine and are no more; others may live, their leases run out."""
    return [owner for owner in owners if _is_dead(owner)]


def is_running(owner: str) -> bool:
    """Tell whether an owner is a process of this machine that lives."""
    return owner.partition("/")[0] == _machine() and not _is_dead(owner)


def _is_dead(owner: str) -> bool:
    machine, _, rest = owner.partition("/")
    pid, _, started = rest.partition("/")
    if machine != _machine() or not pid.isdigit():
        return False
    now_running = _started(int(pid))
    return now_running is None or (started != "None" and now_running != started)


def _machine() -> str:
    """Two containers with one host name are told apart by their process namespace."""
    try:
        return f"{socket.gethostname()}+{os.readlink('/proc/self/ns/pid')}".replace("/", "_")
    except OSError:
        return socket.gethostname().replace("/", "_")


def _started(pid: int) -> str | None:
    """Return when a process started, as its system counts; None: there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        pass
    if Path("/proc/self").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "unknown"
