"""What every screen looks at, made once a text: a clean page is known by a few looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.characters import N_CODES, codes_of
from pipelines.repair.signs import signs_of

ASCII = bytes(range(0x80))
Kind = npt.NDArray[np.intp] | slice
"""Code points of the basic planes."""
PRIVATE = slice(0xE000, 0xF900)
HAN_LETTERS = slice(0x3400, 0xA000)


@dataclass(frozen=True, slots=True)
class Glance:
    """A text in the forms that are fast to look through."""

    encoded: bytes
    """UTF-8: a pattern of ASCII is looked for twice as fast as in the text."""
    beyond: str
    """The characters beyond ASCII, in their order: without its markup little of a page is left."""
    is_there: npt.NDArray[np.bool_]
    """For each code point of the basic planes whether `beyond` has it."""
    signs: frozenset[str]
    """As `signs_of` gives them."""

    def has(self, kind: Kind) -> bool:
        """Say whether the text has a character of the kind."""
        return bool(self.is_there[kind].any())

    def count(self, kind: Kind) -> int:
        """Count the different characters of the kind."""
        return int(self.is_there[kind].sum())


def glance(text: str) -> Glance:
    """Look at a text.

    >>> seen = glance("<p>原文原 é")
    >>> seen.beyond, seen.count(HAN_LETTERS), seen.has(PRIVATE)
    ('原文原é', 2, False)
    """
    encoded = text.encode("utf-8", "surrogatepass")
    beyond = encoded.translate(None, ASCII).decode("utf-8", "surrogatepass")
    is_there = np.zeros(N_CODES, dtype=np.bool_)
    is_there[codes_of(beyond)] = True
    return Glance(encoded, beyond, is_there, signs_of(encoded))


def kind_of(chars: Iterable[str]) -> Kind:
    """Return the kind that has these characters.

    >>> glance("烫手").has(kind_of("锟烫屯"))
    True
    """
    return np.array(sorted(map(ord, chars)), dtype=np.intp)
