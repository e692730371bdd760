"""Markup that shows as text: entities escaped twice or broken, escaped tags, backslashes before quotes, spaces between all characters."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from html import unescape
from itertools import islice

from pipelines.repair.escapes import CODE
from pipelines.repair.gbk import is_han
from pipelines.repair.glance import Glance, kind_of
from pipelines.repair.screen import HAN
from pipelines.repair.strays import BESIDE, CHINESE, MAX_PLACES
from pipelines.types import ChangedSpan

LISTING = re.compile(r"<(pre|code|textarea)\b[^<]*+(?:<(?!/\1\b)[^<]*+)*+", re.IGNORECASE)
MIN_TWICE = 3
"""A page that explains one entity is left alone."""
MIN_PLACES = 2
"""Places of the other kinds that a page must have."""
NAMES = "ldquo|rdquo|lsquo|rsquo|nbsp|middot|hellip|mdash|ndash|times|deg|bull|ensp|emsp|quot"
# Begins with letters that stand for themselves: such a pattern is looked for many times faster.
TWICE = re.compile(rf"&amp;(?:amp;)*(?:((?i:{NAMES}));|#(\d{{2,6}});|#[xX]([0-9a-fA-F]{{2,5}});)")
TWICE_ENCODED = re.compile(TWICE.pattern.encode())
QUOTE = "[lr][ds]quo"
BROKEN_NAME = rf"(?:{QUOTE}|nbsp|hellip|mdash|middot)"
WIDE_NAME = rf"(?:{BROKEN_NAME}|quot)"
BROKEN = re.compile(
    rf"(?=[lrnhma&＆LRNHMA])(?:(?<![a-zA-Z0-9&;])(?:(?:amp;)?{BROKEN_NAME};)+|&(?:{QUOTE}|hellip|mdash)(?![;a-zA-Z])|＆(?:amp[;；])?{WIDE_NAME}[;；])",
    re.IGNORECASE,
)
"""Entities without their "&", without their ";", or in full width."""
BROKEN_ENCODED = (
    re.compile(rf"quo(?<={QUOTE})(?:(?<!&{QUOTE})|(?!;))".encode()),
    re.compile(rb"nbsp;(?<!&nbsp;)"),
)
FULL_WIDTH = kind_of("＆")
ONE_NAME = re.compile(WIDE_NAME, re.IGNORECASE)
BACKSLASH = re.compile(
    rf"\\+(?:([\"'])(?:(?=[{CHINESE}])|(?<=[{CHINESE}]\\[\"']))|(?<=[。！？”」：；…]\\)((?:r\\+)?n)(?=[{CHINESE}\d\s\\<]|$))"
)
"""A quote with a backslash, or a line's end."""
BACKSLASH_ENCODED = re.compile(rb"\\(?:[\"'](?=[\xe2-\xef])|(?<=[\x80-\xbf]\\)(?:[\"']|(?:r\\+)?n))")
QUOTED = re.compile(rf"\\+u(201[cC8]|300[aAcC])(?=[{HAN}][^\\<>\n]{{0,300}}\\+u(?:201[dD9]|300[bBdD]))|\\+u(201[dD9]|300[bBdD])")
"""A pair of quotes as escapes, Chinese text between them."""
QUOTED_ENCODED = re.compile(rb"\\u(?:201[cC8]|300[aAcC])[\xe3-\xef]")
MAX_BEFORE = 4000
"""Characters looked through for what a place lies in."""
PATH = re.compile(r"[A-Za-z]:\\")
OPENED = re.compile(rf"&lt;p(?:\s[^<>]{{0,200}}?)?&gt;(?=(?:\s|\u3000|&nbsp;|&amp;nbsp;)*[{CHINESE}\d])")
CLOSED = re.compile(r"&lt;(?<=[。！？”」：；…）]&lt;)(?:/p|br\s?/?)&gt;")
TAG = re.compile(r"&lt;(/?(?:p|br|div|span|strong|b|em|i|u|font|section|center|h[1-6])(?:\s[^<>]{0,300}?)?/?)&gt;", re.IGNORECASE)
TAG_ENCODED = re.compile(rb"&lt;(?:/p|br)")
SPACE = r"[ \u00a0\u2009\u3000]"
SPACED = re.compile(rf"，(?={SPACE}[{HAN}]{SPACE}[{HAN}]{SPACE})")
SPACED_RUN = re.compile(rf"(?<![^\s>])(?:[^\s<>&]{SPACE}{{1,3}}){{15,}}[^\s<>&]")
MARKS = "，。、"
"""Lists of characters to learn have none of them."""
MIN_HAN = 0.6
"""Share of Chinese characters in a run of spaced ones, the spaces left out."""


def find_markup(text: str, seen: Glance) -> Iterator[ChangedSpan]:
    """Yield what is put right of markup that shows as text; a page that shows code is left alone. `seen`: of the text."""
    if SPACED.search(text):
        yield from (_span(match, _closed_up(match.group()), "spaced") for match in SPACED_RUN.finditer(text) if _is_prose(match.group()))
    for shows, find in KINDS:
        found = find(text) if shows(seen) else []
        if found and not _is_listed(text, found):
            yield from found


def _span(match: re.Match[str], after: str, kind: str) -> ChangedSpan:
    return ChangedSpan(start=match.start(), before=match.group(), after=after, kind=kind)


def _is_listed(text: str, spans: list[ChangedSpan]) -> bool:
    """Say whether one of the places lies in what shows code."""
    starts = [span.start for span in spans]
    return any(bisect_left(starts, listing.start()) < bisect_left(starts, listing.end()) for listing in LISTING.finditer(text))


def _closed_up(run: str) -> str:
    """Take the spaces out; where a space stood already there are three."""
    return re.sub(rf"{SPACE}({SPACE})?{SPACE}?", lambda match: match[1] or "", run)


def _is_prose(run: str) -> bool:
    shown = _closed_up(run)
    return sum(shown.count(mark) for mark in MARKS) >= MIN_PLACES and sum(map(is_han, shown)) >= MIN_HAN * len(shown)


def _at_least(least: int, spans: Iterator[ChangedSpan]) -> list[ChangedSpan]:
    found = list(islice(spans, MAX_PLACES))
    return found if len(found) >= least else []


def _twice(text: str) -> list[ChangedSpan]:
    return _at_least(MIN_TWICE, (_span(match, _once(match), "double_escape") for match in TWICE.finditer(text) if _is_text(text, match)))


def _is_text(text: str, match: re.Match[str]) -> bool:
    """Say whether an entity is one of text; a straight quote is where Chinese stands beside it, elsewhere it is one of code."""
    return match[1] != "quot" or bool(BESIDE.match(text[match.start() - 1 : match.start()]) or BESIDE.match(text, match.end()))


def _once(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    return f"&{name};" if name else f"&#{decimal};" if decimal else f"&#x{hexadecimal};"


def _broken(text: str) -> list[ChangedSpan]:
    return _at_least(MIN_PLACES, (_span(match, _characters(match.group()), "broken_entity") for match in BROKEN.finditer(text)))


def _characters(entities: str) -> str:
    return "".join(unescape(f"&{name.lower()};") for name in ONE_NAME.findall(entities))


def _backslashes(text: str) -> list[ChangedSpan]:
    if not BACKSLASH.search(CODE.sub("", text)):  # programs are full of them
        return []
    line_end = "<br>" if "</" in text else "\n"
    found = (match for match in islice(BACKSLASH.finditer(text), MAX_PLACES) if not _in_code(text, match.start()))
    return _at_least(MIN_PLACES, (_span(match, match[1] or line_end, "backslash") for match in found))


def _quoted(text: str) -> list[ChangedSpan]:
    found = [match for match in islice(QUOTED.finditer(text), MAX_PLACES) if not _in_code(text, match.start())]
    return (
        [_span(match, chr(int(match[1] or match[2], 16)), "unicode_escape") for match in found] if any(match[1] for match in found) else []
    )


def _in_code(text: str, at: int) -> bool:
    """Say whether a place lies in a tag, in JSON that is printed, or in a path of Windows."""
    first = max(0, at - MAX_BEFORE)
    opened, closed = text.rfind("<", first, at), text.rfind(">", first, at)
    before = text[max(closed + 1, first) : at].lstrip()
    return opened > closed or before[:2] in ('{"', '["', "[{") or PATH.search(before[-200:]) is not None


def _tags(text: str) -> list[ChangedSpan]:
    if "</" not in text or "&lt;script" in text or len(OPENED.findall(text)) + len(CLOSED.findall(text)) < MIN_PLACES:
        return []
    return _at_least(MIN_PLACES, (_span(match, unescape(match.group()), "escaped_tag") for match in TAG.finditer(text)))


KINDS: tuple[tuple[Callable[[Glance], bool], Callable[[str], list[ChangedSpan]]], ...] = (
    (lambda seen: "entity" in seen.signs and len(TWICE_ENCODED.findall(seen.encoded)) >= MIN_TWICE, _twice),
    (lambda seen: seen.has(FULL_WIDTH) or any(pattern.search(seen.encoded) for pattern in BROKEN_ENCODED), _broken),
    (lambda seen: "backslash" in seen.signs and BACKSLASH_ENCODED.search(seen.encoded) is not None, _backslashes),
    (lambda seen: "backslash" in seen.signs and QUOTED_ENCODED.search(seen.encoded) is not None, _quoted),
    (lambda seen: "entity" in seen.signs and TAG_ENCODED.search(seen.encoded) is not None, _tags),
)
"""May a text have it, and where."""
