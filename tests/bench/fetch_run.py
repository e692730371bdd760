"""`python -m tests.bench.fetch_run plain|durable DATABASE PORT N_HOSTS N_PAGES`: one crawl of the fetch benchmark, in a process of its own.

Both kinds use the hardened settings and fetch the same URLs, and nothing is made of the pages. `plain` is Scrapy with its own scheduler in
memory; `durable` is our spider and frontier: every URL is inserted, claimed, acknowledged and given its outcome in the database.
"""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy import Request
from scrapy.http import Response

from crawler.config import load_config
from crawler.context import CrawlContext, CrawlPlan
from crawler.item_pipelines import ArticlePages
from crawler.load_rules import load_rule_book
from crawler.running import run_spider
from crawler.settings import EXTENSIONS, crawl_settings
from crawler.spiders.news import NewsSpider
from crawler.visits import RunLog, Visit
from storage.articles import ArticleStore
from storage.captures import CaptureWriter
from storage.database import opened_database
from storage.outcomes import count_outcomes, start_run
from tests.many_hosts import loopback_addresses

PIPELINE = {"tests.bench.fetch_run.EndPipeline": 100}


def page_urls(port: int, n_hosts: int, n_pages: int) -> Iterator[str]:
    """Return the URLs, hosts in turn."""
    hosts = loopback_addresses(n_hosts)
    return (f"http://{hosts[n % n_hosts]}:{port}/2024/03/01/{n}.html" for n in range(n_pages))


class EndPipeline:
    """The page ends here."""

    def process_item(self, item: Any) -> Any:
        """End the visit, where there is one."""
        if isinstance(item, ArticlePages):
            item.visit.end("created")
        return item


class PlainSpider(scrapy.Spider):
    """As little as a spider can do."""

    name = "plain"

    def __init__(self, *, urls: Iterator[str], counts: Counter[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls, self.counts = urls, counts

    async def start(self) -> AsyncIterator[Request]:
        """Ask for all URLs."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, int]]:
        """Count."""
        self.counts["created"] += response.status == 200
        yield {"n_bytes": len(response.body)}


class DurableSpider(NewsSpider):
    """Ours, with URLs from outside instead of from lists."""

    def __init__(self, *, urls: Iterator[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls

    async def start(self) -> AsyncIterator[Request]:
        """Put all URLs into the frontier."""
        for url in self.urls:
            request = self.ask(Visit(url=url, kind="article", scope="bench"), ())
            assert request is not None
            yield request


def run_plain(urls: Iterator[str]) -> dict[str, int]:
    """Crawl with Scrapy's scheduler."""
    counts: Counter[str] = Counter()
    changes = {"SCHEDULER": "scrapy.core.scheduler.Scheduler", "EXTENSIONS": {**EXTENSIONS, "crawler.visits.VisitTracker": None}}
    settings = crawl_settings(bench_config(""), ITEM_PIPELINES=PIPELINE, **changes)
    run_spider(PlainSpider, settings, urls=urls, counts=counts)
    return dict(counts)


def run_durable(urls: Iterator[str], database: str) -> dict[str, int]:
    """Crawl with our frontier."""
    config = bench_config(database)
    with opened_database(database) as engine, tempfile.TemporaryDirectory() as folder:
        run_id = start_run(engine, "crawl")
        archive = CaptureWriter(Path(folder))
        book = load_rule_book()
        context = CrawlContext(config=config, engine=engine, store=ArticleStore(engine), archive=archive, book=book, run_id=run_id)
        plan = CrawlPlan(is_due=True)
        run_spider(DurableSpider, crawl_settings(config, ITEM_PIPELINES=PIPELINE), urls=urls, plan=plan, context=context, run_log=RunLog())
        archive.close()
        return count_outcomes(engine, run_id)


def bench_config(database: str) -> Any:
    """Return the settings of both kinds."""
    return load_config(db=database or None, delay=0, allow_addresses="127.0.0.0/8")


def main() -> None:
    """Crawl and print CPU seconds of this process and the counts."""
    kind, database, port, n_hosts, n_pages = sys.argv[1:]
    urls = page_urls(int(port), int(n_hosts), int(n_pages))
    before = time.process_time()
    counts = run_plain(urls) if kind == "plain" else run_durable(urls, database)
    print(json.dumps({"cpu_s": time.process_time() - before, "counts": counts}))


if __name__ == "__main__":
    main()
