"""Ended visits to outcome rows, in batches."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine

from crawler.politeness.pace import politeness_key
from crawler.safety.addresses import redact_url
from crawler.visits import Visit
from storage.database import writing
from storage.outcomes import NewOutcome, add_outcomes

BATCH = 50


class OutcomeLog:
    """Count ended visits and write their outcomes."""

    def __init__(self, engine: Engine, run_id: str) -> None:
        self.engine, self.run_id = engine, run_id
        self.counts: Counter[tuple[str, str | None]] = Counter()
        self.failed_seeds: list[Visit] = []
        self.stopped_for: str | None = None
        """A fault of our own that ended the run."""
        self._waiting: list[NewOutcome] = []

    def ended(self, visit: Visit) -> None:
        """Take a visit with its outcome."""
        self.counts[(visit.outcome or "failed", visit.reason)] += 1
        self.counts[("joined", None)] += len(visit.parts)
        if visit.kind == "seed" and visit.outcome == "failed":
            self.failed_seeds.append(visit)
        self._waiting += outcomes_of(visit)
        if len(self._waiting) >= BATCH:
            self.flush()

    def postponed(self, visit: Visit) -> None:
        """Without a frontier nobody tries again."""
        if visit.retry_for is not None:
            visit.fail(visit.retry_for)
            self.ended(visit)

    def flush(self) -> None:
        """Write what waits."""
        rows, self._waiting = self._waiting, []
        if rows:
            with writing(self.engine) as connection:
                add_outcomes(connection, self.run_id, rows)


def outcomes_of(visit: Visit) -> list[NewOutcome]:
    """Make the outcome rows of an ended visit: its own, and one for each further page fetched with it."""
    now = datetime.now(UTC)
    site = politeness_key(visit.final_url or visit.url) or None
    own = NewOutcome(
        url=redact_url(visit.url), outcome=visit.outcome or "failed", reason=visit.reason, detail=visit.detail or None, site=site,
        status=visit.status, fetched_at=now, capture=visit.capture,
    )  # fmt: skip
    return [
        own,
        *(NewOutcome(url=p.url, outcome="joined", site=site, status=200, fetched_at=p.fetched_at, capture=p.capture) for p in visit.parts),
    ]
