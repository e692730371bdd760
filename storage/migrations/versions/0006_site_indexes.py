"""What a site's page and the list of sites look up: outcomes by site, and articles by site and status."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_outcome_site_outcome_reason", "outcome", ["site", "outcome", "reason"])
    # Status between site and time: what lists a site's articles asks for the usable ones, newest first.
    op.create_index("ix_article_site_status_published_utc", "article", ["site", "status", "published_utc"])
    op.drop_index("ix_article_site_published_utc", "article")
    op.drop_index("ix_contributor_name", "contributor")  # nothing looks people up by name; each article paid for it
