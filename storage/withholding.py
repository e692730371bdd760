"""Withholding: an article is kept, and not shown, until it is released.

Its row becomes a tombstone, as a takedown leaves one: so whatever reads articles shows nothing of it. What it says stands in `revision`,
under the number of its current version, which no usable article has there. What is fetched of it meanwhile is kept there, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from pipelines.types import Precision
from storage.article_reading import find_any_id, is_id
from storage.article_rows import CONTENT_KEYS, TOMBSTONE_KEYS
from storage.article_stories import DATED, article_story_book, forget_empty_stories
from storage.changes import ChangeKind, NewChange, append_changes
from storage.database import reading, writing
from storage.schema import HIDDEN, article, change, contributor, picture, revision
from storage.search_index import add_documents, remove_documents
from storage.search_tokens import document_of
from storage.stories import StoryBook, StoryPage
from storage.story_tables import story_page

_FACTS = tuple(article.c[key] for key in ("pk", "id", "url", "site", "status", "revision", "story_id", "first_seen_at"))


class Withheld(NamedTuple):
    """What became of an article."""

    article_id: str
    url: str
    status: str
    """As it was before: nothing was done to one that was withheld, or released, already, nor to one that was withdrawn."""


def withhold(engine: Engine, url_or_id: str, reason: str) -> Withheld | None:
    """Hide an article from search, pages, feeds, exports, views and stories; None: there is none. `reason`: readers of the changes see it.

    Raises:
        StorageError: the database refused; nothing was done.
    """
    book = article_story_book(engine)
    with writing(engine) as connection:
        row = _lock(connection, url_or_id)
        if row is not None and row.status == "usable":
            _hide(connection, row, book)
            _tell(connection, row, ChangeKind.WITHHELD, row.story_id, reason)
    book.link_pending()
    return row and Withheld(row.id, row.url, row.status)


def release(engine: Engine, url_or_id: str, reason: str) -> Withheld | None:
    """Show an article again, as it was last fetched; None: there is none.

    Raises:
        StorageError: the database refused; nothing was done.
    """
    book = article_story_book(engine)
    with writing(engine) as connection:
        row = _lock(connection, url_or_id)
        if row is not None and row.status == "withheld":
            story_id = _show(connection, row, book)
            _tell(connection, row, ChangeKind.RELEASED, story_id, reason)
    book.link_pending()
    return row and Withheld(row.id, row.url, row.status)


def list_withheld(engine: Engine) -> list[dict[str, Any]]:
    """Return the articles that are withheld, the last one first: `id`, `url`, `at`, `reason`."""
    with reading(engine) as connection:
        rows = connection.execute(select(article.c.id, article.c.url).where(HIDDEN, article.c.status == "withheld")).all()
        found = [{"id": row.id, "url": row.url, **(read_notice(connection, row.id) or {})} for row in rows]
    return sorted(found, key=lambda one: str(one["at"]), reverse=True)


def read_notice(connection: Connection, article_id: str) -> dict[str, Any] | None:
    """Return when (`at`) and why (`reason`) an article was last withheld; None: it never was."""
    query = select(change.c.at, change.c.detail).where(change.c.article_id == article_id, change.c.kind == ChangeKind.WITHHELD.value)
    row = connection.execute(query.order_by(change.c.seq.desc()).limit(1)).first()
    return None if row is None else {"at": row.at.isoformat(), "reason": row.detail["reason"]}


def _lock(connection: Connection, url_or_id: str) -> Row[Any] | None:
    article_id = url_or_id if is_id(url_or_id) else find_any_id(connection, url_or_id)
    return connection.execute(select(*_FACTS).where(article.c.id == article_id).with_for_update()).first()


def _tell(connection: Connection, row: Row[Any], kind: ChangeKind, story_id: str | None, reason: str) -> None:
    told = NewChange(kind=kind, article_id=row.id, revision=row.revision, story_id=story_id, url=row.url, detail={"reason": reason})
    append_changes(connection, [told])


def _hide(connection: Connection, row: Row[Any], book: StoryBook) -> None:
    remove_documents(connection, [row.pk])
    book.withdraw(connection, [row.id])
    forget_empty_stories(connection, row.id)
    keys = [column.name for column in revision.c]
    said = select(*(article.c["pk" if key == "article_pk" else key] for key in keys)).where(article.c.pk == row.pk)
    connection.execute(insert(revision).from_select(keys, said))
    for table in (contributor, picture):
        connection.execute(delete(table).where(table.c.article_pk == row.pk))
    empty: dict[str, Any] = {column.name: None for column in article.c if column.name not in TOMBSTONE_KEYS}
    connection.execute(update(article).where(article.c.pk == row.pk).values(**empty, status="withheld"))


def _show(connection: Connection, row: Row[Any], book: StoryBook) -> str:
    """Put what the article says back in its place; return the story it was in, until its copies are looked for."""
    is_current = (revision.c.article_pk == row.pk, revision.c.revision == row.revision)
    said = connection.execute(select(revision).where(*is_current)).one()
    connection.execute(delete(revision).where(*is_current))
    values = {key: getattr(said, key) for key in (*CONTENT_KEYS, "run_id")}
    first = select(story_page.c.article_id).where(
        story_page.c.page == select(story_page.c.story).where(story_page.c.article_id == row.id).scalar_subquery()
    )
    story_id = str(connection.execute(first).scalar() or row.id)
    connection.execute(update(article).where(article.c.pk == row.pk).values(**values, status="usable", story_id=story_id))
    people = [("author", said.authors or []), ("editor", said.editors or [])]
    named = [{"article_pk": row.pk, "role": role, "position": at, "name": name} for role, names in people for at, name in enumerate(names)]
    pictures = [{"article_pk": row.pk, "position": at, **each} for at, each in enumerate(said.images or [])]
    for table, rows in ((contributor, named), (picture, pictures)):
        if rows:
            connection.execute(insert(table), rows)
    add_documents(connection, [document_of(row.pk, {**said._mapping, "site": row.site})])
    book.publish(connection, [_story_page(row.id, said)])
    return story_id


def _story_page(article_id: str, said: Row[Any]) -> StoryPage:
    is_dated = said.published_at is not None and Precision(said.published_precision) in DATED
    return StoryPage(
        article_id=article_id, title=said.title or said.title_raw, text=said.text or "",
        published_at=datetime.fromisoformat(said.published_at) if is_dated else None, first_seen_at=said.fetched_at,
    )  # fmt: skip
