"""What tests of faults need: a crawl in the background, and a way to the database that can be cut."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.commands import environment
from tests.conftest import ROOT


@dataclass(slots=True)
class Crawl:
    """A `yuanwen crawl` that runs."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def end(self, timeout_s: float = 180) -> tuple[int, str]:
        """Wait for its end; return the exit code and what it said on stderr."""
        code = self.process.wait(timeout=timeout_s)
        return code, self.log.read_text(encoding="utf-8")


def start_crawl(folder: Path, *arguments: str, before: tuple[str, ...] = (), module: str = "crawler.cli", **settings: str) -> Crawl:
    """Start `yuanwen crawl …`; `before`: a command it is started by."""
    log = folder / f"crawl-{time.monotonic_ns()}.err"
    command = [*before, sys.executable, "-m", module, "crawl", *arguments]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, env=environment(folder, **settings), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=stderr)
    return Crawl(process, log)


def wait_until(is_so: Callable[[], bool], crawl: Crawl | None = None, timeout_s: float = 120) -> None:
    """Wait for something to become true, while the crawl runs."""
    ends_at = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < ends_at, "it never came"
        assert crawl is None or crawl.process.poll() is None, crawl.log.read_text(encoding="utf-8")
        time.sleep(0.01)


@dataclass(slots=True)
class Way:
    """A port that leads to a server, and can be cut: then nobody listens there."""

    target: tuple[str, int]
    port: int = 0
    listener: socket.socket | None = None
    open: list[socket.socket] = field(default_factory=list)

    def mend(self) -> None:
        """Let connections through."""
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self.listener,), daemon=True).start()

    def cut(self, for_s: float | None = None) -> None:
        """Break what is connected and refuse what comes. `for_s`: for so long."""
        if self.listener is not None:
            with suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        if for_s is not None:
            threading.Timer(for_s, self.mend).start()

    def _serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self.target)
                self.open += [client, server]
                threading.Thread(target=_pass_both_ways, args=(client, server), daemon=True).start()


def _pass_both_ways(client: socket.socket, server: socket.socket) -> None:
    back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
    back.start()
    _pass_on(client, server)
    back.join()
    client.close()
    server.close()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            sink.sendall(block)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def way_to(address: str, port: int) -> Iterator[Way]:
    """Forward a loopback port to a server."""
    way = Way((address, port))
    way.mend()
    try:
        yield way
    finally:
        way.cut()
        for end in way.open:
            end.close()
