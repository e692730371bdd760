"""The search index in segments of its own, in place of FTS5 and GIN. It is empty after this step, and made anew when all steps are done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for table in ("search_tokens" if is_postgres else "search_fts", "search_doc", "search_state"):
        op.execute(f"DROP TABLE {table}")
    op.create_table(
        "search_segment",
        sa.Column("segment", BIG_KEY, nullable=False, autoincrement=True),
        sa.Column("n_docs", sa.Integer(), nullable=False),
        sa.Column("first_pk", BIG_KEY, nullable=False),
        sa.Column("last_pk", BIG_KEY, nullable=False),
        sa.Column("docs", sa.LargeBinary(), nullable=False),
        sa.Column("directory", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name="pk_search_segment"),
    )
    op.create_table(
        "search_block",
        sa.Column("place", BIG_KEY, nullable=False, autoincrement=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_search_block"),
    )
    op.create_table(
        "search_state",
        sa.Column("one", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_search_state"),
    )
    op.execute("INSERT INTO search_state (one, version) VALUES (1, 0)")
    if is_postgres:  # packed as they are: to try to compress them only takes time
        op.execute("ALTER TABLE search_block ALTER COLUMN packed SET STORAGE EXTERNAL")
        # Segments are put together and leave their old blocks behind: their room should be taken again soon.
        often = "autovacuum_vacuum_scale_factor = 0.02"
        op.execute(f"ALTER TABLE search_block SET ({often}, toast.{often})")
