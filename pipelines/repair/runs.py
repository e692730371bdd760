"""Runs of text shifted by one byte: read back what may have stood there.

The mirror program puts one byte before the two bytes of a sentence mark, wherever they stand, and "(pinyin)" after the two
bytes of listed characters. Where the two bytes belong to two characters the first is split: its lead byte and the byte put in
make one '?', and from there on each shown character is (trail of one, lead of the next), until a byte below 0x80 falls on a
boundary. So of a run only the first lead byte and the last trail byte are unknown.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipelines.repair.gbk import characters, encode_pair, full_width
from pipelines.repair.readings import LETTERS, is_toned, readings
from pipelines.repair.script import is_everyday, simplified_only

MARKS = {mark: encode_pair(mark) or (0, 0) for mark in "。！？，：；"}
FOLDED = {"!": "！", "?": "？", ",": "，", ":": "：", ";": "；"}
START = re.compile(r"\?[。！？，：；!?,:;]")
BROKEN_PAIR = re.compile(rf"\?([{LETTERS}]{{1,6}})\)")
PAIR = re.compile(rf"\(([{LETTERS}]{{1,6}})\)")
MAX_TOKENS = 64
"""A run longer than this is not read: the longest seen in 500 simulated pages has 41 characters."""
MAX_READINGS = 12
"""Readings kept for one '?': more would be a page made to stall us."""
EATEN = "\ufffd"
"""Stands for a character that was eaten and cannot be known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a run: at each place the characters that may have stood there."""

    places: tuple[tuple[str, ...], ...]
    start: int
    """Offset of the first character read anew."""
    end: int
    """Offset after the run."""
    tail: str = ""
    """What follows the last place: an eaten character put back, or EATEN."""
    lacks_private: bool = False
    """It supposes that a private-use character was thrown away."""


@cache
def _by_bytes() -> tuple[dict[int, tuple[tuple[int, str], ...]], dict[int, tuple[str, ...]]]:
    """Sort the characters that may stand on a mirror: by lead, those of two high bytes with their trail; by trail, all."""
    leads: dict[int, list[tuple[int, str]]] = defaultdict(list)
    trails: dict[int, list[str]] = defaultdict(list)
    for (lead, trail), char in characters().items():
        if char not in simplified_only():
            trails[trail].append(char)
            if trail >= 0x80:
                leads[lead].append((trail, char))
    return {lead: tuple(found) for lead, found in leads.items()}, {trail: tuple(found) for trail, found in trails.items()}


def _by_trail(trail: int) -> tuple[str, ...]:
    return _by_bytes()[1].get(trail, ())


def _by_lead(lead: int) -> tuple[tuple[int, str], ...]:
    return _by_bytes()[0].get(lead, ())


@cache
def _listed(lead: int, syllable: str) -> tuple[int, ...]:
    """Trail bytes of the characters with this lead and reading; only everyday ones are on a mirror's list."""
    fitting = [(trail, char) for trail, char in _by_lead(lead) if syllable in readings(char)]
    everyday = [trail for trail, char in fitting if is_everyday(char)]
    return tuple(everyday or [trail for trail, _ in fitting])


@cache
def _completed(lead: int, trail: int) -> tuple[str, ...]:
    char = characters().get((lead, trail))
    return (char,) if char and char not in simplified_only() else ()


def readings_at(text: str, at: int, last: str, *, folded: bool, dropped: bool = False) -> list[Reading]:
    """Return the ways to read the run that begins at the '?' of `text[at]`; [] where it can be none.

    `last`: the character before it, as repaired.
    `folded`: full-width ASCII of the page was folded to half width, so that an ASCII mark may be two bytes.
    `dropped`: whoever collected the page threw its private-use characters away, so that a run may lack one.
    """
    broken = BROKEN_PAIR.match(text, at)
    before = encode_pair(last) if last else None
    found: list[Reading] = []
    if broken and is_toned(broken.group(1)) and before and before[1] >= 0x81:
        for trail in _listed(before[1], broken.group(1)):
            found += _follow(text, broken.end(), trail, (), at, folded, dropped)
    elif START.match(text, at):
        mark = text[at + 1]
        trail, lead = MARKS[FOLDED.get(mark, mark)]
        if folded or mark in MARKS:
            found += _follow(text, _after_pair(text, at + 2, mark), lead, (_by_trail(trail),), at, folded, dropped)
    return [reading for reading in found if not _has_lone_letter(reading.places)][: 3 * MAX_READINGS if dropped else MAX_READINGS]


def _has_lone_letter(places: tuple[tuple[str, ...], ...]) -> bool:
    """Say whether a single full-width letter or digit stands between other characters: no text has that, wrong readings do."""
    wide = [len(place) == 1 and "０" <= place[0] <= "ｚ" and place[0].isalnum() for place in places]
    return any(wide[at] and not wide[at - 1] and not wide[at + 1] for at in range(1, len(wide) - 1))


def _after_pair(text: str, at: int, char: str) -> int:
    """Skip a "(pinyin)" put after `char`."""
    pair = PAIR.match(text, at)
    return pair.end() if pair and is_toned(pair.group(1)) and pair.group(1) in readings(char) else at


def _follow(text: str, at: int, lead: int, read: tuple[tuple[str, ...], ...], start: int, folded: bool, dropped: bool) -> Iterator[Reading]:
    """Walk on from a known lead byte; each place where a character boundary may be reached ends a reading."""
    while len(read) < MAX_TOKENS and at < len(text):
        shown = text[at]
        if shown == "?":
            yield from _at_question(text, at, lead, read, start)
        elif alone := 0x80 if shown == "€" else ord(shown) if "@" <= shown <= "~" else 0:
            for char in _completed(lead, alone):
                yield Reading((*read, (char,)), start, _after_pair(text, at + 1, char))
        pair = _pair_of(shown, folded)
        if dropped and pair and (lost := _around_private(lead, pair[0])) and pair[1] >= 0x80:
            for reading in _follow(text, _after_pair(text, at + 1, shown), pair[1], read + lost, start, folded, False):
                yield replace(reading, lacks_private=True)
        done = _completed(lead, pair[0]) if pair else ()
        if not pair or not done:
            return
        at, lead, read = _after_pair(text, at + 1, shown), pair[1], (*read, done)
        if lead < 0x80:
            yield Reading(read, start, at, chr(lead))
            return


PRIVATE_LEADS = (*range(0xAA, 0xB0), *range(0xF8, 0xFF))
"""Lead bytes of the user-defined cells, which become private-use characters."""


@cache
def _around_private(lead: int, trail: int) -> tuple[tuple[str, ...], ...]:
    """The two characters that a dropped private-use character lay across; () where there are none."""
    first = tuple(char for inner in PRIVATE_LEADS for char in _completed(lead, inner))
    second = tuple(char for char in _by_trail(trail) if (encode_pair(char) or (0, 0))[0] >= 0xA1)
    return (first, second) if first and second else ()


def _pair_of(shown: str, folded: bool) -> tuple[int, int] | None:
    if shown > "\x7f":
        return encode_pair(shown)
    return encode_pair(full_width(shown)) if folded and "!" <= shown <= "~" else None


def _at_question(text: str, at: int, lead: int, read: tuple[tuple[str, ...], ...], start: int) -> Iterator[Reading]:
    """A '?' within a run: trail byte unknown, the byte after it eaten; the text goes on whole."""
    broken = BROKEN_PAIR.match(text, at)
    if broken and is_toned(broken.group(1)):
        fitting = tuple(char for _, char in _by_lead(lead) if broken.group(1) in readings(char))
        if fitting:
            yield Reading((*read, fitting), start, broken.end())
        return
    for char in _completed(lead, 0x80):  # CP936 reads 0x80 alone: nothing was eaten
        end = _after_pair(text, at + 1, char)
        yield Reading((*read, (char,)), start, end)
        if end > at + 1:
            return  # its whole pinyin follows, so nothing else can have stood here
    fitting = tuple(char for trail, char in _by_lead(lead) if trail > 0x80)
    if fitting:
        yield Reading((*read, fitting), start, at + 1, eaten_at(text, at + 1))


TAG = re.compile(r"/?(?:p|br|div|span|strong|b|em|i|a|img|td|tr|li|ul|h[1-6]|font|center|section|title)\b[^<>]{0,300}>", re.IGNORECASE)
QUOTED_END = re.compile(r"\s{0,9}/?>")
CLOSED = re.compile(r"[^()?<>]{1,24}\)")


def eaten_at(text: str, at: int) -> str:
    """Return the character eaten before `text[at]` where what follows shows it, EATEN where it does not, "" at a line's end."""
    if at >= len(text) or text[at] in "\r\n<":
        return ""  # the text ended there: a line break or a blank was eaten
    if TAG.match(text, at):
        return "<"
    if QUOTED_END.match(text, at) and _in_quotes(text, at):
        return '"'
    if CLOSED.match(text, at):
        return "("
    if text.startswith(tuple(FOLDED), at) or text[at] in MARKS:
        return ""  # the byte put before a mark
    return EATEN


def _in_quotes(text: str, at: int) -> bool:
    opened = text.rfind("<", max(0, at - 2000), at)
    return opened >= 0 and text.count('"', opened, at) % 2 == 1
