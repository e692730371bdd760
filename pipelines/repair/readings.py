"""Pinyin readings of a character, with tone marks."""

from functools import cache

from pypinyin.constants import PINYIN_DICT

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
LETTERS = "a-zêüńňǹḿ" + TONED


@cache
def readings(char: str) -> frozenset[str]:
    """Return the toned readings of one character.

    >>> sorted(readings("調"))
    ['diào', 'tiáo', 'zhōu']
    """
    return frozenset(PINYIN_DICT.get(ord(char), "").split(","))


def is_toned(syllable: str) -> bool:
    """Say whether a syllable carries a tone mark."""
    return any(char in TONED for char in syllable)
