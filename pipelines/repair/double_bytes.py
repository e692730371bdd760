"""Bytes of one charset of two-byte characters read as those of another: UTF-8 as GBK, Big5 as GBK, GBK as Big5.

What has no character there was lost on the way; a character it leaves open is EATEN.
"""

import re
from collections.abc import Callable

from pipelines.decode.mixed import put_in_step
from pipelines.repair.everyday import is_chinese_text
from pipelines.repair.gbk import is_private
from pipelines.repair.runs import EATEN

KANA = slice(0x3041, 0x3097)
SPACES = re.compile(r"[\s\u3000]*")
CUT_TAG = re.compile(
    rf"{EATEN}(?=/?(?:p|br|div|span|strong|b|em|i|a|img|td|tr|li|ul|h[1-6]|font|center|section|title|head)\b[^<>]{{0,300}}$)", re.IGNORECASE
)
"""A tag whose "<" was eaten with the last byte of the text before it."""
MAX_LOST = 0.3
"""Share of lost characters up to which the rest is still read back."""
LOST = re.compile("\\??\ufffd+(?:\\?+\ufffd*)*")


def undo_big5_gbk(segment: str) -> str | None:
    """Big5 read as GBK: private-use cells and kana are what it is full of."""
    if len(segment) < 4 or not any(is_private(char) or KANA.start <= ord(char) < KANA.stop for char in segment):
        return None
    return _behind_spaces(segment, lambda text: _proved(encode_gbk(text), "big5hkscs", text))


def undo_gbk_big5(segment: str) -> str | None:
    """GBK read as Big5.

    >>> undo_gbk_big5("笢弊淉葬")
    '中国政府'
    """
    return _behind_spaces(segment, lambda text: _proved(_encoded(text, "big5hkscs"), "gb18030", text))


def undo_utf8_gbk(segment: str) -> str | None:
    """UTF-8 read as GBK; "€" is the byte 0x80 then.

    >>> undo_utf8_gbk("浣犲ソ鐨勪笘鐣�").replace(EATEN, "?"), undo_utf8_gbk("銆€銆€浠婂悗涓夊勾")
    ('你好的世?', '\\u3000\\u3000今后三年')
    """
    return _behind_spaces(segment, _undo_utf8_gbk)


def _undo_utf8_gbk(text: str) -> str | None:
    read = _proved(encode_gbk(text), "utf-8", text)
    return CUT_TAG.sub(EATEN + "<", read) if read else None


def _behind_spaces(segment: str, undo: Callable[[str], str | None]) -> str | None:
    """Undo what stands behind the spaces that a site sets before its paragraphs: they are sound."""
    spaces = SPACES.match(segment)
    first = spaces.end() if spaces else 0
    read = undo(segment[first:])
    return segment[:first] + read if read is not None else None


def encode_gbk(text: str) -> bytes | None:
    """Return the bytes that were read as GBK; a lone 0x80 is shown as the euro sign."""
    parts = [_encoded(part, "gb18030") for part in text.split("€")]
    whole = [part for part in parts if part is not None]
    return b"\x80".join(whole) if len(whole) == len(parts) else None


def _encoded(text: str, charset: str) -> bytes | None:
    try:
        return text.replace("\ufffd", "?").encode(charset)
    except UnicodeEncodeError:
        return None


def _proved(data: bytes | None, charset: str, before: str) -> str | None:
    """Return the text of the bytes where it is Chinese, which it was not before; lost characters are EATEN."""
    if data is None or data.isascii():
        return None
    text = LOST.sub(EATEN, (put_in_step(data) if charset == "gb18030" else data).decode(charset, "replace"))
    is_whole = text.count(EATEN) <= MAX_LOST * len(text)
    return text if is_whole and is_chinese_text(text) and not is_chinese_text(before) else None
