"""Parts of HTML source that are not text: code, comments, addresses. Plain text has none of them."""

import re
from bisect import bisect_right
from collections.abc import Iterator

OPENING = re.compile(
    r"(?=[<hsadicn])(?:<(script|style)\b|<!--|\b(?:href|src|action|srcset|data-[\w-]{1,40}|id|class|name)\s{0,9}=\s{0,9}[\"'])",
    re.IGNORECASE,
)
CLOSING = {kind: re.compile(rf"</{kind}\b", re.IGNORECASE) for kind in ("script", "style")}
MAX_VALUE = 8000
"""Characters of an attribute; a quotation mark that nothing closes so long is not one."""


class Untouched:
    """The parts of one text that repair leaves alone, because converting them would break them."""

    def __init__(self, text: str) -> None:
        self.spans = list(_spans(text))
        self._starts = [start for start, _ in self.spans]

    def holds(self, at: int) -> bool:
        """Say whether an offset lies in such a part."""
        before = bisect_right(self._starts, at) - 1
        return before >= 0 and at < self.spans[before][1]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Find the parts in one pass: what is never closed goes to the end, and nothing is looked for twice."""
    at = 0
    while opening := OPENING.search(text, at):
        start, at = opening.span()
        if opening.group(1):
            closing = CLOSING[opening.group(1).lower()].search(text, at)
            end = closing.start() if closing else len(text)
        elif opening.group() == "<!--":
            end = text.find("-->", at)
            end = len(text) if end < 0 else end
        else:
            end = text.find(text[at - 1], at, at + MAX_VALUE)
            if end < 0:
                continue
        yield start, end
        at = end


def outside(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that do not begin in such a part."""
    untouched = Untouched(text)
    return (match for match in pattern.finditer(text) if not untouched.holds(match.start()))
