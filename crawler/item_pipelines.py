"""Scrapy's item pipelines, thin: archive the page, process it, store the article, end the visit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NoReturn, TypeVar

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http.request import NO_CALLBACK

from crawler.context import CrawlContext
from crawler.politeness.pace import politeness_key
from crawler.processing import Processed
from crawler.responses import fetched_page
from crawler.safety.failures import page_error_of
from crawler.saving import SaveQueue, patiently
from crawler.visits import Visit
from crawler.workers import PageWorkers
from pipelines.errors import FetchFailed, MachineError, PageError, PageRejected, Reason, StorageError, YuanwenError
from pipelines.extract.pages import MAX_PARTS
from pipelines.types import FetchedPage
from storage.captures import read_capture
from storage.newest_captures import find_newest_capture
from storage.takedown import is_taken_down

log = logging.getLogger(__name__)
T = TypeVar("T")

NOT_MODIFIED = 304


@dataclass(slots=True, kw_only=True)
class ArticlePages:
    """The item: an article's pages as fetched, and the visit they belong to."""

    visit: Visit
    first: FetchedPage
    following: tuple[FetchedPage, ...] = ()

    @property
    def url(self) -> str:
        """Name it in log lines."""
        return self.first.url


class ArchivePipeline:
    """Write the capture before anything is made of the page."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        """Build it."""
        return cls(crawler)

    async def process_item(self, item: ArticlePages) -> ArticlePages:
        """Archive the first page; the item then says where it lies. A 304 goes no further."""
        context: CrawlContext = self.crawler.spider.context  # type: ignore[union-attr]
        page, patience_s = item.first, self.crawler.spider.plan.patience_s  # type: ignore[union-attr]
        try:
            item.first = await patiently(lambda: asyncio.to_thread(archive_page, context, page, is_known=item.visit.is_known), patience_s)
        except PageRejected as error:
            item.visit.fail(error)
            raise DropItem(str(error)) from error
        except StorageError as error:
            stop_and_keep(self.crawler, item, error)
        item.visit.capture = item.first.capture
        if item.first.status == NOT_MODIFIED:
            raise DropItem(f"{item.url}: not modified")
        return item


def stop_and_keep(crawler: Crawler, item: ArticlePages, error: YuanwenError) -> NoReturn:
    """End the run; the page is the next run's.

    Raises:
        DropItem: always.
    """
    crawler.spider.stop_for(str(error))  # type: ignore[union-attr]
    item.visit.retry_in_s = 0.0
    raise DropItem(str(error)) from error


def archive_page(context: CrawlContext, page: FetchedPage, *, is_known: bool) -> FetchedPage:
    """Archive a page; one whose bytes are in the archive already, as a short record that points at them.

    `is_known`: it was fetched before. A 304 is only noted where the page it speaks of is held.

    Raises:
        PageRejected: TAKEN_DOWN; a redirect led there, and its text must not come back into the archive.
        StorageError: the archive or the database refuses.
    """
    if is_taken_down(context.engine, page.final_url):
        raise PageRejected(Reason.TAKEN_DOWN, stage="archive", url=page.final_url)
    earlier = _held(context, page) if is_known else None
    if earlier is not None:
        return context.archive.write_revisit(page, earlier)
    return page if page.status == NOT_MODIFIED else context.archive.write(page)


def _held(context: CrawlContext, page: FetchedPage) -> FetchedPage | None:
    """Read the newest capture of a page back, if it holds the same bytes; only what can be read may be pointed at."""
    capture = find_newest_capture(context.engine, page.url)
    if capture is None or (page.status != NOT_MODIFIED and capture.sha256 != sha256(page.body).hexdigest()):
        return None
    try:
        earlier = read_capture(context.config.archive_folder, capture)
    except StorageError:
        return None
    return earlier if earlier.final_url == page.final_url else None


class IngestPipeline:
    """Process a page and store its article; fetch the article's further pages on the way."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="storage")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "IngestPipeline":
        """Build it."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Start the workers and the queue of articles to be saved."""
        self.context: CrawlContext = self.crawler.spider.context  # type: ignore[union-attr]
        self.workers = PageWorkers(self.context.config.workers, self.context.book)
        self.queue = SaveQueue(lambda articles: self.context.store.save(articles, run_id=self.context.run_id), self.writer)

    def close_spider(self) -> None:
        """Stop the workers; everything queued has been saved, since each item waits for its own."""
        self.workers.close()
        self.writer.shutdown()

    async def process_item(self, item: ArticlePages) -> ArticlePages:
        """End the item's visit with what became of its article.

        Raises:
            DropItem: no article came of it.
        """
        visit = item.visit
        try:
            processed = await self._process(item)
            if processed.article is None:
                visit.end(processed.outcome, processed.reason.value if processed.reason else None, processed.detail)
                raise DropItem(processed.line())
            article = processed.article
            saved = await self._patiently(lambda: self.queue.save(article))
        except (StorageError, MachineError) as error:
            stop_and_keep(self.crawler, item, error)
        visit.article_id = saved.article_id
        visit.end(saved.outcome, Reason.TAKEN_DOWN.value if saved.outcome == "rejected" else None)
        return item

    async def _patiently(self, action: Callable[[], Awaitable[T]]) -> T:
        return await patiently(action, self.crawler.spider.plan.patience_s)  # type: ignore[union-attr]

    async def _process(self, item: ArticlePages) -> Processed:
        """Process what is there, then fetch what the article says follows, until it says nothing more."""
        seen = {item.first.url, item.first.final_url}
        while True:
            processed = await self.workers.process(item.first, item.following)
            url = processed.article.next_page_url if processed.article else None
            if (
                url is None
                or url in seen
                or len(item.following) + 1 >= MAX_PARTS
                or politeness_key(url) != politeness_key(item.first.final_url)
            ):
                return processed
            seen.add(url)
            try:
                page = await self._fetch(url)
            except PageError as error:
                log.warning("%s: page %d of the article is missing: %s", item.url, len(item.following) + 2, error)
                return processed
            item.visit.parts.append(replace(page, body=b""))
            item.following = (*item.following, page)

    async def _fetch(self, url: str) -> FetchedPage:
        try:
            response = await self.crawler.engine.download_async(Request(url, callback=NO_CALLBACK, dont_filter=True))
        except Exception as error:
            raise page_error_of(error, url, "") from error
        page = fetched_page(response, url)
        if page.status != 200:
            raise FetchFailed(Reason.HTTP_STATUS, stage="fetch", url=url, detail=str(page.status))
        return await self._patiently(lambda: asyncio.to_thread(self.context.archive.write, page))
