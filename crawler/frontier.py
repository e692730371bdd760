"""The frontier as Scrapy's SCHEDULER: batches are leased, links and acknowledgements written together, hosts taken in turn."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.host_queues import HostQueues, pause_of
from crawler.outcome_log import outcomes_of
from crawler.politeness.pace import MAX_WAIT_S, PaceMiddleware, politeness_key
from crawler.revisit import end_of_visit
from crawler.rhythm import load_rhythm, price_of
from crawler.visits import Visit
from crawler.waking import Waker
from pipelines.errors import StorageError
from pipelines.normalize.urls import canonical_url
from storage.frontier import Frontier
from storage.frontier_owners import owner_name
from storage.frontier_types import Ended, NewUrl
from storage.outcomes import NewOutcome

log = logging.getLogger(__name__)

RANK = {"seed": 0, "section": 5, "article": 10, "list": 20}
"""Articles before further list pages: the newest stand on the first."""
BATCH = 64
"""URLs a claim, over all hosts."""
MAX_A_HOST = 32
MAX_OPEN = 24
"""Pages in work at once where hosts need no delay: what a kill costs is these and the acknowledgements not yet written."""
MAX_OPEN_WITH_DELAY = 64
MAX_ACKS = 16
MAX_ADDED = 500
FLUSH_S = 0.5
CLAIM_S = 0.05
"""Least time between two claims while there are URLs in memory, or links to be written first."""
CLAIM_SHARE = 0.1
"""Of the time, claims take this much at the most, however slow the machine or the database is."""
IDLE_CLAIM_S = 0.5
"""Between two looks at a frontier that had nothing for us."""
RECOVER_S = 5.0
MAX_RETRY_WAIT_S = 120.0
"""A run waits this long for failed tries to fall due, and for hosts that asked for a pause; later ones are the next run's."""


class SqlScheduler(BaseScheduler):
    """Scrapy's side of the frontier."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.added: dict[str, NewUrl] = {}
        self.ended: list[Ended] = []
        self.outcomes: list[NewOutcome] = []
        self.n_handed_out = 0
        self.flushed_at = self.claimed_at = self.polled_at = self.recovered_at = 0.0
        self.claim_pause_s = CLAIM_S
        self.expects_hosts = True
        """The frontier may hold hosts with work that nobody has leased."""
        self.unreachable_since: float | None = None
        self.retry_at: float | None = None
        """Monotonic time at which the next failed try falls due."""
        self.stopping = threading.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "SqlScheduler":
        """Build it."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Check the hooks, take over what dead workers left, start the heartbeat.

        Raises:
            RuntimeError: this version of Scrapy lacks a hook.
        """
        self.waker = Waker(self.crawler)
        self.spider: Any = spider
        self.plan = self.spider.plan
        self.context = self.spider.context
        self.pace = self._pace()
        self.queues = HostQueues(self.pace, self.crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
        self.frontier = Frontier(self.context.engine, owner_name(), scopes=self.plan.scopes, horizon_s=self.plan.horizon_s)
        self.price = price_of([known for text in self.frontier.rhythms() if (known := load_rhythm(text))])
        self.ends_at = time.monotonic() + self.plan.run_s
        n_lost = self.frontier.recover(
            least_delay_s=self.context.config.delay, retry_failed=not self.plan.is_due, retry_dead=self.plan.is_dead_wanted
        )
        if n_lost:
            log.warning("%d pages were in work when an earlier run ended; they are fetched again", n_lost)
        self.recovered_at = time.monotonic()
        self.max_open = MAX_OPEN if not self.context.config.delay else MAX_OPEN_WITH_DELAY
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()

    def _pace(self) -> PaceMiddleware:
        return next(m for m in self.crawler.engine.downloader.middleware.middlewares if isinstance(m, PaceMiddleware))

    def _beat(self) -> None:
        while not self.stopping.wait(self.frontier.lease_s / 3):
            try:
                self.frontier.heartbeat()
            except StorageError as error:
                log.warning("heartbeat: %s", error)

    def close(self, reason: str) -> None:
        """Write what is left and give everything back."""
        self.stopping.set()
        self.waker.cancel()
        try:
            self.flush()
            now, clock = time.monotonic(), time.time()
            self.frontier.release_all([self.queues.back_of(host, now, clock) for host in self.queues.by_host])
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
        if self._is_used_up():
            return False
        resting = self.queues.resting(time.monotonic() + MAX_RETRY_WAIT_S)
        if self.added or self.ended or self.queues.has_waiting_beside(resting):
            self._wake_for_next()
            return True
        pending = self._try(lambda: self.frontier.pending(MAX_RETRY_WAIT_S, beside=resting))
        if pending is not None and not (pending.is_ready or pending.is_leased or pending.next_due_s is not None):
            self._leave(resting)
            return False
        self.waker.wake(IDLE_CLAIM_S)
        return True

    def _leave(self, resting: Collection[str]) -> None:
        """Leave hosts that asked for a long pause to a later run, and say so of what this one was to start from."""
        for host in resting:
            why = f"{host} asked for a pause, {self.queues.not_before(host) - time.monotonic():.0f} s left"
            for leased in self.queues.by_host[host].waiting:
                self.spider.run_log.note_put_off(leased.url, why)

    def next_request(self) -> Request | None:
        """Hand out the next URL whose host may be asked."""
        now = time.monotonic()
        if self._owes_flush(now):
            self._try(self.flush)
        if self._is_used_up() or self.queues.n_open >= self.max_open:
            return None
        leased = self.queues.pick(now)
        if leased is None and self._may_claim(now):
            self._try(self._claim)
            leased = self.queues.pick(time.monotonic())
        if leased is None:
            self._wake_for_next()
            return None
        self.n_handed_out += 1
        return self.spider.ask_leased(leased)  # type: ignore[no-any-return]

    def _owes_flush(self, now: float) -> bool:
        if self.unreachable_since is None and (len(self.ended) >= MAX_ACKS or len(self.added) >= MAX_ADDED):
            return True
        return bool(self.added or self.ended) and now - self.flushed_at >= FLUSH_S

    def _may_claim(self, now: float) -> bool:
        since = now - self.claimed_at
        if self.unreachable_since is not None:
            return since >= IDLE_CLAIM_S
        if self.queues.thirsty():
            return since >= self.claim_pause_s or not self.queues.has_waiting
        return since >= (self.claim_pause_s if self.added or self.expects_hosts else IDLE_CLAIM_S)

    def _is_used_up(self) -> bool:
        is_over = self.n_handed_out >= self.plan.most_pages or time.monotonic() > self.ends_at
        return is_over or self.spider.run_log.stopped_for is not None

    # What the visits say

    def answered_visit(self, visit: Visit) -> None:
        """Take note that a visit's request was answered, or failed; what is made of it takes longer."""
        if visit.leased is not None:
            self.queues.note_answer(visit.leased)
            self.waker.wake(self.queues.not_before(visit.leased.host) - time.monotonic())

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
        if visit.leased is None:
            return
        self.queues.close(visit.leased, time.monotonic())
        if visit.leased.is_shaken:
            self.flushed_at = (
                0.0  # told before the next is begun: a program that dies again and again still gets on, and blames nobody else
            )

    # The database

    def flush(self) -> None:
        """Write found links, acknowledgements and outcomes in one transaction; nothing is forgotten if it fails."""
        added, ended, outcomes = list(self.added.values()), list(self.ended), list(self.outcomes)
        self.flushed_at = time.monotonic()
        if added or ended or outcomes:
            self.frontier.commit(added, ended, run_id=self.context.run_id, outcomes=outcomes)
            for new in added:
                self.added.pop(new.url, None)
            self.expects_hosts |= self.queues.note_added({new.host for new in added})
            del self.ended[: len(ended)], self.outcomes[: len(outcomes)]

    def _claim(self) -> None:
        self.flush()
        now, clock_s = time.monotonic(), time.time()
        self.claimed_at = now
        is_poll = now - self.polled_at >= IDLE_CLAIM_S
        if now - self.recovered_at >= RECOVER_S or (self.retry_at is not None and now >= self.retry_at):
            self.recovered_at, self.retry_at = now, None
            self.frontier.recover(least_delay_s=self.context.config.delay)
            is_poll = True
        self._exchange_hosts(now, clock_s, is_poll)
        thirsty = self.queues.thirsty(also_drained=is_poll)
        if thirsty:
            n = max(2, min(MAX_A_HOST, BATCH // len(thirsty)))
            self.queues.put(self.frontier.claim(thirsty, n), thirsty, now)
        if is_poll:
            self.polled_at = now
        self.claimed_at = time.monotonic()
        self.claim_pause_s = min(IDLE_CLAIM_S, max(CLAIM_S, (self.claimed_at - now) / CLAIM_SHARE))

    def _exchange_hosts(self, now: float, clock_s: float, is_poll: bool) -> None:
        """Give back hosts without work, lease hosts that have some."""
        back = self.queues.idle(now, clock_s, at_once=self.queues.room(now) <= 0)
        self.frontier.release_hosts(back)
        self.queues.drop(back)
        room = self.queues.room(now)
        if room > 0 and (self.expects_hosts or is_poll):
            found = self.frontier.lease_hosts(room)
            self.expects_hosts = len(found) == room
            for host in found:
                self.queues.take(host, now, clock_s)
                if (left_s := pause_of(host, clock_s)) > max(MAX_WAIT_S, host.delay_s):
                    log.warning("%s asked an earlier run for a pause; it is left alone for %.0f s", host.host, left_s)

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

    def _wake_for_next(self) -> None:
        """Have the engine ask again when the next host may be asked, or the next claim be made."""
        now, next_time = time.monotonic(), self.queues.next_time()
        soon_s = self.claim_pause_s if self.unreachable_since is None and (self.added or self.queues.thirsty()) else IDLE_CLAIM_S
        self.waker.wake(soon_s if next_time is None else min(soon_s, next_time - now))

    def known(self, urls: Iterable[str]) -> set[str]:
        """Return those of the URLs that were found before."""
        wanted = set(urls)
        found = self._try(lambda: self.frontier.known(wanted)) or set()
        return {*found, *(url for url in wanted if url in self.added)}
