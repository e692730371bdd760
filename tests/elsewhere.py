"""`yuanwen` on a machine with another name server (`TEST_DNS_PORT`) or another clock (`TEST_CLOCK_FILE`, seconds to add): `python -m tests.elsewhere crawl …`.

Only what the system answers is exchanged, `getaddrinfo` and `time`; everything of ours, of Scrapy and of Twisted runs as always.
"""

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

_of_the_system = socket.getaddrinfo


def _ask(name: str, kind: int, port: int) -> list[str]:
    from twisted.names import dns

    query = dns.Message(id=1, recDes=1)
    query.addQuery(name.encode(), kind)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(5)
        asking.sendto(query.toStr(), ("127.0.0.1", port))
        answer = dns.Message()
        answer.fromStr(asking.recv(4096))
    if answer.rCode:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return [
        record.payload.dottedQuad() if kind == dns.A else socket.inet_ntop(socket.AF_INET6, record.payload.address)
        for record in answer.answers
    ]


def _resolve(host: Any, port: Any, *arguments: Any, **named: Any) -> list[Any]:
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or not name.endswith(".test"):
        return _of_the_system(host, port, *arguments, **named)
    from twisted.names import dns

    addresses = [a for kind in (dns.A, dns.AAAA) for a in _ask(name, kind, int(os.environ["TEST_DNS_PORT"]))]
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [entry for address in addresses for entry in _of_the_system(address, port, *arguments, **named)]


def main() -> None:
    """Exchange what is asked for, then run the command."""
    if "TEST_DNS_PORT" in os.environ:
        socket.getaddrinfo = _resolve  # type: ignore[assignment]
    if "TEST_CLOCK_FILE" in os.environ:
        real, shift = time.time, Path(os.environ["TEST_CLOCK_FILE"])
        time.time = lambda: real() + float(shift.read_text(encoding="ascii"))
    from crawler.cli import main as run

    sys.argv[0] = "yuanwen"
    run()


if __name__ == "__main__":
    main()
