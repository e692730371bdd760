"""Characters left in the text as escapes of a program: `\\uXXXX`, `%uXXXX`, `uXXXX`, `\\xXX`, `%XX`."""

import re
from urllib.parse import unquote_to_bytes

from pipelines.repair.everyday import is_chinese_text
from pipelines.repair.glance import Glance

HEX = "[0-9a-fA-F]"
ONE_ESCAPE = re.compile(rf"(?:(?:\\{{1,2}}|%)u{HEX}{{4}})+")
# Spelt out: a repeated group would be tried at every character of the page, a class at the beginning at many.
TWO_ESCAPES = re.compile(rf"\\u{HEX}{HEX}{HEX}{HEX}[\\%]\\?u{HEX}{HEX}{HEX}{HEX}")
TWO_PERCENT_ESCAPES = re.compile(rf"%u{HEX}{HEX}{HEX}{HEX}[\\%]u{HEX}{HEX}{HEX}{HEX}")
THREE_BARE = re.compile(rf"u[3-9fF]{HEX}{HEX}{HEX}u[3-9fF]{HEX}{HEX}{HEX}u[3-9fF]{HEX}{HEX}{HEX}")
BARE = re.compile(rf"u(?:[3-9]{HEX}|[fF][fF]|20){HEX}{HEX}")
TWO_BYTES = re.compile(rf"\\x[b-fB-F]{HEX}\\x[89a-fA-F]{HEX}")
BYTES = re.compile(rf"(?:\\x{HEX}{{2}})+")
TWO_PERCENT = re.compile(rf"%(?<![/=&\w.?%+:#-]%)[a-fA-F]{HEX}%[89a-fA-F]{HEX}")
"""Two bytes that are not part of an address."""
PERCENT = re.compile(rf"(?<![/=&\w.?%+:#-])(?:%{HEX}{{2}}[\w.~!*()'/,:;-]*)+")
SHOWN = {"unicode_escape": (TWO_ESCAPES, TWO_PERCENT_ESCAPES, THREE_BARE), "byte_escape": (TWO_BYTES, TWO_PERCENT)}
SIGNS = frozenset(("backslash", "percent"))
SHOWN_ENCODED = {kind: tuple(re.compile(pattern.pattern.encode()) for pattern in patterns) for kind, patterns in SHOWN.items()}
THREE_BARE_ENCODED = SHOWN_ENCODED["unicode_escape"][-1]
CODE = re.compile(r"<(?:(script|style)\b[^<]*+(?:<(?!/\1\b)[^<]*+)*+|!--[^-]*+(?:-(?!->)[^-]*+)*+)", re.IGNORECASE)
"""Scripts, styles and comments, to the end of the page where nothing closes them."""
TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


def has_escapes(text: str, kind: str) -> bool:
    """Tell whether several escapes stand side by side."""
    if "\\" not in text and "%" not in text:
        return kind == "unicode_escape" and THREE_BARE.search(text) is not None
    return any(pattern.search(text) for pattern in SHOWN[kind])


def shows_escapes(text: str, seen: Glance, kind: str) -> bool:
    """Tell whether they do so outside of code and tags: every second page has some there. `seen`: of the text."""
    if SIGNS.isdisjoint(seen.signs):
        may_show = kind == "unicode_escape" and THREE_BARE_ENCODED.search(seen.encoded) is not None
    else:
        may_show = any(pattern.search(seen.encoded) for pattern in SHOWN_ENCODED[kind])
    if not may_show or not has_escapes(plain := CODE.sub("", text), kind):
        return False
    return has_escapes(TAG.sub("\n", plain), kind)  # addresses in tags are full of them


def unescape_unicode(segment: str) -> str | None:
    """Characters left as `\\uXXXX`, `%uXXXX`, or `uXXXX` where the sign before it was taken away.

    >>> unescape_unicode("\\\\u4e2d\\\\u56fd 2022"), unescape_unicode("u4e2du56fdu653fu5e9c 2022")
    ('中国 2022', '中国政府 2022')
    """
    if not has_escapes(segment, "unicode_escape"):
        return None
    if THREE_BARE.search(segment):  # a "%" before one is a sign of the text then
        text = BARE.sub(lambda match: _utf16(match.group()[1:]), segment)
    else:
        text = ONE_ESCAPE.sub(lambda match: _utf16(re.sub(r"\\{1,2}u|%u", "", match.group())), segment)
    return text if is_chinese_text(text) else None


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", "replace")


def unescape_bytes(segment: str) -> str | None:
    """Bytes of UTF-8 or GBK left as `\\xXX` or `%XX`.

    >>> unescape_bytes("%E4%B8%AD%E5%9B%BD"), unescape_bytes("https://a.example/%E4%B8%AD%E5%9B%BD")
    ('中国', None)
    """
    if not has_escapes(segment, "byte_escape"):
        return None
    text = BYTES.sub(lambda match: _decoded(bytes.fromhex(match.group().replace("\\x", "")), match.group()), segment)
    text = PERCENT.sub(lambda match: _decoded(unquote_to_bytes(match.group()), match.group()), text)
    return text if text != segment and is_chinese_text(text) else None


def _decoded(data: bytes, shown: str) -> str:
    for charset in ("utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return shown
