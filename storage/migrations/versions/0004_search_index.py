"""The search index."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_doc",
        sa.Column("article_pk", BIG_KEY, nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_pk"], ["article.pk"], name="fk_search_doc_article_pk"),
        sa.PrimaryKeyConstraint("article_pk", name="pk_search_doc"),
    )
    op.create_table(
        "search_state",
        sa.Column("one", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_search_state"),
    )
    op.execute("INSERT INTO search_state (one, version, xid, seq) VALUES (1, 0, 0, 0)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_tokens (article_pk bigint PRIMARY KEY REFERENCES article (pk), tokens int4[] NOT NULL) "
            "WITH (toast_tuple_target = 128)"  # out of line from the first byte on: the table that a search walks stays small
        )
        op.execute("ALTER TABLE search_tokens ALTER COLUMN tokens SET STORAGE EXTERNAL")  # numbers without order do not compress
        # A batch is gathered in the pending list and merged at its end: four times as fast as one article at a time.
        op.execute("CREATE INDEX ix_search_tokens_tokens ON search_tokens USING gin (tokens) WITH (gin_pending_list_limit = 1048576)")
    else:
        # Without the text and without positions: the smallest and fastest; phrases are checked against the text.
        op.execute("CREATE VIRTUAL TABLE search_fts USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')")
        op.execute("INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', 33554432)")  # 32 MB, gathered before it is written
