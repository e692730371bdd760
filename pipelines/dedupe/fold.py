"""Fold a text so that copies of it look alike: width, script and case do not tell copies apart."""

import re
import unicodedata
from functools import cache

import opencc

# Longer texts are cut here: every step below is linear, but alignment is not, and no news item is this long.
MAX_CHARS = 60_000
SPACES = re.compile(r"[ \0\t\r\f\v\u200b\ufeff]+")


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return `text` in Simplified script, compatibility forms folded, lower case, runs of blanks as one. Line feeds stay."""
    text = SPACES.sub(" ", text[:MAX_CHARS])
    if not text.isascii():
        # Half a surrogate pair is no character; converters written in C refuse it.
        text = text.encode("utf-8", "replace").decode("utf-8")
        text = _to_simplified().convert(unicodedata.normalize("NFKC", text))
    return text.lower()
