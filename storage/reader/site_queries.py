"""What is told of sites and outlets, read from the database. Only reads; every list is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, cast

from sqlalchemy import Connection, case, func, literal_column, select, text

from pipelines.normalize.outlets import outlet_key, simplified
from storage.compliance import count_credit
from storage.reader.queries import COPY_COLUMNS
from storage.reader.story_view import has_minute
from storage.schema import article, outcome, outlet, outlet_alias
from storage.schema import site as site_table
from storage.search_query import site_domain
from storage.sql import select_in
from storage.story_tables import story, story_page
from storage.views import instant_sql

MAX_STORIES, MAX_LISTED_STORIES = 2000, 30
"""Stories that an outlet's figures are made of, the newest: on its own page, and in the list of outlets."""
MAX_OUTCOMES = 20_000
"""Of a site, the newest: what its days are counted from."""
WITHOUT_ARTICLE = ("rejected", "quarantined", "failed")


def read_sites(connection: Connection, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return sites with how well their pages are read, most articles first."""
    # Which sites to show follows from an index alone; only those shown are looked at more closely.
    most = select(article.c.site).group_by(article.c.site).order_by(func.count().desc(), article.c.site).limit(limit).offset(offset)
    sites = list(connection.execute(most).scalars())
    rows = _count_articles(connection, sites)
    names, missed = _names(connection, sites), _missed(connection, sites)
    return [{**rows[one], "name": names.get(one), "n_without_article": missed.get(one, 0)} for one in sites if one in rows]


_SILENT = text("""
WITH RECURSIVE fetched (site) AS (
  SELECT min(site) FROM outcome
  UNION ALL SELECT (SELECT min(o.site) FROM outcome o WHERE o.site > fetched.site) FROM fetched WHERE fetched.site IS NOT NULL
)
SELECT site FROM fetched
WHERE site IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article a WHERE a.site = fetched.site) ORDER BY site LIMIT :n
""")
"""From index to index, so that the cost is that of the sites, not of the pages fetched."""


def read_silent_sites(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """Return sites of which pages were fetched and no article is held, with the commonest reason; those missed most first."""
    sites = list(connection.execute(_SILENT, {"n": limit}).scalars())
    last = func.max(outcome.c.fetched_at, type_=outcome.c.fetched_at.type).label("last")
    query = (
        select(outcome.c.site, outcome.c.outcome, outcome.c.reason, func.count().label("n"), last)
        .where(outcome.c.site.in_(sites), outcome.c.outcome.in_(WITHOUT_ARTICLE))
        .group_by(outcome.c.site, outcome.c.outcome, outcome.c.reason).order_by(func.count().desc(), outcome.c.outcome, outcome.c.reason)
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query) if sites else ():
        seen = found.setdefault(
            row.site, {"site": row.site, "outcome": row.outcome, "reason": row.reason, "n_without_article": 0, "last_fetched_at": row.last}
        )
        seen["n_without_article"] += row.n
        seen["last_fetched_at"] = max(seen["last_fetched_at"], row.last)
    return sorted(found.values(), key=lambda row: (-row["n_without_article"], row["site"]))


def _names(connection: Connection, sites: Sequence[str]) -> dict[str, str | None]:
    """Return what sites call themselves: on their newest dated article, else when they were first met."""
    own = select(article.c.site_name).where(
        article.c.site == site_table.c.site,
        article.c.status == "usable",
        article.c.published_utc.is_not(None),
        article.c.site_name.is_not(None),
    )
    newest = own.order_by(article.c.published_utc.desc()).limit(1).scalar_subquery()
    return dict(
        connection.execute(select(site_table.c.site, func.coalesce(newest, site_table.c.name)).where(site_table.c.site.in_(sites))).all()
    )


def _count_articles(connection: Connection, sites: Sequence[str]) -> dict[str, dict[str, Any]]:
    # All from an index.
    counted = (
        select(
            article.c.site, func.count().label("n_articles"), func.count(article.c.published_utc).label("n_dated"),
            func.count(article.c.source).label("n_sourced"), func.count(case((article.c.disguised, 1))).label("n_disguised"),
            func.max(article.c.fetched_at).label("last_fetched_at"),
        )
        .where(article.c.status == "usable", article.c.site.in_(sites)).group_by(article.c.site)
    )  # fmt: skip
    return {row["site"]: dict(row) for row in connection.execute(counted).mappings()}


def _missed(connection: Connection, sites: Sequence[str]) -> dict[str, int]:
    query = (
        select(outcome.c.site, func.count())
        .where(outcome.c.site.in_(sites), outcome.c.outcome.in_(WITHOUT_ARTICLE))
        .group_by(outcome.c.site)
    )
    return dict(connection.execute(query).all())


_NO_ARTICLES = {"n_articles": 0, "n_dated": 0, "n_sourced": 0, "n_disguised": 0, "last_fetched_at": None}


def read_site(connection: Connection, site: str, n_days: int = 30) -> dict[str, Any] | None:
    """Return one site: its outcomes by reason and by day (the last `n_days` that have any), its newest articles; None: unknown.

    `site`: its domain, or a host below it.
    """
    reasons = connection.execute(
        select(outcome.c.outcome, outcome.c.reason, func.count().label("n")).where(outcome.c.site == site)
        .group_by(outcome.c.outcome, outcome.c.reason).order_by(func.count().desc(), outcome.c.outcome, outcome.c.reason)
    ).mappings().all()  # fmt: skip
    newest = connection.execute(
        select(*COPY_COLUMNS).where(article.c.site == site, article.c.status == "usable")
        .order_by(article.c.published_utc.desc().nulls_last(), article.c.pk.desc()).limit(50)
    ).mappings().all()  # fmt: skip
    if not reasons and not newest:
        domain = site_domain(site)
        return read_site(connection, domain, n_days) if domain not in (None, site) else None
    counts = _count_articles(connection, [site]).get(site, _NO_ARTICLES)
    name = next((row["site_name"] for row in newest if row["site_name"]), None)
    last_outcome = connection.execute(
        select(func.max(outcome.c.fetched_at, type_=outcome.c.fetched_at.type)).where(outcome.c.site == site)
    ).scalar()
    return {
        **counts,
        "last_fetched_at": max((at for at in (counts["last_fetched_at"], last_outcome) if at), default=None),
        "site": site,
        "name": name,
        "outcomes": [dict(row) for row in reasons],
        "days": _days(connection, site)[-n_days:],
        "articles": [dict(row) for row in newest],
        "credit": count_credit(connection, site),
    }


def _days(connection: Connection, site: str) -> list[dict[str, Any]]:
    recent = select(outcome.c.fetched_at, outcome.c.outcome).where(outcome.c.site == site).order_by(outcome.c.pk.desc()).limit(MAX_OUTCOMES)
    newest = recent.subquery()
    day = func.substr(literal_column(instant_sql("fetched_at", connection.dialect.name)), 1, 10).label("day")
    n_without = func.count(case((newest.c.outcome.in_(WITHOUT_ARTICLE), 1)))
    query = select(day, (func.count() - n_without).label("n_with"), n_without.label("n_without")).select_from(newest)
    return [dict(row) for row in connection.execute(query.group_by(day).order_by(day)).mappings()]


def read_outlets(connection: Connection, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return outlets with how they are copied, most articles first."""
    # From the index alone; what was taken down has no source any more.
    most = select(article.c.source, func.count()).where(article.c.source.is_not(None)).group_by(article.c.source)
    counts: dict[str, int] = dict(
        connection.execute(most.order_by(func.count().desc(), article.c.source).limit(limit).offset(offset)).all()
    )
    known = {row.name: row for row in connection.execute(select(outlet).where(outlet.c.name.in_(list(counts))))}
    copies = _read_copies(connection, {name: _newest_stories(connection, name, MAX_LISTED_STORIES) for name in counts})
    return [
        {
            "name": name,
            "n_articles": n_articles,
            "outlet_id": known[name].outlet_id if name in known else None,
            "is_listed": name in known and bool(known[name].is_listed),
            **_figures(copies[name]),
        }
        for name, n_articles in counts.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletCopies:
    """How one site copies an outlet."""

    site: str
    site_name: str | None
    n_copies: int
    n_credited: int
    """Copies that name the outlet as their source."""
    median_delay_s: float | None
    """Seconds after the earliest printed time of the story, where both are known to the minute."""


@dataclass(frozen=True, slots=True)
class _Copy:
    row: Mapping[str, Any]
    is_credited: bool
    delay_s: float | None


def read_outlet(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return who copies an outlet, by its name or any it is printed by, how fast, and who keeps the credit; None: no article names it."""
    n_articles = connection.execute(select(func.count()).where(article.c.source == name, article.c.status == "usable")).scalar_one()
    if not n_articles:
        named = select(article.c.pk).where(article.c.source == outlet_alias.c.name, article.c.status == "usable").exists()
        known_as = connection.execute(select(outlet_alias.c.name).where(outlet_alias.c.alias == name, named)).scalars().all()
        return read_outlet(connection, known_as[0]) if len(known_as) == 1 else None  # of two nobody knows which is meant
    stories = _newest_stories(connection, name, MAX_STORIES)
    copies = _read_copies(connection, {name: stories})[name]
    aliases = connection.execute(select(outlet_alias.c.alias).where(outlet_alias.c.name == name).order_by(outlet_alias.c.alias)).scalars()
    row = connection.execute(select(outlet).where(outlet.c.name == name)).first()
    return {
        "name": name,
        "outlet_id": row.outlet_id if row else None,
        "is_listed": bool(row.is_listed) if row else False,
        "aliases": [alias for alias in aliases if alias != name],
        "n_articles": n_articles,
        "n_stories": len(stories),
        **_figures(copies),
        "copied_by": _by_site(copies),
    }


def _newest_stories(connection: Connection, name: str, limit: int) -> set[str]:
    newest = select(article.c.story_id).where(article.c.source == name, article.c.status == "usable", article.c.story_id.is_not(None))
    return set(connection.execute(newest.order_by(article.c.pk.desc()).limit(limit)).scalars())


def _read_copies(connection: Connection, stories: Mapping[str, set[str]]) -> dict[str, list[_Copy]]:
    """Read by outlet the copies of those stories that come from it; pages of its own, on which it names itself, are none.

    A story that comes from another one, or may, says nothing of it: else whoever had it first would be a copy without credit.
    """
    columns = (
        article.c.id, article.c.story_id, article.c.site, article.c.site_name, article.c.source, article.c.is_repost, article.c.published_utc,
        article.c.published_precision,
    )  # fmt: skip
    members: dict[str, list[Mapping[str, Any]]] = {}
    # Told by the index alone; the rows of articles lie all over the file.
    of_several = select(article.c.story_id).group_by(article.c.story_id).having(func.count() > 1)
    copied = [row.story_id for row in select_in(connection, article.c.story_id, set().union(*stories.values()), query=of_several)]
    origins = _read_origins(connection, copied)
    usable = select(*columns).where(article.c.status == "usable")
    for row in select_in(connection, article.c.story_id, origins, query=usable):
        members.setdefault(row.story_id, []).append(cast(Mapping[str, Any], row._mapping))
    return {
        name: [copy for key in sorted(ids & origins.keys()) for copy in _copies_of(members.get(key, []), name, origins[key])]
        for name, ids in stories.items()
    }


@dataclass(frozen=True, slots=True)
class _Origin:
    key: str
    """Of the outlet."""
    article_id: str | None


def _read_origins(connection: Connection, stories: Iterable[str]) -> dict[str, _Origin]:
    """Read by story whose text it is; those of which the pages do not say are left out."""
    original = story_page.alias("original")
    query = (
        select(story_page.c.article_id, story.c.origin_outlet, original.c.article_id.label("origin_id"))
        .join(story, story.c.story == story_page.c.page)
        .outerjoin(original, original.c.page == story.c.origin_page)
        .where(story.c.origin_outlet.is_not(None))
    )
    rows = select_in(connection, story_page.c.article_id, stories, query=query)
    return {row.article_id: _Origin(outlet_key(simplified(row.origin_outlet)), row.origin_id) for row in rows}


def _copies_of(rows: Sequence[Mapping[str, Any]], name: str, origin: _Origin) -> list[_Copy]:
    key, first = outlet_key(simplified(name)), _first_time(rows)
    if len(rows) < 2 or origin.key != key:
        return []
    found = []
    for row in rows:
        is_credited = row["source"] is not None and outlet_key(simplified(row["source"])) == key
        if row["id"] == origin.article_id or (is_credited and row["is_repost"] is False):
            continue
        delay = (row["published_utc"] - first).total_seconds() if first is not None and has_minute(row) else None
        found.append(_Copy(row, is_credited, delay))
    return found


def _first_time(rows: Sequence[Mapping[str, Any]]) -> datetime | None:
    return min((row["published_utc"] for row in rows if has_minute(row)), default=None)


def _figures(copies: Sequence[_Copy]) -> dict[str, Any]:
    # The first copy is no delay: it would only say that somebody was first.
    delays = [copy.delay_s for copy in copies if copy.delay_s]
    return {
        "n_copies": len(copies),
        "n_credited": sum(copy.is_credited for copy in copies),
        "median_delay_s": median(delays) if delays else None,
    }


def _by_site(copies: Sequence[_Copy]) -> list[OutletCopies]:
    by_site: dict[str, list[_Copy]] = {}
    for copy in copies:
        by_site.setdefault(copy.row["site"], []).append(copy)
    found = []
    for site, own in by_site.items():
        delays = [copy.delay_s for copy in own if copy.delay_s is not None]
        found.append(
            OutletCopies(
                site=site, site_name=next((copy.row["site_name"] for copy in own if copy.row["site_name"]), None), n_copies=len(own),
                n_credited=sum(copy.is_credited for copy in own), median_delay_s=median(delays) if delays else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda c: (-c.n_copies, c.site))
