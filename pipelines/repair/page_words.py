"""What the same page prints elsewhere: names and terms come again, and tell what a split one was."""

from __future__ import annotations

import re
from itertools import pairwise

from pipelines.repair.model import SCALE, LanguageModel
from pipelines.repair.readings import LETTERS

PAIR = re.compile(rf"\([{LETTERS}]{{1,6}}\)")
NOT_HAN = re.compile("[^\u3400-\u9fff]")
MAX_TEXT = 20_000
"""Characters of the page that are looked through."""
MAX_LENGTH = 4


class PageWords:
    """Counts strings in the text of a page, the pinyin left out."""

    def __init__(self, text: str, model: LanguageModel) -> None:
        # Marks and digits come again on every page and tell nothing.
        self._text = NOT_HAN.sub("\0", model.normal(PAIR.sub("", text[: 2 * MAX_TEXT])[:MAX_TEXT]))
        self._pairs = set(map("".join, pairwise(self._text)))
        self._known: dict[str, int] = {}

    def longer(self, strings: list[str], place: tuple[str, ...]) -> list[str]:
        """Return the strings one character longer whose last two characters the page prints side by side."""
        return [string + char for string in strings for char in place if string[-1] + char in self._pairs]

    def weight(self, string: str, *, is_open: bool) -> float:
        """Return the scaled P(string | the page prints it again); `is_open`: part of the string is what is sought."""
        if len(string) > MAX_LENGTH:
            return 0.0
        count = self._known.get(string)
        if count is None:
            count = self._known[string] = self._text.count(string)
        count -= not is_open
        return SCALE ** len(string) * count / (len(self._text) + 200) if count > 0 else 0.0
