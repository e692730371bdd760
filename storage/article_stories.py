"""Articles and their stories: what saving an article tells the stories, and what settling a story tells the articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from pipelines.dedupe.attribution import Origin
from pipelines.dedupe.clusters import Edge
from pipelines.dedupe.origin import ORIGIN_VERSION, find_origin
from pipelines.dedupe.relations import relations_to
from pipelines.types import NormalizedArticle, Precision
from storage.changes import ChangeKind, NewChange, append_changes
from storage.schema import article, dump_json
from storage.sql import select_in
from storage.stories import SETTLE, StoryBook, StoryPage, enqueue
from storage.story_copies import load_copies
from storage.story_credits import write_credits
from storage.story_settling import Settled
from storage.story_sql import among, insert_rows, listed, rows_among, update_rows
from storage.story_tables import story as story_table
from storage.story_tables import story_credit, story_page

DATED = frozenset(Precision) - {Precision.YEAR, Precision.MONTH}
"""How fine a time must be to say that two pages are days apart."""
_STORY_COLUMNS = {
    "story": "bigint", "n_pages": "int", "origin_page": "bigint", "origin_outlet": "text", "earliest_page": "bigint",
    "confidence": "float8", "evidence": "text", "rule_version": "smallint",
}  # fmt: skip
_STORY_CONFLICT = "(story) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in list(_STORY_COLUMNS)[1:])


def article_story_book(engine: Engine) -> StoryBook:
    """Open the stories of a database of articles."""
    return StoryBook(engine, hook=describe_stories)


def publish_articles(connection: Connection, book: StoryBook, articles: Mapping[str, NormalizedArticle]) -> None:
    """Publish new or changed articles, by id, within the transaction that saves them. What only changed beside its text is settled anew."""
    pages = {i: _story_page(i, a) for i, a in articles.items()}
    changed = book.changed(connection, list(pages.values()))
    book.publish(connection, [pages[i] for i in changed])
    settle_again(connection, [i for i in articles if i not in set(changed)])


def settle_again(connection: Connection, article_ids: Sequence[str]) -> None:
    """Have the stories of articles traced anew."""
    numbers = rows_among(connection, f"SELECT page FROM story_page WHERE {among(connection, 'article_id')}", article_ids)
    enqueue(connection, {row[0]: SETTLE for row in numbers})


def note_first_fetches(connection: Connection, fetches: Sequence[tuple[str, datetime]]) -> None:
    """Set back when articles were first fetched, where an archive that is read later holds an earlier fetch. `fetches`: article ids and times."""
    fetched = dict(sorted(fetches, key=itemgetter(1), reverse=True))  # the earliest of each stands
    known = select_in(connection, article.c.id, fetched.keys(), article.c.id, article.c.first_seen_at)
    later = sorted(row.id for row in known if row.first_seen_at > fetched[row.id])
    for article_id in later:
        connection.execute(update(article).where(article.c.id == article_id).values(first_seen_at=fetched[article_id]))
    settle_again(connection, later)


def _story_page(article_id: str, a: NormalizedArticle) -> StoryPage:
    is_dated = a.published is not None and a.published.precision in DATED
    return StoryPage(
        article_id=article_id,
        title=a.title or a.title_raw,
        text=a.text,
        published_at=a.published.local if a.published and is_dated else None,
        first_seen_at=a.fetched_at,
    )


def describe_stories(connection: Connection, settled: Settled) -> None:
    """Write what is known of the stories that changed: origin, relations of their pages, and the articles' `story_id`."""
    pages_of = defaultdict(list)
    for page, story in settled.story.items():
        if story in settled.stories:
            pages_of[story].append(page)
    pages = sorted(page for story_pages in pages_of.values() for page in story_pages)
    ids = dict(rows_among(connection, f"SELECT page, article_id FROM story_page WHERE {among(connection, 'page')}", pages))
    copies = load_copies(connection, ids)
    edges_of = _edges_by_story(settled)
    gone = sorted(settled.stories - pages_of.keys())
    if gone:
        connection.exec_driver_sql(f"DELETE FROM story WHERE {among(connection, 'story')}", (listed(connection, gone),))
    rows, relations, origins = [], [], []
    for story, members in sorted(pages_of.items()):
        held = [copies[page] for page in members if page in copies]
        if not held:
            continue
        origin = find_origin(held, edges_of[story], settled.compilations)
        origins.append((origin, members))
        rows.append(_story_row(story, len(members), origin, ids))
        found = relations_to(origin.page, origin.earliest, members, edges_of[story])
        relations += [(page, found[page].value) for page in members]
    insert_rows(connection, "story", _STORY_COLUMNS, rows, _STORY_CONFLICT)
    update_rows(connection, "story_page", ("page", "bigint"), ("relation", "text"), sorted(relations))
    write_credits(connection, origins, ids)
    _tell_articles(connection, settled, ids)


def forget_empty_stories(connection: Connection, article_id: str) -> None:
    """Drop what is known of an article's story where no page of it is held any more; others are described anew when they are settled."""
    stories = select(story_page.c.story).where(story_page.c.article_id == article_id)
    held = select(story_page.c.page).where(story_page.c.story == story_table.c.story, story_page.c.is_held)
    connection.execute(delete(story_table).where(story_table.c.story.in_(stories), ~held.exists()))
    connection.execute(delete(story_credit).where(story_credit.c.article_id == article_id))


def _edges_by_story(settled: Settled) -> dict[int, list[Edge]]:
    edges_of = defaultdict(list)
    for e in settled.edges:
        story = settled.story.get(e.a)
        if story is not None and story == settled.story.get(e.b):
            edges_of[story].append(e)
    return edges_of


def _story_row(story: int, n_pages: int, origin: Origin, ids: Mapping[int, str]) -> tuple[Any, ...]:
    evidence = [
        {"witness": e.witness.value, "outlet": e.outlet, "articles": [ids[page] for page in e.pages if page in ids]}
        for e in origin.evidence
    ]
    return (story, n_pages, origin.page, origin.outlet, origin.earliest, origin.confidence, dump_json(evidence), ORIGIN_VERSION)


def _tell_articles(connection: Connection, settled: Settled, ids: Mapping[int, str]) -> None:
    """Write `story_id`, which is the id of the story's first article, and put a row into the feed for each article that moved."""
    if not settled.moved:
        return
    query = f"SELECT page, article_id FROM story_page WHERE {among(connection, 'page')}"
    names = dict(rows_among(connection, query, sorted(set(settled.moved.values()))))
    moved: Sequence[tuple[str, str]] = sorted((ids[page], names[story]) for page, story in settled.moved.items())
    update_rows(connection, "article", ("id", "text"), ("story_id", "text"), moved)
    urls = {
        row.id: row for row in select_in(connection, article.c.id, [i for i, _ in moved], article.c.id, article.c.url, article.c.revision)
    }
    append_changes(
        connection,
        [
            NewChange(kind=ChangeKind.STORY, article_id=i, revision=urls[i].revision, story_id=story_id, url=urls[i].url)
            for i, story_id in moved
            if i in urls
        ],
    )
