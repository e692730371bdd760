"""Damage with an exact inverse: wrong charsets, escapes and markup left in the text, invisible characters, radicals for characters.

Each inverse has a screen that clean text does not pass and a proof that its result is text; without the proof nothing changes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from pipelines.repair.double_bytes import KANA, undo_big5_gbk, undo_gbk_big5, undo_utf8_gbk
from pipelines.repair.escapes import has_escapes, shows_escapes, unescape_bytes, unescape_unicode
from pipelines.repair.glance import HAN_LETTERS, PRIVATE, Glance, kind_of
from pipelines.repair.latin import (
    ENTITIES,
    HIGH,
    SHOWS_ENTITIES,
    undo_gbk_latin1,
    undo_pieces_of_gbk,
    undo_pieces_of_utf8,
    undo_utf8_latin1,
    without_entities,
)
from pipelines.repair.markup import find_markup
from pipelines.repair.strays import MAX_PLACES, find_strays
from pipelines.repair.untouched import Untouched
from pipelines.types import ChangedSpan

SEGMENT = re.compile(r"<[a-zA-Z/!][^<>]*>|[^<>\n\r]+")
TWO_BYTES = re.compile("[\xc2-\xef]" + HIGH.pattern)
HIGH_LETTERS, LEAD_LETTERS = slice(0x81, 0xFF), slice(0xC2, 0xF0)
# The first two bytes of most Chinese characters in UTF-8, read as GBK: every third character of such text, rare ones elsewhere.
UTF8_GBK_LETTERS = kind_of({char for a in range(0xE4, 0xEA) for b in range(0x80, 0xC0) for char in bytes((a, b)).decode("gbk", "ignore")})
GBK_BIG5_LETTERS = kind_of("ㄛ")
"""What ， of GBK is in Big5."""
FOUR_HIGH = re.compile("[\x81-\xfe]{4}")


@dataclass(frozen=True, slots=True)
class _Inverse:
    kind: str
    shown: Callable[[str, Glance], bool]
    """May a text have it? Clean text hardly passes."""
    undo: Callable[[str], str | None]
    """The text of one segment put right; None where it does not prove to be text."""


def _shows_latin(text: str, seen: Glance) -> bool:
    """Tell whether letters with accents stand side by side, or entities of them; without its ASCII a text is looked through faster."""
    return (
        (seen.has(LEAD_LETTERS) and TWO_BYTES.search(seen.beyond) is not None and TWO_BYTES.search(text) is not None)
        or (seen.has(LEAD_LETTERS) and "\xc2" in seen.beyond and "\xc2 " in text)
        or (seen.count(HIGH_LETTERS) >= 4 and FOUR_HIGH.search(seen.beyond) is not None)
        or ("entity" in seen.signs and SHOWS_ENTITIES.search(seen.encoded) is not None)
    )


def _shows_first_bytes(_text: str, seen: Glance) -> bool:
    """Tell whether many of the different characters are what UTF-8 read as GBK is made of."""
    shown = 25 * seen.count(UTF8_GBK_LETTERS)
    return shown > 50 and shown > seen.count(HAN_LETTERS)


INVERSES = (  # a whole text before pieces: those of one charset may look like the other's
    _Inverse("utf8_latin1", _shows_latin, undo_utf8_latin1),
    _Inverse("gbk_latin1", _shows_latin, undo_gbk_latin1),
    _Inverse("utf8_latin1", _shows_latin, undo_pieces_of_utf8),
    _Inverse("gbk_latin1", _shows_latin, undo_pieces_of_gbk),
    _Inverse("utf8_gbk", _shows_first_bytes, undo_utf8_gbk),
    _Inverse("big5_gbk", lambda _, seen: seen.has(PRIVATE) and seen.has(KANA), undo_big5_gbk),
    _Inverse("gbk_big5", lambda _, seen: seen.has(GBK_BIG5_LETTERS), undo_gbk_big5),
    _Inverse("unicode_escape", lambda text, seen: shows_escapes(text, seen, "unicode_escape"), unescape_unicode),
    _Inverse("byte_escape", lambda text, seen: shows_escapes(text, seen, "byte_escape"), unescape_bytes),
)
ESCAPES, LATIN = frozenset(["unicode_escape", "byte_escape"]), frozenset(["utf8_latin1", "gbk_latin1"])
ACCENT = re.compile("[\xa1-\xfe]")
"""What is read as Latin-1 has one: no character of UTF-8 or GBK begins below."""


def find_inverses(text: str, seen: Glance, *, min_invisible: int) -> list[ChangedSpan]:
    """Return the places of a text that an exact inverse puts right; they do not overlap.

    `seen`: of the text. `min_invisible`: fewer invisible characters are let stand.
    What an inverse could not tell of a character it leaves EATEN.
    """
    shown = {look: look(text, seen) for look in dict.fromkeys(inverse.shown for inverse in INVERSES)}
    inverses = [inverse for inverse in INVERSES if shown[inverse.shown]]
    whole = list(islice(_segments(text, inverses), MAX_PLACES)) if inverses else []
    single = [*find_markup(text, seen), *find_strays(text, seen, min_invisible=min_invisible)]
    if not single:
        return whole
    untouched = Untouched(text)
    return _apart([*whole, *(span for span in single if not untouched.holds(span.start))])


def _apart(spans: list[ChangedSpan]) -> list[ChangedSpan]:
    """Return the spans in their order, without those that begin within another."""
    reached, apart = 0, []
    for span in sorted(spans, key=lambda span: span.start):
        if span.start >= reached:
            apart.append(span)
            reached = span.start + len(span.before)
    return apart


def _segments(text: str, inverses: list[_Inverse]) -> Iterator[ChangedSpan]:
    """Undo what can be undone in the text between tags, and in `<meta>`."""
    untouched: Untouched | None = None
    escapes = [inverse.kind for inverse in inverses if inverse.kind in ESCAPES]
    for match in SEGMENT.finditer(text):
        segment = match.group()
        in_tag = segment[0] == "<"
        if in_tag and segment[:5].lower() != "<meta":
            continue
        if segment.isascii() and not (any(has_escapes(segment, kind) for kind in escapes) or ("&" in segment and ENTITIES.search(segment))):
            continue
        if segment.isascii():  # nearly always a script: it would be read in vain
            untouched = untouched or Untouched(text)
            if untouched.holds(match.start()):
                continue
        for inverse in inverses:
            after = None if in_tag and inverse.kind in ESCAPES else _undone(segment, inverse)
            if after is not None and after != segment:
                untouched = untouched or Untouched(text)  # most pages never get here
                if not untouched.holds(match.start()):
                    yield ChangedSpan(start=match.start(), before=segment, after=after, kind=inverse.kind)
                break


def _undone(segment: str, inverse: _Inverse) -> str | None:
    """Undo a segment; bytes read as Latin-1 may have been written as entities."""
    if inverse.kind in LATIN:
        if "&" in segment and ENTITIES.search(segment):
            return inverse.undo(without_entities(segment))
        if not ACCENT.search(segment):
            return None
    return inverse.undo(segment)
