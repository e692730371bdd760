"""What one run is to do, and what it holds open: database, archive, rules. Made by a command, handed to the spider."""

import math
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from crawler.config import Config
from crawler.politeness.pace import politeness_key
from pipelines.site_rules import RuleBook
from storage.articles import ArticleStore
from storage.captures import CaptureWriter

DUE_RUN_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlContext:
    """Open stores and rules of one run."""

    config: Config
    engine: Engine
    store: ArticleStore
    archive: CaptureWriter
    book: RuleBook
    run_id: str


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a crawl starts."""

    url: str
    site_id: str | None = None

    @property
    def scope(self) -> str:
        """What found URLs belong to: a later crawl of the same seed goes on with them."""
        return f"site:{self.site_id}" if self.site_id else politeness_key(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPlan:
    """What one run is to do."""

    seeds: tuple[Seed, ...] = ()
    archives: tuple[Path, ...] = ()
    """WARC files whose articles are stored first, and whose lists become seeds."""
    is_due: bool = False
    """Work on everything that is due; seeds are only made known. Else: on the seeds' scopes, and the seeds are fetched now."""
    is_named: bool = False
    """A person named the seeds or archives; else the seeds are those of all site files."""
    is_dead_wanted: bool = False
    """Also what was given up, within the scopes of the run."""
    max_pages: int | None = None
    patience_s: float = 180.0
    """How long a database or disk that refuses is tried again before the run ends."""

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """What the run works on; None: everything."""
        return None if self.is_due else tuple(sorted({seed.scope for seed in self.seeds}))

    @property
    def horizon_s(self) -> float | None:
        """Until when revisits may fall due to be this run's; None: until it begins. A run of what is due takes on what falls due meanwhile."""
        return math.inf if self.is_due else None

    @property
    def run_s(self) -> float:
        """After this time nothing is taken on. The next tick goes on: slow hosts must not keep alarms and figures of the others waiting."""
        return DUE_RUN_S if self.is_due else math.inf

    @property
    def most_pages(self) -> float:
        """`max_pages`, or no bound."""
        return math.inf if self.max_pages is None else self.max_pages
