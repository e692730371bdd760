"""Pinyin readings of a character, with tone marks."""

from functools import cache

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
LETTERS = "a-zêüńňǹḿ" + TONED
_TONED = frozenset(TONED)


@cache
def _table() -> dict[int, str]:
    """pypinyin's characters. Its import takes a quarter of a second, so clean pages go without it."""
    from pypinyin.constants import PINYIN_DICT

    table: dict[int, str] = PINYIN_DICT
    return table


@cache
def readings(char: str) -> frozenset[str]:
    """Return the toned readings of one character.

    >>> sorted(readings("調"))
    ['diào', 'tiáo', 'zhōu']
    """
    return frozenset(_table().get(ord(char), "").split(","))


def is_toned(syllable: str) -> bool:
    """Say whether a syllable carries a tone mark."""
    return not _TONED.isdisjoint(syllable)
