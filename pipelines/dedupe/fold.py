"""Fold a text so that copies of it look alike: width, script and case do not tell copies apart."""

import re
import unicodedata
from functools import cache

import opencc

# Longer texts are cut here: every step below is linear, but alignment is not, and no news item is this long.
MAX_CHARS = 60_000
COLUMN = re.compile(r"^\s*[【\[〔「][^】\]〕」]{1,30}[】\]〕」](?=.{6})")
"""A column's name before a headline: shared by headlines that have nothing else in common."""
NOTHING = ("\u200b", "\ufeff", "\0")
"""Characters without width: pages break words with them."""


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return `text` in Simplified script, compatibility forms folded, lower case. Line feeds stay."""
    text = text[:MAX_CHARS]
    for character in NOTHING:
        text = text.replace(character, "")
    if not text.isascii():
        # Half a surrogate pair is no character; converters written in C refuse it.
        text = text.encode("utf-8", "replace").decode("utf-8")
        text = _to_simplified().convert(unicodedata.normalize("NFKC", text))
    return text.lower()


def fold_title(title: str) -> str:
    """Return what tells a headline from others: folded letters and digits, without the column it stands in.

    >>> fold_title("【學習貫徹】 第2條公交線路 開通")
    '第2条公交线路开通'
    """
    return "".join(c for c in COLUMN.sub("", fold(title)) if c.isalnum())
