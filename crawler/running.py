"""Run a spider in this process: one reactor, one run."""

import logging
import sys
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.safety.logs import OneLineFilter

log = logging.getLogger(__name__)


def set_up_logging(level: str) -> None:
    """Log to stderr, one unforgeable line a message."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(OneLineFilter())
    handler.setLevel(level)  # Scrapy sets its own loggers to DEBUG
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in (
        "twisted",
        "scrapy.core.downloader.handlers.http11",
        "scrapy.core.scraper",
        "trafilatura",
        "htmldate",
        "charset_normalizer",
    ):
        logging.getLogger(noisy).setLevel(max(logging.getLevelName(level), logging.ERROR))


def run_spider(spider_class: type[Spider], settings: Settings, **arguments: Any) -> str:
    """Crawl until there is nothing left, or a signal; return why it ended (`finished`, `shutdown`, …).

    Raises:
        whatever kept the spider from starting.
    """
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider_class)
    task = process.crawl(crawler, **arguments)
    process.start()
    if task.done() and not task.cancelled() and task.exception() is not None:
        raise task.exception()  # type: ignore[misc]
    return str(crawler.stats.get_value("finish_reason") or "shutdown")
