"""How the database is doing: runs with their outcomes, sites and their freshness, outlets in no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, case, func, select

from storage.compliance import Credit, count_credit
from storage.database import name_of, reading
from storage.frontier_health import FrontierHealth, read_frontier
from storage.frontier_owners import dead_owners, is_running
from storage.outcomes import DIED
from storage.schema import article, outcome, outlet, run

WITHOUT_ARTICLE = ("rejected", "quarantined", "failed")
ALARM_DAYS = 30
"""Alarms are looked for in the crawls of so many days; lists that are alive are asked for at least every two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHealth:
    """One run and how its pages ended."""

    run_id: str
    command: str
    started_at: datetime
    finished_at: datetime | None
    """None: `state` says why."""
    state: str
    """`finished`; `running`, `died` (its process is gone); `unknown`: it runs, or died, on another machine."""
    outcomes: dict[str, int]
    """`created`, `rejected/list_page`, … to number of URLs."""
    alarms: tuple[str, ...] = ()
    """Expectations of site files that the run did not meet."""
    finish_reason: str | None = None
    """Of a crawl that ended: `finished`, `shutdown` (a signal), `fault`; of any run: `died`."""
    stopped_for: str | None = None
    """The fault that ended a crawl, a replay or a reprocess before its time."""

    @property
    def n_pages(self) -> int:
        """URLs fetched: each ended in exactly one outcome."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHealth:
    """One site and how fresh it is."""

    site: str
    n_articles: int
    n_undated: int
    n_unsourced: int
    n_without_article: int
    """Fetched pages that gave no article: rejected, quarantined, failed."""
    last_fetched_at: datetime | None
    last_published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHealth:
    """What `status` shows."""

    database: str
    n_articles: int
    n_withdrawn: int
    n_withheld: int
    n_stories: int
    n_sites: int
    """Sites of these articles."""
    n_disguised: int
    outcomes: dict[str, int]
    """Of all runs together."""
    runs: tuple[RunHealth, ...]
    """Newest first."""
    sites: tuple[SiteHealth, ...]
    """Longest without a fetch first; perhaps not all."""
    unknown_outlets: tuple[tuple[str, int], ...]
    """Names of sources that are in no table, with the number of articles, commonest first."""
    alarms: tuple[str, ...]
    """Of each site file, its expectations that were not met when a crawl last asked for its lists."""
    frontier: FrontierHealth
    credit: Credit
    """What reposts keep of the credit."""


def read_health(engine: Engine, *, n_runs: int = 5, n_sites: int = 50, n_outlets: int = 20) -> DatabaseHealth:
    """Read all of it in one transaction, so that the figures belong together."""
    n_of = {status: func.count(case((article.c.status == status, 1))) for status in ("usable", "withdrawn", "withheld")}
    with reading(engine) as connection:
        shown, withdrawn, withheld, stories, sites, disguised = connection.execute(
            select(
                n_of["usable"], n_of["withdrawn"], n_of["withheld"], func.count(article.c.story_id.distinct()),
                func.count(case((article.c.status == "usable", article.c.site)).distinct()),
                func.count(case((article.c.disguised, 1))),
            ).select_from(article)
        ).one()  # fmt: skip
        return DatabaseHealth(
            database=name_of(engine), n_articles=shown, n_withdrawn=withdrawn, n_withheld=withheld, n_stories=stories, n_sites=sites, n_disguised=disguised,
            outcomes=_outcomes(connection, None).get(None, {}), runs=_runs(connection, n_runs), sites=_sites(connection, n_sites),
            unknown_outlets=_unknown_outlets(connection, n_outlets), alarms=_standing_alarms(connection), frontier=read_frontier(connection, n_scopes=n_sites), credit=count_credit(connection),
        )  # fmt: skip


def _outcomes(connection: Connection, run_ids: Sequence[str] | None) -> dict[str | None, dict[str, int]]:
    """Count outcomes by run; `run_ids` None: of all runs together, under the key None."""
    columns = (outcome.c.outcome, outcome.c.reason)
    query = select(*columns, func.count().label("n")).group_by(*columns).order_by(*columns)
    if run_ids is not None:
        query = query.add_columns(outcome.c.run_id).where(outcome.c.run_id.in_(run_ids)).group_by(outcome.c.run_id)
    found: dict[str | None, dict[str, int]] = {}
    for row in connection.execute(query):
        counts = found.setdefault(row.run_id if run_ids is not None else None, {})
        counts[f"{row.outcome}/{row.reason}" if row.reason else row.outcome] = row.n
    return found


def _runs(connection: Connection, limit: int) -> tuple[RunHealth, ...]:
    rows = connection.execute(select(run).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(limit)).all()
    counted = _outcomes(connection, [row.id for row in rows])
    return tuple(
        RunHealth(
            run_id=row.id, command=row.command, started_at=row.started_at, finished_at=row.finished_at, state=_state_of(row), outcomes=counted.get(row.id, {}),
            alarms=_alarms_of(row.detail), **{key: (row.detail or {}).get(key) for key in ("finish_reason", "stopped_for")},
        )
        for row in rows
    )  # fmt: skip


def _state_of(row: Row[Any]) -> str:
    if row.finished_at is not None:
        return "finished"
    detail = row.detail or {}
    owner = detail.get("owner")
    if detail.get("finish_reason") == DIED or (owner and dead_owners([owner])):
        return DIED
    return "running" if owner and is_running(owner) else "unknown"


def _standing_alarms(connection: Connection) -> tuple[str, ...]:
    """Return the alarms of each site from the crawl that last checked it: the ticks between ask for the lists of other sites, or for none."""
    since = datetime.now(UTC) - timedelta(days=ALARM_DAYS)
    details = select(run.c.detail).where(run.c.command == "crawl", run.c.finished_at >= since).order_by(run.c.finished_at.desc())
    seen: set[str] = set()
    standing: list[str] = []
    for detail in connection.execute(details).scalars():
        checked = {site for site in (detail or {}).get("checked", ()) if site not in seen}
        standing += [alarm for alarm in _alarms_of(detail) if alarm.partition(": ")[0] in checked]
        seen |= checked
    return tuple(sorted(standing))


def _alarms_of(detail: Any) -> tuple[str, ...]:
    """Return the alarms a run noted; each begins with its site."""
    return tuple(detail.get("alarms", ())) if isinstance(detail, dict) else ()


def _sites(connection: Connection, limit: int) -> tuple[SiteHealth, ...]:
    misses = (
        select(outcome.c.site, func.count().label("n")).where(outcome.c.outcome.in_(WITHOUT_ARTICLE)).group_by(outcome.c.site).subquery()
    )
    last_fetched = func.max(article.c.fetched_at)
    query = (
        select(
            article.c.site, func.count().label("n"), func.count(article.c.published_at).label("dated"),
            func.count(article.c.source).label("sourced"), func.coalesce(func.max(misses.c.n), 0).label("missed"),
            last_fetched.label("fetched"), func.max(article.c.published_utc).label("published"),
        )
        .outerjoin(misses, misses.c.site == article.c.site)
        .where(article.c.status == "usable").group_by(article.c.site).order_by(last_fetched).limit(limit)
    )  # fmt: skip
    return tuple(
        SiteHealth(
            site=row.site, n_articles=row.n, n_undated=row.n - row.dated, n_unsourced=row.n - row.sourced,
            n_without_article=row.missed, last_fetched_at=row.fetched, last_published_at=row.published,
        )
        for row in connection.execute(query)
    )  # fmt: skip


def _unknown_outlets(connection: Connection, limit: int) -> tuple[tuple[str, int], ...]:
    number = func.count()
    query = (
        select(article.c.source, number)
        .join(outlet, outlet.c.name == article.c.source)
        .where(outlet.c.outlet_id.is_(None), article.c.status == "usable")
        .group_by(article.c.source)
        .order_by(number.desc(), article.c.source)
        .limit(limit)
    )
    return tuple((name, n) for name, n in connection.execute(query))
