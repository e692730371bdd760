"""Settle stories: derive them anew from the stored edges, under locks, and write what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from pipelines.dedupe.clusters import Edge, Page, cluster
from pipelines.dedupe.verdict import EdgeKind
from storage.story_sql import among, is_postgres, listed, rows_among, update_rows

MAX_LOADED = 5_000
"""Pages looked at together; beyond them only the stories that touch the settled pages are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What settling found, for those who keep more about stories."""

    moved: dict[int, int]
    """Pages that changed their story, to the new one."""
    stories: frozenset[int]
    """Stories to be described anew: their pages or relations changed."""
    story: dict[int, int]
    """All pages that were looked at, to their story."""
    edges: tuple[Edge, ...]
    compilations: frozenset[int]
    """Pages that hold several stories."""


Hook = Callable[[Connection, Settled], None]


@dataclass(slots=True)
class _Loaded:
    story: dict[int, int] = field(default_factory=dict)
    pages: dict[int, Page] = field(default_factory=dict)
    edges: dict[tuple[int, int], Edge] = field(default_factory=dict)
    stories: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    """Pages of the stories that were asked for: settled with them, whether or not they were asked for, too."""


def settle(connection: Connection, pages: Sequence[int], hook: Hook | None) -> None:
    """Settle the stories of pages and take the pages out of the queue."""
    if not pages:
        return
    if is_postgres(connection):
        # Saving an article locks it and then its place in the queue; settling comes the other way round. It is settling that
        # gives way, well before PostgreSQL (after a second) breaks off whichever it likes.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '400ms'")
    loaded = _load_locked(connection, pages)
    found = cluster(loaded.pages, list(loaded.edges.values()))
    moved = {page: story for page, story in found.story.items() if page in loaded.story and story != loaded.story[page]}
    update_rows(connection, "story_page", ("page", "bigint"), ("story", "bigint"), sorted(moved.items()))
    if hook is not None:
        touched = (
            {loaded.story[page] for page in moved} | set(moved.values()) | {found.story[page] for page in pages if page in found.story}
        )
        story = {page: story for page, story in found.story.items() if page in loaded.story}
        touched |= {story[page] for page in _beside_compilations(pages, found.compilations, loaded.edges) if page in story}
        edges = tuple(loaded.edges.values())
        settled = Settled(moved=moved, stories=frozenset(touched), story=story, edges=edges, compilations=found.compilations)
        hook(connection, settled)
    done = list(pages) if is_postgres(connection) else sorted(loaded.whole.union(pages))
    connection.exec_driver_sql(f"DELETE FROM story_queue WHERE step = 1 AND {among(connection, 'page')}", (listed(connection, done),))


def _beside_compilations(pages: Sequence[int], compilations: frozenset[int], edges: Iterable[tuple[int, int]]) -> set[int]:
    """Return what stands in the round-ups that hold one of the pages: it is no cut of them from now on."""
    pairs = [pair for pair in edges if not compilations.isdisjoint(pair)]
    new = set(pages)
    round_ups = compilations & {page for pair in pairs if not new.isdisjoint(pair) for page in pair}
    return {page for pair in pairs if not round_ups.isdisjoint(pair) for page in pair}


def _load_locked(connection: Connection, pages: Sequence[int]) -> _Loaded:
    """Load all that decides the stories of pages. PostgreSQL: with those stories locked, in the order of their numbers."""
    if not is_postgres(connection):
        return _load(connection, pages)
    wanted = _load(connection, pages).stories
    while True:
        with connection.begin_nested() as savepoint:
            query = f"SELECT page FROM story_page WHERE {among(connection, 'page')} ORDER BY page FOR UPDATE"
            rows_among(connection, query, sorted(wanted))
            loaded = _load(connection, pages)
            if loaded.stories <= wanted:
                return loaded
            # Another process joined stories meanwhile: let go, so that locks are always taken in order, and take more.
            wanted |= loaded.stories
            savepoint.rollback()


def _load(connection: Connection, pages: Sequence[int]) -> _Loaded:
    """Load whole stories, then the stories that touch them, and so on."""
    loaded = _Loaded()
    edges_of = (
        "SELECT a, b, kind, cover_a, cover_b, mask_a, mask_b, unites FROM story_edge WHERE kind IN ('same', 'part_of', 'contains') AND {}"
    )
    new = {row[0] for row in rows_among(connection, f"SELECT story FROM story_page WHERE {among(connection, 'page')}", pages)}
    depth, border = 0, []
    while new and (depth < 2 or len(loaded.pages) < MAX_LOADED):
        loaded.stories |= new
        query = f"SELECT page, story, title, day FROM story_page WHERE is_held AND {among(connection, 'story')}"
        fresh = rows_among(connection, query, sorted(new))
        for page, story, title, day in fresh:
            loaded.story[page] = story
            loaded.pages[page] = Page(title=title, day=day)
        if depth == 0:
            loaded.whole = set(loaded.pages)
        numbers = [row[0] for row in fresh]
        for end in ("a", "b"):
            for row in rows_among(connection, edges_of.format(among(connection, end)), numbers):
                if (row[0], row[1]) not in loaded.edges:
                    loaded.edges[row[0], row[1]] = _edge(row)
        beyond = sorted({page for pair in loaded.edges for page in pair} - loaded.pages.keys())
        query = f"SELECT page, story, title, day FROM story_page WHERE is_held AND {among(connection, 'page')}"
        border = rows_among(connection, query, beyond)
        new = {row[1] for row in border} - loaded.stories
        depth += 1
    # What stands beyond the limit is seen, so that round-ups stay round-ups, but not changed.
    for page, _, title, day in border:
        loaded.pages.setdefault(page, Page(title=title, day=day))
    loaded.edges = {pair: e for pair, e in loaded.edges.items() if e.a in loaded.pages and e.b in loaded.pages}
    return loaded


def _edge(row: tuple[int, int, str, float, float, int, int, bool]) -> Edge:
    a, b, kind, cover_a, cover_b, mask_a, mask_b, unites = row
    bits = (1 << 64) - 1
    return Edge(
        a=a, b=b, kind=EdgeKind(kind), cover_a=cover_a, cover_b=cover_b, mask_a=mask_a & bits, mask_b=mask_b & bits, unites=bool(unites)
    )  # fmt: skip
