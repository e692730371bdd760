"""Fold a text so that copies of it look alike: width, script and case do not tell copies apart."""

import re
import unicodedata
from functools import cache

import opencc

MAX_CHARS = 60_000
"""Longer texts are cut here, before and after: no news item is this long."""
COLUMN = re.compile(r"^\s*[【\[〔「][^】\]〕」]{1,30}[】\]〕」](?=.{6})")
"""A column's name before a headline: shared by headlines that have nothing else in common."""
GOES_ON = re.compile(
    r"[\s.。·]*[\[(【<《「]?\s*(?:点击(?:此处)?|请)?(?:阅读|查看|浏览|展开|显示|打开)(?:剩余|剩下|更多|原文|全文|全部|余下)"
    r"(?:全文|内容|正文|部分)?\s*(?:\d{1,3}%)?\s*(?:>{1,3}|»)?[\])】>》」]?\s*$"
)
"""What stands at the end of a text that was cut ("...[阅读全文]"), folded: in a short one it is a tenth of the words."""
GOES_ON_CHARS = 40
"""Looked through for it."""
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


def fold_text(text: str) -> str:
    """Fold the text of a page; the words that lead to the rest of a cut one are no part of it.

    >>> fold_text("受表彰代表作了發言……【閱讀全文】")
    '受表彰代表作了发言'
    >>> fold_text("圖書館昨日起可點擊查看全文。")
    '图书馆昨日起可点击查看全文。'
    """
    folded = fold(text)
    goes_on = GOES_ON.search(folded, max(0, len(folded) - GOES_ON_CHARS))
    return folded[: goes_on.start()] if goes_on else folded


def fold_title(title: str) -> str:
    """Return what tells a headline from others: folded letters and digits, without the column it stands in.

    >>> fold_title("【學習貫徹】 第2條公交線路 開通")
    '第2条公交线路开通'
    """
    return "".join(filter(str.isalnum, COLUMN.sub("", fold(title))))
