"""Bytes that were read as Latin-1 or cp1252: UTF-8 and GBK, in whole texts and in pieces of sound ones.

What cp1252 cannot show was often lost on the way; a character it leaves open is EATEN, or the only everyday one that it can have been.
"""

import re
from collections.abc import Callable
from functools import cache
from html import unescape

from pipelines.repair.everyday import MIN_COMMON, common_characters, is_chinese_text
from pipelines.repair.gbk import is_han
from pipelines.repair.runs import EATEN

HIGH = re.compile(
    r"[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
"""Bytes without a character in cp1252."""
DROPPED = (*UNDEFINED, 0xAD)
"""Bytes that may have gone without a trace: the last one is a soft hyphen."""


@cache
def _cp1252_bytes() -> dict[int, int]:
    """Map characters to the byte that cp1252 read, the five undefined bytes as Latin-1 reads them."""
    return {ord(bytes((byte,)).decode("cp1252", "replace").replace("\ufffd", chr(byte))): byte for byte in range(256)} | {
        byte: byte for byte in range(0x80, 0x100)
    }


def _class(first: int, last: int) -> str:
    """The characters that stand for the bytes of a range."""
    return "[" + "".join(re.escape(chr(char)) for char, byte in _cp1252_bytes().items() if first <= byte <= last) + "]"


NEXT = _class(0x80, 0xBF)
THREE = rf"[\xe2-\xef]{NEXT}{NEXT}"
FULL = re.compile(rf"\xf0{NEXT}{NEXT}{NEXT}|{THREE}|[\xc2-\xdf]{NEXT}")
TRIPLE = re.compile(THREE)
LOOSE = re.compile(rf"{FULL.pattern}|\xe2[\x80€][\ufffd?]?|[\xe3-\xe9\xef](?:{NEXT}[\ufffd? ]?|[\ufffd? ]{NEXT}?)?")
# What no text prints: the marks “ ” ‘ ’ – — … and the Chinese ones, the signs £ § © ° · and accents, read so.
SURE = re.compile(
    rf"\xe2[\x80€]{NEXT}|\xe3[\x80€]{NEXT}|\xef[\xbc\xbd]{NEXT}|\xef\xbb\xbf|\xef\xbf\xbd|\xc2[\xa0-\xaa\xac-\xba\xbc-\xbf]|\xc3[\xa0-\xaa\xac-\xba\xbc-\xbf]"
    rf"|(?:{THREE}){{2,}}|\xc2 (?=(?:\xc2 )*[\u3400-\u9fff“《])"
)
ACCENTS = re.compile(r"[\xc0-\xd6\xd8-\xf6\xf8-\xfe]")
MARK = re.compile("[\xb7\u2010-\u203f\u3000-\u303f\uff01-\uff5e]")
DENSE = 4
"""Whole characters of UTF-8 that show a text to be damaged, not to hold a damaged mark."""
MAX_LOST = 0.3
"""Share of lost characters up to which the rest is still read back."""
ONLY_UTF8 = re.compile("[\x80-\x9f€‚ƒ„†‡ˆ‰Š‹ŒŽ™š›œžŸ˜]")
"""What GB 2312 read as Latin-1 has not."""
GBK_RUN = re.compile("(?:[\xa1-\xfe][\xa1-\xfe])+")
GBK_LONG = re.compile("(?:[\xa1-\xfe][\xa1-\xfe]){4}")


def _as_bytes(text: str) -> bytes | None:
    table = _cp1252_bytes()
    codes = [table.get(ord(char)) for char in text]
    return bytes(code for code in codes if code is not None) if None not in codes else None


def undo_utf8_latin1(segment: str) -> str | None:
    """UTF-8 read as Latin-1 or cp1252, up to three times.

    >>> undo_utf8_latin1("ä¸\xadå›½")
    '中国'
    """
    return _repeated(segment, _whole)


def undo_pieces_of_utf8(segment: str) -> str | None:
    """The same where it is a piece of sound text, or bytes are lacking.

    >>> undo_pieces_of_utf8("他说：â€œ好")
    '他说：“好'
    """
    return _repeated(segment, _pieces)


def _repeated(segment: str, undo: Callable[[str], str | None]) -> str | None:
    text = segment
    for _ in range(3):
        once = undo(text)
        if once is None or once == text:
            break
        text = once
    return text.replace("\ufeff", "") if text != segment else None


def _whole(text: str) -> str | None:
    if len(HIGH.findall(text)) < 4 or (data := _as_bytes(text)) is None:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _pieces(text: str) -> str | None:
    if len(ONLY_UTF8.findall(text)) >= DENSE and not is_chinese_text(peeled := _peeled(text), 1) and len(TRIPLE.findall(peeled)) >= DENSE:
        text = peeled
    if len(TRIPLE.findall(text)) < DENSE:
        return None if GBK_LONG.search(text) else SURE.sub(_sure, text)
    read = LOOSE.sub(_loose, text)
    is_read = read.count(EATEN) <= MAX_LOST * len(read) and len(ACCENTS.findall(read)) <= 0.1 * len(read)
    return read if is_read and is_chinese_text(read) else None


def _peeled(text: str) -> str:
    """Undo one reading of two, which leaves no Chinese yet."""
    return FULL.sub(lambda match: (_as_bytes(match.group()) or b"").decode("utf-8", "replace"), text)


def _sure(match: re.Match[str]) -> str:
    if match.group() == "\xc2 ":
        return "\xa0"
    read = (_as_bytes(match.group()) or b"").decode("utf-8", "replace")
    han = list(filter(is_han, read))
    return read if all(map(common_characters().__contains__, han)) else match.group()


def _loose(match: re.Match[str]) -> str:
    """Read one character, the bytes of which may be lost in part."""
    shown = match.group()
    data = _as_bytes(shown)
    if data is not None and FULL.fullmatch(shown):
        return data.decode("utf-8", "replace").replace("\ufffd", EATEN)
    known = [None if char in "\ufffd?" else 0xA0 if char == " " else _cp1252_bytes()[ord(char)] for char in shown]
    if len(known) < 3:
        whole = [_everyday([known[0], byte, *known[1:]]) + _everyday([*known, byte]) for byte in DROPPED] if len(known) == 2 else []
    elif None in known:
        whole = [_everyday([byte if code is None else code for code in known]) for byte in UNDEFINED]
    else:
        whole = [_everyday(known)]
    fitting = "".join(whole)
    return fitting if len(fitting) == 1 else EATEN


def _everyday(codes: list[int | None]) -> str:
    """Return the everyday character, or mark, of three bytes; "" where they make none."""
    try:
        char = bytes(code for code in codes if code is not None).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return char if char in common_characters() or char in "“”‘’…—　、。《》「」『』【】！（），：；？" else ""


def undo_gbk_latin1(segment: str) -> str | None:
    """GBK read as Latin-1 or cp1252.

    >>> undo_gbk_latin1("ÖÐ¹úÈËÃñ"), undo_gbk_latin1("××××")
    ('中国人民', None)
    """
    if len(set(ACCENTS.findall(segment))) < 3 or (data := _as_bytes(segment)) is None:
        return None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if is_chinese_text(text) and not is_chinese_text(segment) else None


def undo_pieces_of_gbk(segment: str) -> str | None:
    """The same where it is a piece of sound text.

    >>> undo_pieces_of_gbk("本报讯 ÖÐ¹úÈËÃñÒøÐÐ昨天")
    '本报讯 中国人民银行昨天'
    """
    if len(ONLY_UTF8.findall(segment)) >= DENSE:
        return None
    if not GBK_LONG.search(segment) or len(set(ACCENTS.findall(segment))) < 3 or max(segment) < "\u2e80":
        return None
    text = GBK_RUN.sub(_gbk, segment)
    return text if text != segment else None


def _gbk(match: re.Match[str]) -> str:
    text = match.group().encode("latin-1").decode("gb18030", "replace")
    odd = sum(char not in common_characters() and not MARK.match(char) for char in text)
    return text if odd <= (1 - MIN_COMMON) * len(text) else match.group()


LATIN_ENTITY = re.compile(
    r"&(?:[aeiounyAEIOUNYcC](?:acute|grave|circ|uml|tilde|ring|cedil)|AElig|aelig|ETH|eth|THORN|thorn|szlig|[Oo]slash|times|divide"
    r"|nbsp|iexcl|cent|pound|curren|yen|brvbar|sect|uml|copy|ordf|laquo|not|shy|reg|macr|deg|plusmn|sup[123]|acute|micro|para|middot|cedil|ordm"
    r"|raquo|frac1[24]|frac34|iquest|[lr][sd]quo|[bs]dquo|sbquo|[mn]dash|hellip|trade|euro|[lr]saquo|dagger|Dagger|permil|bull|circ|tilde|fnof"
    r"|OElig|oelig|[Ss]caron|Yuml|#1[2-9][0-9]|#2[0-4][0-9]|#25[0-5]|#33[89]|#35[23]|#376|#38[12]|#402|#710|#732|#8[2-4][0-9][0-9]);"
)
ENTITIES = re.compile(f"(?:{LATIN_ENTITY.pattern}){{2,}}")
# Two letters with accents side by side, as no language has them often; a literal stands first, so that it is looked for fast.
SHOWS_ENTITIES = re.compile(
    rb";&(?:[aeiounyAEIOUNYcC](?:acute|grave|circ|uml|tilde|ring|cedil)|AElig|aelig|ETH|eth|THORN|thorn|szlig|#1[6-9][0-9]|#2[0-5][0-9]);"
)


def without_entities(segment: str) -> str:
    """Return the segment with the characters of Latin-1 and cp1252 for their entities.

    >>> without_entities("&Ouml;&ETH;&sup1;&uacute; &lt;")
    'ÖÐ¹ú &lt;'
    """
    return LATIN_ENTITY.sub(lambda match: unescape(match.group()), segment)
