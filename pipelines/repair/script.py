"""Traditional and Simplified characters, one at a time, as the mirror program converts them."""

import re
from functools import cache

from opencc import OpenCC

from pipelines.repair.gbk import encode_pair

# Simplified characters that are Traditional ones as well; the mirrors' converter leaves them alone
# (seen on 40 damaged pages of 37 hosts: 后 里 云 只 and 制 stay, 发 台 and 着 never do).
LEFT_ALONE = frozenset(
    "么后里云余干于系面只采并制柜志范周升咨表岳托卷松谷斗折丑卜游回向合同注群效迹占才布凶伙杯欲炮熏恒皂栗吃秘核沾洒岩淡唇尸弦灶局它伫克仆胡姜郁杰污症粗糙"
)
ALWAYS_CONVERTED = {"着": "著", "台": "臺", "复": "復", "发": "發", "准": "準", "国": "國", "为": "為", "众": "眾"}
CJK = range(0x3400, 0xA000)


@cache
def _converter(config: str) -> OpenCC:
    """Kept for good: to throw one away takes nearly as long as to load it."""
    return OpenCC(config)


def _convert_each(config: str, chars: list[str]) -> list[str]:
    converted = _converter(config).convert("\n".join(chars)).split("\n")
    return [new if len(new) == 1 else old for old, new in zip(chars, converted, strict=True)]


@cache
def to_traditional_table() -> dict[str, str]:
    """Map each Simplified character to what the mirrors' converter writes for it."""
    chars = [chr(code) for code in CJK]
    table = {
        old: new
        for old, new in zip(chars, _convert_each("s2t", chars), strict=True)
        if old != new and old not in LEFT_ALONE and encode_pair(old) and encode_pair(new)
    }
    return table | ALWAYS_CONVERTED


@cache
def to_simplified_table() -> dict[int, str]:
    """Map Traditional characters, those of Hong Kong (衞) too, to Simplified ones, for `str.translate`."""
    chars = [chr(code) for code in CJK]
    pairs = zip(chars, _convert_each("hk2s", chars), strict=True)
    return {ord(old): new for old, new in pairs if old != new} | {ord("著"): "着"}


@cache
def simplified_only() -> frozenset[str]:
    """Characters that cannot stand in converted text, because the converter replaces them."""
    return frozenset(to_traditional_table())


def is_everyday(char: str) -> bool:
    """Say whether the Simplified form of a character is among the 6,763 of GB 2312.

    >>> is_everyday("聽"), is_everyday("聎")
    (True, False)
    """
    try:
        to_simplified_table().get(ord(char), char).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def to_simplified(text: str) -> str:
    """Convert Traditional text to Simplified as OpenCC does, phrase by phrase. It leaves every 著; see `settle_zhe`.

    >>> to_simplified("資料庫")
    '资料库'
    """
    converted: str = _converter("t2s").convert(text)
    return converted


ZHU = re.compile(r"[显卓昭名原专论编译巨遗拙土]著|著(?=[名述称者]|作(?![风业出为战])|书立|有《)")
"""Where 著 was 著: "notable", "to write", "work"; everywhere else the converter made it of 着 (39 to 1 in news)."""


def settle_zhe(text: str) -> str:
    """Write 着 for each 著 that the mirror made of it.

    >>> settle_zhe("看著显著提升，随著著名学者的著作")
    '看着显著提升，随着著名学者的著作'
    """
    if "著" not in text:
        return text
    kept = {match.start() + match.group().index("著") for match in ZHU.finditer(text)}
    return "".join("着" if char == "著" and at not in kept else char for at, char in enumerate(text))
