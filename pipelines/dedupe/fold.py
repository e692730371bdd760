"""Fold a text so that copies of it look alike: width, script and case do not tell copies apart."""

import re
import unicodedata
from functools import cache

import opencc

MAX_CHARS = 60_000
"""Longer texts are cut here, before and after: no news item is this long."""
COLUMN = re.compile(r"^\s*[【\[〔「][^】\]〕」]{1,30}[】\]〕」](?=.{6})")
"""A column's name before a headline: shared by headlines that have nothing else in common."""
NOTHING = ("\u200b", "\ufeff", "\0")
"""Characters without width: pages break words with them."""
WIDE = tuple((chr(ord(mark) + 0xFEE0), mark) for mark in ",:;!?()")
"""Marks of nearly every Chinese text, and what NFKC makes of them. Without them most texts need no NFKC, which costs ten times more."""


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return `text` in Simplified script, compatibility forms folded, lower case. Line feeds stay."""
    text = text[:MAX_CHARS]
    for character in NOTHING:
        text = text.replace(character, "")
    if not text.isascii():
        text = _to_simplified().convert(_fold_width(_without_surrogates(text)))
    return text.lower()[:MAX_CHARS]  # one compatibility form may stand for eighteen letters


def _without_surrogates(text: str) -> str:
    """Half a surrogate pair is no character; converters written in C refuse it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _fold_width(text: str) -> str:
    """Return the NFKC form."""
    for wide, mark in WIDE:
        text = text.replace(wide, mark)
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def fold_title(title: str) -> str:
    """Return what tells a headline from others: folded letters and digits, without the column it stands in.

    >>> fold_title("【學習貫徹】 第2條公交線路 開通")
    '第2条公交线路开通'
    """
    return "".join(filter(str.isalnum, COLUMN.sub("", fold(title))))
