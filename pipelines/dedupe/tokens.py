"""Split folded text into tokens: one Han character, one word, one run of digits. All in arrays, because every page passes here."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SEPARATOR, DIGIT, LETTER, HAN = 0, 1, 2, 3
CHINESE_NUMERALS = "〇零一二三四五六七八九十百千万亿两"
# Private planes stand for words and digit runs in `Tokens.letters`: one character a token, as the aligner wants it.
PRIVATE, N_PRIVATE = 0xF0000, 0xFFFD
MIX_1, MIX_2, MIX_3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def _classes() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    table[ord("0") : ord("9") + 1] = DIGIT
    table[ord("a") : ord("z") + 1] = LETTER
    for first, last in ((0xC0, 0x24F), (0x370, 0x1FFF)):
        table[first : last + 1] = LETTER
    for first, last in ((0x2E80, 0x2FFF), (0x3005, 0x3007), (0x3041, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)):
        table[first : last + 1] = HAN
    return table


CLASS = _classes()
IS_NUMERAL = np.zeros(0x110000, np.bool_)
IS_NUMERAL[[ord(c) for c in CHINESE_NUMERALS]] = True


def _powers(base: int, n: int) -> U64:
    """Powers of an odd number modulo 2**64."""
    out = np.full(n, base, np.uint64)
    out[0] = 1
    return np.multiply.accumulate(out)


N_POWERS = 65_536
"""Characters that can be hashed in a row."""
BASE = 0x9E3779B97F4A7C15
POWER = _powers(BASE, N_POWERS)
INVERSE = _powers(pow(BASE, -1, 1 << 64), N_POWERS)


def mix(values: U64) -> U64:
    """Spread 64-bit values evenly (the finisher of splitmix64)."""
    values = (values ^ (values >> S30)) * MIX_2
    values = (values ^ (values >> S27)) * MIX_3
    return values ^ (values >> S31)


# One look-up instead of seven operations for nearly every character.
MIXED = mix(np.arange(0x10000, dtype=np.uint64) + MIX_1)


def _mix_codes(codes: Ints) -> U64:
    if len(codes) and codes.max() >= len(MIXED):
        return mix(codes.astype(np.uint64) + MIX_1)
    return MIXED.take(codes)


def hash_runs(values: U64, starts: Ints | slice, ends: Ints) -> U64:
    """Hash each run `values[start:end]`; equal runs have equal hashes wherever they stand. `starts`: a slice where they are in a row."""
    prefix = np.empty(len(values) + 1, np.uint64)
    prefix[0] = 0
    np.multiply(values, POWER[: len(values)], out=prefix[1:])
    prefix[1:].cumsum(out=prefix[1:])
    return mix((prefix[ends] - prefix[starts]) * INVERSE[starts])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokens:
    """The tokens of one text, in order. Two are equal only if they are one: arrays are not compared."""

    hashes: U64
    classes: npt.NDArray[np.uint8]
    is_number: Bools
    """Digit runs and Chinese numerals."""
    starts: Ints
    """Offset of each token in the folded text."""
    lengths: Ints
    """Characters of each token."""
    letters: str
    """One character a token: the Han character itself, a private-use one for a word or a number."""
    codes: npt.NDArray[np.uint32]
    """Code points of the folded text."""

    def __len__(self) -> int:
        return len(self.starts)

    def cut(self, tokens: slice, characters: slice) -> "Tokens":
        """Return the tokens of one text out of a row, in memory of their own: the row may go."""
        return Tokens(
            hashes=self.hashes[tokens].copy(),
            classes=self.classes[tokens].copy(),
            is_number=self.is_number[tokens].copy(),
            starts=self.starts[tokens] - characters.start,
            lengths=self.lengths[tokens].copy(),
            letters=self.letters[tokens],
            codes=self.codes[characters].copy(),
        )

    def text_of(self, index: int) -> str:
        """Print one token."""
        start = self.starts[index]
        return self.codes[start : start + self.lengths[index]].tobytes().decode("utf-32-le", "surrogatepass")

    def characters(self, limit: int | None = None) -> str:
        """Write the letters and digits in one row: damage splits and joins words. `limit`: that many at most."""
        codes = self.codes[CLASS[self.codes] != SEPARATOR][:limit]
        letters: bytes = codes.tobytes()
        return letters.decode("utf-32-le", "surrogatepass")


def tokenise(folded: str) -> Tokens:
    """Split folded text (fold.fold), at most N_POWERS characters."""
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    index = codes.astype(np.int64)  # once: numpy would turn them for each look-up
    classes = CLASS.take(index)
    starts, ends = _borders(classes)
    hashes = hash_runs(_mix_codes(index), starts, ends)
    kinds = classes[starts]
    single = codes[starts]
    letters = single.copy()
    others = np.flatnonzero(kinds != HAN)
    letters[others] = PRIVATE + (hashes[others] % np.uint64(N_PRIVATE)).astype(np.uint32)
    return Tokens(
        hashes=hashes,
        classes=kinds,
        is_number=(kinds == DIGIT) | IS_NUMERAL[single],
        starts=starts,
        lengths=ends - starts,
        letters=letters.tobytes().decode("utf-32-le"),
        codes=codes,
    )


def _borders(classes: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Find where tokens begin and end: between two classes, and round each Han character."""
    differs = np.ones(len(classes) + 1, np.bool_)
    np.logical_or(classes[1:] != classes[:-1], classes[1:] == HAN, out=differs[1:-1])
    inside = classes != SEPARATOR
    return (inside & differs[:-1]).nonzero()[0], (inside & differs[1:]).nonzero()[0] + 1
