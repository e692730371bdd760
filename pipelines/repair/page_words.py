"""What the same page prints elsewhere: names and terms come again, and tell what a split one was."""

from __future__ import annotations

import re

from pipelines.repair.model import LanguageModel
from pipelines.repair.readings import LETTERS

PAIR = re.compile(rf"\([{LETTERS}]{{1,6}}\)")
MAX_TEXT = 20_000
"""Characters of the page that are looked through."""
MAX_LENGTH = 4


class PageWords:
    """Counts strings in the text of a page, the pinyin left out."""

    def __init__(self, text: str, model: LanguageModel) -> None:
        self._text = model.normal(PAIR.sub("", text[: 2 * MAX_TEXT])[:MAX_TEXT])
        self._pairs = {self._text[at : at + 2] for at in range(len(self._text) - 1)}
        self._known: dict[str, int] = {}

    def weight(self, string: str, *, is_open: bool) -> float:
        """Return P(string | the page prints it again); `is_open`: part of the string is what is sought."""
        if string[:2] not in self._pairs or len(string) > MAX_LENGTH or string[-2:] not in self._pairs:
            return 0.0
        count = self._known.get(string)
        if count is None:
            count = self._known[string] = self._text.count(string)
        count -= not is_open
        return count / (len(self._text) + 200) if count > 0 else 0.0
