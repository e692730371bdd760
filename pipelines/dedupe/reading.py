"""Make texts ready for comparing: tokens, shingles, sentences, signs of damage.

Texts are read many in a row: numpy needs a microsecond to begin anything, which for one text alone is most of the time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.dedupe.fold import fold_text, fold_title
from pipelines.dedupe.tokens import HAN, LETTER, N_POWERS, U64, Bools, Ints, Tokens, hash_runs, tokenise

MIN_SENTENCE = 12
"""Letters; shorter sentences ("目前，伤者已送医。") are common property."""
MAX_SENTENCES = 12
SHINGLE_WEIGHT, HAN_WEIGHT, WORD_WEIGHT = 15, 3, 5
"""A shingle is 5 Han characters or 3 words, or what comes between."""
FEWEST, MOST = 3, 5
"""Tokens of a shingle."""
DAMAGE = "\ufffd□锟拷"
"""U+FFFD, the box printers put for it, and its GBK reading 锟斤拷 (斤 alone is a pound)."""
QUESTION, STAR, DOT, BLANK = map(np.uint32, map(ord, "?*. "))


def _table(characters: str) -> Bools:
    table = np.zeros(0x110000, np.bool_)
    table[list(map(ord, characters))] = True
    return table


IS_DAMAGE, ENDS_SENTENCE = _table(DAMAGE), _table("。!?;\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A text made ready for comparing."""

    tokens: Tokens
    shingles: U64
    """In the order of the text; one for each place where a whole shingle begins, and one for a text shorter than that."""
    shingle_ends: Ints
    """The token after each shingle; the n-th shingle begins at the n-th token."""
    order: Ints
    """The order that sorts the shingles."""
    sorted_shingles: U64
    repeats: bool
    """One shingle or more stands there twice."""
    sentences: U64
    """Hashes of sentences, at most MAX_SENTENCES: of the lead, which short copies keep, and then the smallest."""
    title: str
    """As `fold_title` gives it."""
    n_marks: int
    """Places that no writer made so: replacement marks, a mark or a Han character inside a word."""

    @property
    def is_damaged(self) -> bool:
        """Damage shows at two places at least, and once in 300 tokens."""
        return self.n_marks >= 2 and self.n_marks * 300 >= len(self.tokens)


def read_text(title: str | None, text: str) -> ReadText:
    """Make a raw text ready. The title is evidence only: sites rewrite it, and pages of two stories print one."""
    (read,) = read_folded([(fold_title(title or ""), fold_text(text))])
    return read


def read_folded(pages: Iterable[tuple[str, str]]) -> Iterator[ReadText]:
    """Make already folded titles and texts ready, in order: what the store kept."""
    row: list[tuple[str, str]] = []
    size = 0
    for title, text in pages:
        if row and size + len(text) >= N_POWERS:
            yield from _read_row(row)
            row, size = [], 0
        row.append((title, text))
        size += len(text) + 1
    if row:
        yield from _read_row(row)


def _read_row(row: Sequence[tuple[str, str]]) -> Iterator[ReadText]:
    # A line feed ends tokens, sentences and damage: nothing of one text runs into the next.
    tokens = tokenise("\n".join(text for _, text in row))
    ends = np.cumsum([len(text) + 1 for _, text in row])
    borders = np.concatenate(([0], tokens.starts.searchsorted(ends)))
    shingles, shingle_ends, first_shingles = _shingles(tokens, borders)
    sentences, first_sentences = _sentences(tokens, borders)
    n_marks = np.bincount(ends.searchsorted(_damaged_places(tokens), side="right"), minlength=len(row))
    for i, (title, text) in enumerate(row):
        first, last = int(borders[i]), int(borders[i + 1])
        own = slice(first_shingles[i], first_shingles[i + 1])
        chosen = shingles[own].copy()
        order = chosen.argsort()
        in_order = chosen[order]
        end = int(ends[i]) - 1
        yield ReadText(
            tokens=tokens.cut(slice(first, last), slice(end - len(text), end)),
            shingles=chosen,
            shingle_ends=shingle_ends[own] - first,
            order=order,
            sorted_shingles=in_order,
            repeats=bool((in_order[1:] == in_order[:-1]).any()),
            sentences=sentences[first_sentences[i] : first_sentences[i + 1]].copy(),
            title=title,
            n_marks=int(n_marks[i]),
        )


def _shingles(tokens: Tokens, borders: Ints) -> tuple[U64, Ints, Ints]:
    """Hash the runs of tokens that weigh a shingle; a text lighter than that is one run.

    `borders`: the first token of each text, and the end. Returns hashes, the token after each, and the first shingle of each text and the end.
    """
    n = len(tokens)
    weights = np.zeros(n + MOST + 1, np.int64)
    np.cumsum(np.where(tokens.classes == LETTER, WORD_WEIGHT, HAN_WEIGHT), out=weights[1 : n + 1])
    weights[n + 1 :] = weights[n]
    ends = np.arange(MOST, n + MOST)
    for size in range(FEWEST, MOST):
        ends -= weights[size : n + size] - weights[:n] >= SHINGLE_WEIGHT
    firsts, lasts = borders[:-1], borders[1:]
    is_whole = ends <= np.repeat(lasts, lasts - firsts)
    filled = firsts < lasts
    light = firsts[filled][~is_whole[firsts[filled]]]
    ends[light] = lasts[filled][~is_whole[firsts[filled]]]
    is_whole[light] = True
    starts = is_whole.nonzero()[0]
    return hash_runs(tokens.hashes, starts, ends[starts]), ends[starts], starts.searchsorted(borders)


def _sentences(tokens: Tokens, borders: Ints) -> tuple[U64, Ints]:
    """Return for each text the hash of its lead and its smallest hashes of sentences, and where those of each text begin, and the end."""
    sentence = np.cumsum(_is_stop(tokens))[tokens.starts]
    firsts = (sentence[1:] != sentence[:-1]).nonzero()[0] + 1
    firsts = np.concatenate((np.zeros(min(1, len(sentence)), np.int64), firsts))
    lasts = np.append(firsts[1:], len(sentence))
    n_letters = np.concatenate(([0], tokens.lengths.cumsum()))
    is_long = n_letters[lasts] - n_letters[firsts] >= MIN_SENTENCE
    firsts = firsts[is_long]
    hashes = hash_runs(tokens.hashes, firsts, lasts[is_long])
    owner = borders.searchsorted(firsts, side="right")
    is_lead = np.ones(len(owner), np.bool_)
    is_lead[1:] = owner[1:] != owner[:-1]
    order = np.lexsort((hashes, ~is_lead, owner))
    hashes, owner = hashes[order], owner[order]
    is_new = np.ones(len(hashes), np.bool_)
    is_new[1:] = (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1])
    hashes, owner = hashes[is_new], owner[is_new]
    rank = np.arange(len(owner)) - owner.searchsorted(owner)
    hashes, owner = hashes[rank < MAX_SENTENCES], owner[rank < MAX_SENTENCES]
    return hashes, owner.searchsorted(np.arange(1, len(borders) + 1))


def _is_stop(tokens: Tokens) -> Bools:
    """Mark the ends of sentences; a full stop ends one only before a blank ("3.5" does not)."""
    codes = tokens.codes
    stop: Bools = ENDS_SENTENCE[codes]
    stop[:-1] |= (codes[:-1] == DOT) & (codes[1:] == BLANK)
    return stop


def _damaged_places(tokens: Tokens) -> Ints:
    """Find the characters that no writer put there."""
    codes, kinds, starts = tokens.codes, tokens.classes, tokens.starts
    between = starts[1:] - starts[:-1] - tokens.lengths[:-1]
    is_word, touching = kinds == LETTER, between == 0
    inside = ((kinds[1:-1] == HAN) & is_word[:-2] & is_word[2:] & touching[:-1] & touching[1:]).nonzero()[0] + 1
    alone = ((between == 1) & (kinds[1:] == kinds[:-1])).nonzero()[0]
    inserted = codes[starts[alone + 1] - 1]
    # A question mark not between Han characters: there it is a question.
    put_in = (inserted == STAR) | ((inserted == QUESTION) & (kinds[alone] == LETTER))
    return np.concatenate((IS_DAMAGE[codes].nonzero()[0], starts[inside], starts[alone[put_in]]))
