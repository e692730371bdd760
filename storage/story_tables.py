"""The tables of stories. Private, as all tables are; readers use `v1_stories` and `v1_copies`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from storage.schema import BigKey, JsonText, metadata

story_page = Table(
    "story_page",
    metadata,
    Column("page", BigKey, primary_key=True, autoincrement=True),
    Column("article_id", String(36), nullable=False, unique=True),
    Column("story", BigKey, nullable=False, index=True),
    Column("day", Integer),
    Column("posted_day", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sketch_version", SmallInteger, nullable=False),
    Column("is_held", Boolean, nullable=False),
    Column("relation", String(16)),
)
"""One row for each page with a text. `story`: smallest page of its story. `day`: of publication, days since 1970, null: no date;
`posted_day`: the day it is indexed under (publication, else first seen). `version` counts the texts it has had;
`is_held`: false once it was withdrawn."""

story_text = Table("story_text", metadata, Column("page", BigKey, primary_key=True, autoincrement=False), Column("folded", LargeBinary))
"""The folded text, packed (storage/story_texts.py): verdicts are spoken on it, whatever becomes of the article's row."""

story_posting = Table(
    "story_posting",
    metadata,
    Column("hash", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("page", BigKey, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The inverted index: which pages hold a hash. The day stands in the key so that a common hash gives the pages nearest in time."""

story_posting_new = Table(
    "story_posting_new",
    metadata,
    Column("hash", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("page", BigKey, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The same for the newest pages of a SQLite base: in a large index each row is put into a page of the file of its own, in this small one many
share a page. On PostgreSQL it stays empty."""

story_edge = Table(
    "story_edge",
    metadata,
    Column("a", BigKey, primary_key=True, autoincrement=False),
    Column("b", BigKey, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    Column("cover_a", Float, nullable=False),
    Column("cover_b", Float, nullable=False),
    Column("mask_a", BigKey, nullable=False),
    Column("mask_b", BigKey, nullable=False),
    Column("n_conflicts", Integer, nullable=False),
    Column("unites", Boolean, nullable=False),
    Column("rule_version", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Verdicts, `a` < `b`: what pipelines/dedupe/verdict.py said of two pages. Stories are derived from these and from nothing else."""
Index(None, story_edge.c.b)

story_queue = Table(
    "story_queue",
    metadata,
    Column("page", BigKey, primary_key=True, autoincrement=False),
    Column("step", SmallInteger, nullable=False),
)
"""Work that is left: step 0, look for copies; step 1, settle the story. A killed process leaves its rows to the next one."""
Index(None, story_queue.c.step, story_queue.c.page)

story = Table(
    "story",
    metadata,
    Column("story", BigKey, primary_key=True, autoincrement=False),
    Column("n_pages", Integer, nullable=False),
    Column("origin_page", BigKey),
    Column("origin_outlet", Text),
    Column("earliest_page", BigKey),
    Column("confidence", Float),
    Column("evidence", JsonText),
    Column("rule_version", SmallInteger, nullable=False),
)
"""What is known of a story as a whole; made anew whenever its pages change."""

story_credit = Table(
    "story_credit",
    metadata,
    Column("article_id", String(36), primary_key=True),
    Column("keeps_source", Boolean),
    Column("keeps_author", Boolean),
    Column("keeps_title", Boolean),
)
"""What a page of a story of several keeps of the original (storage/story_credits.py); null: cannot be told."""

STORY_TABLES = (story_page, story_text, story_posting, story_posting_new, story_edge, story_queue, story, story_credit)
