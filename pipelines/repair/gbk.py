"""GBK as the mirror program sees it: pairs of bytes, private-use cells included."""

from functools import cache

LEADS = range(0x81, 0xFF)
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
