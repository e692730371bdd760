"""What the pages show, read from the database. Only reads; every list is bounded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, text

from storage.article_reading import find_id, read_records
from storage.changes import Change
from storage.schema import article, outcome, outlet, outlet_alias, takedown
from storage.story_tables import story

MAX_COPIES = 500
"""Copies of a story that are shown."""
MAX_STORIES = 2000
"""Stories of an outlet that its figures are made of, the newest."""
WITHOUT_ARTICLE = ("rejected", "quarantined", "failed")

_COPY_COLUMNS = (
    article.c.id, article.c.url, article.c.site, article.c.site_name, article.c.title, article.c.original_title, article.c.source,
    article.c.published_at, article.c.published_utc, article.c.published_precision, article.c.first_seen_at, article.c.authors,
    article.c.editors, article.c.disguised, article.c.is_repost, article.c.story_id, article.c.status, article.c.language,
)  # fmt: skip


def newest_stories(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the stories of the newest articles, each as its latest copy, with `n_copies`; undated articles come after all others."""
    usable = select(*_COPY_COLUMNS).where(article.c.status == "usable").limit(limit * 5)
    # Dated and undated apart: so each can follow an index on both engines, whatever they think of nulls.
    dated = usable.where(article.c.published_utc.is_not(None)).order_by(article.c.published_utc.desc(), article.c.pk.desc())
    shown: dict[str, dict[str, Any]] = {}
    for query in (dated, usable.where(article.c.published_utc.is_(None)).order_by(article.c.pk.desc())):
        for row in connection.execute(query).mappings() if len(shown) < limit else ():
            if len(shown) < limit:
                shown.setdefault(row["story_id"] or row["id"], dict(row))
    counts = _count_copies(connection, [row["story_id"] for row in shown.values() if row["story_id"]])
    return [{**row, "n_copies": counts.get(row["story_id"], 1)} for row in shown.values()]


def _count_copies(connection: Connection, stories: Sequence[str]) -> dict[str, int]:
    query = (
        select(article.c.story_id, func.count())
        .where(article.c.story_id.in_(stories), article.c.status == "usable")
        .group_by(article.c.story_id)
    )
    return dict(connection.execute(query).all())


def totals(connection: Connection) -> dict[str, int]:
    """Count articles, those taken down left out, and stories; from indexes only."""
    n_stored = connection.execute(select(func.count()).select_from(article)).scalar_one()
    n_withdrawn = connection.execute(select(func.count(takedown.c.article_id))).scalar_one()
    return {"n_articles": n_stored - n_withdrawn, "n_stories": connection.execute(select(func.count()).select_from(story)).scalar_one()}


def read_article(connection: Connection, url_or_id: str) -> dict[str, Any] | None:
    """Return the v1 record of an article with `removed` and `evidence` beside it; None: there is none."""
    row = connection.execute(select(article.c.removed, article.c.evidence).where(article.c.id == url_or_id)).first()
    if row is None:
        found = find_id(connection, url_or_id)
        return read_article(connection, found) if found and found != url_or_id else None
    record = read_records(connection, [url_or_id])[url_or_id]
    return {**record, "removed": row.removed or [], "evidence": row.evidence or {}}


def read_revisions(connection: Connection, article_id: str) -> list[dict[str, Any]]:
    """Return the versions of an article, newest first, without their text."""
    query = text("SELECT id, revision, title, published_at, source, fetched_at FROM v1_revisions WHERE id = :id ORDER BY revision DESC")
    return [dict(row) for row in connection.execute(query, {"id": article_id}).mappings()]


def read_version(connection: Connection, article_id: str, number: int) -> dict[str, Any] | None:
    """Return title and text of one version of an article."""
    query = text("SELECT id, revision, title, text, url, fetched_at FROM v1_revisions WHERE id = :id AND revision = :n")
    row = connection.execute(query, {"id": article_id, "n": number}).mappings().first()
    return dict(row) if row else None


def read_copies(connection: Connection, story_id: str) -> list[dict[str, Any]]:
    """Return the usable copies of a story with their `relation`, the earliest printed date first; at most `MAX_COPIES`."""
    members = text("SELECT id, relation, is_main FROM v1_copies WHERE story_id = :id ORDER BY id LIMIT :n")
    found = {row.id: row for row in connection.execute(members, {"id": story_id, "n": MAX_COPIES})}
    query = (
        select(*_COPY_COLUMNS)
        .where(article.c.id.in_(list(found)), article.c.status == "usable")
        .order_by(article.c.published_utc.asc().nulls_last(), article.c.first_seen_at, article.c.pk)
    )
    rows = connection.execute(query).mappings()
    return [{**row, "relation": found[row["id"]].relation, "is_main": bool(found[row["id"]].is_main)} for row in rows]


def read_texts(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return title, text and site of articles by id; withdrawn ones are left out."""
    columns = (article.c.id, article.c.title, article.c.text, article.c.site, article.c.site_name, article.c.source, article.c.story_id)
    query = select(*columns).where(article.c.id.in_(ids), article.c.status == "usable")
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def read_sites(connection: Connection, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return sites with how well their pages are read, most articles first."""
    # Which sites to show follows from an index alone; only those shown are looked at more closely.
    most = select(article.c.site).group_by(article.c.site).order_by(func.count().desc(), article.c.site).limit(limit).offset(offset)
    sites = list(connection.execute(most).scalars())
    counted = (
        select(
            article.c.site, func.count().label("n_articles"), func.count(article.c.published_utc).label("n_dated"),
            func.count(article.c.source).label("n_sourced"), func.count(case((article.c.disguised, 1))).label("n_disguised"),
            func.max(article.c.site_name).label("name"), func.max(article.c.fetched_at).label("last_fetched_at"),
        )
        .where(article.c.status != "withdrawn", article.c.site.in_(sites)).group_by(article.c.site)
    )  # fmt: skip
    rows = {row["site"]: dict(row) for row in connection.execute(counted).mappings()}
    missed = _missed(connection, sites)
    return [{**rows[site], "n_without_article": missed.get(site, 0)} for site in sites if site in rows]


def _missed(connection: Connection, sites: Sequence[str]) -> dict[str, int]:
    query = (
        select(outcome.c.site, func.count())
        .where(outcome.c.site.in_(sites), outcome.c.outcome.in_(WITHOUT_ARTICLE))
        .group_by(outcome.c.site)
    )
    return dict(connection.execute(query).all())


def read_site(connection: Connection, site: str, n_days: int = 30) -> dict[str, Any] | None:
    """Return one site: its outcomes by reason and by day (the last `n_days` that have any), its newest articles; None: unknown."""
    reasons = connection.execute(
        select(outcome.c.outcome, outcome.c.reason, func.count().label("n")).where(outcome.c.site == site)
        .group_by(outcome.c.outcome, outcome.c.reason).order_by(func.count().desc(), outcome.c.outcome, outcome.c.reason)
    ).mappings().all()  # fmt: skip
    newest = connection.execute(
        select(*_COPY_COLUMNS).where(article.c.site == site, article.c.status == "usable")
        .order_by(article.c.published_utc.desc().nulls_last(), article.c.pk.desc()).limit(50)
    ).mappings().all()  # fmt: skip
    if not reasons and not newest:
        return None
    recent = connection.execute(
        select(outcome.c.fetched_at, outcome.c.outcome).where(outcome.c.site == site).order_by(outcome.c.fetched_at.desc()).limit(20_000)
    ).all()
    days: dict[str, Counter[str]] = {}
    for row in recent:
        days.setdefault(f"{row.fetched_at:%Y-%m-%d}", Counter())["without" if row.outcome in WITHOUT_ARTICLE else "with"] += 1
    return {
        "site": site,
        "name": next((row["site_name"] for row in newest if row["site_name"]), None),
        "outcomes": [dict(row) for row in reasons],
        "days": [{"day": day, "n_with": days[day]["with"], "n_without": days[day]["without"]} for day in sorted(days)[-n_days:]],
        "articles": [dict(row) for row in newest],
    }


def read_outlets(connection: Connection, limit: int, offset: int) -> list[dict[str, Any]]:
    """Return outlets, most articles first."""
    # As with sites: the index says which, the rows of those say the rest.
    most = select(article.c.source).where(article.c.source.is_not(None)).group_by(article.c.source)
    names = list(connection.execute(most.order_by(func.count().desc(), article.c.source).limit(limit).offset(offset)).scalars())
    counted = (
        select(article.c.source.label("name"), func.count().label("n_articles"), func.count(article.c.site.distinct()).label("n_sites"))
        .where(article.c.source.in_(names), article.c.status == "usable")
        .group_by(article.c.source)
    )
    rows = {row["name"]: dict(row) for row in connection.execute(counted).mappings()}
    known = {row.name: row for row in connection.execute(select(outlet).where(outlet.c.name.in_(names)))}
    shown = [(name, known.get(name)) for name in names if name in rows]
    return [
        {**rows[name], "outlet_id": row.outlet_id if row else None, "is_listed": bool(row.is_listed) if row else False}
        for name, row in shown
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


def read_outlet(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return who copies an outlet, how fast, and who keeps the credit; None: no article names it."""
    newest = select(article.c.story_id).where(article.c.source == name, article.c.status == "usable", article.c.story_id.is_not(None))
    stories = {row.story_id for row in connection.execute(newest.order_by(article.c.pk.desc()).limit(MAX_STORIES))}
    n_articles = connection.execute(select(func.count()).where(article.c.source == name, article.c.status == "usable")).scalar_one()
    if not n_articles:
        return None
    rows: list[dict[str, Any]] = []
    for part in _chunks(sorted(stories), 500):
        members = select(*_COPY_COLUMNS).where(article.c.story_id.in_(part), article.c.status == "usable")
        rows += [dict(row) for row in connection.execute(members).mappings()]
    aliases = connection.execute(select(outlet_alias.c.alias).where(outlet_alias.c.name == name).order_by(outlet_alias.c.alias)).scalars()
    copies = _copies_by_site(rows, name)
    n_credited = sum(c.n_credited for c in copies)
    row = connection.execute(select(outlet).where(outlet.c.name == name)).first()
    return {
        "name": name,
        "outlet_id": row.outlet_id if row else None,
        "is_listed": bool(row.is_listed) if row else False,
        "aliases": [alias for alias in aliases if alias != name],
        "n_articles": n_articles,
        "n_stories": len(stories),
        "n_copies": len(rows),
        "n_credited": n_credited,
        "copied_by": copies,
    }


def _copies_by_site(rows: Sequence[Mapping[str, Any]], name: str) -> list[OutletCopies]:
    first: dict[str, datetime] = {}
    for row in rows:
        if _has_minute(row):
            first[row["story_id"]] = min(row["published_utc"], first.get(row["story_id"], row["published_utc"]))
    by_site: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_site.setdefault(row["site"], []).append(row)
    found = []
    for site, copies in by_site.items():
        delays = [(row["published_utc"] - first[row["story_id"]]).total_seconds() for row in copies if _has_minute(row)]
        found.append(
            OutletCopies(
                site=site, site_name=next((row["site_name"] for row in copies if row["site_name"]), None), n_copies=len(copies),
                n_credited=sum(row["source"] == name for row in copies), median_delay_s=median(delays) if delays else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda c: (-c.n_copies, c.site))


def _has_minute(row: Mapping[str, Any]) -> bool:
    return row["published_utc"] is not None and row["published_precision"] in ("minute", "second")


def with_titles(connection: Connection, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes as rows with the `title` of their article, where it may still be shown."""
    titles = _titles(connection, [change.id for change in changes if change.id])
    return [{**asdict(change), "title": titles.get(change.id or "")} for change in changes]


def newest_changes(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the last rows of the feed, newest first."""
    query = text("SELECT cursor, at, kind, id, revision, story_id, url, detail FROM v1_changes ORDER BY cursor DESC LIMIT :n")
    rows = [dict(row) for row in connection.execute(query, {"n": limit}).mappings()]
    titles = _titles(connection, [row["id"] for row in rows if row["id"]])
    return [{**row, "detail": json.loads(row["detail"]) if row["detail"] else None, "title": titles.get(row["id"])} for row in rows]


def _titles(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    query = text("SELECT id, title FROM v1_articles WHERE id IN :ids AND status = 'usable'").bindparams(bindparam("ids", expanding=True))
    return {row.id: row.title for row in connection.execute(query, {"ids": list(ids)})} if ids else {}


def _chunks(values: Sequence[str], size: int) -> list[Sequence[str]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
