"""The inverted index of signatures: put pages in, and find the pages that share hashes with one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage.story_sql import insert_rows, is_postgres, listed, run_many

CAP = 64
"""Pages looked at for one hash, half on each side in time: a line that stands on every page of a site proves nothing."""
MAX_CANDIDATES = 32
"""Pages compared with one page, best first."""
MAX_NEAREST = 8
"""Pages compared besides, nearest in time first."""
NEAR_DAYS = 11
"""One shared hash makes a candidate only within this time; further apart it takes two. Said without counting how common a hash is:
that count grows, and the order in which pages come must not matter."""


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


def find_candidates(connection: Connection, postings: Sequence[Posting]) -> dict[int, list[int]]:
    """Find for each page the pages most likely to be its copies, best first."""
    sharing = _search_postgres if is_postgres(connection) else _search_sqlite
    days = {p.page: p.day for p in postings}
    scores: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    is_candidate: dict[int, dict[int, int]] = defaultdict(dict)
    for page, others in sharing(connection, postings):
        weight, score, chosen, day = (len(others) + 1) ** -0.5, scores[page], is_candidate[page], days[page]
        for other, other_day in others:
            if other in score or abs(other_day - day) <= NEAR_DAYS:
                chosen[other] = abs(other_day - day)
            score[other] += weight
    return {page: _best(page, scores[page], chosen) for page, chosen in is_candidate.items()}


def _best(page: int, score: dict[int, float], days_apart: dict[int, int]) -> list[int]:
    """Choose candidates by score, and some more by time: bulletins of one template score alike, and the copy of one is near it."""
    others = days_apart.keys() - {page}
    best = sorted(others, key=lambda other: (-round(score[other], 6), days_apart[other], other))[:MAX_CANDIDATES]
    if len(others) == len(best):
        return best
    return best + sorted(others.difference(best), key=lambda other: (days_apart[other], -round(score[other], 6), other))[:MAX_NEAREST]


def _of_both(query: str) -> str:
    return " UNION ALL ".join(query.format(table=table) for table in ("story_posting", "story_posting_new"))


_SEVERAL = f"""
SELECT value FROM json_each(?)
WHERE EXISTS (SELECT 1 FROM ({_of_both("SELECT 1 FROM {table} WHERE hash = value")}) LIMIT 1 OFFSET 1)
"""
_FEW = _of_both("SELECT page, day FROM {table} WHERE hash = ?1") + f" LIMIT {CAP + 1}"
_AFTER = _of_both("SELECT page, day FROM {table} WHERE hash = ?1 AND day >= ?2") + f" ORDER BY day, page LIMIT {CAP // 2}"
_BEFORE = _of_both("SELECT page, day FROM {table} WHERE hash = ?1 AND day < ?2") + f" ORDER BY day DESC, page DESC LIMIT {CAP // 2}"


def _search_sqlite(connection: Connection, postings: Sequence[Posting]) -> Iterable[tuple[int, list[tuple[int, int]]]]:
    """Ask which hashes stand on more than one page, which few do, and for those one at a time: a prepared statement costs little."""
    cursor = connection.connection.cursor()
    wanted = sorted({h for p in postings for h in p.hashes})
    shared = {row[0] for row in cursor.execute(_SEVERAL, (json.dumps(wanted),))}
    for posting in postings:
        for value in filter(shared.__contains__, posting.hashes):
            rows = cursor.execute(_FEW, (value,)).fetchall()
            if len(rows) > CAP:
                rows = cursor.execute(_AFTER, (value, posting.day)).fetchall() + cursor.execute(_BEFORE, (value, posting.day)).fetchall()
            yield posting.page, [row for row in rows if row[0] != posting.page]
    cursor.close()


_POSTGRES_FEW = f"""
SELECT q.page, q.hash, p.page, p.day
FROM unnest(%s::bigint[], %s::int[]) AS q (page, hash)
CROSS JOIN LATERAL (SELECT page, day FROM story_posting WHERE hash = q.hash LIMIT {CAP + 1}) AS p
"""
_POSTGRES_NEAREST = f"""
SELECT q.page, q.hash, p.page, p.day
FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS q (page, hash, day)
CROSS JOIN LATERAL (
    (SELECT page, day FROM story_posting WHERE hash = q.hash AND day >= q.day ORDER BY day, page LIMIT {CAP // 2})
    UNION ALL
    (SELECT page, day FROM story_posting WHERE hash = q.hash AND day < q.day ORDER BY day DESC, page DESC LIMIT {CAP // 2})
) AS p
"""


def _search_postgres(connection: Connection, postings: Sequence[Posting]) -> Iterable[tuple[int, list[tuple[int, int]]]]:
    """Ask for all hashes of a batch in one statement, and in a second for those that stand on many pages: round trips cost more than the search."""
    days = {p.page: p.day for p in postings}
    lists: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for page, value, other, day in _ask(connection, _POSTGRES_FEW, [(p.page, h) for p in postings for h in p.hashes]):
        lists[page, value].append((other, day))
    frequent = [place for place, others in lists.items() if len(others) > CAP]
    for place in frequent:
        del lists[place]
    for page, value, other, day in _ask(connection, _POSTGRES_NEAREST, [(page, value, days[page]) for page, value in frequent]):
        lists[page, value].append((other, day))
    return [(page, [other for other in others if other[0] != page]) for (page, _), others in lists.items()]


def _ask(connection: Connection, query: str, rows: Sequence[tuple[int, ...]]) -> Sequence[Sequence[int]]:
    return connection.exec_driver_sql(query, tuple(listed(connection, column) for column in zip(*rows, strict=True))).all() if rows else ()
