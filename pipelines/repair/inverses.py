"""Damage with an exact inverse: wrong charsets, escapes left in the text, invisible characters, radicals for characters.

Each inverse has a screen that clean text does not pass and a proof that its result is text; without the proof nothing changes.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from pipelines.repair.gbk import is_han, is_private
from pipelines.repair.glance import HAN_LETTERS, PRIVATE, Glance, kind_of
from pipelines.repair.script import to_traditional_table
from pipelines.repair.untouched import Untouched
from pipelines.types import ChangedSpan

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
CHINESE = rf"{HAN}\u3000-\u303f\uff00-\uff5e“”‘’…—·"
SEGMENT = re.compile(r"<[a-zA-Z/!][^<>]*>|[^<>\n\r]+")
HIGH = re.compile(
    r"[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
ODD = re.compile("[\ue000-\uf8ff\u3040-\u30ff]")
"""What wrong readings are full of."""
KANA = slice(0x3041, 0x3097)
TWO_BYTES = re.compile("[\xc2-\xef]" + HIGH.pattern)
MAX_PLACES = 50_000
"""Places put right in one page; a page of 8 MiB made to stall us has a million."""
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


@cache
def _cp1252_bytes() -> dict[int, int]:
    """Map characters to the byte that cp1252 read, the five undefined bytes as Latin-1 reads them."""
    return {ord(bytes((byte,)).decode("cp1252", "replace").replace("\ufffd", chr(byte))): byte for byte in range(256)} | {
        byte: byte for byte in range(0x80, 0x100)
    }


def _as_bytes(text: str) -> bytes | None:
    table = _cp1252_bytes()
    codes = [table.get(ord(char)) for char in text]
    return bytes(code for code in codes if code is not None) if None not in codes else None


def undo_utf8_latin1(segment: str) -> str | None:
    """UTF-8 read as Latin-1 or cp1252, up to three times.

    >>> undo_utf8_latin1("ä¸\xadå›½")
    '中国'
    """
    text = segment
    for _ in range(3):
        if len(HIGH.findall(text)) < 4 or (data := _as_bytes(text)) is None:
            break
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            break
    return text if text != segment else None


def undo_gbk_latin1(segment: str) -> str | None:
    """GBK read as Latin-1 or cp1252.

    >>> undo_gbk_latin1("ÖÐ¹úÈËÃñ")
    '中国人民'
    """
    if len(HIGH.findall(segment)) < 4 or (data := _as_bytes(segment)) is None:
        return None
    return _proved(data, "gb18030", segment)


def undo_big5_gbk(segment: str) -> str | None:
    """Big5 read as GBK: private-use cells and kana are what it is full of."""
    if len(segment) < 4 or not any(is_private(char) or KANA.start <= ord(char) < KANA.stop for char in segment):
        return None
    return _proved(data, "big5hkscs", segment) if (data := _encoded(segment)) else None


def undo_utf8_gbk(segment: str) -> str | None:
    """UTF-8 read as GBK; a byte that was lost leaves '?'.

    >>> undo_utf8_gbk("浣犲ソ鐨勪笘鐣�")
    '你好的世?'
    """
    data = _encoded(segment.replace("\ufffd", "?"))
    if data is None:
        return None
    text = re.sub("\ufffd+\\?*", "?", data.decode("utf-8", "replace"))
    lost = text.count("?")
    fits = lost <= 1 + segment.count("?") + segment.count("\ufffd") and lost <= 0.2 * len(text)
    return text if fits and is_chinese_text(text) and not is_chinese_text(segment) else None


def _encoded(segment: str) -> bytes | None:
    try:
        return segment.encode("gb18030")
    except UnicodeEncodeError:
        return None


def _proved(data: bytes, charset: str, before: str) -> str | None:
    try:
        text = data.decode(charset)
    except UnicodeDecodeError:
        return None
    return text if is_chinese_text(text) and not is_chinese_text(before) else None


ONE_ESCAPE = re.compile(r"(?:[\\%]u[0-9a-fA-F]{4})+")


def unescape_unicode(segment: str) -> str | None:
    """Characters left as `\\uXXXX` or `%uXXXX`.

    >>> unescape_unicode("\\\\u4e2d\\\\u56fd 2022")
    '中国 2022'
    """
    if not has_escapes(segment):
        return None
    text = ONE_ESCAPE.sub(lambda match: _utf16(re.sub(r"[\\%]u", "", match.group())), segment)
    return text if is_chinese_text(text) else None


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", "replace")


# Begins with letters that stand for themselves: such a pattern is looked for many times faster.
TWICE = re.compile(
    r"&amp;(?:amp;)*(?:((?i:ldquo|rdquo|lsquo|rsquo|nbsp|middot|hellip|mdash|ndash|times|deg|bull|ensp|emsp));|#(\d{2,6});|#[xX]([0-9a-fA-F]{2,5});)"
)
SHOWS_CODE = re.compile(r"<(?:pre|code|textarea)\b", re.IGNORECASE)
MIN_TWICE = 3
"""A page that explains one entity is left alone."""


def _once(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    return f"&{name};" if name else f"&#{decimal};" if decimal else f"&#x{hexadecimal};"


BESIDE = re.compile(f"[{CHINESE}]")
RADICAL = re.compile("[\u2e80-\u2fdf]")
# Radicals of the supplement have no decomposition; these are the ones PDF files put in the place of characters.
SUPPLEMENT = dict(zip("⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰", "母民西见角贝车长门青韦页风飞食马鬼鱼鸟麦黄齐齿龙", strict=True))


def _character(radical: str) -> str:
    return SUPPLEMENT.get(radical) or unicodedata.normalize("NFKC", radical)


def radicals_in_words(text: str) -> list[re.Match[str]]:
    """Return the radicals that stand for characters: within running text, not one by one as a table of radicals has them."""
    found = list(islice(RADICAL.finditer(text), MAX_PLACES))
    joined = [
        match
        for match in found
        if re.match(rf"[{HAN}\u2e80-\u2fdf].[{HAN}]|[{HAN}].[{HAN}\u2e80-\u2fdf，。、]", text[match.start() - 1 : match.end() + 1])
    ]
    return joined if len(joined) >= 0.8 * len(found) else []


HIGH_LETTERS, LEAD_LETTERS = slice(0x81, 0xFF), slice(0xC2, 0xF0)
# The first two bytes of most Chinese characters in UTF-8, read as GBK: every third character of such text, rare ones elsewhere.
UTF8_GBK_LETTERS = kind_of({char for a in range(0xE4, 0xEA) for b in range(0x80, 0xC0) for char in bytes((a, b)).decode("gbk", "ignore")})
FOUR_HIGH = re.compile("[\x81-\xfe]{4}")
RADICAL_LETTERS = slice(0x2E80, 0x2FE0)
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
INVISIBLE_LETTERS = kind_of(INVISIBLE)
# Spelt out: a repeated group would be tried at every character of the page, a class at the beginning at many.
TWO_ESCAPES = re.compile(r"\\u[0-9a-fA-F]{4}[\\%]u[0-9a-fA-F]{4}")
TWO_PERCENT_ESCAPES = re.compile(r"%u[0-9a-fA-F]{4}[\\%]u[0-9a-fA-F]{4}")
TWO_ESCAPES_ENCODED, TWO_PERCENT_ESCAPES_ENCODED, TWICE_ENCODED = (
    re.compile(pattern.pattern.encode()) for pattern in (TWO_ESCAPES, TWO_PERCENT_ESCAPES, TWICE)
)
CODE = re.compile(r"<(?:(script|style)\b[^<]*+(?:<(?!/\1\b)[^<]*+)*+|!--[^-]*+(?:-(?!->)[^-]*+)*+)", re.IGNORECASE)
"""Scripts, styles and comments, to the end of the page where nothing closes them."""


def has_escapes(text: str) -> bool:
    """Tell whether two escapes stand side by side."""
    return TWO_ESCAPES.search(text) is not None or TWO_PERCENT_ESCAPES.search(text) is not None


def _shows_escapes(text: str, seen: Glance) -> bool:
    """Tell whether they do so outside of code, where every second page has some."""
    may_show = TWO_ESCAPES_ENCODED.search(seen.encoded) or TWO_PERCENT_ESCAPES_ENCODED.search(seen.encoded)
    return may_show is not None and has_escapes(CODE.sub("", text))


@dataclass(frozen=True, slots=True)
class _Inverse:
    kind: str
    shown: Callable[[str, Glance], bool]
    """May a text have it? Clean text hardly passes."""
    undo: Callable[[str], str | None]
    """The text of one segment put right; None where it does not prove to be text."""


def _shows_two_bytes(text: str, seen: Glance) -> bool:
    """Tell whether what UTF-8 read as Latin-1 is made of stands side by side: without its ASCII the text is looked through faster."""
    return seen.has(LEAD_LETTERS) and TWO_BYTES.search(seen.beyond) is not None and TWO_BYTES.search(text) is not None


def _shows_first_bytes(_text: str, seen: Glance) -> bool:
    """Tell whether many of the different characters are what UTF-8 read as GBK is made of."""
    shown = 25 * seen.count(UTF8_GBK_LETTERS)
    return shown > 50 and shown > seen.count(HAN_LETTERS)


INVERSES = (
    _Inverse("utf8_latin1", _shows_two_bytes, undo_utf8_latin1),
    _Inverse(
        "gbk_latin1",
        lambda _, seen: seen.count(HIGH_LETTERS) >= 4 and FOUR_HIGH.search(seen.beyond) is not None,
        undo_gbk_latin1,
    ),
    _Inverse("utf8_gbk", _shows_first_bytes, undo_utf8_gbk),
    _Inverse("big5_gbk", lambda _, seen: seen.has(PRIVATE) and seen.has(KANA), undo_big5_gbk),
    _Inverse("unicode_escape", _shows_escapes, unescape_unicode),
)


def find_inverses(text: str, seen: Glance, *, min_invisible: int) -> list[ChangedSpan]:
    """Return the places of a text that an exact inverse puts right; they do not overlap.

    `seen`: of the text. `min_invisible`: fewer invisible characters are let stand.
    """
    inverses = [inverse for inverse in INVERSES if inverse.shown(text, seen)]
    spans = list(_segments(text, inverses)) if inverses else []
    if spans:
        return spans
    if len(TWICE_ENCODED.findall(seen.encoded)) >= MIN_TWICE:
        twice = [_span(match, _once(match), "double_escape") for match in islice(TWICE.finditer(text), MAX_PLACES)]
        spans += twice if len(twice) >= MIN_TWICE and not SHOWS_CODE.search(text) else []
    if seen.has(INVISIBLE_LETTERS):
        invisible = [_span(match, "", "invisible") for match in islice(_invisible_in_words(text, seen), MAX_PLACES)]
        spans += invisible if len(invisible) >= min_invisible else []
    if seen.has(RADICAL_LETTERS):
        spans += [_span(match, _character(match.group()), "radical") for match in radicals_in_words(text)]
    untouched = Untouched(text) if spans else None
    return sorted((span for span in spans if untouched and not untouched.holds(span.start)), key=lambda span: span.start)


def _invisible_in_words(text: str, seen: Glance) -> Iterator[re.Match[str]]:
    """Yield the runs of invisible characters beside a Chinese one; one letter alone is looked for fast."""
    letters = [char for char in INVISIBLE if char in seen.beyond]
    one = f"[{''.join(letters)}]" if len(letters) > 1 else "".join(letters)
    for match in re.finditer(f"{one}{one}*", text):
        if BESIDE.match(text[match.start() - 1 : match.start()]) or BESIDE.match(text, match.end()):
            yield match


def _segments(text: str, inverses: list[_Inverse]) -> Iterator[ChangedSpan]:
    """Undo what can be undone in the text between tags, and in `<meta>`."""
    untouched: Untouched | None = None
    may_escape = any(inverse.kind == "unicode_escape" for inverse in inverses)
    for match in SEGMENT.finditer(text):
        segment = match.group()
        in_tag = segment[0] == "<"
        if (in_tag and segment[:5].lower() != "<meta") or (segment.isascii() and not (may_escape and has_escapes(segment))):
            continue
        if segment.isascii():  # nearly always a script: it would be read in vain
            untouched = untouched or Untouched(text)
            if untouched.holds(match.start()):
                continue
        for inverse in inverses:
            after = None if in_tag and inverse.kind == "unicode_escape" else inverse.undo(segment)
            if after is not None and after != segment:
                untouched = untouched or Untouched(text)  # most pages never get here
                if not untouched.holds(match.start()):
                    yield _span(match, after, inverse.kind)
                break


def _span(match: re.Match[str], after: str, kind: str) -> ChangedSpan:
    return ChangedSpan(start=match.start(), before=match.group(), after=after, kind=kind)
