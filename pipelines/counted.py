"""How many: a number and its noun, the one wording of counts for commands, logs and pages."""

from __future__ import annotations


def counted(n: int, one: str, many: str | None = None) -> str:
    """Say how many. `many`: the plural where it is not `one` with an s.

    >>> counted(1, "page"), counted(0, "page"), counted(2000, "copy", "copies")
    ('1 page', '0 pages', '2,000 copies')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
