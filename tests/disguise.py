"""What the mirror program does to a page, forward: our tool for making damaged text of any text.

It converts to Traditional one character at a time, holds the text as GBK bytes, puts "(pinyin)" after each listed character
and one byte before each sentence mark wherever their two bytes stand, then reads the bytes as CP936 does.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from pypinyin import Style, pinyin

from pipelines.repair.script import to_traditional_table

SMALL = "數設發網區絡業經礎產創優關據調協術規應貿現學務聯統領導構內側轉節質結穩風環續責戰準監紀習補認聽謹財詢論"
MEDIUM = SMALL + "個動勢國團報場實對擴時會標機當級臺計誰進運達錯點權態細儲護濟養擔復預遠識負簡費請號價獻項藍強"
LARGE = MEDIUM + "來問寫庫愛沒測無萬見話語說過長開隊頁類驗書蟲訪蘋夢嚴驅評競"
LISTS = {"v0": "", "v1": SMALL, "v1b": MEDIUM, "v2": LARGE}
READING = {"說": "shuō", "長": "zhǎng", "調": "diào", "創": "chuàng", "應": "yīng", "規": "guī"}
MARKS = "。！？，：；"
INSERTED = b"\x01"
FOLD = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
P_STRADDLING = 0.9
"""Chance that a mark's code which belongs to two characters is split off, as counted on real pages."""


def reading(char: str) -> str:
    return READING.get(char) or pinyin(char, style=Style.TONE)[0][0]


def gbk_bytes(text: str) -> bytes:
    table = to_traditional_table()
    return "".join(table.get(char, char) for char in text).encode("gbk", "replace")


def straddling_marks(data: bytes) -> list[int]:
    """Offsets at which the two bytes of a mark belong to two characters."""
    starts, at = set(), 0
    while at < len(data):
        starts.add(at)
        at += 1 if data[at] < 0x80 else 2
    codes = {mark.encode("gbk") for mark in MARKS}
    return [at for at in range(len(data) - 1) if data[at : at + 2] in codes and at not in starts]


def read_as_cp936(data: bytes) -> Iterator[str]:
    at = 0
    while at < len(data):
        lead = data[at]
        if lead < 0x80:
            yield "" if data[at : at + 1] == INSERTED else chr(lead)
            at += 1
        elif lead in (0x80, 0xFF) or at + 1 == len(data):
            yield "?"
            at += 1
        else:
            yield "?" if data[at + 1] < 0x40 else data[at : at + 2].decode("gb18030", "replace").replace("\ufffd", "?")
            at += 2


def damaged(line: str, listed: str, split_at: Collection[int], *, folded: bool = True) -> str:
    """Damage a line; `split_at`: offsets in its GBK bytes where a byte is put in."""
    data = b"".join((INSERTED if at in split_at else b"") + bytes((byte,)) for at, byte in enumerate(gbk_bytes(line)))
    for char in listed:
        code = char.encode("gbk")
        data = data.replace(code, code + f"({reading(char)})".encode("gbk"))
    text = "".join(read_as_cp936(data))
    return text.translate(FOLD) if folded else text


def disguise(text: str, variant: str, rng: random.Random, *, folded: bool = True) -> str:
    """Damage a text, line by line, as a mirror with that list of characters does."""
    lines = []
    for line in text.split("\n"):
        split_at = [at for at in straddling_marks(gbk_bytes(line)) if rng.random() < P_STRADDLING]
        lines.append(damaged(line, LISTS[variant], split_at, folded=folded))
    return "\n".join(lines)


def all_damages(line: str, listed: str, *, folded: bool = True) -> Iterator[str]:
    """Every way the program may have damaged a short line."""
    marks: Sequence[int] = straddling_marks(gbk_bytes(line))
    for n in range(len(marks) + 1):
        for split_at in combinations(marks, n):
            yield damaged(line, listed, split_at, folded=folded)
