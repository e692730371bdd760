"""How much of the credit reposts keep, counted over a database or one site; the view `v1_compliance` tells it of each."""

from __future__ import annotations

from sqlalchemy import Connection, text

CREDITS = {
    "keeps_source": "source",
    "keeps_author": "author",
    "keeps_title": "headline",
    "names_editor": "own editor",
    "is_source_listed": "listed",
}
"""Columns of `v1_compliance`, what rules for reposts ask of a copy, each with its word."""

Credit = dict[str, tuple[int, int]]
"""`CREDITS` to how many reposts keep it, and of how many it can be told."""


def count_credit(connection: Connection, site: str | None = None) -> Credit:
    """Count what the reposts of a site keep (None: of all sites)."""
    sums = ", ".join(f"count(CASE WHEN {name} THEN 1 END), count({name})" for name in CREDITS)
    where = "" if site is None else " WHERE site = :site"
    row = connection.execute(text(f"SELECT {sums} FROM v1_compliance{where}"), {} if site is None else {"site": site}).one()
    return {name: (row[2 * i], row[2 * i + 1]) for i, name in enumerate(CREDITS)}
