"""Is the text damaged, and by what? One linear pass; most pages end here."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.characters import codes_of, mask_of
from pipelines.repair.glance import Glance, glance
from pipelines.repair.readings import LETTERS, is_toned, readings
from pipelines.repair.runs import BROKEN_PAIR, START
from pipelines.repair.script import LEFT_ALONE, simplified_only, to_simplified_table

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
OPENED = re.compile(rf"\([{LETTERS}]{{1,6}}\)")
# Begins with a letter that stands for itself: such a pattern is looked for many times faster.
PAIR = re.compile(rf"\((?<=([\u3400-\u9fff])\()([{LETTERS}]{{1,6}})\)")
"""A Chinese character, and the syllable behind it."""
NOT_HAN = re.compile(rf"[^{HAN}]+")
# Characters that every list seen annotates (39 pages of 37 hosts); a page that prints one without its pinyin was not disguised.
CORE = frozenset("數設發網區業經產關據調學現領導構節質環責戰")
RUN = re.compile(START.pattern + ".{0,14}")
"""A split and about what follows it garbled."""
MIN_PAIRS = 3
MAX_ANNOTATED = 0.5
"""Share of annotated characters. The longest list reaches 0.33 on text about the economy, whose words it is full of; lessons that
gloss every character lie above, and those that gloss less gloss characters that no conversion changed."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the screen found of the disguise."""

    has_pairs: bool
    """Traditional characters, each with its pinyin wherever it stands."""
    has_splits: bool
    """Converted text in which sentence marks split characters; certain only when a split reads well."""


def screen_disguise(text: str, pairs: list[tuple[str, str]], seen: Glance) -> Fingerprint | None:
    """Look for the mirror program's fingerprint; None: the text is not its work. `pairs`: as `find_pairs` gives them."""
    has_starts = START.search(text) is not None
    if len(pairs) >= MIN_PAIRS:
        han = NOT_HAN.sub("", seen.beyond)
        if sum(1 for _ in OPENED.finditer(text)) <= MAX_ANNOTATED * len(han) and _is_annotated(
            [pair for pair in pairs if is_toned(pair[1])], han
        ):
            return Fingerprint(True, has_starts)
    if has_starts and _is_converted(RUN.sub("", text)):
        return Fingerprint(False, True)
    return None


def find_pairs(text: str) -> list[tuple[str, str]]:
    """Return the Chinese characters that have a syllable in brackets behind them, each with it."""
    pairs: list[tuple[str, str]] = PAIR.findall(text)
    return pairs


def _is_annotated(pairs: list[tuple[str, str]], han: str) -> bool:
    """Say whether Traditional characters carry their pinyin at every occurrence. `pairs`: those with a tone."""
    right = Counter(char for char, syllable in pairs if syllable in readings(char))
    n_right = right.total()
    if n_right < MIN_PAIRS or n_right > MAX_ANNOTATED * len(han) or len(pairs) - n_right > 0.1 * len(pairs):
        return False
    printed = Counter(han)
    everywhere = sum(n for char, n in right.items() if n >= 0.8 * printed[char])
    traditional = sum(n for char, n in right.items() if ord(char) in to_simplified_table())
    n_core = sum(printed[char] for char in CORE)
    bare = n_core - sum(right[char] for char in CORE)
    return (
        everywhere >= 0.85 * n_right
        and traditional >= 0.9 * n_right
        and bare <= 0.2 * n_core + 1
        and sum(n for char, n in printed.items() if char in simplified_only()) <= 0.08 * len(han)
    )


def _is_converted(text: str) -> bool:
    """Say whether the text is Simplified text converted one character at a time: no 後 於 裡 麼, which need a dictionary."""
    codes = codes_of(glance(text).beyond)
    han, traditional, genuine, simplified = (int(np.count_nonzero(kind[codes])) for kind in _kinds())
    return han >= 60 and traditional >= 0.1 * han and genuine <= 0.002 * han and simplified <= 0.02 * han


def is_simplified(text: str) -> bool:
    """Say whether the text is written in Simplified characters, hardly one Traditional among them."""
    codes = codes_of(glance(text).beyond)
    _, traditional, _, simplified = (int(np.count_nonzero(kind[codes])) for kind in _kinds())
    return simplified >= 10 and traditional <= 0.02 * simplified


@cache
def _kinds() -> tuple[npt.NDArray[np.bool_], ...]:
    """Return by code point: is it Chinese; Traditional; Traditional for what the converter leaves alone; Simplified alone."""
    table = to_simplified_table()
    genuine = [code for code, char in table.items() if char in LEFT_ALONE]
    codes: tuple[Iterable[int], ...] = ((*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)), table, genuine, map(ord, simplified_only()))
    han, *others = map(mask_of, codes)
    return han, *(other & han for other in others)


def has_broken_pair(text: str) -> bool:
    """Say whether a "?pinyin)" stands in the text."""
    return any(is_toned(match.group(1)) for match in BROKEN_PAIR.finditer(text))
