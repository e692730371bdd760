"""The newest pages of the index of stories stand apart, on SQLite, until there are many."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "story_posting_new",
        sa.Column("hash", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("page", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("hash", "day", "page", name="pk_story_posting_new"),
        sqlite_with_rowid=False,
    )
