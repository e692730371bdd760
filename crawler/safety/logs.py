"""Log lines that cannot be forged, and hold no credentials."""

import logging
import re
from typing import Any

from scrapy.logformatter import LogFormatter

from crawler.talk import printable

_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s@]{1,500}@")


class OneLineFilter(logging.Filter):
    """Make every message one printable line; a traceback keeps its own lines, indented."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place."""
        record.msg, record.args = safe_line(record.getMessage()), ()
        return True


def safe_line(text: str) -> str:
    r"""Fold a message into one printable line without credentials.

    >>> safe_line("GET http://me:pw@host/\r\n2024-01-01 INFO all is well")
    'GET http://***@host/\\r\\n2024-01-01 INFO all is well'
    """
    return printable(_CREDENTIALS.sub("***@", text))


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
