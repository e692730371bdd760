"""The frontier as Scrapy's SCHEDULER: batches are leased, links and acknowledgements written together, hosts taken in turn."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.outcome_log import outcomes_of
from crawler.politeness.pace import PaceMiddleware, politeness_key
from crawler.revisit import end_of_visit
from crawler.rhythm import load_rhythm, price_of
from crawler.visits import Visit
from pipelines.errors import StorageError
from pipelines.normalize.urls import canonical_url
from storage.frontier import Frontier
from storage.frontier_owners import owner_name
from storage.frontier_types import Ended, LeasedUrl, NewUrl
from storage.outcomes import NewOutcome

log = logging.getLogger(__name__)

RANK = {"seed": 0, "section": 5, "article": 10, "list": 20}
"""Articles before further list pages: the newest stand on the first."""
MAX_HOSTS = 64
BATCH = 32
"""URLs a claim, over all hosts."""
MAX_OPEN = 24
"""Pages in work at once where hosts need no delay: what a kill costs is these and the acknowledgements not yet written."""
MAX_ACKS = 16
FLUSH_S = 0.5
IDLE_CLAIM_S = 0.5
"""Between two looks at a frontier that had nothing for us."""
RECOVER_S = 5.0
MAX_RETRY_WAIT_S = 120.0
"""A run waits this long for failed tries to fall due; later ones are the next run's."""


@dataclass(slots=True)
class HostQueue:
    """A leased host: its URLs in memory, and how many are being fetched."""

    delay_s: float
    not_before: float
    """Monotonic."""
    waiting: deque[LeasedUrl] = field(default_factory=deque)
    n_open: int = 0
    is_drained: bool = False
    """The last claim brought fewer than asked for."""


class SqlScheduler(BaseScheduler):
    """Scrapy's side of the frontier."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.hosts: dict[str, HostQueue] = {}
        self.added: dict[str, NewUrl] = {}
        self.ended: list[Ended] = []
        self.outcomes: list[NewOutcome] = []
        self.n_open = self.n_handed_out = 0
        self.flushed_at = self.claimed_at = self.recovered_at = 0.0
        self.unreachable_since: float | None = None
        self.retry_at: float | None = None
        """Monotonic time at which the next failed try falls due."""
        self.suspect_is_open = False
        self.stopping = threading.Event()
        self._wake_at: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "SqlScheduler":
        """Build it."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Check the hooks, take over what dead workers left, start the heartbeat.

        Raises:
            RuntimeError: this version of Scrapy lacks a hook.
        """
        slot: Any = self.crawler.engine._slot
        if not callable(getattr(getattr(slot, "nextcall", None), "schedule", None)):
            raise RuntimeError("this version of Scrapy has no engine._slot.nextcall.schedule: the frontier could not wake it up")
        self.spider: Any = spider
        self.plan = self.spider.plan
        self.context = self.spider.context
        self.pace: PaceMiddleware = self._middleware(PaceMiddleware)
        self.frontier = Frontier(self.context.engine, owner_name(), scopes=self.plan.scopes)
        self.price = price_of([known for text in self.frontier.rhythms() if (known := load_rhythm(text))])
        n_lost = self.frontier.recover(least_delay_s=self.context.config.delay)
        if n_lost:
            log.warning("%d pages were in work when an earlier run ended; they are fetched again", n_lost)
        self.recovered_at = time.monotonic()
        self.max_open = MAX_OPEN if not self.context.config.delay else MAX_HOSTS
        self.per_host = self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _middleware(self, kind: type[Any]) -> Any:
        return next(m for m in self.crawler.engine.downloader.middleware.middlewares if isinstance(m, kind))

    def _beat(self) -> None:
        while not self.stopping.wait(self.frontier.lease_s / 3):
            try:
                self.frontier.heartbeat()
            except StorageError as error:
                log.warning("heartbeat: %s", error)

    def close(self, reason: str) -> None:
        """Write what is left and give everything back."""
        self.stopping.set()
        if self._wake_at is not None:
            self._wake_at.cancel()
        try:
            self.flush()
            now, clock = time.monotonic(), time.time()
            self.frontier.release_all({host: clock + max(0.0, self._not_before(host, q) - now) for host, q in self.hosts.items()})
        except StorageError as error:
            self.spider.run_log.stopped_for = self.spider.run_log.stopped_for or str(error)
            log.error("the frontier could not be closed: %s; its leases will run out", error)

    # What Scrapy asks

    def enqueue_request(self, request: Request) -> bool:
        """Take a URL that was found; it is written with its parent's acknowledgement."""
        visit: Visit | None = request.meta.get("visit")
        if visit is None:
            return False
        url = canonical_url(request.url, self.context.book.urls)
        is_seed = visit.kind == "seed"
        if url not in self.added or is_seed:
            self.added[url] = NewUrl(
                url=url, host=politeness_key(url), scope=visit.scope, kind=visit.kind, rank=RANK[visit.kind], depth=visit.depth,
                site_id=visit.site_id, is_forced=is_seed and not self.plan.is_due,
            )  # fmt: skip
        return True

    def has_pending_requests(self) -> bool:
        """Tell whether the run goes on. Called when nothing is being fetched."""
        if self.added or self.ended or any(q.waiting for q in self.hosts.values()):
            self._wake(0.0 if self.unreachable_since is None else IDLE_CLAIM_S)
            return not self._is_used_up()
        if self._is_used_up():
            return False
        pending = self._try(self.frontier.pending)
        if pending is None:
            self._wake(IDLE_CLAIM_S)
            return True
        retry_in_s = None if pending.next_due_s is None else pending.next_due_s - time.time()
        goes_on = bool(pending.n_ready or pending.n_leased or (retry_in_s is not None and retry_in_s <= MAX_RETRY_WAIT_S))
        if goes_on:
            self._wake(IDLE_CLAIM_S)
        return goes_on

    def next_request(self) -> Request | None:
        """Hand out the next URL whose host may be asked."""
        now = time.monotonic()
        if len(self.ended) >= MAX_ACKS or (now - self.flushed_at >= FLUSH_S and (self.added or self.ended)):
            self._try(self.flush)
        if self._is_used_up() or self.n_open >= self.max_open:
            return None
        leased = self._pick(now)
        if leased is None and now - self.claimed_at >= (IDLE_CLAIM_S if not self.added and not self.ended else 0.0):
            self._try(self._claim)
            leased = self._pick(now)
        if leased is None:
            self._wake(IDLE_CLAIM_S)
            return None
        self.n_open += 1
        self.n_handed_out += 1
        self.hosts[leased.host].n_open += 1
        return self.spider.ask_leased(leased)  # type: ignore[no-any-return]

    def _is_used_up(self) -> bool:
        limit = self.plan.max_pages
        return self.spider.run_log.stopped_for is not None or (limit is not None and self.n_handed_out >= limit)

    def _pick(self, now: float) -> LeasedUrl | None:
        for host in list(self.hosts):
            queue = self.hosts[host]
            if not queue.waiting or queue.n_open >= self.per_host or self._not_before(host, queue) > now:
                continue
            if (queue.waiting[0].is_suspect or self.suspect_is_open) and self.n_open:
                continue
            self.hosts[host] = self.hosts.pop(host)  # to the end: hosts in turn
            self.suspect_is_open = queue.waiting[0].is_suspect
            return queue.waiting.popleft()
        return None

    def _not_before(self, host: str, queue: HostQueue) -> float:
        """Monotonic time before which the host is not asked; 0: no such time."""
        left = self.pace.pause_left(host)
        return max(queue.not_before, time.monotonic() + left if left else 0.0)

    # What the visits say

    def ended_visit(self, visit: Visit) -> None:
        """Take a visit with its outcome; its row is acknowledged with the next batch."""
        self._close(visit)
        self.outcomes += outcomes_of(visit)
        if visit.leased is not None:
            self.ended.append(end_of_visit(visit, time.time(), self.price))

    def postponed_visit(self, visit: Visit) -> None:
        """Take a visit that is to be tried again."""
        self._close(visit)
        if visit.leased is not None:
            wait_s = max(visit.retry_in_s or 0.0, self.pace.pause_left(visit.leased.host))
            at = time.monotonic() + wait_s
            self.retry_at = at if self.retry_at is None else min(at, self.retry_at)
            self.ended.append(
                Ended(
                    pk=visit.leased.pk, state="waiting", due_s=time.time() + wait_s, attempts=visit.attempts, interval_s=visit.leased.interval_s,
                    etag=visit.leased.etag, last_modified=visit.leased.last_modified, body_hash=visit.leased.body_hash,
                    rhythm=visit.leased.rhythm,
                )
            )  # fmt: skip

    def _close(self, visit: Visit) -> None:
        if visit.leased is not None:
            self.n_open -= 1
            self.suspect_is_open = False
            self.hosts[visit.leased.host].n_open -= 1

    # The database

    def flush(self) -> None:
        """Write found links, acknowledgements and outcomes in one transaction; nothing is forgotten if it fails."""
        added, ended, outcomes = list(self.added.values()), list(self.ended), list(self.outcomes)
        self.flushed_at = time.monotonic()
        if added or ended or outcomes:
            self.frontier.commit(added, ended, run_id=self.context.run_id, outcomes=outcomes)
            for new in added:
                self.added.pop(new.url, None)
            del self.ended[: len(ended)], self.outcomes[: len(outcomes)]

    def _claim(self) -> None:
        self.flush()
        now = self.claimed_at = time.monotonic()
        if now - self.recovered_at >= RECOVER_S or (self.retry_at is not None and now >= self.retry_at):
            self.recovered_at, self.retry_at = now, None
            self.frontier.recover(least_delay_s=self.context.config.delay)
        self._give_back_drained(now)
        if len(self.hosts) < MAX_HOSTS:
            for found in self.frontier.lease_hosts(MAX_HOSTS - len(self.hosts)):
                self.hosts[found.host] = HostQueue(found.delay_s, now + max(0.0, found.next_s - time.time()))
                self.pace.slow_down(found.host, found.delay_s)
        low = [host for host, q in self.hosts.items() if not q.waiting]
        if low:
            wanted = dict.fromkeys(low, max(2, BATCH // len(low)))
            for leased in self.frontier.claim(wanted):
                self.hosts[leased.host].waiting.append(leased)
            for host in low:
                self.hosts[host].is_drained = not self.hosts[host].waiting
        if any(q.waiting for q in self.hosts.values()):
            self.claimed_at = 0.0

    def _give_back_drained(self, now: float) -> None:
        """Hosts without work go back, with the time they may be asked again: another worker may hold them next."""
        for host in [h for h, q in self.hosts.items() if q.is_drained and not q.waiting and not q.n_open]:
            queue = self.hosts.pop(host)
            wait_s = max(self._not_before(host, queue) - now, self.pace.delay_of(host))
            self.frontier.release_host(host, next_s=time.time() + wait_s, delay_s=self.pace.delays.get(host, queue.delay_s))

    def _try(self, action: Callable[[], Any]) -> Any:
        """Do something with the database; while it is gone nothing is lost; a patience later the run ends."""
        try:
            value = action()
        except StorageError as error:
            now = time.monotonic()
            if self.unreachable_since is None:
                self.unreachable_since = now
                log.warning("the frontier waits for the database: %s", error)
            if now - self.unreachable_since > self.plan.patience_s:
                self.spider.stop_for(str(error))
            self.claimed_at = now
            return None
        except Exception as error:  # a fault of our own must end the run, not stall it: Scrapy would ask again for ever
            log.exception("fault of the frontier")
            self.spider.stop_for(f"a fault of the frontier: {type(error).__name__}: {error}")
            return None
        if self.unreachable_since is not None:
            log.warning("the database is back after %.0f s", time.monotonic() - self.unreachable_since)
            self.unreachable_since = None
        return value

    def _wake(self, after_s: float) -> None:
        """Have the engine ask again: by itself it looks only every five seconds."""
        loop = asyncio.get_event_loop()
        if self._wake_at is None or self._wake_at.cancelled() or self._wake_at.when() <= loop.time():
            slot: Any = self.crawler.engine._slot
            self._wake_at = loop.call_later(max(0.02, after_s), slot.nextcall.schedule)

    def known(self, urls: Iterable[str]) -> set[str]:
        """Return those of the URLs that were found before."""
        wanted = set(urls)
        found = self._try(lambda: self.frontier.known(wanted)) or set()
        return {*found, *(url for url in wanted if url in self.added)}
