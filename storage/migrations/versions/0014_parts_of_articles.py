"""People and pictures are no longer looked up against their article: who writes them has just written it, and each row paid for the look.
No number of a search segment is used twice, on SQLite too."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for table in ("contributor", "picture"):
        with op.batch_alter_table(table) as altered:  # SQLite writes the table anew
            altered.drop_constraint(f"fk_{table}_article_pk", type_="foreignkey")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("search_segment", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
