"""The index of a site's articles holds what is counted of them, so that the list of sites reads no article."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_article_of_site", "article", ["site", "status", "published_utc", "source", "disguised", "fetched_at"])
    op.drop_index("ix_article_site_status_published_utc", "article")
