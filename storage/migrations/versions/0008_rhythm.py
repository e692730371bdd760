"""How often lists bring news, and an index of the rows that are lists."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("frontier_url", sa.Column("rhythm", sa.Text(), nullable=True))
    is_list = sa.text("rhythm IS NOT NULL")
    op.create_index("ix_frontier_url_lists", "frontier_url", ["pk"], sqlite_where=is_list, postgresql_where=is_list)
