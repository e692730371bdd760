"""Ended visits to outcome rows."""

from datetime import UTC, datetime

from crawler.safety.addresses import redact_url
from crawler.talk import printable
from crawler.visits import Visit
from pipelines.normalize.normalize import registrable_domain
from storage.outcomes import NewOutcome


def outcomes_of(visit: Visit) -> list[NewOutcome]:
    """Make the outcome rows of an ended visit: its own, and one for each further page fetched with it."""
    now = datetime.now(UTC)
    site = registrable_domain(visit.final_url or visit.url) or None
    own = NewOutcome(
        url=redact_url(visit.url), outcome=visit.outcome or "failed", reason=visit.reason, detail=printable(visit.detail)[:500] or None, site=site,
        status=visit.status, fetched_at=now, capture=visit.capture,
    )  # fmt: skip
    return [
        own,
        *(NewOutcome(url=p.url, outcome="joined", site=site, status=200, fetched_at=p.fetched_at, capture=p.capture) for p in visit.parts),
    ]
