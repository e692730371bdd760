"""The frontier's indexes hold only what is ready: what the next claim, and the next lease of a host, look at."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    is_ready, is_due = text("state = 'ready'"), text("is_due")
    op.drop_index("ix_frontier_url_next", "frontier_url")
    op.create_index("ix_frontier_url_next", "frontier_url", ["host", "rank", "pk"], sqlite_where=is_ready, postgresql_where=is_ready)
    op.create_index("ix_frontier_url_scope", "frontier_url", ["scope", "host"], sqlite_where=is_ready, postgresql_where=is_ready)
    op.create_index("ix_frontier_host_due", "frontier_host", ["next_s"], sqlite_where=is_due, postgresql_where=is_due)
