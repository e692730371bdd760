"""A name server on loopback for tests: what it answers is a function, what it was asked is a list."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from twisted.names import dns

Answers = Callable[[str], list[str]]
"""Name to addresses, IPv4 or IPv6; an OSError: the server fails."""


@dataclass(slots=True)
class LocalDns:
    """Where it listens, what it answers, what it was asked."""

    answers: Answers
    port: int = 0
    asked: list[str] = field(default_factory=list)


def reply(server: LocalDns, query: bytes) -> bytes:
    """Answer a query for A or AAAA records."""
    message = dns.Message()
    message.fromStr(query)
    name, kind = str(message.queries[0].name), message.queries[0].type
    message.answer = 1
    try:
        if kind == dns.A:
            server.asked.append(name)
        found = server.answers(name)
    except OSError:
        message.rCode = dns.ESERVER
        return bytes(message.toStr())
    for address in found:
        record = dns.Record_AAAA(address) if ":" in address else dns.Record_A(address)
        if kind == record.TYPE:
            message.answers.append(dns.RRHeader(name, kind, dns.IN, 0, record))
    return bytes(message.toStr())


@contextmanager
def name_server(answers: Answers) -> Iterator[LocalDns]:
    """Serve names over UDP."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    server = LocalDns(answers, listener.getsockname()[1])

    def serve() -> None:
        while True:
            query, client = listener.recvfrom(4096)
            if query == b"end":
                return
            listener.sendto(reply(server, query), client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", ("127.0.0.1", server.port))
        thread.join(10)
        listener.close()
