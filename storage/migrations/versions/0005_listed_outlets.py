"""Which outlets stand on the list of those that may be copied from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("outlet", sa.Column("is_listed", sa.Boolean(), server_default=sa.false(), nullable=False))
