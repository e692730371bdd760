"""Pinyin readings of a character, with tone marks."""

from functools import cache

from pypinyin import Style, pinyin

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
LETTERS = "a-zêüńňǹḿ" + TONED


@cache
def readings(char: str) -> frozenset[str]:
    """Return the toned readings of one character.

    >>> sorted(readings("調"))
    ['diào', 'tiáo', 'zhōu']
    """
    return frozenset(pinyin(char, style=Style.TONE, heteronym=True)[0])


def is_toned(syllable: str) -> bool:
    """Say whether a syllable carries a tone mark."""
    return any(char in TONED for char in syllable)
