"""What Scrapy says of pages, without their bodies."""

import logging
from typing import Any

from scrapy.logformatter import LogFormatter


class OneLineFormatter(LogFormatter):
    """Scrapy's messages without page bodies: an item is named by its URL."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> dict[str, Any]:
        """Log a dropped page at DEBUG: it is counted as an outcome."""
        return {"level": logging.DEBUG, "msg": "dropped: %(exception)s", "args": {"exception": exception}}

    def scraped(self, item: Any, response: Any, spider: Any) -> dict[str, Any]:
        """Name the page, not its bytes."""
        return {"level": logging.DEBUG, "msg": "scraped: %(item)s", "args": {"item": getattr(item, "url", item)}}

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> dict[str, Any]:
        """Name the page, not its bytes."""
        return {"level": logging.ERROR, "msg": "fault at %(item)s", "args": {"item": getattr(item, "url", item)}}
