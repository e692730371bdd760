"""Is the text damaged, and by what? One linear pass; most pages end here."""

import re
from collections import Counter
from dataclasses import dataclass

from pipelines.repair.readings import LETTERS, is_toned, readings
from pipelines.repair.runs import BROKEN_PAIR, START
from pipelines.repair.script import LEFT_ALONE, simplified_only, to_simplified_table

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
ANNOTATED = re.compile(rf"([{HAN}])\(([{LETTERS}]{{1,6}})\)")
OPENED = re.compile(rf"\([{LETTERS}]{{1,6}}\)")
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


def screen_disguise(text: str) -> Fingerprint | None:
    """Look for the mirror program's fingerprint; None: the text is not its work."""
    n_opened = sum(1 for _ in OPENED.finditer(text))
    n_starts = sum(1 for _ in START.finditer(text))
    if n_opened < MIN_PAIRS and not n_starts:
        return None
    han = re.sub(rf"[^{HAN}]+", "", text)
    if MIN_PAIRS <= n_opened <= MAX_ANNOTATED * len(han) and _is_annotated(text, han):
        return Fingerprint(True, bool(n_starts))
    if n_starts and _is_converted(re.sub(rf"[^{HAN}]+", "", RUN.sub("", text))):
        return Fingerprint(False, True)
    return None


def _is_annotated(text: str, han: str) -> bool:
    """Say whether Traditional characters carry their pinyin at every occurrence."""
    pairs = [(match.group(1), match.group(2)) for match in ANNOTATED.finditer(text) if is_toned(match.group(2))]
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


def _is_converted(han: str) -> bool:
    """Say whether the text is Simplified text converted one character at a time: no 後 於 裡 麼, which need a dictionary."""
    if len(han) < 60:
        return False
    printed = Counter(han)
    table = to_simplified_table()
    traditional = sum(n for char, n in printed.items() if ord(char) in table)
    genuine = sum(n for char, n in printed.items() if table.get(ord(char)) in LEFT_ALONE)
    simplified = sum(n for char, n in printed.items() if char in simplified_only())
    return traditional >= 0.1 * len(han) and genuine <= 0.002 * len(han) and simplified <= 0.02 * len(han)


def has_broken_pair(text: str) -> bool:
    """Say whether a "?pinyin)" stands in the text."""
    return any(is_toned(match.group(1)) for match in BROKEN_PAIR.finditer(text))
