"""Damage that cannot be undone: it is counted and marked, never guessed."""

import re
from itertools import islice

from pipelines.repair.gbk import is_han, is_private
from pipelines.repair.glance import PRIVATE as PRIVATE_LETTERS
from pipelines.repair.glance import Glance, kind_of
from pipelines.repair.untouched import outside

# UTF-8's replacement character read as GBK, and freshly allocated memory read as GBK.
LOST = re.compile("锟斤拷|烫烫烫|屯屯屯")
LOST_LETTERS = kind_of("锟烫屯")
MIN_LOST = 2
"""A text about the phenomenon names it once."""
ENTITY = re.compile(r"&#(?:x([0-9a-fA-F]{4})|([0-9]{5}));")
ENTITY_ENCODED = re.compile(ENTITY.pattern.encode())
PRIVATE_RAW = re.compile("[\ue000-\uf8ff]")
PRIVATE = re.compile(rf"{PRIVATE_RAW.pattern}|{ENTITY.pattern}")
MIN_OBFUSCATED, MIN_SHARE = 15, 0.03
"""Private-use characters within words: a page with icons has them alone in their elements."""


REPLACED = re.compile("\ufffd+")
LINE_END = re.compile(r"[<>\n]")
MAX_LINE, MAX_LOST = 200, 5_000
"""Characters of its line looked at on each side of a loss, and losses looked at: a page made to stall us has a million."""
REPLACED_LETTERS = kind_of("\ufffd")
FOUR_MARKS = re.compile(rb"\?\?\?\?")
"""A pattern that is all letters is looked for faster than `in` does."""
MIN_QUESTIONED, MIN_SHARE_QUESTIONED = 40, 0.2
"""Question marks in long rows, and their share of the Chinese characters: a text of a database that holds no Chinese."""


def count_lost(text: str, seen: Glance, n_errors: int = 0) -> int:
    """Count the places where text was overwritten for good. `n_errors`: replacement characters that are no loss of the text, but of decoding.

    >>> from pipelines.repair.glance import glance
    >>> [count_lost(text, glance(text)) for text in ("锟斤拷锟斤拷，后面的字还在", "什么是“锟斤拷”？", "候\ufffd\ufffd在，湿\ufffd公园")]
    [2, 0, 2]
    """
    n = sum(1 for _ in LOST.finditer(text)) if seen.has(LOST_LETTERS) and LOST.search(seen.beyond) else 0
    if seen.has(REPLACED_LETTERS) and seen.beyond.count("\ufffd") > n_errors:
        n += sum(_in_prose(text, match) for match in islice(REPLACED.finditer(text), MAX_LOST))
    if seen.has(PRIVATE_LETTERS):
        n += sum(_in_words(text, match) for match in PRIVATE_RAW.finditer(text))
    return (n if n >= MIN_LOST else 0) + _count_questioned(text, seen)


def _in_prose(text: str, match: re.Match[str]) -> bool:
    """Say whether a mark stands in a sentence: in a list of links it is no loss of the article's text."""
    before, behind = text[max(0, match.start() - MAX_LINE) : match.start()], text[match.end() : match.end() + MAX_LINE]
    line = LINE_END.split(before)[-1] + LINE_END.split(behind, maxsplit=1)[0]
    return _beside_words(text, match) and ("，" in line or "。" in line)


def _beside_words(text: str, match: re.Match[str]) -> bool:
    return is_han(text[match.start() - 1 : match.start()]) or is_han(text[match.end() : match.end() + 1])


def _in_words(text: str, match: re.Match[str]) -> bool:
    """Say whether a private-use character stands between others: an icon stands before its word."""
    behind = text[match.end() : match.end() + 1]
    return is_han(text[match.start() - 1 : match.start()]) and (is_han(behind) or behind.isdigit() or behind in "，。、")


def _count_questioned(text: str, seen: Glance) -> int:
    """Count the rows of question marks that stand for a text; 0 where they are few."""
    if FOUR_MARKS.search(seen.encoded) is None:
        return 0
    rows = re.findall(r"\?{4,}", text)
    n_marks = sum(map(len, rows))
    return len(rows) if n_marks >= max(MIN_QUESTIONED, MIN_SHARE_QUESTIONED * sum(map(is_han, seen.beyond))) else 0


def count_obfuscated(text: str, seen: Glance) -> int:
    """Count characters that only the page's own font can show; 0 where they are too few to be the text."""
    has_private = seen.has(PRIVATE_LETTERS)
    n_raw = len(PRIVATE_RAW.findall(seen.beyond)) if has_private else 0
    if n_raw + len(ENTITY_ENCODED.findall(seen.encoded)) < MIN_OBFUSCATED:
        return 0
    printed = PRIVATE if has_private else ENTITY  # a pattern that begins with a letter is looked for much faster
    if sum(1 for match in printed.finditer(text) if _is_private(match)) < MIN_OBFUSCATED:
        return 0
    n = sum(1 for match in outside(text, printed) if _is_private(match) and _beside_words(text, match))
    if n < MIN_OBFUSCATED:
        return 0
    n_han = sum(map(is_han, text))
    return n if n >= MIN_SHARE * n_han else 0


def _is_private(match: re.Match[str]) -> bool:
    hexadecimal, decimal = match.groups()
    return is_private(match.group()) if not (hexadecimal or decimal) else 0xE000 <= int(hexadecimal or "0", 16) + int(decimal or 0) < 0xF900
