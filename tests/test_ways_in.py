"""No byte reaches an inside host: every spelling, by every way in."""

import json
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from twisted.internet.address import IPv4Address

from crawler.safety.addresses import compile_addresses, find_literal_address
from crawler.safety.resolver import _PublicOnly, refused_hosts
from tests.commands import yuanwen
from tests.inside_addresses import SPELLINGS
from tests.local_site import LocalSite, article, listing, serving

INSIDE_PORT_HOSTS = tuple(h for h in SPELLINGS if "%" not in h)
WAYS = ("seed", "link", "redirect", "refresh", "sitemap", "feed", "robots", "next_page")


@pytest.fixture(scope="module")
def inside() -> Iterator[list[bytes]]:
    """A secret host on 127.0.0.2 that notes every connection; the public site is 127.0.0.1, the only allowed address."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.2", 0))
    port = listener.getsockname()[1]
    heard.append(str(port).encode())

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            heard.append(b"connection")
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield heard
    listener.close()


def spelled(port: str) -> list[str]:
    """The secret host in many spellings, and every other inside address on its port."""
    two = (
        "127.0.0.2",
        "127.2",
        "2130706434",
        "0x7f000002",
        "0177.0.0.2",
        "0x7f.2",
        "127.0.0.2.",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "１２７.0.0.2",
        "127。0。0。2",
    )
    return [
        f"http://{host}:{port}/secret.html"
        for host in (*two, *INSIDE_PORT_HOSTS)
        if find_literal_address(host) not in (ip_address("127.0.0.1"), ip_address("::ffff:127.0.0.1")) and host.isascii()
    ]


def lay_traps(site: LocalSite, targets: list[str]) -> dict[str, str]:
    """Put every target behind every way in; return way to the URL to start from."""
    for n, target in enumerate(targets):
        site.routes[f"/2024/03/01/r{n}1.html"] = (302, {"Location": target}, b"")
        site.html(
            f"/2024/03/01/m{n}1.html", f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head><body>x</body></html>'
        )
        site.html(f"/2024/03/01/n{n}1.html", article("示例乡镇春耕备耕工作全面展开", seed=n, extra=f'<a href="{target}">下一页</a>'))
    site.html("/link/", listing(dict.fromkeys(targets, "示例乡镇春耕备耕工作全面展开")))
    for way, letter in (("redirect", "r"), ("refresh", "m"), ("next_page", "n")):
        site.html(f"/{way}/", listing({f"/2024/03/01/{letter}{n}1.html": f"示例乡镇春耕备耕工作全面展开{n}" for n in range(len(targets))}))
    locations = "".join(f"<url><loc>{t}</loc></url>" for t in targets)
    site.routes["/sitemap/"] = (200, {"Content-Type": "text/xml"}, f"<urlset>{locations}</urlset>".encode())
    items = "".join(f"<item><link>{t}</link></item>" for t in targets)
    site.routes["/feed/"] = (200, {"Content-Type": "text/xml"}, f"<rss><channel>{items}</channel></rss>".encode())
    return {way: site.url(f"/{way}/") for way in WAYS if way not in ("seed", "robots")}


def test_no_spelling_gets_in_by_any_way(inside: list[bytes], tmp_path: Path) -> None:
    targets = spelled(inside[0].decode())
    assert len(targets) >= 40
    with serving() as site:
        starts = lay_traps(site, targets)
        runs = [yuanwen(tmp_path, "crawl", *starts.values(), "--json", timeout_s=300, YUANWEN_ALLOW_ADDRESSES="127.0.0.1/32")]
        runs.append(yuanwen(tmp_path, "crawl", *targets, "--json", YUANWEN_ALLOW_ADDRESSES="127.0.0.1/32"))
        for target in targets[:11]:
            site.routes["/robots.txt"] = (302, {"Location": target}, b"")
        runs.append(yuanwen(tmp_path, "crawl", starts["link"], "--json", YUANWEN_ALLOW_ADDRESSES="127.0.0.1/32"))
    assert inside[1:] == [], "a connection reached the inside host"
    counts = [json.loads(run.stdout)["counts"] for run in runs]
    assert counts[0]["failed/unsafe_address"] >= 2 * len(targets), counts[0]
    assert "failed/connection" not in counts[0]
    assert set(counts[1]) == {"failed/unsafe_address"}
    assert set(counts[2]) == {"failed/unsafe_address"}, "a robots.txt that leads inside allows nothing"


class Receiver:
    def __init__(self) -> None:
        self.addresses: list[str] = []

    def resolutionBegan(self, resolution: object) -> None: ...

    def addressResolved(self, address: IPv4Address) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None: ...


def test_a_name_is_judged_at_each_resolution() -> None:
    """Rebinding: the first answer is public, the second is not."""
    rules, seen = compile_addresses(()), []
    for answer in ("93.184.216.34", "127.0.0.1"):
        receiver = Receiver()
        _PublicOnly(receiver, "rebind.example", rules).addressResolved(IPv4Address("TCP", answer, 80))
        seen.append(receiver.addresses)
    assert seen == [["93.184.216.34"], []]
    assert refused_hosts["rebind.example"] == "127.0.0.1"


def test_names_that_resolve_inside_are_refused(inside: list[bytes], tmp_path: Path) -> None:
    run = yuanwen(tmp_path, "rerun", f"http://localhost:{inside[0].decode()}/secret.html", YUANWEN_ALLOW_ADDRESSES="")
    assert run.returncode == 4, run.stderr
    assert "unsafe_address" in run.stderr
    assert inside[1:] == []
