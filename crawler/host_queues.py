"""The hosts a worker has leased, in memory: their next URLs, and which of them may be asked now."""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from crawler.politeness.pace import MAX_PAUSE_S, PaceMiddleware
from storage.frontier_types import Claimed, HostBack, LeasedHost, LeasedUrl

MAX_HOSTS = 64
"""Hosts leased at once that may be asked soon; those that rest longer do not count."""
MAX_RESTING_HOSTS = 1024
REST_S = 5.0
MAX_BEHIND = 8
"""Pages of a host that were fetched and are not yet processed, beyond which it is not asked for more."""
KEPT_S = 5.0
"""A host without work is kept this long, unless another one is waiting for its place: the next page may bring links to it."""


@dataclass(slots=True)
class HostQueue:
    """A leased host."""

    delay_s: float
    """Crawl-delay last seen."""
    not_before: float
    """Monotonic; what another worker left. Our own requests are known to the pace."""
    worked_at: float
    """Monotonic time at which it last had something to do."""
    waiting: deque[LeasedUrl] = field(default_factory=deque)
    n_open: int = 0
    """Pages in work: being fetched, processed or stored."""
    asked: set[int] = field(default_factory=set)
    """`LeasedUrl.pk` of those being fetched."""
    may_have_more: bool = True
    """The frontier may hold further URLs of it that are ready."""


def pause_of(found: LeasedHost, clock_s: float) -> float:
    """Return the seconds in which another worker wants a host to be left alone. A pause much longer than the longest is none of ours: the clock was set back."""
    left_s = found.next_s - clock_s
    return left_s if 0 < left_s <= 2 * MAX_PAUSE_S else 0.0


class HostQueues:
    """Hosts in turn. All times are monotonic."""

    def __init__(self, pace: PaceMiddleware, per_host: int) -> None:
        self.pace, self.per_host = pace, per_host
        self.by_host: dict[str, HostQueue] = {}
        self.n_open = 0
        self.suspect_is_open = False

    def take(self, found: LeasedHost, now: float, clock_s: float) -> None:
        """Take a host that was leased; `clock_s`: `now` as seconds since 1970."""
        self.by_host[found.host] = HostQueue(found.delay_s, now + pause_of(found, clock_s), now)
        self.pace.slow_down(found.host, found.delay_s)

    def put(self, claimed: Claimed, asked: Iterable[str], now: float) -> None:
        """Put in what a claim for the hosts `asked` brought."""
        for leased in claimed.urls:
            queue = self.by_host[leased.host]
            queue.waiting.append(leased)
            queue.worked_at = now
        for host in asked:
            self.by_host[host].may_have_more = host not in claimed.drained

    def note_added(self, hosts: Iterable[str]) -> bool:
        """Note that the frontier got URLs of these hosts; tell whether one of them is not ours."""
        ours = [self.by_host.get(host) for host in hosts]
        for queue in filter(None, ours):
            queue.may_have_more = True
        return None in ours

    def pick(self, now: float) -> LeasedUrl | None:
        """Take the next URL whose host may be asked."""
        for host, queue in self.by_host.items():
            if not queue.waiting or not self._may_ask(queue) or self.not_before(host) > now:
                continue
            if (queue.waiting[0].is_suspect or self.suspect_is_open) and self.n_open:
                continue
            self.by_host[host] = self.by_host.pop(host)  # to the end: hosts in turn
            leased = queue.waiting.popleft()
            self.suspect_is_open = leased.is_suspect
            queue.n_open += 1
            queue.asked.add(leased.pk)
            self.n_open += 1
            return leased
        return None

    def _may_ask(self, queue: HostQueue) -> bool:
        return len(queue.asked) < self.per_host and queue.n_open < self.per_host + MAX_BEHIND

    def note_answer(self, leased: LeasedUrl) -> None:
        """Note that a picked URL was fetched: the host may be asked for the next while this one is processed."""
        self.by_host[leased.host].asked.discard(leased.pk)

    def close(self, leased: LeasedUrl, now: float) -> None:
        """Note that a picked URL is no longer in work."""
        queue = self.by_host[leased.host]
        queue.n_open -= 1
        queue.asked.discard(leased.pk)
        queue.worked_at = now
        self.n_open -= 1
        self.suspect_is_open = False

    def not_before(self, host: str) -> float:
        """Return the time before which a host is not asked."""
        return max(self.by_host[host].not_before, self.pace.not_before(host))

    def next_time(self) -> float | None:
        """Return when the first host that has URLs may be asked; None: none has any."""
        times = [self.not_before(host) for host, q in self.by_host.items() if q.waiting and self._may_ask(q)]
        return min(times, default=None)

    @property
    def has_waiting(self) -> bool:
        """Some host has URLs in memory."""
        return self.has_waiting_beside(())

    def has_waiting_beside(self, hosts: Collection[str]) -> bool:
        """Tell whether any other host has URLs in memory."""
        return any(queue.waiting for host, queue in self.by_host.items() if host not in hosts)

    def resting(self, until: float) -> frozenset[str]:
        """Return the hosts that may not be asked before `until`, and have no page in work."""
        return frozenset(host for host, queue in self.by_host.items() if not queue.n_open and self.not_before(host) > until)

    def thirsty(self, *, also_drained: bool = False) -> list[str]:
        """Return hosts without URLs in memory of which the frontier may hold some; `also_drained`: whatever we believe."""
        return [host for host, q in self.by_host.items() if not q.waiting and (q.may_have_more or also_drained)]

    def room(self, now: float) -> int:
        """Return how many further hosts may be leased. Slow hosts and paused ones must not keep the others waiting."""
        n_soon = sum(self.not_before(host) < now + REST_S for host in self.by_host)
        return min(MAX_HOSTS - n_soon, MAX_RESTING_HOSTS - len(self.by_host))

    def idle(self, now: float, clock_s: float, *, at_once: bool) -> list[HostBack]:
        """Return hosts without work, `at_once` or when they have been so for a while: another worker may hold them next."""
        return [
            self.back_of(host, now, clock_s)
            for host, q in self.by_host.items()
            if not (q.waiting or q.n_open or q.may_have_more) and (at_once or now - q.worked_at >= KEPT_S)
        ]

    def drop(self, back: Iterable[HostBack]) -> None:
        """Forget hosts that were given back."""
        for given in back:
            del self.by_host[given.host]

    def back_of(self, host: str, now: float, clock_s: float) -> HostBack:
        """Say when whoever holds a host next may ask it."""
        next_s = clock_s + max(0.0, self.not_before(host) - now)
        return HostBack(host=host, next_s=next_s, delay_s=self.pace.delays.get(host, self.by_host[host].delay_s))
