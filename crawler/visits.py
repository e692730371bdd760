"""One visit is one URL asked for: it ends in exactly one outcome, whatever happens on the way."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler

from crawler.safety.addresses import redact_url
from pipelines.errors import PageError, Reason
from pipelines.types import Capture, FetchedPage
from storage.frontier_types import LeasedUrl

log = logging.getLogger(__name__)

WITHOUT_ARTICLE = frozenset(("failed", "rejected", "quarantined"))


@dataclass(slots=True, kw_only=True)
class Visit:
    """A URL asked for, and what became of it. The one mutable value here: it collects while the page goes through."""

    url: str
    """As asked for, absolute."""
    kind: str = "article"
    """`seed` and `section` (what they are is seen when they are fetched), `list`, `article`."""
    site_id: str | None = None
    depth: int = 0
    """List pages since the seed."""
    scope: str = ""
    """The site or host whose crawl this is part of."""
    leased: LeasedUrl | None = None
    """Row of the frontier; None: it never got there."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    n_links: int = 0
    """Links a list brought."""
    n_new: int = 0
    """Of these, not known before."""
    final_url: str | None = None
    status: int | None = None
    outcome: str | None = None
    reason: str | None = None
    detail: str = ""
    is_transient: bool = False
    """It failed for a cause that may be gone another time."""
    retry_in_s: float | None = None
    """Not ended: to be tried again."""
    parts: list[FetchedPage] = field(default_factory=list)
    """Further pages of the article that were fetched with it."""
    capture: Capture | None = None
    """Of the page itself."""
    article_id: str | None = None
    is_article: bool = False
    """It went to the pipelines."""

    @property
    def attempts(self) -> int:
        """Tries including this one."""
        return 1 + (self.leased.attempts if self.leased is not None else 0)

    @property
    def is_first_page(self) -> bool:
        """Tell whether a list would begin here: a section that a front page leads to is one of its own, though it is deeper."""
        return self.kind == "section" or (self.kind in ("seed", "list") and not self.depth)

    @property
    def is_known(self) -> bool:
        """Tell whether it was asked for before."""
        return self.leased is not None and self.leased.n_visits > 0

    def end(self, outcome: str, reason: str | None = None, detail: str = "") -> None:
        """Say what became of it; the first word stands."""
        if self.outcome is None:
            self.outcome, self.reason, self.detail = outcome, reason, detail

    def reason_line(self) -> str:
        """Say why it has no article."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)

    def fail(self, error: PageError) -> None:
        """End with an error's outcome."""
        self.end(error.outcome, error.reason.value, error.detail)


class RunLog:
    """What one run came to, in counts."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str | None]] = Counter()
        self.named: frozenset[str] | None = None
        """Where the run was to start, canonical; None: at all seeds that are due."""
        self.failed_seeds: list[Visit] = []
        self.put_off: dict[str, str] = {}
        """Of where the run was to start, what is left to a later one: URL to why."""
        self.n_known = 0
        """Links to articles and sections that were known before."""
        self.by_site: dict[str, Counter[str]] = {}
        """site_id to outcomes; `known`: article links known before."""
        self.listed_sites: set[str] = set()
        """site_id of those whose lists were asked for."""
        self.stopped_for: str | None = None
        """A fault of our own that ended the run."""

    def ended(self, visit: Visit) -> None:
        """Count an ended visit, and the further pages fetched with it."""
        self.counts[(visit.outcome or "failed", visit.reason)] += 1
        self.put_off.pop(visit.url, None)
        if visit.site_id:
            self.by_site.setdefault(visit.site_id, Counter())[visit.outcome or "failed"] += 1
            if visit.is_first_page and not visit.is_article:
                self.listed_sites.add(visit.site_id)
        if visit.parts:
            self.counts[("joined", None)] += len(visit.parts)
        if visit.outcome in WITHOUT_ARTICLE and visit.kind == "seed" and (self.named is None or visit.url in self.named):
            self.failed_seeds.append(visit)
        elif visit.outcome in ("failed", "quarantined"):  # failed seeds are named at the end of the run
            log.warning("%s: %s/%s%s", redact_url(visit.url), visit.outcome, visit.reason, f": {visit.detail}" if visit.detail else "")

    def note_put_off(self, url: str, why: str) -> None:
        """Note that a URL is to be asked for later; what the run was to start from is named if it ends before."""
        if self.named is not None and url in self.named:
            self.put_off[url] = why


class VisitSink(Protocol):
    """The scheduler's side of a visit's end."""

    def ended_visit(self, visit: Visit) -> None:
        """Take a visit with its outcome."""

    def postponed_visit(self, visit: Visit) -> None:
        """Take a visit that is to be tried again."""


class VisitTracker:
    """Scrapy extension: see each visit through to its end, after the callback and all pipelines have finished.

    Scrapy has no signal for that moment, so `enqueue_scrape` is wrapped. It is private: where it is missing, nothing starts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.spider_opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "VisitTracker":
        """Build it."""
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        """Put the wrapper in.

        Raises:
            RuntimeError: this version of Scrapy has no such hook.
        """
        scraper: Any = self.crawler.engine.scraper
        if not callable(getattr(scraper, "enqueue_scrape", None)):
            raise RuntimeError("this version of Scrapy has no Scraper.enqueue_scrape: the end of a visit would go unnoticed")
        original = scraper.enqueue_scrape

        def enqueue_scrape(result: Any, request: Request) -> Any:
            return original(result, request).addBoth(lambda value: self._finish(request, value))

        scraper.enqueue_scrape = enqueue_scrape

    def _finish(self, request: Request, value: Any) -> Any:
        visit = request.meta.get("visit")
        if visit is None:
            return value
        sink: VisitSink = self.crawler.engine.scheduler  # type: ignore[assignment]
        if visit.outcome is None and visit.retry_in_s is not None:
            self.crawler.spider.run_log.note_put_off(visit.url, visit.reason_line())  # type: ignore[union-attr]
            sink.postponed_visit(visit)
            return value
        visit.end("failed", Reason.INTERNAL.value, "the page ended without a word; the log has the traceback")
        self.crawler.spider.run_log.ended(visit)  # type: ignore[union-attr]
        sink.ended_visit(visit)
        return value
