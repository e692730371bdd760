"""What the pages show, read from the database. Only reads; every list is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text

from storage.article_reading import find_id, read_records
from storage.changes import Change, read_newest_changes
from storage.schema import HIDDEN, article, takedown
from storage.search import SearchHit, count_copies
from storage.sql import select_in
from storage.story_tables import story, story_page
from storage.story_views import ALSO_IN
from storage.withholding import read_notice

MAX_COPIES = 500
"""Copies of a story that are shown: the original, the earliest, and those that were stored first."""

OF_A_TOMBSTONE = (
    "schema_version", "id", "revision", "status", "url", "final_url", "canonical_url", "site", "fetched_at", "first_seen_at",
)  # fmt: skip
"""Keys of the record that say nothing of what the article said."""

COPY_COLUMNS = (
    article.c.id, article.c.url, article.c.site, article.c.site_name, article.c.title, article.c.original_title, article.c.source,
    article.c.published_at, article.c.published_utc, article.c.published_precision, article.c.first_seen_at, article.c.authors,
    article.c.editors, article.c.disguised, article.c.is_repost, article.c.story_id, article.c.status, article.c.language,
)  # fmt: skip


_MEMBERS = text(f"""
SELECT article_id AS id, coalesce(relation, 'same') AS relation, 1 AS is_main FROM story_page WHERE story = :story AND is_held
UNION ALL
SELECT q.article_id, min(m.relation), 0 FROM ({ALSO_IN}) AS m JOIN story_page q ON q.page = m.page WHERE m.story = :story GROUP BY q.article_id
ORDER BY id
""")
"""As the view `v1_copies` says it, but asked for one story by its number: there the pages of all stories would be gathered first."""


def newest_stories(connection: Connection, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Return the stories of the newest articles, each as its latest copy, with `n_copies`; undated articles come after all others."""
    wanted = offset + limit
    usable = select(*COPY_COLUMNS).where(article.c.status == "usable").limit(wanted * 5)
    # Dated and undated apart: so each can follow an index on both engines, whatever they think of nulls.
    dated = usable.where(article.c.published_utc.is_not(None)).order_by(article.c.published_utc.desc(), article.c.pk.desc())
    shown: dict[str, dict[str, Any]] = {}
    for query in (dated, usable.where(article.c.published_utc.is_(None)).order_by(article.c.pk.desc())):
        for row in connection.execute(query).mappings() if len(shown) < wanted else ():
            if len(shown) < wanted:
                shown.setdefault(row["story_id"] or row["id"], dict(row))
    rows = list(shown.values())[offset:]
    counts = count_copies(connection, [row["story_id"] for row in rows if row["story_id"]])
    return [{**row, "n_copies": counts.get(row["story_id"], 1)} for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a story went round, by the copies whose time is printed to the minute."""

    first_site: str
    """What the site of the first copy calls itself."""
    first_id: str
    last_s: float
    """From the first copy to the last, seconds."""


def read_spread(connection: Connection, stories: Sequence[str]) -> dict[str, Spread]:
    """Read for each story who had it first, and how long it went round."""
    columns = (article.c.story_id, article.c.id, article.c.site, article.c.site_name, article.c.published_utc)
    fine = (article.c.status == "usable", article.c.published_precision.in_(("minute", "second")))
    times = (
        select(article.c.story_id, func.min(article.c.published_utc).label("first"), func.max(article.c.published_utc).label("last"))
        .where(article.c.story_id.in_(stories), *fine)
        .group_by(article.c.story_id)
    )
    ends = {row.story_id: row for row in connection.execute(times)}
    if not ends:
        return {}
    firsts = select(*columns).where(
        article.c.story_id.in_(stories), article.c.published_utc.in_({row.first for row in ends.values()}), *fine
    )
    found: dict[str, Spread] = {}
    for row in connection.execute(firsts.order_by(article.c.pk)):
        times_of = ends[row.story_id]
        if row.published_utc == times_of.first and row.story_id not in found:
            span = (times_of.last - times_of.first).total_seconds()
            found[row.story_id] = Spread(first_site=row.site_name or row.site, first_id=row.id, last_s=span)
    return found


def with_language(connection: Connection, hits: Sequence[SearchHit]) -> list[dict[str, Any]]:
    """Return hits as rows with their `language`, which says how to show them."""
    query = select(article.c.id, article.c.language).where(article.c.id.in_([hit.id for hit in hits]))
    languages = {row.id: row.language for row in connection.execute(query)}
    return [{**{name: getattr(hit, name) for name in hit.__slots__}, "language": languages.get(hit.id)} for hit in hits]


def totals(connection: Connection) -> dict[str, int]:
    """Count the articles that are shown, and stories; from indexes only."""
    n_stored = connection.execute(select(func.count()).select_from(article)).scalar_one()
    n_hidden = connection.execute(select(func.count()).select_from(article).where(HIDDEN)).scalar_one()
    return {"n_articles": n_stored - n_hidden, "n_stories": connection.execute(select(func.count()).select_from(story)).scalar_one()}


def read_article(connection: Connection, url_or_id: str) -> dict[str, Any] | None:
    """Return the v1 record of an article with `removed` and `evidence` beside it; None: there is none.

    Of one that is not to be shown, only what a tombstone says.
    """
    row = connection.execute(select(article.c.removed, article.c.evidence).where(article.c.id == url_or_id)).first()
    if row is None:
        found = find_id(connection, url_or_id)
        return read_article(connection, found) if found and found != url_or_id else None
    record = read_records(connection, [url_or_id])[url_or_id]
    if record["status"] != "usable":
        tombstone = {key: value if key in OF_A_TOMBSTONE else None for key, value in record.items()}
        return {**tombstone, "removed": [], "evidence": {}}
    return {**record, "removed": row.removed or [], "evidence": row.evidence or {}}


def read_takedown(connection: Connection, article_id: str) -> dict[str, Any] | None:
    """Return when (`at`) and why (`reason`) an article was taken down, or else withheld; None: neither."""
    query = select(takedown.c.at, takedown.c.reason).where(takedown.c.article_id == article_id).limit(1)
    row = connection.execute(query).first()
    return read_notice(connection, article_id) if row is None else {"at": row.at.isoformat(), "reason": row.reason}


def read_revisions(connection: Connection, article_id: str) -> list[dict[str, Any]]:
    """Return the versions of an article, newest first, without their text."""
    query = text("SELECT id, revision, title, published_at, source, fetched_at FROM v1_revisions WHERE id = :id ORDER BY revision DESC")
    return [dict(row) for row in connection.execute(query, {"id": article_id}).mappings()]


def read_version(connection: Connection, article_id: str, number: int) -> dict[str, Any] | None:
    """Return title and text of one version of an article; None: there is none that may be shown."""
    query = text(
        "SELECT id, revision, title, text, url, fetched_at FROM v1_revisions WHERE id = :id AND revision = :n "
        "AND EXISTS (SELECT 1 FROM article WHERE article.id = :id AND article.status = 'usable')"
    )
    row = connection.execute(query, {"id": article_id, "n": number}).mappings().first()
    return dict(row) if row else None


def find_story_of(connection: Connection, article_id: str) -> str | None:
    """Find the story that an article is in now."""
    return connection.execute(select(article.c.story_id).where(article.c.id == article_id, article.c.status == "usable")).scalar()


def read_members(connection: Connection, story_id: str) -> dict[str, Row[Any]]:
    """Return `relation` and `is_main` of the usable copies of a story by article id, in the order in which they were first stored."""
    number = connection.execute(select(story_page.c.page).where(story_page.c.article_id == story_id)).scalar()
    found = {row.id: row for row in connection.execute(_MEMBERS, {"story": number})}
    usable = select(article.c.id).where(article.c.status == "usable")
    shown = {row.id for row in select_in(connection, article.c.id, found, query=usable)}
    return {key: row for key, row in found.items() if key in shown}


def read_copies(connection: Connection, members: Mapping[str, Row[Any]], wanted: Iterable[str | None] = ()) -> list[dict[str, Any]]:
    """Return copies of a story, the earliest printed date first; at most `MAX_COPIES`, those that are `wanted` among them."""
    chosen = list(dict.fromkeys([*(key for key in wanted if key in members), *members]))[:MAX_COPIES]
    query = (
        select(*COPY_COLUMNS)
        .where(article.c.id.in_(chosen), article.c.status == "usable")
        .order_by(article.c.published_utc.asc().nulls_last(), article.c.first_seen_at, article.c.pk)
    )
    rows = connection.execute(query).mappings()
    return [{**row, "relation": members[row["id"]].relation, "is_main": bool(members[row["id"]].is_main)} for row in rows]


def read_texts(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return title, text and site of articles by id; withdrawn ones are left out."""
    columns = (
        article.c.id, article.c.title, article.c.text, article.c.site, article.c.site_name, article.c.source, article.c.story_id,
        article.c.published_at, article.c.published_precision, article.c.language,
    )  # fmt: skip
    query = select(*columns).where(article.c.id.in_(ids), article.c.status == "usable")
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def with_titles(connection: Connection, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes as rows with the `title` of their article, where it may still be shown."""
    titles = _titles(connection, [change.id for change in changes if change.id])
    names = [field.name for field in fields(Change)]
    return [{name: getattr(change, name) for name in names} | {"title": titles.get(change.id or "")} for change in changes]


def newest_changes(connection: Connection, limit: int, before: str | None = None) -> list[dict[str, Any]]:
    """Return the last rows of the feed, newest first."""
    return with_titles(connection, read_newest_changes(connection, limit, before))


def _titles(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    query = text("SELECT id, title FROM v1_articles WHERE id IN :ids AND status = 'usable'").bindparams(bindparam("ids", expanding=True))
    return {row.id: row.title for row in connection.execute(query, {"ids": list(ids)})} if ids else {}
