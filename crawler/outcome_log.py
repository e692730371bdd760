"""Ended visits to outcome rows."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.safety.addresses import redact_url
from crawler.talk import printable
from crawler.visits import Visit
from pipelines.normalize.normalize import registrable_domain
from storage.outcomes import NewOutcome


def is_address(url: str) -> bool:
    """Tell whether a URL can be taken apart; archives of others hold some that cannot."""
    try:
        return bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:
        return False


def site_of(url: str) -> str | None:
    """Return the registrable domain of a URL; None: it has none."""
    return (registrable_domain(url) or None) if is_address(url) else None


def outcomes_of(visit: Visit) -> list[NewOutcome]:
    """Make the outcome rows of an ended visit: its own, and one for each further page fetched with it."""
    now = datetime.now(UTC)
    site = site_of(visit.final_url or visit.url)
    own = NewOutcome(
        url=redact_url(visit.url), outcome=visit.outcome or "failed", reason=visit.reason, detail=printable(visit.detail)[:500] or None, site=site,
        status=visit.status, fetched_at=now, capture=visit.capture,
    )  # fmt: skip
    return [
        own,
        *(NewOutcome(url=p.url, outcome="joined", site=site, status=200, fetched_at=p.fetched_at, capture=p.capture) for p in visit.parts),
    ]
