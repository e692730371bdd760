"""One crawl: open the stores, run the spider, close the run, say how it went."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Engine

from crawler.config import Config
from crawler.context import CrawlContext, CrawlPlan, Seed
from crawler.expectations import find_alarms, links_on_lists, pages_before
from crawler.learning import learn_after_crawl
from crawler.metrics import publish_metrics
from crawler.replaying import replay_files
from crawler.running import run_spider
from crawler.safety.addresses import redact_url
from crawler.safety.log_lines import note_run, set_up_logging
from crawler.settings import crawl_settings
from crawler.spiders.news import NewsSpider
from crawler.visits import RunLog
from pipelines.errors import StorageError
from pipelines.site_rules import RuleBook
from storage.articles import ArticleStore
from storage.captures import CaptureWriter
from storage.database import opened_database
from storage.frontier_owners import owner_name
from storage.outcomes import finish_run, start_run
from storage.run_lease import drop_run_lease, take_run_lease
from storage.templates import load_templates

log = logging.getLogger(__name__)

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
    """Links to articles and sections that were known before."""
    stopped_for: str | None = None
    alarms: Sequence[str] = ()
    """Expectations of site files that were not met."""
    overlaps_with: str | None = None
    """Another `crawl --due` of this machine, which goes on alone."""
    archived: Mapping[str, int] = field(default_factory=dict)
    """How the pages of the archives ended, which are a run of their own: `created`, `rejected/list_page`, … to number."""

    def n_of(self, *outcomes: str) -> int:
        """Add up outcomes, of the archives' pages too."""
        n_archived = sum(n for name, n in self.archived.items() if name.partition("/")[0] in outcomes)
        return n_archived + sum(n for (outcome, _), n in self.counts.items() if outcome in outcomes)

    def exit_code(self) -> int:
        """0 ok, 1 fault, 3 nothing extracted, 4 refused, 5 partly done."""
        if not (self.counts or self.archived or self.failed_seeds or self.stopped_for or self.finish_reason == "shutdown"):
            return 0  # nothing was due, or other workers fetch it
        n_articles = self.n_of(*ARTICLE_OUTCOMES)
        if self.alarms and not self.stopped_for:
            return 5
        if self.stopped_for:
            return 5 if n_articles else 1
        is_partial = bool(self.failed_seeds or self._n_internal())
        if n_articles:
            return 5 if is_partial or self.finish_reason == "shutdown" else 0
        if self.n_known or self.n_of("unchanged"):
            return 5 if is_partial else 0  # nothing new is no failure
        if self.finish_reason == "shutdown":
            return 5
        n_refused = sum(n for (_, reason), n in self.counts.items() if reason in REFUSALS)
        if n_refused and n_refused == self.n_of("failed", "rejected", "quarantined"):
            return 4
        return 1 if (self.n_of("failed") or self.failed_seeds) and not self.n_of("listed", "rejected", "quarantined") else 3

    def _n_internal(self) -> int:
        """Count the pages that a fault of the program ended."""
        return sum(n for (_, reason), n in self.counts.items() if reason == "internal")

    def remarks(self) -> list[str]:
        """Say what a person should know beside the counts."""
        lines = [f"could not start from {seed}" for seed in self.failed_seeds]
        lines += [f"alarm: {alarm}" for alarm in self.alarms]
        if self.overlaps_with:
            rest = "it takes what was named" if self.run_id else "nothing to do"
            lines.append(f"another crawl --due runs here ({self.overlaps_with}); {rest}")
        if self.stopped_for:
            lines.append(f"stopped: {self.stopped_for}")
        elif self.finish_reason == "shutdown":
            lines.append("stopped by a signal; what was found so far is kept")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        counts = {f"{o}/{r}" if r else o: n for (o, r), n in sorted(self.counts.items(), key=lambda p: (p[0][0], p[0][1] or ""))}
        return {"run_id": self.run_id, "counts": counts, "total": sum(self.counts.values()), "finish_reason": self.finish_reason,
                "archived": dict(sorted(self.archived.items())), "failed_seeds": list(self.failed_seeds), "stopped_for": self.stopped_for, "alarms": list(self.alarms)}  # fmt: skip


def run_crawl(config: Config, book: RuleBook, plan: CrawlPlan, *, log_level: str = "WARNING") -> CrawlReport:
    """Crawl by a plan.

    Raises:
        StorageError: the database or the archive cannot be used.
    """
    set_up_logging(log_level, config.log_format)
    with opened_database(config.db) as engine:
        owner = owner_name()
        name = f"due/{owner.partition('/')[0]}"
        if plan.is_due and (holder := take_run_lease(engine, name, owner)) is not None:
            if not plan.is_named:
                return CrawlReport(run_id="", counts={}, failed_seeds=(), finish_reason="overlap", overlaps_with=holder)
            # What was named is made known here, and fetched by the run that goes on.
            return replace(_run(config, book, replace(plan, max_pages=0), engine), overlaps_with=holder)
        try:
            return _run(config, book, plan, engine)
        finally:
            if plan.is_due:
                _drop_lease(engine, name, owner)


def _run(config: Config, book: RuleBook, plan: CrawlPlan, engine: Engine) -> CrawlReport:
    return _with_archives(config, book, plan, engine) if plan.archives else _crawl(config, book, plan, engine)


def _drop_lease(engine: Engine, name: str, owner: str) -> None:
    """Give the lease of the run back; where that cannot be written, the next tick sees that its process is gone."""
    try:
        drop_run_lease(engine, name, owner)
    except StorageError as error:
        log.warning("the lease of this run stays: %s", error)


def _with_archives(config: Config, book: RuleBook, plan: CrawlPlan, engine: Engine) -> CrawlReport:
    """Store the articles of the plan's archives, then crawl from the lists among their pages too."""
    _, archives = replay_files(plan.archives, engine, config)
    known = ((url, book.site_for(url)) for url in archives.lists)
    lists = tuple(Seed(url, site.site_id if site else None) for url, site in known)
    report = _crawl(config, book, replace(plan, seeds=plan.seeds + lists), engine)
    return replace(report, archived=archives.outcomes, failed_seeds=[*archives.broken, *report.failed_seeds])


def _crawl(config: Config, book: RuleBook, plan: CrawlPlan, engine: Engine) -> CrawlReport:
    book = replace(book, templates=load_templates(engine))
    archive = CaptureWriter(config.archive_folder)
    run_id = start_run(engine, "crawl", detail={"seeds": [redact_url(seed.url) for seed in plan.seeds][:100]})
    note_run(run_id)
    context = CrawlContext(config=config, engine=engine, store=ArticleStore(engine), archive=archive, book=book, run_id=run_id)
    run_log, alarms, checked, reason = RunLog(), [], [], "fault"
    try:
        reason = run_spider(NewsSpider, crawl_settings(config), plan=plan, context=context, run_log=run_log)
        if plan.max_pages is None and reason == "finished":
            checked = sorted(run_log.listed_sites)
            alarms = find_alarms(run_log.by_site, links_on_lists(engine), book, checked, partial(pages_before, engine, run_id))
    finally:
        archive.close()
        _note_end(engine, run_id, run_log, {"finish_reason": reason, "alarms": alarms, "checked": checked})
        publish_metrics(config, engine)
    if reason != "shutdown" and not run_log.stopped_for:
        learn_after_crawl(engine, config.archive_folder, book, run_id)
    return CrawlReport(
        run_id=run_id,
        counts=Counter({key: n for key, n in run_log.counts.items() if n}),
        failed_seeds=[
            *(f"{redact_url(v.url)}: {v.reason_line()}" for v in run_log.failed_seeds),
            *(f"{redact_url(url)}: {why}" for url, why in run_log.put_off.items() if reason == "finished"),
        ],
        finish_reason=reason,
        n_known=run_log.n_known,
        stopped_for=run_log.stopped_for,
        alarms=alarms,
    )


def _note_end(engine: Engine, run_id: str, run_log: RunLog, detail: dict[str, Any]) -> None:
    """Note that the run ended; where that cannot be written it stays unfinished, and what it stored is told all the same."""
    try:
        finish_run(engine, run_id, detail={**detail, "stopped_for": run_log.stopped_for})
    except StorageError as error:
        run_log.stopped_for = run_log.stopped_for or str(error)
