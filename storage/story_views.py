"""What readers see of stories: SQL for the views, and for whoever asks the same.

`v1_stories`: `origin_id` is the article that the others copy, `origin_outlet` the outlet whose text it is (perhaps not held), both
null where the pages do not say; `earliest_seen_id` is another matter. `v1_copies`: one row a page and story; `is_main` is false where
a page of several stories has its main one elsewhere.
"""

from __future__ import annotations

from pipelines.dedupe.clusters import MEMBER


def _also(page: str, other: str, relation: str, quoting: str) -> str:
    return f"""
SELECT p.page AS page, o.story AS story, o.page AS other, e.cover_{page} AS cover, {relation} AS relation
FROM story_edge e JOIN story_page p ON p.page = e.{page} JOIN story_page o ON o.page = e.{other}
WHERE p.story <> o.story AND (e.kind = '{quoting}' OR (e.kind IN ('same', 'part_of', 'contains') AND e.cover_{other} >= {MEMBER}))
"""


ALSO_IN = (
    _also("a", "b", "e.kind", "quotes")
    + "UNION ALL"
    + _also(
        "b",
        "a",
        "CASE e.kind WHEN 'part_of' THEN 'contains' WHEN 'contains' THEN 'part_of' WHEN 'quoted' THEN 'quotes' ELSE e.kind END",
        "quoted",
    )
)
"""Pages in a story that is not their main one: round-ups, and pages that hold another one in passing. One row an edge."""

V1_STORIES = """
SELECT r.article_id AS story_id, s.n_pages AS n_copies,
       (SELECT count(DISTINCT a.site) FROM story_page m JOIN article a ON a.id = m.article_id WHERE m.story = s.story AND m.is_held) AS n_sites,
       t.title AS title,
       o.article_id AS origin_id, s.origin_outlet AS origin_outlet,
       e.article_id AS earliest_seen_id, ea.published_at AS earliest_published_at,
       s.confidence AS confidence, s.evidence AS evidence
FROM story s
JOIN story_page r ON r.page = s.story
LEFT JOIN story_page o ON o.page = s.origin_page
LEFT JOIN story_page e ON e.page = s.earliest_page
LEFT JOIN article ea ON ea.id = e.article_id
LEFT JOIN article t ON t.id = coalesce(o.article_id, e.article_id)
"""

_COPY = """
SELECT r.article_id AS story_id, a.id AS id, a.url AS url, a.site AS site, a.site_name AS site_name, a.title AS title,
       a.published_at AS published_at, a.source AS source, {relation} AS relation, {is_main} AS is_main
"""

V1_COPIES = f"""
{_COPY.format(relation="coalesce(p.relation, 'same')", is_main="1 = 1")}
FROM story_page p JOIN story_page r ON r.page = p.story JOIN article a ON a.id = p.article_id
WHERE p.is_held
UNION ALL
{_COPY.format(relation="p.relation", is_main="1 = 0")}
FROM (SELECT page, story, min(relation) AS relation FROM ({ALSO_IN}) AS m GROUP BY page, story) AS p
JOIN story_page r ON r.page = p.story JOIN story_page q ON q.page = p.page JOIN article a ON a.id = q.article_id
"""
