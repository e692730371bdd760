"""Stories: publish a page, look for its copies, settle the story.

`publish` runs in the transaction that saves the article. `link_pending` does the rest, in steps that can each be repeated: a process
that dies leaves its pages in `story_queue`, and the next one goes on. Of two copies that come at the same time, each is published
before either is searched for, so whichever commits later finds the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from pipelines.dedupe.reading import read_folded
from pipelines.dedupe.signature import SKETCH_VERSION
from pipelines.dedupe.verdict import RULE_VERSION, Verdict, judge
from pipelines.errors import StorageError
from storage.database import writing
from storage.story_candidates import find_pairs
from storage.story_postings import Posting, add_postings, remove_postings
from storage.story_settling import Hook, settle
from storage.story_sql import among, insert_rows, is_postgres, listed, rows_among, run_many
from storage.story_texts import TextShelf, fold_page, pack, unpack

BATCH, SETTLE_BATCH = 200, 200
"""Pages searched for, and settled, in one transaction."""
ATTEMPTS = 60
LOCK_TIMEOUT, DEADLOCK = "55P03", "40P01"
"""What PostgreSQL calls them."""
SEARCH, SETTLE = 0, 1
"""Steps of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A page as stories see it."""

    article_id: str
    title: str | None
    text: str
    published_at: datetime | None
    """Aware."""
    first_seen_at: datetime | None
    """Aware; stands in for a missing date in the index, never in a verdict."""


_PAGE_COLUMNS = {
    "page": "bigint", "article_id": "text", "story": "bigint", "day": "int", "posted_day": "int",
    "title": "text", "version": "int", "sketch_version": "smallint", "is_held": "boolean",
}  # fmt: skip
_PAGE_CONFLICT = (
    "(page) DO UPDATE SET day = excluded.day, posted_day = excluded.posted_day, title = excluded.title, version = excluded.version, "
    "sketch_version = excluded.sketch_version, is_held = excluded.is_held"
)
_EDGE_COLUMNS = {
    "a": "bigint", "b": "bigint", "kind": "text", "cover_a": "float8", "cover_b": "float8",
    "mask_a": "bigint", "mask_b": "bigint", "n_conflicts": "int", "unites": "boolean", "rule_version": "smallint",
}  # fmt: skip
_EDGE_CONFLICT = "(a, b) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in list(_EDGE_COLUMNS)[2:])


class StoryBook:
    """The stories of a database."""

    def __init__(self, engine: Engine, *, hook: Hook | None = None) -> None:
        """`hook` is told, within the same transaction, which pages changed their story."""
        self.engine = engine
        self.hook = hook
        self.shelf = TextShelf()

    def publish(self, connection: Connection, pages: Sequence[StoryPage]) -> None:
        """Put new pages, or new texts of known pages, where others find them, within the caller's transaction."""
        known = _known_pages(connection, [p.article_id for p in pages])
        numbers = iter(_next_pages(connection, len(pages) - len(known)))
        rows, texts, postings = [], [], []
        folds = [fold_page(p.title, p.text) for p in pages]
        for p, (title, folded), read in zip(pages, folds, read_folded(folds), strict=True):
            page, version = known[p.article_id] if p.article_id in known else (next(numbers), 0)
            day = _day_of(p.published_at)
            posted_day = day if day is not None else _day_of(p.first_seen_at) or 0
            hashes = self.shelf.put(page, version + 1, read).hashes
            rows.append((page, p.article_id, page, day, posted_day, title, version + 1, SKETCH_VERSION, True))
            texts.append((page, pack(folded)))
            postings.append(Posting(page=page, day=posted_day, hashes=hashes))
        self._forget(connection, [page for page, _ in known.values()], {row[0]: SEARCH for row in rows})
        insert_rows(connection, "story_page", _PAGE_COLUMNS, rows, _PAGE_CONFLICT)
        insert_rows(connection, "story_text", {"page": "bigint", "folded": "bytea"}, texts, "(page) DO UPDATE SET folded = excluded.folded")
        add_postings(connection, postings)

    def changed(self, connection: Connection, pages: Sequence[StoryPage]) -> list[str]:
        """Return the ids of the pages that are new here, or have another text, title or day than what is kept."""
        known = _known_pages(connection, [p.article_id for p in pages])
        numbers = [page for page, _ in known.values()]
        query = (
            "SELECT p.article_id, p.day, p.title, t.folded FROM story_page p JOIN story_text t ON t.page = p.page "
            f"WHERE p.is_held AND p.sketch_version = {SKETCH_VERSION:d} AND {among(connection, 'p.page')}"
        )
        kept = {row[0]: (row[1], row[2], unpack(row[3])) for row in rows_among(connection, query, numbers)}
        return [p.article_id for p in pages if kept.get(p.article_id) != (_day_of(p.published_at), *fold_page(p.title, p.text))]

    def withdraw(self, connection: Connection, article_ids: Sequence[str]) -> None:
        """Take pages out of all stories, within the caller's transaction. Their rows stay, so that numbers are not used twice."""
        pages = sorted(page for page, _ in _known_pages(connection, article_ids).values())
        self._forget(connection, pages, dict.fromkeys(pages, SETTLE))
        run_many(connection, "DELETE FROM story_text WHERE page = ?", [(page,) for page in pages])
        run_many(
            connection,
            "UPDATE story_page SET is_held = false, title = '', version = version + 1, relation = NULL WHERE page = ?",
            [(page,) for page in pages],
        )

    def link_pending(self, limit: int | None = None) -> int:
        """Do the work that is left, at most `limit` pages of each step (None: all); return how many pages were settled."""
        if self.engine.dialect.name == "sqlite":
            # Alone at writing: nothing can come between the steps, and each transaction waits for the disk.
            return _repeat(lambda n: self._in_transaction(self._search_and_settle, n), limit, BATCH)
        self.search_pending(limit)
        return self.settle_pending(limit)

    def _search_and_settle(self, connection: Connection, limit: int) -> int:
        self.search(connection, limit)
        return self._settle(connection, limit)

    def search_pending(self, limit: int | None = None) -> int:
        """Find the relations of waiting pages; return how many pages."""
        return _repeat(lambda n: self._in_transaction(self.search, n), limit, BATCH)

    def settle_pending(self, limit: int | None = None) -> int:
        """Settle the stories of waiting pages; return how many pages."""
        return _repeat(lambda n: self._in_transaction(self._settle, n), limit, SETTLE_BATCH)

    def _in_transaction(self, step: Callable[[Connection, int], int], limit: int) -> int:
        """Run a step; where others hold what it needs, try again, and in the end leave the work to whoever comes next."""
        for _ in range(ATTEMPTS):
            try:
                with writing(self.engine) as connection:
                    return step(connection, limit)
            except StorageError as error:
                if not _is_crossing(error):
                    raise
        return 0

    def _settle(self, connection: Connection, limit: int) -> int:
        pages = _claim(connection, SETTLE, limit)
        settle(connection, pages, self.hook)
        return len(pages)

    def search(self, connection: Connection, limit: int) -> int:
        """Find and store the relations of the next waiting pages, within the caller's transaction; return how many pages."""
        pages = _claim(connection, SEARCH, limit)
        if not pages:
            return 0
        query = f"SELECT page, version, posted_day FROM story_page WHERE is_held AND {among(connection, 'page')}"
        rows = rows_among(connection, query, pages)
        read = self.shelf.load(connection, [row[0] for row in rows])
        postings = [Posting(page=page, day=day, hashes=read[page].hashes) for page, _, day in rows if page in read]
        self._judge(connection, find_pairs(connection, postings))
        connection.exec_driver_sql(
            f"UPDATE story_queue SET step = {SETTLE} WHERE {among(connection, 'page')}", (listed(connection, pages),)
        )
        return len(pages)

    def _judge(self, connection: Connection, pairs: Sequence[tuple[int, int]]) -> None:
        pages = sorted({page for pair in pairs for page in pair})
        days = dict(rows_among(connection, f"SELECT page, day FROM story_page WHERE {among(connection, 'page')}", pages))
        read = self.shelf.load(connection, pages)
        edges = []
        for a, b in pairs:
            if a not in read or b not in read:
                continue  # withdrawn in the meantime
            day_a, day_b = days[a], days[b]
            days_apart = None if day_a is None or day_b is None else abs(day_a - day_b)
            verdict = judge(read[a].text, read[b].text, days_apart=days_apart)
            if verdict is not None:
                edges.append(edge_row(a, b, verdict))
        insert_rows(connection, "story_edge", _EDGE_COLUMNS, edges, _EDGE_CONFLICT)

    def _forget(self, connection: Connection, pages: Sequence[int], queue: dict[int, int]) -> None:
        """Take pages out of the index and drop their relations. `queue`: pages to step; the neighbours of `pages` join it.

        The queue is written first and in order, as `_claim` takes it first: writers never wait for each other crosswise.
        """
        neighbours = set()
        for here, there in (("a", "b"), ("b", "a")):
            found = rows_among(connection, f"SELECT {there} FROM story_edge WHERE {among(connection, here)}", pages)
            neighbours |= {row[0] for row in found}
        enqueue(connection, dict.fromkeys(neighbours, SETTLE) | queue)
        if not pages:
            return
        rows = rows_among(connection, f"SELECT page, posted_day FROM story_page WHERE is_held AND {among(connection, 'page')}", pages)
        read = self.shelf.load(connection, [page for page, _ in rows])
        remove_postings(connection, [Posting(page=page, day=day, hashes=read[page].hashes) for page, day in rows if page in read])
        if is_postgres(connection):
            lock = "SELECT a FROM story_edge WHERE a = ANY(%s) OR b = ANY(%s) ORDER BY a, b FOR UPDATE"
            connection.exec_driver_sql(lock, (list(pages), list(pages)))
        for here in ("a", "b"):
            connection.exec_driver_sql(f"DELETE FROM story_edge WHERE {among(connection, here)}", (listed(connection, pages),))


def _is_crossing(error: StorageError) -> bool:
    """True where PostgreSQL broke off a wait for a lock."""
    driver_error = getattr(error.__cause__, "orig", None)
    return getattr(driver_error, "sqlstate", None) in (LOCK_TIMEOUT, DEADLOCK)


def _repeat(step: Callable[[int], int], limit: int | None, batch: int) -> int:
    """Repeat a step until it finds fewer pages than it may take, or did `limit` pages."""
    total = 0
    while limit is None or total < limit:
        most = batch if limit is None else min(batch, limit - total)
        n = step(most)
        total += n
        if n < most:
            break
    return total


def edge_row(a: int, b: int, verdict: Verdict) -> tuple[int | str | float | bool, ...]:
    """Make the row of an edge, in the order of `_EDGE_COLUMNS`."""
    masks = (as_signed(verdict.mask_a), as_signed(verdict.mask_b))
    covers = (round(verdict.cover_a, 4), round(verdict.cover_b, 4))
    return (a, b, verdict.kind.value, *covers, *masks, verdict.n_conflicts, verdict.unites, RULE_VERSION)


def as_signed(mask: int) -> int:
    """Fit 64 bits into the signed integers of databases."""
    return mask - (1 << 64) if mask >= 1 << 63 else mask


def enqueue(connection: Connection, steps: Mapping[int, int]) -> None:
    """Leave work; a page that waits for an earlier step stays there."""
    keep_earlier = "(page) DO UPDATE SET step = excluded.step WHERE excluded.step < story_queue.step"
    insert_rows(connection, "story_queue", {"page": "bigint", "step": "smallint"}, sorted(steps.items()), keep_earlier)


def _claim(connection: Connection, step: int, limit: int) -> list[int]:
    """Take waiting pages; on PostgreSQL those that no other process has in hand."""
    lock = " FOR UPDATE SKIP LOCKED" if is_postgres(connection) else ""
    query = f"SELECT page FROM story_queue WHERE step = {step:d} ORDER BY page LIMIT {limit:d}{lock}"
    return [row[0] for row in connection.exec_driver_sql(query)]


def _known_pages(connection: Connection, article_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    query = f"SELECT article_id, page, version FROM story_page WHERE {among(connection, 'article_id')}"
    return {article_id: (page, version) for article_id, page, version in rows_among(connection, query, article_ids)}


def _next_pages(connection: Connection, count: int) -> Sequence[int]:
    if count == 0:
        return ()
    if is_postgres(connection):
        draw = "SELECT nextval(pg_get_serial_sequence('story_page', 'page')) FROM generate_series(1, %s)"
        return [row[0] for row in connection.exec_driver_sql(draw, (count,))]
    newest = connection.exec_driver_sql("SELECT coalesce(max(page), 0) FROM story_page").scalar_one()
    return range(newest + 1, newest + 1 + count)


def _day_of(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() // 86_400)
