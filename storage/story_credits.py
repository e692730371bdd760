"""What each copy of a story keeps of its original, written when the story is settled; the view `v1_compliance` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from pipelines.dedupe.attribution import Origin
from pipelines.dedupe.kept import Credits, find_kept
from storage.schema import article, outlet_alias
from storage.sql import select_in
from storage.story_sql import among, insert_rows, listed

_COLUMNS = {"article_id": "text", "keeps_source": "boolean", "keeps_author": "boolean", "keeps_title": "boolean"}
_CONFLICT = "(article_id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in list(_COLUMNS)[1:])
_FACTS = (
    article.c.id, article.c.title, article.c.title_raw, article.c.original_title, article.c.source, article.c.source_raw, article.c.sources,
    article.c.via, article.c.authors,
)  # fmt: skip


def write_credits(connection: Connection, stories: Sequence[tuple[Origin, Sequence[int]]], ids: Mapping[int, str]) -> None:
    """Write what the pages of stories keep. `stories`: each origin with the pages of its story; `ids`: pages to article ids.

    A page alone in its story is compared with nothing: it has no row.
    """
    alone = [ids[members[0]] for _, members in stories if len(members) == 1]
    connection.exec_driver_sql(f"DELETE FROM story_credit WHERE {among(connection, 'article_id')}", (listed(connection, alone),))
    told = [(origin, [ids[page] for page in members]) for origin, members in stories if len(members) > 1]
    if not told:
        return
    facts = {row.id: row for row in select_in(connection, article.c.id, {i for _, members in told for i in members}, *_FACTS)}
    names = _names_of(connection, {origin.outlet for origin, _ in told if origin.outlet})
    rows = []
    for origin, members in told:
        original = facts.get(ids[origin.page]) if origin.page is not None else None
        known = names.get(origin.outlet or "", set())
        for copy in (facts[i] for i in members if i in facts):
            kept = find_kept(_credits(copy), outlet_names=known, original=_credits(original) if original else None)
            rows.append((copy.id, kept.source, kept.author, kept.title))
    insert_rows(connection, "story_credit", _COLUMNS, sorted(rows), _CONFLICT)


def _names_of(connection: Connection, outlets: set[str]) -> dict[str, set[str]]:
    """Return every name of outlets: their own, and the spellings seen."""
    names = {name: {name} for name in outlets}
    for row in select_in(connection, outlet_alias.c.name, outlets, outlet_alias.c.name, outlet_alias.c.alias):
        names[row.name].add(row.alias)
    return names


def _credits(row: Row[Any]) -> Credits:
    named = [row.source, row.source_raw, *(row.via or ())]
    named += [name for source in row.sources or () for name in (source["name"], source["raw"])]
    titles = (row.title, row.title_raw, row.original_title)
    return Credits(
        sources=tuple(name for name in named if name), authors=tuple(row.authors or ()), titles=tuple(title for title in titles if title)
    )
