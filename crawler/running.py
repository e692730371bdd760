"""Run a spider in this process: one reactor, one run."""

import os
import signal
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings


def _end_with_the_terminal() -> None:
    """End a run whose terminal is closed as one that is told to stop: in order. `nohup`, which has it ignored, goes on."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def run_spider(spider_class: type[Spider], settings: Settings, **arguments: Any) -> str:
    """Crawl until there is nothing left, or a signal; return why it ended (`finished`, `shutdown`, …).

    Raises:
        whatever kept the spider from starting.
    """
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(spider_class)
    task = process.crawl(crawler, **arguments)
    _end_with_the_terminal()
    process.start()
    if task.done() and not task.cancelled() and task.exception() is not None:
        raise task.exception()  # type: ignore[misc]
    return str(crawler.stats.get_value("finish_reason") or "shutdown")
