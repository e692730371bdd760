"""Takedown: an article's text leaves the base, the index, the stories and the archive; its URL is not fetched again.

What stays is a tombstone: id, URLs, times and the reason, in the base and in the change feed, so that readers can follow suit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from pipelines.types import Capture
from storage.article_reading import find_id, find_whole
from storage.article_rows import TOMBSTONE_KEYS
from storage.article_stories import article_story_book, forget_empty_stories
from storage.capture_erasing import erase_record, find_records
from storage.changes import ChangeKind, NewChange, append_changes
from storage.database import reading, writing
from storage.frontier_schema import frontier_url
from storage.schema import article, contributor, outcome, page, picture, revision, takedown
from storage.search_index import remove_documents
from storage.sql import insert_new, select_in
from storage.upkeep import purge_deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """What a takedown removed."""

    urls: tuple[str, ...]
    """All URLs that are refused from now on."""
    article_id: str | None
    """None: no article was stored of it."""
    n_records: int
    """WARC records erased."""


def is_taken_down(engine: Engine, url: str) -> bool:
    """Tell whether a URL must not be fetched."""
    return bool(taken_down_among(engine, [url]))


def taken_down_among(engine: Engine, urls: Iterable[str]) -> set[str]:
    """Return those of the URLs that must not be fetched."""
    with reading(engine) as connection:
        return refused_urls(connection, urls)


def refused_urls(connection: Connection, urls: Iterable[str]) -> set[str]:
    """Return those of the URLs that must not be fetched."""
    return {row.url for row in select_in(connection, takedown.c.url, set(urls))}


def take_down(engine: Engine, archive: Path, url: str, reason: str, *, plain_url: str | None = None) -> TakenDown:
    """Take an article down, or just refuse the URL where nothing is stored of it. Doing it again completes what was cut short.

    `plain_url`: the spelling of the URL that a crawl uses, without trackers; it is refused too.

    The URL is refused first, then the archive is erased, then the base: where it stops half-way, nothing comes back.

    Raises:
        StorageError: the base or the archive refused.
    """
    now = datetime.now(UTC)
    with writing(engine) as connection:
        article_id = find_id(connection, url) or find_id(connection, plain_url or url)
        if article_id is None and (whole := find_whole(connection, plain_url or url)):
            article_id = whole[0]
        urls = sorted({url, plain_url or url, *_urls_of(connection, article_id), *_part_urls(connection, article_id)})
        text = _text_of(connection, article_id)
        digest = sha256(text.encode()).hexdigest() if text else None
        common = {"article_id": article_id, "reason": reason, "at": now, "text_sha256": digest}
        insert_new(connection, takedown, [{"url": each, **common} for each in urls])
        captures = _captures_of(connection, article_id, urls)
    n_records = _erase(archive, captures, set(urls), reason, now)
    with writing(engine) as connection:
        _forget(connection, engine, article_id, urls, reason)
    article_story_book(engine).link_pending()
    purge_deleted(engine)
    return TakenDown(urls=tuple(urls), article_id=article_id, n_records=n_records)


def _text_of(connection: Connection, article_id: str | None) -> str | None:
    """Return the text of an article; of one that is withheld, as it is kept."""
    is_current = (revision.c.article_pk == article.c.pk) & (revision.c.revision == article.c.revision)
    query = select(func.coalesce(article.c.text, revision.c.text)).select_from(article.outerjoin(revision, is_current))
    return connection.execute(query.where(article.c.id == article_id)).scalar()


def _urls_of(connection: Connection, article_id: str | None) -> set[str]:
    row = connection.execute(select(article).where(article.c.id == article_id)).first()
    if row is None:
        return set()
    further = connection.execute(select(page.c.url).where(page.c.article_pk == row.pk)).scalars()
    others = select(article.c.pk).where(article.c.canonical_url == row.canonical_url, article.c.pk != row.pk).limit(1)
    # Some sites print one canonical link on all their pages: to refuse it would refuse them all.
    shared = {row.canonical_url} if connection.execute(others).first() else set()
    return {row.url, row.final_url} | ({row.canonical_url, *further} - shared)


def _part_urls(connection: Connection, article_id: str | None) -> set[str]:
    """Return the URLs under which the article's further pages were fetched, those of its older versions, too."""
    older = select(revision.c.parts).join(article, article.c.pk == revision.c.article_pk).where(article.c.id == article_id)
    held = select(article.c.parts).where(article.c.id == article_id).union_all(older)
    parts = [part for several in connection.execute(held).scalars() for part in several or []]
    return set(connection.execute(select(outcome.c.url).where(outcome.c.capture.in_(parts))).scalars()) if parts else set()


def _captures_of(connection: Connection, article_id: str | None, urls: list[str]) -> set[Capture]:
    """Return where every fetch of the article lies: of all its versions, with their further pages."""
    stored: list[Any] = [row.capture for row in select_in(connection, outcome.c.url, urls, outcome.c.capture)]
    older = select(revision.c.capture, revision.c.parts).join(article, article.c.pk == revision.c.article_pk)
    for query in (select(article.c.capture, article.c.parts), older):
        for row in connection.execute(query.where(article.c.id == article_id)):
            stored += [row.capture, *(row.parts or [])]
    return {Capture(**capture) for capture in stored if capture is not None}


def _erase(archive: Path, captures: set[Capture], urls: set[str], reason: str, at: datetime) -> int:
    """Erase the known records, and every other record of these URLs that the archive holds."""
    places = {(capture.file, capture.offset, capture.length) for capture in captures if (archive / capture.file).exists()}
    for path in sorted(archive.glob("*.warc*")) if archive.is_dir() else []:
        places |= {(path.name, offset, length) for offset, length in find_records(path, urls)}
    for file, offset, length in sorted(places):
        erase_record(archive / file, offset, length, reason=reason, at=at)
    return len(places)


def _forget(connection: Connection, engine: Engine, article_id: str | None, urls: list[str], reason: str) -> None:
    connection.execute(update(outcome).where(outcome.c.url.in_(urls)).values(capture=None, detail=None))
    connection.execute(delete(frontier_url).where(frontier_url.c.url.in_(urls)))
    if article_id is None:
        return
    row = connection.execute(
        select(article.c.pk, article.c.url, article.c.status, article.c.revision, article.c.story_id).where(article.c.id == article_id)
    ).one()
    remove_documents(connection, [row.pk])
    article_story_book(engine).withdraw(connection, [article_id])
    forget_empty_stories(connection, article_id)
    for table in (revision, contributor, picture):
        connection.execute(delete(table).where(table.c.article_pk == row.pk))
    empty: dict[str, Any] = {column.name: None for column in article.c if column.name not in TOMBSTONE_KEYS}
    connection.execute(update(article).where(article.c.pk == row.pk).values(**empty, status="withdrawn", content_hash=""))
    if row.status != "withdrawn":
        change = NewChange(
            kind=ChangeKind.WITHDRAWN,
            article_id=article_id,
            revision=row.revision,
            story_id=row.story_id,
            url=row.url,
            detail={"reason": reason},
        )
        append_changes(connection, [change])


def list_takedowns(engine: Engine) -> list[dict[str, Any]]:
    """Return all takedowns, newest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(takedown).order_by(takedown.c.at.desc(), takedown.c.url)).mappings()
        return [dict(row) | {"at": row["at"].isoformat()} for row in rows]
