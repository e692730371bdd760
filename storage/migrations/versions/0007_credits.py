"""What copies keep of their original, whatever script or spelling they use; stories of several pages are settled again to find it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "story_credit",
        sa.Column("article_id", sa.String(length=36), nullable=False),
        sa.Column("keeps_source", sa.Boolean(), nullable=True),
        sa.Column("keeps_author", sa.Boolean(), nullable=True),
        sa.Column("keeps_title", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_credit"),
    )
    op.execute(
        "INSERT INTO story_queue (page, step) SELECT p.page, 1 FROM story_page p JOIN story s ON s.story = p.story "
        "WHERE p.is_held AND s.n_pages > 1 ON CONFLICT (page) DO NOTHING"
    )
