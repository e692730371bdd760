"""The other disguise: every fifth character or so annotated, whatever it is, tones often missing, emoji strewn in."""

import re
import unicodedata
from itertools import pairwise

from pipelines.repair.gbk import is_han
from pipelines.repair.readings import LETTERS, is_toned, readings
from pipelines.repair.screen import HAN
from pipelines.types import ChangedSpan

ANNOTATION = re.compile(rf"\([{LETTERS}]{{1,6}}\)(?:\([{LETTERS}]{{1,6}}\))*")
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\ufe0f]+")
MIN_ANNOTATED = 8
GAPS = range(2, 8)
"""Chinese characters from one annotation to the next, as the program counts them off; a lesson's words lie where they lie."""


def find_annotations(text: str) -> list[ChangedSpan]:
    """Return the annotations of a page that the program counted off, and the emoji among them; [] where it is another page.

    >>> [span.before for span in find_annotations("電磁流量(liang)計是測量(liang)電液體(tǐ)的儀表年(nián)代初電磁(ci)流量計實(shí)現了工業(ye)化應用近(jin)年來")]
    ['(liang)', '(liang)', '(tǐ)', '(nián)', '(ci)', '(shí)', '(ye)', '(jin)']
    """
    found = [match for match in ANNOTATION.finditer(text) if is_han(text[match.start() - 1 : match.start()])]
    if len(found) < MIN_ANNOTATED:
        return []
    right = [match for match in found if all(_fits(text[match.start() - 1], one) for one in match.group()[1:-1].split(")("))]
    toneless = sum(not is_toned(match.group()) for match in right)
    gaps = [_n_han(text[a.end() : b.start()]) for a, b in pairwise(right)]
    counted_off = sum(gap in GAPS for gap in gaps) >= 0.8 * len(gaps)
    if len(right) < 0.9 * len(found) or len(right) < MIN_ANNOTATED or toneless < 0.25 * len(right) or not counted_off:
        return []
    spans = [ChangedSpan(start=match.start(), before=match.group(), after="", kind="annotation") for match in right]
    emoji = [match for match in EMOJI.finditer(text) if _stands_in_text(text, match)]
    spans += [ChangedSpan(start=match.start(), before=match.group(), after="", kind="emoji") for match in emoji]
    return sorted(spans, key=lambda span: span.start)


def _stands_in_text(text: str, match: re.Match[str]) -> bool:
    return bool(re.match(rf"[{HAN})，。].*[{HAN}]$", text[match.start() - 1 : match.end() + 1]))


def _n_han(text: str) -> int:
    return sum(map(is_han, text))


def _fits(char: str, syllable: str) -> bool:
    """Say whether a syllable reads a character, its tone left out."""
    return _bare(syllable) in {_bare(reading) for reading in readings(char)}


def _bare(syllable: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(part))
