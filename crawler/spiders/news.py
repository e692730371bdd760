"""The one spider: seeds are list pages, feeds, sitemaps or articles, told apart by their content."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.context import CrawlContext, CrawlPlan
from crawler.discovery.feeds import read_announced
from crawler.discovery.reading import ReadPage, read_html
from crawler.discovery.rules import load_discovery_rules
from crawler.discovery.sniff import Kind, sniff, unpack
from crawler.item_pipelines import ArticlePages
from crawler.politeness.pace import HostPaused, politeness_key
from crawler.politeness.robots import RobotsUnread
from crawler.responses import fetched_page
from crawler.revisit import note_validators, validators_of, was_list
from crawler.safety.addresses import check_url, compile_addresses, redact_url
from crawler.safety.failures import is_transient, page_error_of
from crawler.visits import RunLog, Visit
from pipelines.errors import FetchFailed, PageError, PageRejected, Reason, StorageError
from pipelines.normalize.urls import canonical_url
from pipelines.types import FetchedPage
from storage.frontier_types import LeasedUrl
from storage.takedown import taken_down_among

log = logging.getLogger(__name__)

MAX_LIST_PAGES = 50
"""Pages of one list in a run; the stop rule normally ends it much earlier."""
MAX_NESTED_SITEMAPS = 2
"""The protocol knows no index of indexes; some sites have one. Deeper ones are traps."""
MAX_ATTEMPTS = 3
FIRST_RETRY_S = 2.0


class NewsSpider(scrapy.Spider):
    """Fetch seeds, find articles, hand their pages to the pipelines."""

    name = "news"

    def __init__(self, *, plan: CrawlPlan, context: CrawlContext, run_log: RunLog, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan, self.context, self.run_log = plan, context, run_log
        self.discovery = load_discovery_rules()
        self.addresses = compile_addresses(context.config.allowed_networks)

    async def start(self) -> AsyncIterator[Request]:
        """Put the seeds into the frontier; what it holds from earlier runs goes on by itself."""
        urls = {seed: canonical_url(seed.url, self.context.book.urls) for seed in self.plan.seeds}
        try:
            taken_down = taken_down_among(self.context.engine, urls.values())
        except StorageError as error:
            self.stop_for(str(error))
            return
        self.run_log.named = None if self.plan.is_due else frozenset(urls.values())
        for seed, url in urls.items():
            visit = Visit(url=url, kind="seed", site_id=seed.site_id, scope=seed.scope)
            request = self.ask(visit, taken_down)
            if request is not None:
                yield request

    def ask(self, visit: Visit, taken_down: Collection[str]) -> Request | None:
        """Make the request of a visit; a URL that must not be fetched ends here and is never stored."""
        try:
            check_url(visit.url, self.addresses)
            if visit.url in taken_down:
                raise PageRejected(Reason.TAKEN_DOWN, stage="fetch", url=visit.url)
            return self._request(visit)
        except (PageError, ValueError) as error:
            refusal = error if isinstance(error, PageError) else page_error_of(error, visit.url, "")
            visit.fail(refusal)
            self.run_log.ended(visit)
            self.crawler.engine.scheduler.ended_visit(visit)  # type: ignore[union-attr]
            return None

    def _request(self, visit: Visit) -> Request:
        return Request(visit.url, callback=self.parse, errback=self.fail, meta={"visit": visit}, dont_filter=True)

    def ask_leased(self, leased: LeasedUrl) -> Request:
        """Make the request of a row of the frontier, conditional where the server has earned it."""
        visit = Visit(url=leased.url, kind=leased.kind, site_id=leased.site_id, scope=leased.scope, depth=leased.depth, leased=leased)
        request = self._request(visit)
        request.headers.update(validators_of(leased))
        return request

    def parse(self, response: Response) -> Iterator[Any]:
        """Read a response: an article goes to the pipelines, a list, feed or sitemap leads to more."""
        assert response.request is not None
        visit: Visit = response.request.meta["visit"]
        self.crawler.engine.scheduler.answered_visit(visit)  # type: ignore[union-attr]
        try:
            yield from self._parse(visit, response)
        except StorageError as error:  # what the page led to could not be looked up: it is fetched again when that can be done
            log.warning("%s: put back: %s", redact_url(visit.url), error)
            visit.retry_in_s = FIRST_RETRY_S

    def _parse(self, visit: Visit, response: Response) -> Iterator[Any]:
        page = fetched_page(response, visit.url)
        visit.final_url, visit.status = page.final_url, page.status if 100 <= page.status <= 999 else None
        if visit.status is None:
            visit.fail(FetchFailed(Reason.BAD_RESPONSE, stage="fetch", url=visit.url, detail="a status that is no status"))
        elif page.status == 304:
            visit.end("unchanged", "not_modified")
            yield ArticlePages(visit=visit, first=page)  # for the archive
        elif not 200 <= page.status < 300:
            error = FetchFailed(Reason.HTTP_STATUS, stage="fetch", url=visit.url, detail=f"HTTP {page.status}")
            self._fail_or_retry(visit, error)
        else:
            note_validators(visit, page)
            yield from self._hand_over(visit, page) if visit.kind == "article" else self._read_seed(visit, page)

    def _hand_over(self, visit: Visit, page: FetchedPage) -> Iterator[ArticlePages]:
        visit.is_article = True
        yield ArticlePages(visit=visit, first=page)

    def _read_seed(self, visit: Visit, page: FetchedPage) -> Iterator[Any]:
        body = unpack(page.body)
        kind = sniff(body)
        if kind in ("feed", "sitemap", "json_feed"):
            yield from self._follow_announced(visit, body, kind, page.final_url)
            visit.end("listed", kind)
            return
        if kind == "other":
            visit.end("rejected", Reason.NOT_HTML.value if body.strip() else Reason.EMPTY.value)
            return
        try:
            read = read_html(page, self.discovery, self.context.book, self.context.book.site_for(page.final_url))
        except PageError as error:
            visit.fail(error)
            return
        if visit.kind in ("seed", "section") and read.is_article and not was_list(visit):
            yield from self._hand_over(visit, page)
            return
        yield from self._follow_list(visit, read)
        visit.end("listed", "list_page")

    def _follow_list(self, visit: Visit, read: ReadPage) -> Iterator[Request]:
        listing = read.listing
        leads_on = listing.articles or (visit.kind == "seed" and (read.sections or listing.feeds))
        if not leads_on and (visit.kind == "seed" or was_list(visit)):
            log.warning("%s: no link to an article on it%s", redact_url(visit.url), ", where there were some" if was_list(visit) else "")
        yield from self._ask_all(visit, listing.articles, "article")
        if not listing.articles and visit.depth == 0:
            yield from self._ask_all(visit, read.sections, "section", deeper=True)
        if visit.kind == "seed":
            yield from self._ask_all(visit, listing.feeds, "list")
        if listing.next_page and visit.n_new and visit.depth < MAX_LIST_PAGES:  # the stop rule: a page that brought nothing new is the last
            yield from self._ask_all(visit, (listing.next_page,), "list", deeper=True)

    def _follow_announced(self, visit: Visit, body: bytes, kind: Kind, url: str) -> Iterator[Request]:
        announced = read_announced(body, kind, url)
        near = {politeness_key(url), politeness_key(visit.url), *map(politeness_key, self._domains(visit))}
        articles = [u for u in announced.articles if politeness_key(u) in near and self._is_fetchable(u)]
        yield from self._ask_all(visit, articles, "article")
        if not (articles or announced.sitemaps) and visit.kind == "seed":
            log.warning("%s: no link to an article of its site in it", redact_url(visit.url))
        sitemaps = announced.sitemaps if visit.depth < MAX_NESTED_SITEMAPS else ()
        more = (*sitemaps, *((announced.next_page,) if announced.next_page and visit.n_new else ()))
        if visit.depth < MAX_LIST_PAGES:
            yield from self._ask_all(visit, [u for u in more if politeness_key(u) in near], "list", deeper=True)

    def _domains(self, visit: Visit) -> tuple[str, ...]:
        site = self.context.book.sites.get(visit.site_id or "")
        return tuple(f"http://{domain}/" for domain in site.domains) if site else ()

    def _is_fetchable(self, url: str) -> bool:
        parts = urlsplit(url)
        return self.discovery.is_fetchable(parts.path + ("?" + parts.query if parts.query else ""))

    def _ask_all(self, parent: Visit, found: Sequence[str], kind: str, *, deeper: bool = False) -> Iterator[Request]:
        """Ask for what is new; what the frontier holds already is only counted."""
        urls = dict.fromkeys(canonical_url(url, self.context.book.urls) for url in found)
        known = self.crawler.engine.scheduler.known(urls)  # type: ignore[union-attr]
        if kind == "article":
            parent.n_links += len(urls)
            parent.n_new += len(urls) - len(known)
            if parent.site_id:
                self.run_log.by_site.setdefault(parent.site_id, Counter())["known"] += len(known)
        if kind in ("article", "section"):
            self.run_log.n_known += len(known)
        taken_down = taken_down_among(self.context.engine, urls.keys() - known)
        for url in urls:
            if url not in known:
                child = Visit(url=url, kind=kind, site_id=parent.site_id, scope=parent.scope, depth=parent.depth + deeper)
                request = self.ask(child, taken_down)
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
        is_unread = isinstance(error, RobotsUnread)  # what it answered holds for minutes: another try of this run would hear the same
        visit.is_transient = is_unread or isinstance(error, HostPaused) or is_transient(error, visit.status)
        if visit.is_transient and not is_unread and visit.attempts < MAX_ATTEMPTS:
            visit.retry_in_s = FIRST_RETRY_S * 4 ** (visit.attempts - 1)
            visit.reason, visit.detail = error.reason.value, error.detail
        else:
            visit.fail(error)

    def stop_for(self, cause: str) -> None:
        """End the run because of a fault of our own: the database or the disk."""
        if self.run_log.stopped_for is None:
            self.run_log.stopped_for = cause
            asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="fault"))  # noqa: RUF006 — the engine holds it
