"""The tables of stories."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "story_page",
        sa.Column("page", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(length=36), nullable=False),
        sa.Column("story", BIG_KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("posted_day", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sketch_version", sa.SmallInteger(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("page", name="pk_story_page"),
        sa.UniqueConstraint("article_id", name="uq_story_page_article_id"),
    )
    op.create_index("ix_story_page_story", "story_page", ["story"], unique=False)
    op.create_table(
        "story_text",
        sa.Column("page", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("folded", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("page", name="pk_story_text"),
    )
    op.create_table(
        "story_posting",
        sa.Column("hash", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", BIG_KEY, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "day", "page", name="pk_story_posting"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story_edge",
        sa.Column("a", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("b", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("cover_a", sa.Float(), nullable=False),
        sa.Column("cover_b", sa.Float(), nullable=False),
        sa.Column("mask_a", BIG_KEY, nullable=False),
        sa.Column("mask_b", BIG_KEY, nullable=False),
        sa.Column("n_conflicts", sa.Integer(), nullable=False),
        sa.Column("unites", sa.Boolean(), nullable=False),
        sa.Column("rule_version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name="pk_story_edge"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_edge_b", "story_edge", ["b"], unique=False)
    op.create_table(
        "story_queue",
        sa.Column("page", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("page", name="pk_story_queue"),
    )
    op.create_index("ix_story_queue_step_page", "story_queue", ["step", "page"], unique=False)
    op.create_table(
        "story",
        sa.Column("story", BIG_KEY, autoincrement=False, nullable=False),
        sa.Column("n_pages", sa.Integer(), nullable=False),
        sa.Column("origin_page", BIG_KEY, nullable=True),
        sa.Column("origin_outlet", sa.Text(), nullable=True),
        sa.Column("earliest_page", BIG_KEY, nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("rule_version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("story", name="pk_story"),
    )
