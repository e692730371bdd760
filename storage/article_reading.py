"""Find articles and read their records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urldefrag
from uuid import UUID

from sqlalchemy import Connection, bindparam, literal, select, text

from pipelines.normalize.urls import UrlRules, canonical_url
from pipelines.types import Capture
from storage.schema import article, outcome, page, revision

JSON_KEYS = ("via", "authors", "editors", "keywords", "section", "images", "repairs", "notes", "charset", "capture")
"""Record keys that the views carry as JSON text."""


def is_id(given: str) -> bool:
    """Tell an article's id from a URL."""
    try:
        return str(UUID(given)) == given
    except ValueError:
        return False


def find_id(connection: Connection, url: str) -> str | None:
    """Find the id of the article with this URL: as asked for, after redirects, canonical, or asked for later; else with its plain spelling.

    People copy addresses with a fragment, the default port or a host in capitals.
    """
    plain = canonical_url(url, UrlRules())
    found = _id_of(connection, url)
    return found if found is not None or plain == url else _id_of(connection, plain)


def _id_of(connection: Connection, url: str) -> str | None:
    direct = select(article.c.id, literal(1).label("rank")).where(article.c.url == url)
    further = select(article.c.id, literal(2)).join(page, page.c.article_pk == article.c.pk).where(page.c.url == url)
    row = connection.execute(direct.union_all(further).order_by("rank").limit(1)).first()
    return None if row is None else str(row.id)


def find_whole(connection: Connection, url: str) -> tuple[str, str] | None:
    """Find the article of which this URL was fetched as a further page: its id and URL. Looks through all outcomes; for single questions."""
    fetched = select(outcome.c.site, outcome.c.capture).where(
        outcome.c.url == url, outcome.c.outcome == "joined", outcome.c.capture.is_not(None)
    )
    captures: dict[str, list[Any]] = {}
    for site, capture in connection.execute(fetched):
        captures.setdefault(site, []).append(capture)
    of_article = select(article.c.id, article.c.url, article.c.parts)
    older = select(article.c.id, article.c.url, revision.c.parts).join(revision, revision.c.article_pk == article.c.pk)
    for site, known in captures.items():
        for wholes in (of_article, older):
            with_parts = wholes.where(article.c.site == site, article.c.status != "withdrawn", wholes.selected_columns.parts != "[]")
            for row in connection.execute(with_parts):
                if any(part in known for part in row.parts):
                    return str(row.id), str(row.url)
    return None


def find_any_id(connection: Connection, url: str) -> str | None:
    """As `find_id`, also by the URL of a further page; for single questions."""
    whole = find_id(connection, url) or find_whole(connection, urldefrag(url).url)
    return whole[0] if isinstance(whole, tuple) else whole


def read_records(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read the records of articles by id."""
    if not ids:
        return {}
    query = text("SELECT * FROM v1_articles WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
    return {row["id"]: parse_record(dict(row)) for row in connection.execute(query, {"ids": list(ids)}).mappings()}


def parse_record(row: dict[str, Any]) -> dict[str, Any]:
    """Make the JSON record of a row of `v1_articles`."""
    for key in JSON_KEYS:
        if row[key] is not None:
            row[key] = json.loads(row[key])
    for key in ("is_repost", "disguised"):
        row[key] = None if row[key] is None else bool(row[key])
    return row


def find_parts(connection: Connection, article_id: str) -> list[Capture]:
    """Find the captures of an article's further pages."""
    parts = connection.execute(select(article.c.parts).where(article.c.id == article_id)).scalar()
    return [Capture(**part) for part in parts or []]
