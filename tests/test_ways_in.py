"""No byte reaches an inside host: every spelling, by every way in, by the inside host's own log."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from crawler.safety.addresses import find_literal_address
from tests.commands import yuanwen
from tests.inside_addresses import INSIDE, SPELLINGS
from tests.local_dns import name_server
from tests.local_site import Answer, Asked, LocalSite, article, listing, serving

SITE_ONLY = "127.0.0.1/32"
"""The site the crawl is about, the only address allowed; the inside host listens beside it, on another port."""
OTHERS = (
    "127.9.9.9", "10.255.255.255", "172.20.1.1", "192.168.255.1", "169.254.1.1", "100.127.0.1", "198.19.255.255", "203.0.113.5",
    "::ffff:10.0.0.1", "::ffff:192.168.0.1", "fe80::2", "fd12::1", "64:ff9b::c0a8:1", "2002:a00:1::",
)  # fmt: skip
HEADLINE = "示例乡镇春耕备耕工作全面展开"


@dataclass(slots=True)
class Inside:
    """A host that is not to be reached: it notes every connection, and what came over it."""

    port: int = 0
    heard: list[tuple[str, bytes]] = field(default_factory=list)


@contextmanager
def inside_host(addresses: Sequence[str] = ("127.0.0.2", "127.0.0.1", "::1"), port: int = 0) -> Iterator[Inside]:
    """Listen on all inside addresses that a spelling can lead to."""
    inside, listeners = Inside(port), []

    def listen(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                inside.heard.append((listener.getsockname()[0], connection.recv(4096)))
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<p>secret</p>"
                )

    for address in addresses:
        listener = socket.create_server((address, inside.port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        inside.port = listener.getsockname()[1]
        listeners.append(listener)
        threading.Thread(target=listen, args=(listener,), daemon=True).start()
    try:
        yield inside
    finally:
        for listener in listeners:
            listener.close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    with inside_host() as host:
        yield host


def targets_at(port: int) -> list[str]:
    return [f"http://{host}:{port}/2024/03/01/{n}1.html" for n, host in enumerate(INSIDE)]


def sent(url: str) -> str:
    """Write a URL so that its UTF-8 bytes go into a header."""
    return url.encode().decode("latin-1")


def lay_traps(site: LocalSite, targets: list[str]) -> dict[str, str]:
    """Put every target behind every way in that a page can offer; return way to the URL to start from."""
    for n, target in enumerate(targets):
        site.routes[f"/2024/03/01/r{n}1.html"] = (302, {"Location": sent(target)}, b"")
        site.html(
            f"/2024/03/01/m{n}1.html", f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head><body>x</body></html>'
        )
        site.html(f"/2024/03/01/n{n}1.html", article(HEADLINE, seed=n, extra=f'<a href="{target}">下一页</a>'))
    site.html("/link/", listing(dict.fromkeys(targets, HEADLINE)))
    for way, letter in (("redirect", "r"), ("refresh", "m"), ("next_page", "n")):
        site.html(f"/{way}/", listing({f"/2024/03/01/{letter}{n}1.html": f"{HEADLINE}{n}" for n in range(len(targets))}))
    locations = "".join(f"<url><loc>{t}</loc></url>" for t in targets)
    site.routes["/sitemap/"] = (200, {"Content-Type": "text/xml"}, f"<urlset>{locations}</urlset>".encode())
    items = "".join(f"<item><link>{t}</link></item>" for t in targets)
    site.routes["/feed/"] = (200, {"Content-Type": "text/xml"}, f"<rss><channel>{items}</channel></rss>".encode())
    return {way: site.url(f"/{way}/") for way in ("link", "redirect", "refresh", "next_page", "sitemap", "feed")}


def counts_of(folder: Path, *urls: str, module: str = "crawler.cli", allowed: str = SITE_ONLY, **settings: str) -> dict[str, int]:
    run = yuanwen(folder, "crawl", *urls, "--json", timeout_s=300, module=module, YUANWEN_ALLOW_ADDRESSES=allowed, **settings)
    counts: dict[str, int] = json.loads(run.stdout)["counts"]
    return counts


def test_there_are_many_spellings_and_the_host_can_be_reached_by_them(inside: Inside, tmp_path: Path) -> None:
    """What the other tests forbid does happen where it is allowed: else they could not fail."""
    assert len(INSIDE) >= 48
    counts_of(tmp_path, *targets_at(inside.port), allowed="127.0.0.0/8,::1/128,0.0.0.0/32")
    assert len(inside.heard) >= 40
    assert {address for address, _ in inside.heard} == {"127.0.0.1", "127.0.0.2", "::1"}


def test_no_spelling_gets_in_as_seed_link_redirect_refresh_next_page_sitemap_or_feed(inside: Inside, tmp_path: Path) -> None:
    targets = targets_at(inside.port)
    with serving() as site:
        starts = lay_traps(site, targets)
        by_pages = counts_of(tmp_path, *starts.values())
        as_seeds = counts_of(tmp_path, *targets)
    assert inside.heard == []
    assert by_pages["failed/unsafe_address"] >= 2 * len(targets), (
        "redirects and refreshes; other links off the site are not followed at all"
    )
    assert by_pages["created"] + by_pages.get("unchanged", 0) == len(targets), "the articles whose next page lies inside"
    assert as_seeds == {"failed/unsafe_address": len(targets)}


def test_no_spelling_gets_in_by_the_redirect_of_a_robots_file(inside: Inside, tmp_path: Path) -> None:
    """One origin for each spelling: names of one address, told apart by the Host header."""
    targets = targets_at(inside.port)

    def robots(asked: Asked) -> Answer:
        return 302, {"Location": sent(targets[int(asked.headers["host"].partition(".")[0][1:])])}, b""

    with serving() as site, name_server(lambda _: ["127.0.0.1"]) as names:
        site.routes["/robots.txt"] = robots
        seeds = [f"http://r{n}.site{n}.test:{site.port}/2024/03/01/1.html" for n in range(len(targets))]
        counts = counts_of(tmp_path, *seeds, module="tests.elsewhere", TEST_DNS_PORT=str(names.port))
        assert site.paths().count("/robots.txt") == len(targets)
        assert set(site.paths()) == {"/robots.txt"}, "a robots.txt that leads inside allows nothing"
    assert counts == {"failed/unsafe_address": len(targets)}
    assert inside.heard == []


def test_no_address_gets_in_by_rebinding(tmp_path: Path) -> None:
    """Each name leads to the site at first; then to an inside address, alone or beside the site's. Same port: only the address differs."""
    spelled = {found for host in (*INSIDE, *SPELLINGS, *OTHERS) if host.isascii() and (found := find_literal_address(host))}
    inner = sorted(map(str, spelled - {ip_address("127.0.0.1"), ip_address("::ffff:127.0.0.1")}))  # the site itself, which is allowed
    assert len(inner) >= 40
    given = {"site": True, "inner": False}

    def answers(name: str) -> list[str]:
        own = [inner[int(name.partition(".")[0][1:])]]
        return [*(own if given["inner"] else []), *(["127.0.0.1"] if given["site"] else [])]

    with serving() as site, inside_host(("127.0.0.2", "::1"), site.port) as inside, name_server(answers) as names:
        site.html("/2024/03/01/1.html", article(HEADLINE, seed=1))
        seeds = [f"http://n{n}.rebound{n}.test:{site.port}/2024/03/01/1.html" for n in range(len(inner))]
        elsewhere = {"module": "tests.elsewhere", "TEST_DNS_PORT": str(names.port)}
        assert counts_of(tmp_path, *seeds, **elsewhere) == {"created": len(inner)}
        given |= {"inner": True}
        assert counts_of(tmp_path, *seeds, **elsewhere) == {"unchanged": len(inner)}, "the connection goes to what was checked"
        given |= {"site": False}
        assert counts_of(tmp_path, *seeds, **elsewhere) == {"failed/unsafe_address": len(inner)}
        assert inside.heard == []
        counts_of(tmp_path, seeds[inner.index("127.0.0.2")], **elsewhere, allowed="127.0.0.0/8")
        assert inside.heard, "allowed, the same name does lead there"


def test_names_that_resolve_inside_are_refused(inside: Inside, tmp_path: Path) -> None:
    run = yuanwen(tmp_path, "rerun", f"http://localhost:{inside.port}/secret.html", YUANWEN_ALLOW_ADDRESSES="")
    assert run.returncode == 4, run.stderr
    assert "unsafe_address" in run.stderr
    assert inside.heard == []
