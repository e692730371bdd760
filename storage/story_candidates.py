"""Pages that share hashes with new ones: the likeliest copies of each, by what they share and by time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from sqlalchemy import Connection

from pipelines.dedupe.tokens import Ints
from storage.story_postings import Posting
from storage.story_sql import is_postgres, listed

CAP = 64
"""Pages looked at for one hash, half on each side in time: a line that stands on every page of a site proves nothing."""
MAX_CANDIDATES = 32
"""Pages compared with one page, those that share most first."""
MAX_NEAREST = 8
"""Pages compared besides, nearest in time first: bulletins of one template share alike, and the copy of one is near it."""
NEAR_DAYS = 11
"""One shared hash makes a candidate only within this time; further apart it takes two. Said without counting how common a hash is:
that count grows, and the order in which pages come must not matter."""


def find_pairs(connection: Connection, postings: Sequence[Posting]) -> list[tuple[int, int]]:
    """Find the pages to be compared with these: pairs with the smaller number first, sorted, none twice.

    `postings`: published already; each page once.
    """
    pages = np.array([p.page for p in postings], np.int64)
    days = np.array([p.day for p in postings], np.int64)
    at, list_of, others, other_days = _share_hashes(connection, postings)
    elsewhere = others != pages[at]
    at, list_of, others, other_days = at[elsewhere], list_of[elsewhere], others[elsewhere], other_days[elsewhere]
    if not len(at):
        return []
    weight = (np.bincount(list_of) + 1) ** -0.5
    numbers, which = np.unique(others, return_inverse=True)
    _, first, pair_of, n_shared = np.unique(at * len(numbers) + which, return_index=True, return_inverse=True, return_counts=True)
    score = np.round(np.bincount(pair_of, weights=weight[list_of]), 6)
    page_at, other, days_apart = at[first], others[first], np.abs(other_days[first] - days[at[first]])
    chosen = np.flatnonzero((n_shared > 1) | (days_apart <= NEAR_DAYS))
    chosen = chosen[np.lexsort((other[chosen], days_apart[chosen], -score[chosen], page_at[chosen]))]
    is_best = _rank(page_at[chosen]) < MAX_CANDIDATES
    best, rest = chosen[is_best], chosen[~is_best]
    rest = rest[np.lexsort((other[rest], -score[rest], days_apart[rest], page_at[rest]))]
    best = np.concatenate((best, rest[_rank(page_at[rest]) < MAX_NEAREST]))
    pairs = np.sort(np.stack((pages[page_at[best]], other[best]), axis=1), axis=1)
    return sorted(set(map(tuple, pairs.tolist())))


def _rank(sorted_values: Ints) -> Ints:
    """Number the places of each run of equal values from 0."""
    return np.arange(len(sorted_values)) - sorted_values.searchsorted(sorted_values)


def _share_hashes(connection: Connection, postings: Sequence[Posting]) -> tuple[Ints, Ints, Ints, Ints]:
    """List for each hash of each posting the pages that have it, at most CAP, the posting's own page among them.

    Returns columns: the posting's place, the number of the list, page, its day.
    """
    search = _search_postgres if is_postgres(connection) else _search_sqlite
    at = np.repeat(np.arange(len(postings)), [len(p.hashes) for p in postings])
    hashes = np.fromiter(chain.from_iterable(p.hashes for p in postings), np.int64)
    few, frequent = search(connection, np.unique(hashes).tolist())
    frequent_lists = np.flatnonzero(np.isin(hashes, np.array(frequent, np.int64)))
    asked = [
        (value, postings[place].day) for place, value in zip(at[frequent_lists].tolist(), hashes[frequent_lists].tolist(), strict=True)
    ]
    numbers = {place: number for number, place in enumerate(dict.fromkeys(asked))}
    nearest = _find_nearest(connection, list(numbers))
    lists, rows = _rows_of(few, hashes)
    more, more_rows = _rows_of(nearest, np.array([numbers[place] for place in asked], np.int64))
    lists, found = np.concatenate((lists, frequent_lists[more])), np.concatenate((rows, more_rows))
    return at[lists], lists, found[:, 1], found[:, 2]


def _rows_of(rows: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Return for each of the keys the rows that begin with it: the places of the keys, and the rows."""
    rows = rows[rows[:, 0].argsort(kind="stable")]
    firsts = rows[:, 0].searchsorted(keys)
    n = rows[:, 0].searchsorted(keys, side="right") - firsts
    return np.repeat(np.arange(len(keys)), n), rows[np.arange(n.sum()) + np.repeat(firsts + n - n.cumsum(), n)]


def _table(rows: Iterable[Sequence[int]]) -> Ints:
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 3)


def _of_both(query: str) -> str:
    return " UNION ALL ".join(query.format(table=table) for table in ("story_posting", "story_posting_new"))


_COUNT = f"""
SELECT value, n FROM (
    SELECT value, (SELECT count(*) FROM ({_of_both(f"SELECT * FROM (SELECT 1 FROM {{table}} WHERE hash = value LIMIT {CAP + 1})")})) AS n
    FROM json_each(?)
) WHERE n > 1
"""
_FEW = _of_both("SELECT p.hash, p.page, p.day FROM json_each(?1) AS q CROSS JOIN {table} AS p ON p.hash = q.value")
_AFTER = _of_both("SELECT page, day FROM {table} WHERE hash = ?1 AND day >= ?2") + f" ORDER BY day, page LIMIT {CAP // 2}"
_BEFORE = _of_both("SELECT page, day FROM {table} WHERE hash = ?1 AND day < ?2") + f" ORDER BY day DESC, page DESC LIMIT {CAP // 2}"


def _search_sqlite(connection: Connection, hashes: Sequence[int]) -> tuple[Ints, list[int]]:
    """Return rows of hash, page, day of hashes that two to CAP pages have, and the hashes that more have."""
    cursor = connection.connection.cursor()
    counted = cursor.execute(_COUNT, (json.dumps(hashes),)).fetchall()
    few = json.dumps([value for value, n in counted if n <= CAP])
    rows = _table(cursor.execute(_FEW, (few,)))
    cursor.close()
    return rows, [value for value, n in counted if n > CAP]


def _nearest_sqlite(connection: Connection, asked: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int, int]]:
    cursor = connection.connection.cursor()
    for number, place in enumerate(asked):
        for query in (_AFTER, _BEFORE):
            for page, day in cursor.execute(query, place):
                yield number, page, day
    cursor.close()


_POSTGRES_FEW = f"""
SELECT q.hash, p.page, p.day
FROM unnest(%s::int[]) AS q (hash) CROSS JOIN LATERAL (SELECT page, day FROM story_posting WHERE hash = q.hash LIMIT {CAP + 1}) AS p
"""
_POSTGRES_NEAREST = f"""
SELECT q.number, p.page, p.day
FROM unnest(%s::int[], %s::int[], %s::int[]) AS q (number, hash, day)
CROSS JOIN LATERAL (
    (SELECT page, day FROM story_posting WHERE hash = q.hash AND day >= q.day ORDER BY day, page LIMIT {CAP // 2})
    UNION ALL
    (SELECT page, day FROM story_posting WHERE hash = q.hash AND day < q.day ORDER BY day DESC, page DESC LIMIT {CAP // 2})
) AS p
"""


def _search_postgres(connection: Connection, hashes: Sequence[int]) -> tuple[Ints, list[int]]:
    """Do what `_search_sqlite` does: in one statement, as round trips cost more than the search."""
    rows = _table(connection.exec_driver_sql(_POSTGRES_FEW, (listed(connection, hashes),)))
    values, n = np.unique(rows[:, 0], return_counts=True)
    frequent = values[n > CAP]
    return rows[~np.isin(rows[:, 0], frequent)], frequent.tolist()


def _find_nearest(connection: Connection, asked: Sequence[tuple[int, int]]) -> Ints:
    """List the pages nearest in time that have a hash. `asked`: hash and day. Returns rows: place in `asked`, page, day."""
    if not asked or not is_postgres(connection):
        return _table(_nearest_sqlite(connection, asked))
    numbered = [(number, *place) for number, place in enumerate(asked)]
    columns = tuple(listed(connection, column) for column in zip(*numbered, strict=True))
    return _table(connection.exec_driver_sql(_POSTGRES_NEAREST, columns))
