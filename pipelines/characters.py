"""The characters of a text as numbers, to count them: a Python string for each of a page's characters takes longer than all the looks at them."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

N_CODES = 0x10000
"""Of the basic planes."""
Mask = npt.NDArray[np.bool_]
"""For each code of the basic planes whether it is one of those looked for."""


INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"))
"""Characters of no width that say nothing in a text of one direction."""


def codes_of(text: str) -> npt.NDArray[np.uint16]:
    """Return the codes of the characters; one beyond the basic planes gives two surrogates, which no mask has."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")


def mask_of(codes: Iterable[int] | str) -> Mask:
    """Return the mask of these codes, or characters.

    >>> mask_of("原文")[codes_of("原文 ok")].tolist()
    [True, True, False, False, False]
    """
    mask = np.zeros(N_CODES, dtype=np.bool_)
    mask[list(map(ord, codes) if isinstance(codes, str) else codes)] = True
    return mask


def count(text: str, mask: Mask) -> int:
    """Count the characters of the mask.

    >>> count("原文原 ok", mask_of("原文"))
    3
    """
    return int(np.count_nonzero(mask[codes_of(text)]))


def fold_spaces(text: str) -> str:
    r"""Fold white space to single spaces, and take out characters that take no place: pages that fight copying strew them between words.

    >>> fold_spaces(" 甲\u200b乙\ufeff \n 丙\u00ad")
    '甲乙 丙'
    """
    folded = " ".join(text.split())
    # All other characters that cannot be printed (a joiner of emoji, private use) mean something.
    return folded if folded.isprintable() else " ".join(folded.translate(INVISIBLE).split())
