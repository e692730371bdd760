"""Scrapy's `Response` to our `FetchedPage`; no other file knows both."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy.http import Response

from pipelines.types import FetchedPage


def fetched_page(response: Response, asked_url: str) -> FetchedPage:
    """Make the page of a response. `asked_url`: the URL before redirects."""
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
        if name.lower() != b"content-encoding"  # undone in `body`
    )
    return FetchedPage(
        url=asked_url, final_url=response.url, status=response.status, headers=headers, body=response.body, fetched_at=_now()
    )


def _now() -> datetime:
    return datetime.now(UTC)


def header_of(page: FetchedPage, name: str) -> str | None:
    """Return the first header of a name (lower case)."""
    return next((value for key, value in page.headers if key == name), None)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds, or a date. None: absent or unreadable.

    >>> from datetime import UTC, datetime
    >>> retry_after_s("120", datetime(2024, 1, 1, tzinfo=UTC))
    120.0
    >>> retry_after_s("Mon, 01 Jan 2024 00:01:00 GMT", datetime(2024, 1, 1, tzinfo=UTC))
    60.0
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
