"""Fetch one article, all its pages, through the same settings, safety and pace as a crawl."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.config import Config
from crawler.load_rules import load_rule_book
from crawler.politeness.pace import politeness_key
from crawler.responses import fetched_page
from crawler.running import run_spider
from crawler.safety.addresses import check_url, compile_addresses, redact_url
from crawler.safety.failures import page_error_of
from crawler.safety.log_lines import set_up_logging
from crawler.settings import crawl_settings
from pipelines.errors import FetchFailed, PageError, Reason
from pipelines.extract.pages import MAX_PARTS
from pipelines.ingest import read_page
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage

REFUSALS = frozenset({Reason.ROBOTS, Reason.UNSAFE_ADDRESS, Reason.TAKEN_DOWN})


@dataclass(slots=True)
class FetchedArticle:
    """An article's pages in order; `error` says why there are none."""

    pages: list[FetchedPage] = field(default_factory=list)
    error: PageError | None = None
    missing: PageError | None = None
    """Why the article's next page is not among them."""

    @property
    def is_refused(self) -> bool:
        """Tell whether we did not want to fetch, rather than could not."""
        return self.error is not None and self.error.reason in REFUSALS


def fetch_article(config: Config, url: str, book: RuleBook | None = None) -> FetchedArticle:
    """Fetch the pages of one article. `book`: default, the rules of data/."""
    set_up_logging("ERROR", config.log_format)
    fetched = FetchedArticle()
    try:
        check_url(url, compile_addresses(config.allowed_networks))
    except PageError as error:  # not even a request can be made of some of these
        fetched.error = error
        return fetched
    settings = crawl_settings(
        config, SCHEDULER="scrapy.core.scheduler.Scheduler", ITEM_PIPELINES={}, EXTENSIONS={"crawler.visits.VisitTracker": None}
    )
    run_spider(OnePageSpider, settings, url=url, fetched=fetched, book=book or load_rule_book())
    if not fetched.pages and fetched.error is None:
        fetched.error = FetchFailed(Reason.INTERNAL, stage="fetch", url=redact_url(url), detail="stopped before an answer came")
    return fetched


class OnePageSpider(scrapy.Spider):
    """Fetch one URL and the pages its article goes on with."""

    name = "one_page"

    def __init__(self, *, url: str, fetched: FetchedArticle, book: RuleBook, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url, self.fetched, self.book = url, fetched, book

    async def start(self) -> AsyncIterator[Request]:
        """Fetch; there is nothing to schedule."""
        url: str | None = self.url
        while url is not None and len(self.fetched.pages) < MAX_PARTS:
            try:
                page = await self._fetch(url)
            except PageError as error:
                if self.fetched.pages:
                    self.fetched.missing = error
                else:
                    self.fetched.error = error
                return
            self.fetched.pages.append(page)
            url = self._next_of(page)
        return
        yield  # an async generator, as Scrapy wants

    async def _fetch(self, url: str) -> FetchedPage:
        try:
            response = await self.crawler.engine.download_async(Request(url, callback=NO_CALLBACK, dont_filter=True))
        except Exception as error:
            raise page_error_of(error, url, urlsplit(url).hostname or "") from error
        if response.status != 200:
            raise FetchFailed(Reason.HTTP_STATUS, stage="fetch", url=redact_url(url), detail=f"HTTP {response.status}")
        return fetched_page(response, url)

    def _next_of(self, page: FetchedPage) -> str | None:
        try:
            url = read_page(page, self.book).next_page_url
        except PageError:
            return None
        seen = {u for p in self.fetched.pages for u in (p.url, p.final_url)}
        return url if url and url not in seen and politeness_key(url) == politeness_key(page.final_url) else None
