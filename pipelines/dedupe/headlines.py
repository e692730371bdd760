"""What two headlines say about two texts. Sites rewrite headlines, so alone they prove nothing."""

from functools import lru_cache

from pipelines.dedupe.reading import ReadText
from pipelines.dedupe.tokens import CHINESE_NUMERALS

GRAM = 2
SAME_TITLE = 0.5
"""What two titles share that may be one."""
MIN_NAMED, NAMED_SHARE = 2, 0.25
"""Letter pairs of a headline, and their share of those its text holds, that must be missing from the other text."""
SHORT, NAMED_SHARE_SHORT = 200, 0.15
"""Letters of a text that is mostly form, and that share there."""


def title_overlap(a: str, b: str) -> float:
    """Share of the shorter title's letter pairs that stand in the other, 0 to 1; 0 where one has no title."""
    grams_a, grams_b = _grams(a), _grams(b)
    return len(grams_a & grams_b) / min(len(grams_a), len(grams_b)) if grams_a and grams_b else 0.0


@lru_cache(maxsize=4096)
def _grams(title: str) -> frozenset[str]:
    return frozenset(title[i : i + GRAM] for i in range(len(title) - GRAM + 1))


def titles_count_differently(a: str, b: str) -> bool:
    """True where two titles are alike but for their numbers; a title cut short loses some and has no others."""
    short, long = sorted(("".join(c for c in title if c.isdigit() or c in CHINESE_NUMERALS) for title in (a, b)), key=len)
    return short not in long and title_overlap(a, b) >= SAME_TITLE


def name_different_things(a: ReadText, b: ReadText) -> bool:
    """True where each text holds what its own headline names, and lacks what the other's names: two notices of one form.

    A copy under another headline still holds what the first one named, and of a text that was cut only one side lacks anything.
    Numbers are compared elsewhere.
    """
    only_a, only_b = _grams(a.title) - _grams(b.title), _grams(b.title) - _grams(a.title)
    if len(only_a) < MIN_NAMED or len(only_b) < MIN_NAMED:
        return False
    text_a, text_b = a.tokens.characters(), b.tokens.characters()
    return _names_what_lacks(only_a, a.title, text_a, text_b) and _names_what_lacks(only_b, b.title, text_b, text_a)


def _names_what_lacks(only: frozenset[str], title: str, own: str, other: str) -> bool:
    """True where pairs that only this title has stand in its own text and not in the other."""
    missing = sum(gram in own and gram not in other for gram in only if gram.isalpha())
    least = NAMED_SHARE if len(own) > SHORT else NAMED_SHARE_SHORT
    return missing >= MIN_NAMED and missing >= least * sum(gram in own for gram in _grams(title))
