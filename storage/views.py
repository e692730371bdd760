"""The `v1_*` views: the contract with readers of the database. storage/README.md tells every column; a test compares them."""

from __future__ import annotations

from sqlalchemy import Connection, text

from storage.story_views import V1_COPIES, V1_STORIES

V1_ARTICLES = """
SELECT 1 AS schema_version, id, revision, status,
       url, final_url, canonical_url, site, site_name,
       title, title_raw, original_title,
       text,
       published_at, published_precision, published_raw, modified_at,
       source, source_raw, source_url, via,
       dateline, authors, editors,
       keywords, section, language, images,
       is_repost, disguised, repairs,
       confidence, notes, extractor, charset,
       {fetched_at} AS fetched_at, {first_seen_at} AS first_seen_at, capture,
       story_id
FROM article
"""

V1_REVISIONS = """
SELECT a.id AS id, r.revision AS revision, a.url AS url, r.title AS title, r.text AS text,
       r.published_at AS published_at, r.source AS source, r.authors AS authors, r.editors AS editors,
       r.extractor AS extractor, {r.fetched_at} AS fetched_at, r.capture AS capture
FROM revision r JOIN article a ON a.pk = r.article_pk AND a.status = 'usable'
UNION ALL
SELECT id, revision, url, title, text, published_at, source, authors, editors, extractor, {fetched_at}, capture
FROM article WHERE status = 'usable'
"""

V1_CHANGES = """
SELECT {cursor} AS cursor, {at} AS at, kind, article_id AS id, revision, story_id, url, detail
FROM change
{settled}
"""

V1_OUTLETS = """
SELECT o.name AS name, o.outlet_id AS outlet_id, o.outlet_id IS NOT NULL AS is_known, o.is_listed AS is_listed,
       (SELECT {json_list} FROM outlet_alias l WHERE l.name = o.name) AS aliases,
       (SELECT count(*) FROM article a WHERE a.source = o.name) AS n_articles,
       (SELECT count(DISTINCT a.site) FROM article a WHERE a.source = o.name) AS n_sites,
       {o.first_seen_at} AS first_seen_at
FROM outlet o
"""

V1_SITES = """
SELECT s.site AS site,
       coalesce((SELECT a.site_name FROM article a WHERE a.site = s.site AND a.site_name IS NOT NULL
                 ORDER BY a.fetched_at DESC LIMIT 1), s.name) AS name,
       count(a.pk) AS n_articles,
       count(a.published_at) AS n_dated,
       count(a.source) AS n_sourced,
       sum(CASE WHEN a.disguised THEN 1 ELSE 0 END) AS n_disguised,
       (SELECT count(*) FROM outcome o WHERE o.site = s.site) AS n_fetches,
       (SELECT count(*) FROM outcome o WHERE o.site = s.site AND o.outcome IN ('rejected', 'quarantined', 'failed')) AS n_without_article,
       {s.first_seen_at} AS first_seen_at,
       {max(a.fetched_at)} AS last_fetched_at
FROM site s LEFT JOIN article a ON a.site = s.site AND a.status = 'usable'
GROUP BY s.site, s.name, s.first_seen_at
"""

V1_COMPLIANCE = """
SELECT a.id AS id, a.url AS url, a.site AS site, a.site_name AS site_name, a.story_id AS story_id, g.id AS origin_id, a.source AS source,
       coalesce(k.keeps_source, a.source IS NOT NULL) AS keeps_source,
       CASE WHEN a.source IS NULL THEN NULL ELSE coalesce(o.is_listed, 1 = 0) END AS is_source_listed,
       k.keeps_author AS keeps_author,
       EXISTS (SELECT 1 FROM contributor c WHERE c.article_pk = a.pk AND c.role = 'author') AS names_author,
       k.keeps_title AS keeps_title,
       EXISTS (SELECT 1 FROM contributor c WHERE c.article_pk = a.pk AND c.role = 'editor') AS names_editor
FROM article a
LEFT JOIN outlet o ON o.name = a.source
LEFT JOIN story_page p ON p.article_id = a.story_id
LEFT JOIN story s ON s.story = p.page
LEFT JOIN story_page q ON q.page = s.origin_page
LEFT JOIN article g ON g.id = q.article_id
LEFT JOIN story_credit k ON k.article_id = a.id
WHERE a.status = 'usable' AND (a.is_repost IS NULL OR a.is_repost) AND (g.id IS NULL OR g.id <> a.id)
"""

VIEWS = {
    "v1_articles": V1_ARTICLES,
    "v1_revisions": V1_REVISIONS,
    "v1_changes": V1_CHANGES,
    "v1_outlets": V1_OUTLETS,
    "v1_sites": V1_SITES,
    "v1_stories": V1_STORIES,
    "v1_copies": V1_COPIES,
    "v1_compliance": V1_COMPLIANCE,
}
"""In the order in which they can be created."""

_INSTANTS = ("at", "fetched_at", "first_seen_at", "r.fetched_at", "o.first_seen_at", "s.first_seen_at", "max(a.fetched_at)")


def view_sql(name: str, dialect: str) -> str:
    """Return the SELECT of a view on `sqlite` or `postgresql`."""
    is_postgres = dialect == "postgresql"
    words = {column: instant_sql(column, dialect) for column in _INSTANTS}
    words |= {
        "cursor": cursor_sql(dialect),
        # A row is shown when no older transaction can still commit: storage/changes.py.
        "settled": "WHERE xid < (SELECT xid_offset FROM feed_state) + pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        if is_postgres
        else "",
        "json_list": "coalesce(json_agg(l.alias ORDER BY l.alias), '[]')::text" if is_postgres else "json_group_array(l.alias)",
    }
    sql = VIEWS[name]
    for word, value in words.items():
        sql = sql.replace("{" + word + "}", value)
    return sql


def instant_sql(column: str, dialect: str) -> str:
    """Return the expression that shows a UTC instant as ISO 8601 text, the same on both engines and as in the JSON record."""
    written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')" if dialect == "postgresql" else column
    return f"replace({written}, '.000000', '')"


def cursor_sql(dialect: str) -> str:
    """Return the expression of a change's cursor: text that sorts in the order of the feed."""
    if dialect == "postgresql":
        return "lpad(xid::text, 18, '0') || '-' || lpad(seq::text, 18, '0')"
    return "printf('%018d-%018d', xid, seq)"


def create_views(connection: Connection) -> None:
    """Make all views."""
    for name in VIEWS:
        # exec_driver_sql: a colon in SQL text is no parameter here
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {view_sql(name, connection.dialect.name)}")


def drop_views(connection: Connection) -> None:
    """Remove all views, dependent ones first."""
    for name in reversed(VIEWS):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
