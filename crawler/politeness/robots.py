"""robots.txt by RFC 9309: 4xx allows all, 5xx and no answer allow nothing."""

import asyncio
import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.politeness.pace import PaceMiddleware, politeness_key
from crawler.safety.addresses import redact_url
from crawler.safety.failures import page_error_of
from pipelines.errors import FetchFailed, PageError, Reason

MAX_ROBOTS_BYTES = 500 * 1024
"""RFC 9309 2.5: at least this much is read; the rest is not."""
MOST_ANNOUNCED = 1 << 40
"""Bytes a server may say it has: the beginning is enough."""
KEPT_S = 24 * 3600
"""RFC 9309 2.4: not longer than a day."""
KEPT_AFTER_FAULT_S = 300
"""A server in trouble is asked again after five minutes."""
KEPT_WITHOUT_ANSWER_S = 1
"""Where no connection came about, the next page asks again: `PaceMiddleware` keeps such a domain's pauses."""
MAX_ORIGINS = 20_000


class RobotsUnread(FetchFailed):
    """The server had no robots.txt to give just now: nothing is allowed until it has."""


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """What an origin's robots.txt came to."""

    rules: Protego | None
    """None: nothing is forbidden, unless `fault`."""
    fault: PageError | None
    """Why nothing is allowed."""
    until: float
    """Monotonic time until which it is used."""


class RobotsMiddleware:
    """Ask robots.txt before the first page of an origin."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.token = product_token(crawler.settings["USER_AGENT"])
        self.answers: dict[str, asyncio.Future[RobotsAnswer]] = {}
        crawler.signals.connect(_stop_at_limit, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsMiddleware":
        """Build it for the user agent of the settings."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass if its origin allows it.

        Raises:
            PageError: ROBOTS, or what kept robots.txt from being read.
        """
        if request.meta.get("is_robots_txt"):
            return
        answer = await self._answer_for(request)
        url = redact_url(request.url)
        if answer.fault is not None:
            raise type(answer.fault)(answer.fault.reason, stage="robots", url=url, detail=answer.fault.detail)
        if answer.rules is not None and not answer.rules.can_fetch(request.url, self.token):
            raise FetchFailed(Reason.ROBOTS, stage="robots", url=url, detail="robots.txt does not allow it")

    async def _answer_for(self, request: Request) -> RobotsAnswer:
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self.answers.get(origin)
        if known is None or (known.done() and known.result().until < time.monotonic()):
            while len(self.answers) >= MAX_ORIGINS:
                self.answers.pop(next(iter(self.answers)))
            known = self.answers[origin] = asyncio.ensure_future(self._ask(origin))
        return await asyncio.shield(known)

    async def _ask(self, origin: str) -> RobotsAnswer:
        url = f"{origin}/robots.txt"
        now = time.monotonic()
        meta = {"is_robots_txt": True, "download_maxsize": MOST_ANNOUNCED}
        asked = Request(url, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(asked)
        except Exception as error:
            fault = page_error_of(error, url, urlsplit(url).hostname or "")
            if fault.reason is Reason.REDIRECTS:  # RFC 9309 2.3.1.2: may be taken as unavailable
                return RobotsAnswer(None, None, now + KEPT_S)
            detail = f"robots.txt: {fault.detail or fault.reason}"
            kept_s = KEPT_WITHOUT_ANSWER_S if fault.reason in (Reason.DNS, Reason.CONNECTION) else KEPT_AFTER_FAULT_S
            return RobotsAnswer(None, type(fault)(fault.reason, stage="robots", url=url, detail=detail), now + kept_s)
        return self._read(origin, response, now)

    def _read(self, origin: str, response: Response, now: float) -> RobotsAnswer:
        if response.status >= 500 or response.status == 429:
            fault = RobotsUnread(Reason.ROBOTS, stage="robots", url=origin, detail=f"robots.txt answered {response.status}")
            return RobotsAnswer(None, fault, now + KEPT_AFTER_FAULT_S)
        if response.status != 200:
            return RobotsAnswer(None, None, now + KEPT_S)
        rules = Protego.parse(response.body[:MAX_ROBOTS_BYTES].decode("utf-8", "replace").removeprefix("\ufeff"))
        delay = rules.crawl_delay(self.token)
        pace = self.crawler.get_downloader_middleware(PaceMiddleware)
        if delay and pace:
            pace.slow_down(politeness_key(origin), float(delay))
        return RobotsAnswer(rules, None, now + KEPT_S)


def _stop_at_limit(data: bytes, request: Request) -> None:
    """Take the beginning of a robots.txt without end, as RFC 9309 says.

    Raises:
        StopDownload: that is enough.
    """
    if request.meta.get("is_robots_txt"):
        n_bytes = request.meta["n_bytes"] = request.meta.get("n_bytes", 0) + len(data)
        if n_bytes >= MAX_ROBOTS_BYTES:
            raise StopDownload(fail=False)


def product_token(user_agent: str) -> str:
    """Return the name robots.txt knows us by.

    >>> product_token("yuanwen/0.1 (+https://example.org/bot)")
    'yuanwen'
    """
    found = re.match(r"[A-Za-z_-]+", user_agent)
    return found.group(0).lower() if found else "yuanwen"
