"""What of a text goes into the index: hashes of whole sentences, and a floor of small shingle hashes.

Sentences find copies that were cut, merged or quoted; numbers make most of them unique, so bulletins made from one template do not
meet. Shingles find copies whose sentences were all touched. Each page publishes 10 to 20 small integers.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipelines.dedupe.fold import fold, fold_title
from pipelines.dedupe.tokens import HAN, LETTER, U64, Bools, Ints, Tokens, hash_runs, tokenise

SKETCH_VERSION = 1
"""Raise it whenever a hash below changes: pages signed by an older version are signed again."""

MIN_SENTENCE = 12
"""Letters; shorter sentences ("目前，伤者已送医。") are common property."""
MAX_SENTENCES = 12
SHINGLE_WEIGHT, HAN_WEIGHT, WORD_WEIGHT = 15, 3, 5
"""A shingle is 5 Han characters or 3 words, or what comes between."""
FRACTION = np.uint64((1 << 64) // 128)
FLOOR, FLOOR_DAMAGED, MAX_SHINGLES = 6, 24, 24
ENDS_OF_SENTENCE = np.zeros(0x110000, np.bool_)
ENDS_OF_SENTENCE[[ord(c) for c in "。!?;\n"]] = True
TITLE_GRAM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A text made ready for comparing."""

    tokens: Tokens
    shingles: U64
    """In the order of the text; one for each place where a whole shingle begins."""
    shingle_ends: Ints
    """The token after each shingle; the n-th shingle begins at the n-th token."""
    order: Ints
    """The order that sorts the shingles."""
    sorted_shingles: U64
    title: str
    """As `fold_title` gives it."""
    n_marks: int
    """Places where the text shows damage (see `count_damage`)."""

    @property
    def is_damaged(self) -> bool:
        """Damage shows at two places at least, and once in 300 tokens."""
        return self.n_marks >= 2 and self.n_marks * 300 >= len(self.tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What the index keeps of a text."""

    hashes: tuple[int, ...]
    """32-bit signed, sorted, without repetition."""
    n_tokens: int


def read_text(title: str | None, text: str) -> ReadText:
    """Make a raw text ready. The title is evidence only: sites rewrite it, and pages of two stories print one."""
    return read_folded(fold_title(title or ""), fold(text))


def read_folded(title: str, text: str) -> ReadText:
    """Make an already folded title and text ready: what the store kept."""
    tokens = tokenise(text)
    shingles, ends = _shingles(tokens)
    order = np.argsort(shingles)
    return ReadText(
        tokens=tokens,
        shingles=shingles,
        shingle_ends=ends,
        order=order,
        sorted_shingles=shingles[order],
        title=title,
        n_marks=count_damage(text, tokens),
    )


def sign(read: ReadText) -> Signature:
    """Make the signature of a text."""
    tokens = read.tokens
    floor = FLOOR_DAMAGED if read.is_damaged else FLOOR
    chosen = np.concatenate((sentence_hashes(tokens), smallest_shingles(read.sorted_shingles, floor)))
    rows = (chosen >> np.uint64(32)).astype(np.uint32).view(np.int32)
    return Signature(hashes=tuple(sorted(set(rows.tolist()))), n_tokens=len(tokens))


def _shingles(tokens: Tokens) -> tuple[U64, Ints]:
    """Hash the runs of tokens that weigh a shingle; a text shorter than that is one shingle."""
    n = len(tokens)
    if n == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    weights = np.zeros(n + 1, np.int64)
    np.cumsum(np.where(tokens.classes == LETTER, WORD_WEIGHT, HAN_WEIGHT), out=weights[1:])
    ends = weights.searchsorted(weights[:-1] + SHINGLE_WEIGHT)
    ends = ends[ends <= n]
    if len(ends) == 0:
        ends = np.array([n])
    return hash_runs(tokens.hashes, slice(len(ends)), ends), ends


def sentence_hashes(tokens: Tokens) -> U64:
    """Return the smallest hashes of sentences, at most MAX_SENTENCES."""
    if len(tokens) == 0:
        return np.zeros(0, np.uint64)
    sentence = np.cumsum(_is_stop(tokens.codes))[tokens.starts]
    firsts = np.flatnonzero(np.append(True, sentence[1:] != sentence[:-1]))
    lasts = np.append(firsts[1:], len(sentence))
    letters = np.add.reduceat(tokens.lengths, firsts)
    long = letters >= MIN_SENTENCE
    return _without_repetition(np.sort(hash_runs(tokens.hashes, firsts[long], lasts[long])))[:MAX_SENTENCES]


def _is_stop(codes: npt.NDArray[np.uint32]) -> Bools:
    """Mark the ends of sentences; a full stop ends one only before a blank ("3.5" does not)."""
    stop: Bools = ENDS_OF_SENTENCE[codes]
    dots = np.flatnonzero(codes[:-1] == ord("."))
    stop[dots[codes[dots + 1] == ord(" ")]] = True
    return stop


def smallest_shingles(sorted_shingles: U64, floor: int) -> U64:
    """Return a fixed share of all shingle hashes, and never fewer than the `floor` smallest."""
    # A little more than is needed, for repetitions.
    smallest = _without_repetition(sorted_shingles[: 4 * MAX_SHINGLES])
    n = min(max(floor, int(smallest.searchsorted(FRACTION))), MAX_SHINGLES)
    return smallest[:n]


def _without_repetition(values: U64) -> U64:
    """Drop equal neighbours of sorted values."""
    return values if len(values) < 2 else values[np.append(True, values[1:] != values[:-1])]


DAMAGE = "\ufffd□锟拷"
"""U+FFFD, the box printers put for it, and its GBK reading 锟斤拷 (斤 alone is a pound)."""
QUESTION, STAR = np.uint32(ord("?")), np.uint32(ord("*"))


def count_damage(text: str, tokens: Tokens) -> int:
    """Count characters that no writer put there: replacement marks, a mark or a Han character inside a word. `tokens`: of `text`."""
    codes, kinds, starts = tokens.codes, tokens.classes, tokens.starts
    marks = sum(map(text.count, DAMAGE))
    if len(tokens) < 2:
        return marks
    between = starts[1:] - starts[:-1] - tokens.lengths[:-1]
    is_word = kinds == LETTER
    if is_word.any():
        touching = between == 0
        marks += int(np.count_nonzero((kinds[1:-1] == HAN) & is_word[:-2] & is_word[2:] & touching[:-1] & touching[1:]))
    alone = np.flatnonzero((between == 1) & (kinds[1:] == kinds[:-1]))
    inserted = codes[starts[alone + 1] - 1]
    marks += int(np.count_nonzero(inserted == STAR))
    # Not between Han characters: there it is a question.
    marks += int(np.count_nonzero((inserted == QUESTION) & (kinds[alone] == LETTER)))
    return marks


def title_overlap(a: str, b: str) -> float:
    """Share of the shorter title's letter pairs that stand in the other, 0 to 1; 0 where one has no title."""
    grams_a, grams_b = _grams(a), _grams(b)
    return len(grams_a & grams_b) / min(len(grams_a), len(grams_b)) if grams_a and grams_b else 0.0


@lru_cache(maxsize=4096)
def _grams(title: str) -> frozenset[str]:
    return frozenset(title[i : i + TITLE_GRAM] for i in range(len(title) - TITLE_GRAM + 1))
