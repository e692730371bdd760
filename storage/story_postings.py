"""The inverted index of signatures: put pages in, and take them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage.story_sql import insert_rows, is_postgres, run_many

PAGES_APART = 20_000
"""On SQLite the postings of so many new pages stand in a table of their own, then they are put into the large one together, sorted: beyond a few
hundred thousand pages nearly every posting is in a page of the file of its own, which is then written once for many instead of once for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What the index keeps of one page."""

    page: int
    day: int
    hashes: tuple[int, ...]


def add_postings(connection: Connection, postings: Sequence[Posting]) -> None:
    """Publish pages in the index; what is there already stays."""
    # Sorted: two writers never wait for each other crosswise, and neighbouring keys share pages of the file.
    rows = sorted((h, p.day, p.page) for p in postings for h in p.hashes)
    table = "story_posting" if is_postgres(connection) else "story_posting_new"
    insert_rows(connection, table, {"hash": "int", "day": "int", "page": "bigint"}, rows, "DO NOTHING")
    if rows and not is_postgres(connection) and _is_full([p.page for p in postings]):
        columns = "hash, day, page"
        connection.exec_driver_sql(
            f"INSERT OR IGNORE INTO story_posting ({columns}) SELECT {columns} FROM story_posting_new ORDER BY {columns}"
        )
        connection.exec_driver_sql("DELETE FROM story_posting_new")


def _is_full(pages: Sequence[int]) -> bool:
    """Tell whether these pages end a round: they are numbered one after the other, so nothing need be counted."""
    return (min(pages) - 1) // PAGES_APART != max(pages) // PAGES_APART


def remove_postings(connection: Connection, postings: Sequence[Posting]) -> None:
    """Take pages out of the index."""
    rows = sorted((h, p.day, p.page) for p in postings for h in p.hashes)
    for table in ("story_posting",) if is_postgres(connection) else ("story_posting", "story_posting_new"):
        run_many(connection, f"DELETE FROM {table} WHERE hash = ? AND day = ? AND page = ?", rows)
