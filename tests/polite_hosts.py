"""Many hosts that each ask for their own manners, and a judge who reads what they were asked, and when."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise

from tests.local_site import listing
from tests.many_hosts import ManyHosts, Request, http

TOLERANCE = 0.05
PAUSE_S = 3.0
CRAWL_DELAY_S = 2.0
PAGE = http(200, "<html><head><title>短讯</title></head><body><p>短讯一则。</p></body></html>".encode())
KINDS = ("plain", "forbids", "crawl_delay", "retry_seconds", "retry_date", "robots_503", "plain", "plain")
"""Manners; hosts have them in turn."""


@dataclass(slots=True)
class PoliteHosts:
    """The hosts, by address; `answer` is called by the server for each request."""

    hosts: list[str]
    n_pages: int
    kinds: tuple[str, ...] = KINDS
    pauses: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Address to when it asked for a pause and until when; monotonic."""

    def kind(self, host: str) -> str:
        """Return the manners of a host."""
        return self.kinds[self.hosts.index(host) % len(self.kinds)]

    def answer(self, request: Request) -> bytes:
        """Answer as a host of its kind does."""
        kind = self.kind(request.host)
        if request.path == "/robots.txt":
            return self._robots(kind)
        if request.path == "/":
            paths = [f"/2024/03/01/{n}.html" for n in range(self.n_pages)]
            paths += [f"/2024/private/{n}.html" for n in range(3)] if kind == "forbids" else []
            return http(200, listing({path: f"示例乡镇春耕备耕工作全面展开{path}" for path in paths}).encode())
        if kind.startswith("retry") and request.host not in self.pauses and request.path.endswith("/2.html"):
            return self._pause(request, kind)
        return PAGE

    def _robots(self, kind: str) -> bytes:
        if kind == "robots_503":
            return http(503)
        rules = {"forbids": "Disallow: /2024/private/", "crawl_delay": f"Crawl-delay: {CRAWL_DELAY_S:.0f}"}.get(kind)
        return http(200, f"User-agent: *\n{rules}\n".encode(), "text/plain") if rules else http(404)

    def _pause(self, request: Request, kind: str) -> bytes:
        if kind == "retry_seconds":
            self.pauses[request.host] = (request.at, request.at + PAUSE_S)
            return http(429, retry_after=f"{PAUSE_S:.0f}")
        until = int(time.time() + PAUSE_S) + 1  # dates have whole seconds
        self.pauses[request.host] = (request.at, request.at + until - time.time())
        return http(503, retry_after=format_datetime(datetime.fromtimestamp(until, UTC), usegmt=True))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the log says."""

    n_requests: int
    early: list[str]
    """Requests that came before their host's delay or pause was over, by more than the tolerance."""
    forbidden: list[str]
    n_pauses: int
    n_twice: int
    """Pages asked for more often than once, those apart that answered with a pause."""
    least: dict[str, float]
    """Kind of host to the shortest gap between two requests, as a share of what it had to be."""

    def line(self) -> str:
        """Say it in a line."""
        least = ", ".join(f"{kind} {share:.3f}" for kind, share in sorted(self.least.items()))
        return (
            f"{self.n_requests} requests, {len(self.early)} early, {len(self.forbidden)} forbidden, {self.n_pauses} pauses, {self.n_twice} twice; "
            f"shortest gap by kind: {least}"
        )


def judge(site: ManyHosts, polite: PoliteHosts, delay_s: float) -> Judgement:
    """Read the log."""
    by_host: dict[str, list[Request]] = defaultdict(list)
    for request in site.asked:
        by_host[request.host].append(request)
    early, forbidden, n_twice = [], [], 0
    least: dict[str, float] = {}
    for host, asked in by_host.items():
        kind = polite.kind(host)
        forbidden += [r.path for r in asked if "/private/" in r.path or (kind == "robots_503" and r.path != "/robots.txt")]
        n_twice += sum(n - 1 for path, n in Counter(r.path for r in asked).items() if path.startswith("/2024/"))
        n_twice -= host in polite.pauses
        for before, after in pairwise(asked):
            due_s = _due_after(before, after, polite.pauses.get(host), CRAWL_DELAY_S if _knows_delay(kind, asked, before) else delay_s)
            share = (after.at - before.at) / due_s
            least[kind] = min(share, least.get(kind, share))
            if share < 1 - TOLERANCE:
                early.append(f"{host} ({kind}): {after.path} {after.at - before.at:.3f} s after {before.path}, due {due_s:.3f} s")
    return Judgement(len(site.asked), early, forbidden, len(polite.pauses), n_twice, least)


def _knows_delay(kind: str, asked: list[Request], before: Request) -> bool:
    """Tell whether a request comes after the answer that asks for a Crawl-delay; until then ours is kept."""
    return kind == "crawl_delay" and asked[0].path == "/robots.txt" and before.at >= asked[0].at


def _due_after(before: Request, after: Request, pause: tuple[float, float] | None, delay_s: float) -> float:
    """Return the seconds that had to lie between two requests to a host."""
    if pause is not None and before.at <= pause[0] < after.at:
        return max(delay_s, pause[1] - before.at)
    return delay_s
