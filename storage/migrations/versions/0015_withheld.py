"""What is not shown is found, and counted, by an index that holds nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    hidden = sa.text("status <> 'usable'")
    op.create_index("ix_article_hidden", "article", ["status"], sqlite_where=hidden, postgresql_where=hidden)
