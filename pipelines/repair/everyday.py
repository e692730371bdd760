"""The characters that Chinese texts are written with: what proves that a reading is text."""

import re
from functools import cache

from pipelines.repair.gbk import is_han
from pipelines.repair.script import to_traditional_table

ODD = re.compile("[\ue000-\uf8ff\u3040-\u30ff]")
"""What wrong readings are full of."""
MIN_COMMON = 0.8
"""Share of everyday characters among the Chinese ones of a result: clean text has .97 and more, a wrong charset .2 to .6."""


@cache
def common_characters() -> frozenset[str]:
    """The 3,755 everyday characters of GB 2312 and their Traditional forms."""
    simplified = [bytes((a, b)).decode("gb2312", "ignore") for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF)]
    table = to_traditional_table()
    return frozenset(char for char in simplified if char) | {table[char] for char in simplified if char in table}


def is_chinese_text(text: str, at_least: int = 2) -> bool:
    """Say whether the Chinese characters of a text are such as texts are written with."""
    han = list(filter(is_han, text))
    if len(han) < at_least:
        return False
    odd = len(ODD.findall(text))
    return sum(map(common_characters().__contains__, han)) >= MIN_COMMON * (len(han) + odd)
