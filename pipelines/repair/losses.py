"""Damage that cannot be undone: it is counted and marked, never guessed."""

import re

from pipelines.repair.gbk import PRIVATE_LETTERS, is_han, is_private
from pipelines.repair.untouched import outside

# UTF-8's replacement character read as GBK, and freshly allocated memory read as GBK.
LOST = re.compile("锟斤拷|烫烫烫|屯屯屯")
LOST_LETTERS = frozenset("锟烫屯")
MIN_LOST = 2
"""A text about the phenomenon names it once."""
ENTITY = re.compile(r"&#(?:x([0-9a-fA-F]{4})|(\d{5}));")
PRIVATE = re.compile(rf"[\ue000-\uf8ff]|{ENTITY.pattern}")
MIN_OBFUSCATED, MIN_SHARE = 15, 0.03
"""Private-use characters within words: a page with icons has them alone in their elements."""


def count_lost(text: str, letters: frozenset[str]) -> int:
    """Count the places where text was overwritten for good. `letters`: its characters beyond ASCII.

    >>> count_lost("锟斤拷锟斤拷，后面的字还在", frozenset("锟斤拷")), count_lost("什么是“锟斤拷”？", frozenset("锟斤拷"))
    (2, 0)
    """
    if not letters & LOST_LETTERS:
        return 0
    n = sum(1 for _ in LOST.finditer(text))
    return n if n >= MIN_LOST else 0


def count_obfuscated(text: str, letters: frozenset[str]) -> int:
    """Count characters that only the page's own font can show; 0 where they are too few to be the text."""
    private = letters & PRIVATE_LETTERS
    if ("&#" not in text and not private) or not _has_enough(text, private):
        return 0
    printed = PRIVATE if private else ENTITY  # a pattern that begins with a letter is looked for much faster
    n = sum(1 for match in outside(text, printed) if _is_private(match) and _within_words(text, match))
    if n < MIN_OBFUSCATED:
        return 0
    n_han = sum(map(is_han, text))
    return n if n >= MIN_SHARE * n_han else 0


def _has_enough(text: str, private: frozenset[str]) -> bool:
    """Tell whether so many characters stand in the text that they may be its words: a page with icons has few of them, each once."""
    n = sum(1 for match in ENTITY.finditer(text) if _is_private(match))
    for char in private:
        if n >= MIN_OBFUSCATED:
            break
        n += text.count(char)
    return n >= MIN_OBFUSCATED


def _is_private(match: re.Match[str]) -> bool:
    hexadecimal, decimal = match.groups()
    return is_private(match.group()) if not (hexadecimal or decimal) else 0xE000 <= int(hexadecimal or "0", 16) + int(decimal or 0) < 0xF900


def _within_words(text: str, match: re.Match[str]) -> bool:
    return is_han(text[match.start() - 1 : match.start()]) or is_han(text[match.end() : match.end() + 1])
