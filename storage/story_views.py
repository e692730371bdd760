"""What readers see of stories: SQL for the views, and for whoever asks the same."""

from __future__ import annotations

from pipelines.dedupe.clusters import MEMBER


def _also(page: str, other: str, relation: str) -> str:
    return f"""
SELECT p.page AS page, o.story AS story, o.page AS other, e.cover_{page} AS cover, {relation} AS relation
FROM story_edge e JOIN story_page p ON p.page = e.{page} JOIN story_page o ON o.page = e.{other}
WHERE e.kind <> 'sibling' AND p.story <> o.story AND (e.cover_{other} >= {MEMBER} OR e.kind = 'quotes')
"""


ALSO_IN = (
    _also("a", "b", "e.kind")
    + "UNION ALL"
    + _also("b", "a", "CASE e.kind WHEN 'part_of' THEN 'contains' WHEN 'contains' THEN 'part_of' ELSE e.kind END")
)
"""Pages in a story that is not their main one: round-ups, and pages that hold another one in passing. One row an edge."""
