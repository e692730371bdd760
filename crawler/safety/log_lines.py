"""Log lines that cannot be forged, and hold no credentials: plain, or one JSON object each."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.talk import printable

_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s@]{1,500}@")
_URL = re.compile(r"https?://\S+")
NOISY = ("twisted", "scrapy.core.downloader.handlers.http11", "scrapy.core.scraper", "trafilatura", "htmldate", "charset_normalizer")


def safe_line(text: str) -> str:
    r"""Fold a message into one printable line without credentials.

    >>> safe_line("GET http://me:pw@host/\r\n2024-01-01 INFO all is well")
    'GET http://***@host/\\r\\n2024-01-01 INFO all is well'
    """
    return printable(_CREDENTIALS.sub("***@", text))


class OneLineFilter(logging.Filter):
    """Make every message one printable line; a traceback keeps its own lines, indented. What page it is about stays known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place."""
        url = _find_url(record)
        record.url = safe_line(url) if url else None
        record.msg, record.args = safe_line(record.getMessage()), ()
        return True


def _find_url(record: logging.LogRecord) -> str | None:
    """Find the URL a message is about: its `url`, or its first argument that is one, or that has one (a request, a page)."""
    arguments = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
    for value in (getattr(record, "url", None), *arguments):
        candidate = value if isinstance(value, str) else getattr(value, "url", None)
        if isinstance(candidate, str) and _URL.fullmatch(candidate):
            return candidate
    return None


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, `run_id`, `url` where known, `traceback` where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.run_id: str | None = None

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; JSON keeps the lines of a traceback inside its string."""
        known = {"run_id": self.run_id, "url": getattr(record, "url", None), "traceback": self._traceback(record)}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
            "logger": safe_line(record.name), "message": safe_line(record.getMessage()),
        }  # fmt: skip
        return json.dumps(line | {key: value for key, value in known.items() if value}, ensure_ascii=False)

    def _traceback(self, record: logging.LogRecord) -> str:
        text = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else record.exc_text or ""
        return "\n".join(safe_line(line) for line in text.split("\n"))


class _StderrHandler(logging.StreamHandler):
    """Writes to what stderr is at the moment of the message: it is exchanged where a command runs inside another program."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up_logging(level: str, log_format: str = "plain") -> None:
    """Log to stderr, one unforgeable line a message. `log_format`: `plain` or `json`."""
    handler = _StderrHandler()
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else plain)
    handler.addFilter(OneLineFilter())
    handler.setLevel(level)  # Scrapy sets its own loggers to DEBUG
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(max(logging.getLevelNamesMapping()[level], logging.ERROR))


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How this process logs, for the processes it starts."""

    level: str
    log_format: str
    run_id: str | None


def log_settings() -> LogSettings | None:
    """Return how this process logs; None: nobody has set it up."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _StderrHandler):
            is_json = isinstance(handler.formatter, JsonFormatter)
            run_id = handler.formatter.run_id if isinstance(handler.formatter, JsonFormatter) else None
            return LogSettings(logging.getLevelName(handler.level), "json" if is_json else "plain", run_id)
    return None


def log_as(settings: LogSettings | None) -> None:
    """Log as the process does that started this one."""
    if settings is not None:
        set_up_logging(settings.level, settings.log_format)
        note_run(settings.run_id)


def note_run(run_id: str | None) -> None:
    """From now on lines of the log belong to this run."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, JsonFormatter):
            handler.formatter.run_id = run_id
