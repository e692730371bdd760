"""One crawl: open the stores, run the spider, close the run, say how it went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.config import Config
from crawler.context import CrawlContext, CrawlPlan
from crawler.running import run_spider, set_up_logging
from crawler.safety.addresses import redact_url
from crawler.settings import crawl_settings
from crawler.spiders.news import NewsSpider
from crawler.visits import RunLog
from pipelines.site_rules import RuleBook
from storage.articles import ArticleStore
from storage.captures import CaptureWriter
from storage.database import open_database
from storage.outcomes import finish_run, start_run

ARTICLE_OUTCOMES = ("created", "updated", "unchanged")
REFUSALS = frozenset({"robots", "unsafe_address", "taken_down"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """How a crawl ended."""

    run_id: str
    counts: Mapping[tuple[str, str | None], int]
    failed_seeds: Sequence[str]
    """`URL: reason` a seed."""
    finish_reason: str
    n_known: int = 0
    """Article links that were known before."""
    stopped_for: str | None = None

    def n_of(self, *outcomes: str) -> int:
        """Add up outcomes."""
        return sum(n for (outcome, _), n in self.counts.items() if outcome in outcomes)

    def exit_code(self) -> int:
        """0 ok, 1 fault, 3 nothing extracted, 4 refused, 5 partly done."""
        n_articles = self.n_of(*ARTICLE_OUTCOMES)
        if self.stopped_for:
            return 5 if n_articles else 1
        if n_articles:
            return 5 if self.failed_seeds or self.finish_reason == "shutdown" else 0
        if self.n_known or self.n_of("unchanged"):
            return 5 if self.failed_seeds else 0  # nothing new is no failure
        n_refused = sum(n for (_, reason), n in self.counts.items() if reason in REFUSALS)
        if n_refused and n_refused == self.n_of("failed", "rejected", "quarantined"):
            return 4
        return 1 if self.n_of("failed") and not self.n_of("listed", "rejected", "quarantined") else 3

    def remarks(self) -> list[str]:
        """Say what a person should know beside the counts."""
        lines = [f"could not start from {seed}" for seed in self.failed_seeds]
        if self.stopped_for:
            lines.append(f"stopped: {self.stopped_for}")
        elif self.finish_reason == "shutdown":
            lines.append("stopped by a signal; what was found so far is kept")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        counts = {f"{o}/{r}" if r else o: n for (o, r), n in sorted(self.counts.items(), key=lambda p: (p[0][0], p[0][1] or ""))}
        return {"run_id": self.run_id, "counts": counts, "total": sum(self.counts.values()), "finish_reason": self.finish_reason,
                "failed_seeds": list(self.failed_seeds), "stopped_for": self.stopped_for}  # fmt: skip


def run_crawl(config: Config, book: RuleBook, plan: CrawlPlan, *, log_level: str = "WARNING") -> CrawlReport:
    """Crawl by a plan.

    Raises:
        StorageError: the database or the archive cannot be used.
    """
    set_up_logging(log_level)
    engine = open_database(config.db)
    archive = CaptureWriter(config.archive_folder)
    run_id = start_run(engine, "crawl", detail={"seeds": [redact_url(seed.url) for seed in plan.seeds][:100]})
    context = CrawlContext(config=config, engine=engine, store=ArticleStore(engine), archive=archive, book=book, run_id=run_id)
    run_log = RunLog()
    try:
        reason = run_spider(NewsSpider, crawl_settings(config), plan=plan, context=context, run_log=run_log)
    finally:
        archive.close()
        finish_run(engine, run_id)
    report = CrawlReport(
        run_id=run_id,
        counts=Counter({key: n for key, n in run_log.counts.items() if n}),
        failed_seeds=[f"{redact_url(v.url)}: {v.reason}{': ' + v.detail if v.detail else ''}" for v in run_log.failed_seeds],
        finish_reason=reason,
        n_known=run_log.n_known,
        stopped_for=run_log.stopped_for,
    )
    engine.dispose()
    return report
