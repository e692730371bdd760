"""The tables. Private: readers use the `v1_*` views (storage/views.py); a change here needs a step in migrations/versions."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

from storage.database import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigKey = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; SQLite numbers rows only in a column called INTEGER."""


# json.dumps makes an encoder at each call, which costs more than to write a short value with it. Nothing here holds itself.
_encode_json: Any = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, None, json.encoder.encode_basestring, None, ": ", ", ", False, False, True
)  # fmt: skip


def dump_json(value: Any) -> str:
    """Write JSON as it is stored and shown: Chinese readable, the same bytes on both engines."""
    return "".join(_encode_json(value, 0))


class JsonText(TypeDecorator[Any]):
    """A list or object as JSON text, the same on both engines; None is SQL NULL. Text is taken for JSON that is written already."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write."""
        return value if value is None or isinstance(value, str) else dump_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read."""
        return None if value is None else json.loads(value)


def _content_columns() -> list[Column[Any]]:
    """What an article says, as one version of it: the columns that `article` and `revision` share."""
    return [
        Column("content_hash", String(32), nullable=False),
        Column("site_name", Text),
        Column("title", Text),
        Column("title_raw", Text),
        Column("original_title", Text),
        Column("published_at", Text),
        Column("published_utc", UtcDateTime),
        Column("published_precision", Text),
        Column("published_raw", Text),
        Column("modified_at", Text),
        Column("source", Text),
        Column("source_raw", Text),
        Column("source_url", Text),
        Column("sources", JsonText),
        Column("via", JsonText),
        Column("dateline", Text),
        Column("authors", JsonText),
        Column("editors", JsonText),
        Column("keywords", JsonText),
        Column("section", JsonText),
        Column("language", Text),
        Column("images", JsonText),
        Column("is_repost", Boolean),
        Column("disguised", Boolean),
        Column("repairs", JsonText),
        Column("confidence", Float),
        Column("notes", JsonText),
        Column("extractor", Text),
        Column("charset", JsonText),
        Column("fetched_at", UtcDateTime),
        Column("capture", JsonText),
        Column("parts", JsonText),
        Column("text", Text),
        Column("removed", JsonText),
        Column("evidence", JsonText),
    ]


article = Table(
    "article",
    metadata,
    Column("pk", BigKey, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("url", Text, nullable=False, unique=True),
    Column("final_url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("story_id", String(36)),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("run_id", String(36)),
    *_content_columns(),
)
"""The current version of each article. Its older versions stand in `revision`."""
Index(None, article.c.story_id)
# What is counted of a site is in the index: to look up each of its articles would take longer than a reader waits.
Index("ix_article_of_site", *(article.c[key] for key in ("site", "status", "published_utc", "source", "disguised", "fetched_at")))
Index(None, article.c.published_utc)
Index(None, article.c.source)
HIDDEN = text("status <> 'usable'")
"""The condition of the index of articles that are not shown. SQLite uses it for queries that say the same."""
Index("ix_article_hidden", article.c.status, sqlite_where=HIDDEN, postgresql_where=HIDDEN)

revision = Table(
    "revision",
    metadata,
    Column("article_pk", BigKey, ForeignKey("article.pk"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("run_id", String(36)),
    *_content_columns(),
)
"""Superseded versions, as they were: nothing an article once said is overwritten."""

page = Table(
    "page",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_pk", BigKey, ForeignKey("article.pk"), nullable=False, index=True),
)
"""Further URLs of an article (after redirects, canonical, asked for later); `article.url` is the first one asked for."""

contributor = Table(
    "contributor",
    metadata,
    Column("article_pk", BigKey, primary_key=True),
    Column("role", String(16), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
)
"""People of the current version; `role`: `author`, `editor`."""

picture = Table(
    "picture",
    metadata,
    Column("article_pk", BigKey, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("caption", Text),
    Column("credit", Text),
)
"""Pictures of the current version."""

site = Table(
    "site",
    metadata,
    Column("site", Text, primary_key=True),
    Column("name", Text),
    Column("first_seen_at", UtcDateTime, nullable=False),
)
"""Registrable domains that gave an article, with the name the host last called itself by."""

outlet = Table(
    "outlet",
    metadata,
    Column("name", Text, primary_key=True),
    Column("outlet_id", Text),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("is_listed", Boolean, nullable=False, server_default=false()),
)
"""Names of sources: canonical where known (`outlet_id` of data/tables/outlets.toml), else as printed, `outlet_id` null."""

outlet_alias = Table(
    "outlet_alias",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("name", Text, ForeignKey("outlet.name"), primary_key=True),
)
"""Each spelling seen on a page, and the outlet it was read as."""

change = Table(
    "change",
    metadata,
    Column("seq", BigKey, primary_key=True, autoincrement=True),
    Column("xid", BigInteger, nullable=False, server_default="0"),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("article_id", String(36)),
    Column("revision", Integer),
    Column("story_id", String(36)),
    Column("url", Text),
    Column("detail", JsonText),
    sqlite_autoincrement=True,
)
"""The feed; storage/changes.py says how it is ordered."""
Index(None, change.c.xid, change.c.seq)
Index(None, change.c.article_id)

feed_state = Table(
    "feed_state",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("cluster", Text, nullable=False),
    Column("xid_offset", BigInteger, nullable=False),
)
"""One row: the PostgreSQL cluster whose transaction numbers the feed counts by."""

run = Table(
    "run",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("command", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("version", Text, nullable=False),
    Column("detail", JsonText),
)
"""One start of a command that stores."""

outcome = Table(
    "outcome",
    metadata,
    Column("pk", BigKey, primary_key=True, autoincrement=True),
    Column("run_id", String(36), ForeignKey("run.id"), nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("site", Text),
    Column("status", Integer),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("capture", JsonText),
    UniqueConstraint("run_id", "url"),
)
"""How each fetched URL of a run ended: exactly one row each."""
Index(None, outcome.c.site, outcome.c.outcome, outcome.c.reason)

template = Table(
    "template",
    metadata,
    Column("site", Text, primary_key=True),
    Column("layout", String(64), primary_key=True),
    Column("template", JsonText, nullable=False),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("n_pages", Integer, nullable=False),
)
"""What was learned from a site's pages, as pipelines/extract/templates.py writes it."""

takedown = Table(
    "takedown",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_id", String(36)),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text_sha256", String(64)),
)
"""URLs that are not fetched, stored or shown again."""
