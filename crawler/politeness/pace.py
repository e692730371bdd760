"""Pace per registrable domain: one connection, a delay, and a pause when the server asks for one."""

import asyncio
import logging
import random
import time
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError
from scrapy.http import Response

from crawler.responses import retry_after_s
from crawler.safety.addresses import redact_url
from pipelines.errors import FetchFailed, Reason
from pipelines.normalize.normalize import registrable_domain

log = logging.getLogger(__name__)

MAX_CRAWL_DELAY_S = 120.0
MAX_PAUSE_S = 3600.0
MAX_WAIT_S = 20.0
"""A request in hand waits this long for a pause to end; longer pauses send it back to the frontier."""
FIRST_BACKOFF_S = 5.0
FIRST_ABSENT_S, MAX_ABSENT_S = 1.0, 30.0
"""Pauses where no connection comes about at all."""
BUSY_STATUS = frozenset({429, 503})
N_WITHOUT_DELAY = 8
"""Connections to a host when the configured delay is 0: tests and one's own servers."""


@lru_cache(maxsize=65_536)
def _domain_of_host(host: str) -> str:
    if ":" in host or host.replace(".", "").isdigit():  # an address
        return host
    return registrable_domain(f"http://{host}/") or host


def politeness_key(url: str) -> str:
    """Return what shares one pace: the registrable domain, or the bare host.

    >>> politeness_key("http://news.example.com:8080/a")
    'example.com'
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _domain_of_host(host.lower())


class HostPaused(FetchFailed):
    """The server asked for a pause longer than a request in hand can wait."""


class PaceMiddleware:
    """Keep each domain's pace: Scrapy's slot enforces the delay, this sets it and keeps the pauses."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self.delays: dict[str, float] = {}
        self.paused_until: dict[str, float] = {}
        """Monotonic."""
        self.n_refusals: dict[str, int] = {}
        crawler.signals.connect(self._note_answer, signals.response_downloaded)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PaceMiddleware":
        """Build it for the delay of the settings."""
        return cls(crawler)

    def _note_answer(self, request: Request) -> None:
        """Count the delay from the end of the answer: what the server sees is then never shorter."""
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:
            slot.lastseen = time.monotonic()

    async def process_request(self, request: Request) -> None:
        """Put the request into its domain's slot; wait out a short pause.

        Raises:
            HostPaused: the pause is long.
        """
        key = politeness_key(request.url)
        request.meta["download_slot"] = key
        while (left := self.pause_left(key)) > 0:
            if left > MAX_WAIT_S:
                raise HostPaused(
                    Reason.HTTP_STATUS, stage="fetch", url=redact_url(request.url), detail=f"{key} asked for a pause, {left:.0f} s left"
                )
            await asyncio.sleep(left)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note a server that asks for a pause, or has recovered."""
        key = politeness_key(request.url)
        if response.status in BUSY_STATUS:
            self._pause(key, response)
        elif response.status < 500:
            self.n_refusals.pop(key, None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Leave a domain alone for a while where nobody is there: a server that restarts would else cost every URL its tries."""
        if isinstance(exception, (CannotResolveHostError, DownloadConnectionRefusedError)):
            key = politeness_key(request.url)
            if self.pause_left(key):  # others that were on their way with it
                return
            n = self.n_refusals[key] = self.n_refusals.get(key, 0) + 1
            pause_s = min(MAX_ABSENT_S, FIRST_ABSENT_S * 2 ** (min(n, 10) - 1))
            self.paused_until[key] = max(self.paused_until.get(key, 0.0), time.monotonic() + pause_s)

    def _pause(self, key: str, response: Response) -> None:
        n = self.n_refusals[key] = self.n_refusals.get(key, 0) + 1
        header = response.headers.get("Retry-After")
        asked = retry_after_s(header.decode("latin-1") if header else None, datetime.now(UTC))
        backoff = max(self.delay, FIRST_BACKOFF_S) * 2 ** (min(n, 10) - 1) * random.uniform(1.0, 1.5)
        pause_s = min(MAX_PAUSE_S, asked if asked is not None else backoff)
        if pause_s > MAX_WAIT_S and not self.pause_left(key):
            log.warning("%s asks for a pause; it is left alone for %.0f s", key, pause_s)
        self.paused_until[key] = max(self.paused_until.get(key, 0.0), time.monotonic() + pause_s)

    def pause_left(self, key: str) -> float:
        """Return the seconds until the domain may be asked again; 0: now."""
        until = self.paused_until.get(key)
        if until is None:
            return 0.0
        left = until - time.monotonic()
        if left <= 0:
            self.paused_until.pop(key, None)
        return max(0.0, left)

    def not_before(self, key: str) -> float:
        """Return the monotonic time before which the domain is not asked: a delay after its last answer, and after its pause."""
        slot = self.crawler.engine.downloader.slots.get(key)
        after_delay = slot.lastseen + slot.delay if slot is not None else 0.0
        return max(after_delay, self.paused_until.get(key, 0.0))

    def slow_down(self, key: str, crawl_delay_s: float) -> None:
        """Take a Crawl-delay longer than ours into account, from the next request on."""
        delay = min(MAX_CRAWL_DELAY_S, max(self.delay, crawl_delay_s))
        if delay <= self.delay_of(key):
            return
        self.delays[key] = delay
        downloader = self.crawler.engine.downloader
        downloader.per_slot_settings[key] = {"concurrency": 1, "delay": delay, "jitter": 0}
        if key in downloader.slots:
            downloader.slots[key].delay = delay
            downloader.slots[key].concurrency = 1

    def delay_of(self, key: str) -> float:
        """Return the seconds between two requests to the domain."""
        return self.delays.get(key, self.delay)
