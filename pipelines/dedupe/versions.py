"""Whether two texts that were met under one canonical link are versions of one article."""

from pipelines.dedupe.fold import fold_text

CHARS = 8
"""In a row, without white space: two texts about different things share few of these."""
SHARED = 0.5
"""Of the shorter text's: an article is corrected and goes on, and it keeps more than that."""
READ = 5_000
"""Characters of a text that are looked at."""


def are_versions(text: str | None, other: str | None) -> bool:
    """Tell whether much of the shorter text stands in the other, too. A text that is not held is nobody's version.

    >>> are_versions("渡口的老码头下月拆除，新的候船室设在上游。", "渡口的老碼頭下月拆除，新的候船室設在上游。班次不变。")
    True
    >>> are_versions("渡口的老码头下月拆除，新的候船室设在上游。", "县图书馆新馆周六开放，馆藏图书共四十五万册。")
    False
    """
    one, two = _pieces(text or ""), _pieces(other or "")
    return len(one & two) >= SHARED * min(len(one), len(two)) > 0


def _pieces(text: str) -> set[str]:
    squeezed = "".join(fold_text(text[:READ]).split())
    return {squeezed[i : i + CHARS] for i in range(max(1, len(squeezed) - CHARS + 1))} if squeezed else set()
