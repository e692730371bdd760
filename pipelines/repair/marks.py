"""Sentence marks of disguised pages: full width again, inserted commas out."""

import re

from pipelines.repair.screen import HAN

CHINESE = rf"{HAN}\u3000-\u303f“”‘’…—·！，．：；？（）"
FULL_WIDTH = re.compile(r"[！，：；？（）]")
HALF_AFTER_HAN = re.compile(rf"(?<=[{HAN}])[!,:;?]")
MARK = re.compile(rf"(?<=[{CHINESE}])[!,:;?]|[!,;?](?=[{CHINESE}])")
BRACKETS = re.compile(r"\(([^()<>\n]{1,200})\)")
HAS_HAN = re.compile(rf"[{HAN}]")
INSERTED_COMMA = re.compile(r"[,，](?=[，。、！？；：,;!?])")
TO_FULL = {ord(char): chr(ord(char) + 0xFEE0) for char in "!,:;?()"}
MIN_INSERTED = 3


def is_folded(text: str) -> bool:
    """Say whether the full-width ASCII of a Chinese text was folded to half width."""
    n_half = sum(1 for _ in HALF_AFTER_HAN.finditer(text))
    return n_half > 20 * sum(1 for _ in FULL_WIDTH.finditer(text))


def unfold(text: str) -> str:
    """Give marks beside Chinese characters their full width again.

    >>> unfold("规模超4万亿元,占全国的10%,(记者 韩梅)价格为1,000元")
    '规模超4万亿元，占全国的10%，（记者 韩梅）价格为1,000元'
    """
    text = BRACKETS.sub(lambda match: f"（{match.group(1)}）" if HAS_HAN.search(match.group(1)) else match.group(), text)
    return MARK.sub(lambda match: match.group().translate(TO_FULL), text)


def count_inserted_commas(text: str) -> int:
    """Count commas put before other marks; 0 where they are too few to be a mirror's work."""
    n = sum(1 for _ in INSERTED_COMMA.finditer(text))
    return n if n >= MIN_INSERTED else 0
