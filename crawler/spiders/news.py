"""The one spider: seeds are list pages, feeds, sitemaps or articles, told apart by their content."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.context import CrawlContext
from crawler.discovery.feeds import read_announced
from crawler.discovery.reading import ReadPage, read_html
from crawler.discovery.rules import load_discovery_rules
from crawler.discovery.sniff import Kind, sniff, unpack
from crawler.item_pipelines import ArticlePages
from crawler.politeness.pace import HostPaused, politeness_key
from crawler.responses import fetched_page
from crawler.safety.failures import is_transient, page_error_of
from crawler.visits import Visit, VisitLog
from pipelines.errors import FetchFailed, PageError, Reason
from pipelines.normalize.urls import canonical_url
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)

PRIORITY = {"seed": 20, "article": 10, "list": 0}
"""Articles before further list pages: the newest stand on the first."""
MAX_LIST_PAGES = 50
"""Pages of one list in a run; the stop rule normally ends it much earlier."""
MAX_ATTEMPTS = 3
FIRST_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a crawl starts."""

    url: str
    site_id: str | None = None


class NewsSpider(scrapy.Spider):
    """Fetch seeds, find articles, hand their pages to the pipelines."""

    name = "news"

    def __init__(self, *, seeds: Sequence[Seed], context: CrawlContext, visit_log: VisitLog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seeds, self.context, self.visit_log = tuple(seeds), context, visit_log
        self.discovery = load_discovery_rules()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the seeds."""
        for seed in self.seeds:
            request = self.ask(Visit(url=seed.url, kind="seed", site_id=seed.site_id))
            if request is not None:
                yield request

    def ask(self, visit: Visit) -> Request | None:
        """Make the request of a visit; one that Scrapy cannot even hold ends at once."""
        try:
            return Request(visit.url, callback=self.parse, errback=self.fail, priority=PRIORITY[visit.kind], meta={"visit": visit})
        except ValueError as error:
            visit.fail(FetchFailed(Reason.UNSAFE_ADDRESS, stage="fetch", url=visit.url, detail=str(error)))
            self.visit_log.ended(visit)
            return None

    def parse(self, response: Response) -> Iterator[Any]:
        """Read a response: an article goes to the pipelines, a list, feed or sitemap leads to more."""
        assert response.request is not None
        visit: Visit = response.request.meta["visit"]
        page = fetched_page(response, visit.url)
        visit.final_url, visit.status = page.final_url, page.status
        if page.status == 304:
            visit.end("unchanged", "not_modified")
        elif not 200 <= page.status < 300:
            error = FetchFailed(Reason.HTTP_STATUS, stage="fetch", url=visit.url, detail=f"HTTP {page.status}")
            self._fail_or_retry(visit, error)
        elif visit.kind == "article":
            yield ArticlePages(visit=visit, first=page)
        else:
            yield from self._read_seed(visit, page)

    def _read_seed(self, visit: Visit, page: FetchedPage) -> Iterator[Any]:
        body = unpack(page.body)
        kind = sniff(body)
        if kind in ("feed", "sitemap", "json_feed"):
            yield from self._follow_announced(visit, body, kind, page.final_url)
            visit.end("listed", kind)
            return
        if kind == "other":
            visit.end("rejected", Reason.NOT_HTML.value)
            return
        site = self.context.book.site_for(page.final_url)
        try:
            read = read_html(page, self.discovery, self.context.book, site)
        except PageError as error:
            visit.fail(error)
            return
        if visit.kind == "seed" and read.is_article:
            yield ArticlePages(visit=visit, first=page)
            return
        yield from self._follow_list(visit, read)
        visit.end("listed", "list_page")

    def _follow_list(self, visit: Visit, read: ReadPage) -> Iterator[Request]:
        yield from self._ask_all(visit, read.listing.articles, "article")
        if not read.listing.articles and visit.depth == 0:
            yield from self._ask_all(visit, read.sections, "list", deeper=True)
        if visit.kind == "seed":
            yield from self._ask_all(visit, read.listing.feeds, "list")
        if read.listing.next_page and read.listing.articles and visit.depth < MAX_LIST_PAGES:
            yield from self._ask_all(visit, (read.listing.next_page,), "list", deeper=True)

    def _follow_announced(self, visit: Visit, body: bytes, kind: Kind, url: str) -> Iterator[Request]:
        announced = read_announced(body, kind, url)
        near = {politeness_key(url), politeness_key(visit.url), *map(politeness_key, self._domains(visit))}
        articles = [u for u in announced.articles if politeness_key(u) in near and self._is_fetchable(u)]
        yield from self._ask_all(visit, articles, "article")
        more = (*announced.sitemaps, *((announced.next_page,) if announced.next_page and articles else ()))
        if visit.depth < MAX_LIST_PAGES:
            yield from self._ask_all(visit, [u for u in more if politeness_key(u) in near], "list", deeper=True)

    def _domains(self, visit: Visit) -> tuple[str, ...]:
        site = self.context.book.sites.get(visit.site_id or "")
        return tuple(f"http://{domain}/" for domain in site.domains) if site else ()

    def _is_fetchable(self, url: str) -> bool:
        parts = urlsplit(url)
        return self.discovery.is_fetchable(parts.path + ("?" + parts.query if parts.query else ""))

    def _ask_all(self, parent: Visit, urls: Sequence[str], kind: str, *, deeper: bool = False) -> Iterator[Request]:
        for url in dict.fromkeys(canonical_url(u, self.context.book.urls) for u in urls):
            request = self.ask(Visit(url=url, kind=kind, site_id=parent.site_id, depth=parent.depth + deeper))
            if request is not None:
                yield request

    def fail(self, failure: Failure) -> None:
        """End a visit whose request brought no response."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.meta["visit"]
        error = page_error_of(failure.value, visit.url, urlsplit(request.url).hostname or "")
        if error.reason is Reason.INTERNAL:
            log.error("fault while fetching %s", visit.url, exc_info=failure.value)
        self._fail_or_retry(visit, error)

    def _fail_or_retry(self, visit: Visit, error: PageError) -> None:
        can_wait = isinstance(error, HostPaused) or is_transient(error, visit.status)
        if can_wait and visit.attempts < MAX_ATTEMPTS:
            visit.retry_in_s, visit.retry_for = FIRST_RETRY_S * 4 ** (visit.attempts - 1), error
        else:
            visit.fail(error)

    def stop_for(self, cause: str) -> None:
        """End the run because of a fault of our own: the database or the disk."""
        if self.visit_log.stopped_for is None:
            self.visit_log.stopped_for = cause
            asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="fault"))  # noqa: RUF006 — the engine holds it
