"""GBK as the mirror program sees it: pairs of bytes, private-use cells included."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

LEADS = range(0x81, 0xFF)
PRIVATE_LETTERS = frozenset(map(chr, range(0xE000, 0xF900)))
ASCII = bytes(range(0x80))
TRAILS = tuple(b for b in range(0x40, 0xFF) if b != 0x7F)


def is_private(char: str) -> bool:
    """Say whether a character is of the private-use area: what CP936 makes of user-defined cells.

    >>> is_private("\\ue1d8"), is_private("的")
    (True, False)
    """
    return "\ue000" <= char <= "\uf8ff"


def is_han(char: str) -> bool:
    """Say whether a character is a Chinese one of the basic planes."""
    return "\u3400" <= char <= "\u9fff"


def without_ascii(text: str) -> str:
    """Return the characters beyond ASCII, in their order: without its markup little of a page is left to look through.

    >>> without_ascii("<p>原文 ok</p>")
    '原文'
    """
    return text.encode("utf-8", "surrogatepass").translate(None, ASCII).decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class BeyondAscii:
    """What a text holds beyond ASCII; made once, looked at by every screen."""

    text: str
    """The characters in their order."""
    letters: frozenset[str]
    """The different ones of the basic plane."""


def beyond_ascii(text: str) -> BeyondAscii:
    """Look for the characters beyond ASCII.

    >>> sorted(beyond_ascii("<p>原文原 é").letters)
    ['é', '原', '文']
    """
    high = without_ascii(text)
    is_there = np.zeros(0x10000, dtype=bool)
    is_there[utf16_codes(high)] = True
    is_there[0xD800:0xE000] = False
    return BeyondAscii(high, frozenset(map(chr, np.flatnonzero(is_there).tolist())))


def utf16_codes(text: str) -> npt.NDArray[np.uint16]:
    """Return the code units of a text: a Python string for each of a page's characters would take longer than all the looks at them."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


@cache
def encode_pair(char: str) -> tuple[int, int] | None:
    """Return lead and trail byte of a character; None where GBK has no pair for it.

    >>> encode_pair("校")
    (208, 163)
    """
    try:
        code = char.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return (code[0], code[1]) if len(code) == 2 else None


@cache
def characters() -> dict[tuple[int, int], str]:
    """Map every pair of bytes that is a character of its own (no private use) to that character."""
    table = {}
    for lead in LEADS:
        for trail in TRAILS:
            char = bytes((lead, trail)).decode("gb18030", "replace")
            if len(char) == 1 and char != "\ufffd" and not is_private(char):
                table[lead, trail] = char
    return table


def full_width(char: str) -> str:
    """Return the full-width form of an ASCII character that a corpus may have folded.

    >>> full_width("!"), full_width("~")
    ('！', '～')
    """
    return chr(ord(char) + 0xFEE0)
