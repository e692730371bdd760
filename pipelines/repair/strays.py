"""Single characters that damage put into sound text, or in the place of others: each is known by itself and by what stands beside it."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from pipelines.repair.glance import Glance, kind_of
from pipelines.repair.screen import HAN, is_simplified
from pipelines.types import ChangedSpan

CHINESE = rf"{HAN}\u3000-\u303f\uff00-\uff5e“”‘’…—·"
BESIDE = re.compile(f"[{CHINESE}]")
MAX_PLACES = 50_000
"""Places put right in one page; a page of 8 MiB made to stall us has a million."""

# Of no width anywhere, and what has a use only in other scripts or with emoji: beside Chinese characters it has none.
INVISIBLE = "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u034f\u115f\u1160\u180e\u3164\uffa0"
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROLS = "".join(map(chr, (*range(1, 9), *range(14, 32), 127)))
# These belong to the character before them: emoji and letters have them, Chinese characters do not.
TRAILING = "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0x335, 0x339))))
INVISIBLE_LETTERS, DIRECTION_LETTERS, TRAILING_LETTERS = kind_of(INVISIBLE), kind_of(DIRECTIONS), kind_of(TRAILING)
RIGHT_TO_LEFT = slice(0x590, 0x900)
RADICAL = re.compile("[\u2e80-\u2fdf]")
RADICAL_LETTERS = slice(0x2E80, 0x2FE0)
# Radicals of the supplement have no decomposition; these are the ones PDF files put in the place of characters.
SUPPLEMENT = dict(zip("⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻤⻥⻦⻨⻩⻬⻮⻰", "母民西见角贝车长门青韦页风飞食马鬼鱼鸟麦黄齐齿龙", strict=True))
IN_WORDS = re.compile(
    rf"[{HAN}\u2e80-\u2fdf].[{HAN}]|[{HAN}].[{HAN}\u2e80-\u2fdf，。、]|(?:^|[>\s“‘《（，。：；、])[\u2e80-\u2fdf](?![部字旁])[{HAN}]"
)
CONTROL_LETTERS = slice(0x80, 0xA0)
CONTROL = re.compile("[\x82-\x8c\x91-\x9c]")
NBSP_GBK_LETTERS = kind_of("聽牋")
NBSP_GBK = re.compile("[聽牋]+")
"""Spaces that do not break (C2 A0, or A0 twice), read as GBK."""


def find_strays(text: str, seen: Glance, *, min_invisible: int) -> Iterator[ChangedSpan]:
    """Yield what is put right character by character. `seen`: of the text. `min_invisible`: fewer invisible characters are let stand."""
    invisible = list(islice(_invisible(text, seen), MAX_PLACES))
    yield from invisible if len(invisible) >= min_invisible else []
    if seen.has(RADICAL_LETTERS):
        yield from (_span(match, _character(match.group()), "radical") for match in radicals_in_words(text))
    if seen.has(CONTROL_LETTERS):
        yield from (_span(match, bytes((ord(match.group()),)).decode("cp1252", "replace"), "c1_control") for match in _marks(text))
    if seen.has(NBSP_GBK_LETTERS):
        yield from (_span(match, "\xa0" * len(match.group()), "nbsp_gbk") for match in _spaces(text))


def _span(match: re.Match[str], after: str, kind: str) -> ChangedSpan:
    return ChangedSpan(start=match.start(), before=match.group(), after=after, kind=kind)


def _invisible(text: str, seen: Glance) -> Iterator[ChangedSpan]:
    """Yield the runs of invisible characters beside a Chinese one; one letter alone is looked for fast."""
    letters = [char for char in INVISIBLE if char in seen.beyond] if seen.has(INVISIBLE_LETTERS) else []
    if seen.has(DIRECTION_LETTERS) and not seen.has(RIGHT_TO_LEFT):
        letters += [char for char in DIRECTIONS if char in seen.beyond]
    letters += CONTROLS if len(seen.encoded.translate(None, CONTROLS.encode())) < len(seen.encoded) else ""
    if letters:
        one = f"[{re.escape(''.join(letters))}]" if len(letters) > 1 else letters[0]
        for match in re.finditer(f"{one}{one}*", text):
            if BESIDE.match(text[match.start() - 1 : match.start()]) or BESIDE.match(text, match.end()):
                yield _span(match, "", "invisible")
    if seen.has(TRAILING_LETTERS):
        yield from (_span(match, "", "invisible") for match in re.finditer(rf"(?<=[{HAN}，。、：；！？（）“”])[{TRAILING}]+", text))


def radicals_in_words(text: str) -> list[re.Match[str]]:
    """Return the radicals that stand for characters: within running text, not one by one as a table of radicals has them."""
    found = list(islice(RADICAL.finditer(text), MAX_PLACES))
    joined = [
        match
        for match in found
        if IN_WORDS.match((text[match.start() - 1] if match.start() else "\n") + text[match.start() : match.end() + 1])
    ]
    return joined if len(joined) >= 0.8 * len(found) else []


def _character(radical: str) -> str:
    return SUPPLEMENT.get(radical) or unicodedata.normalize("NFKC", radical)


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Yield controls that cp1252 shows as marks (“ ” … —), beside Chinese characters: no text has them."""
    for match in islice(CONTROL.finditer(text), MAX_PLACES):
        if BESIDE.match(text[match.start() - 1 : match.start()]) or BESIDE.match(text, match.end()):
            yield match


def _spaces(text: str) -> list[re.Match[str]]:
    """Return the runs of 聽 and 牋 that are spaces: in Simplified text, where neither is written, at least two side by side somewhere."""
    if not any(char * 2 in text for char in "聽牋") or not is_simplified(NBSP_GBK.sub("", text)):
        return []
    return list(islice(NBSP_GBK.finditer(text), MAX_PLACES))
