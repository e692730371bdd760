"""What does a copy keep of its original: the source, the authors, the headline? Script, width and punctuation do not matter."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import category, normalize

from pipelines.normalize.outlets import outlet_key, simplified

_NUMBER_SIGN = re.compile(r"(?<=\d)\s*[.:/~–—-]\s*(?=\d)|%|(?<!\w)-(?=\d)")
_SPOKEN = {".": "点", ":": "比", "/": "分", "%": "百分"} | dict.fromkeys("~–—-", "至")
"""Signs that belong to a number, which says something else without them: 1.86, 3:1, 5-8, 12%."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What a page prints of where its text comes from."""

    sources: tuple[str, ...]
    """Every outlet it names, canonical and as printed, those between included."""
    authors: tuple[str, ...]
    titles: tuple[str, ...]
    """Its headline, clean and as printed, and the original headline that it states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a copy keeps; None: the original does not say, or is not known."""

    source: bool | None
    author: bool | None
    title: bool | None


def find_kept(copy: Credits, *, outlet_names: Collection[str], original: Credits | None) -> Kept:
    """Compare a copy with its original.

    `outlet_names`: every name of the outlet whose text it is, empty where that is not known; `original`: its page, None where it is not held.
    """
    names = {_name_key(name) for name in outlet_names} - {""}
    authors = {_name_key(name) for name in original.authors} - {""} if original else set()
    titles = {title_key(title) for title in original.titles} - {""} if original else set()
    return Kept(
        source=not names.isdisjoint(map(_name_key, copy.sources)) if names else None,
        author=authors <= set(map(_name_key, copy.authors)) if authors else None,
        title=not titles.isdisjoint(map(title_key, copy.titles)) if titles else None,
    )


def _name_key(name: str) -> str:
    return outlet_key(simplified(name))


def title_key(title: str) -> str:
    """Fold a headline: two that differ only in script, width, case, spaces or punctuation are one. Numbers keep their signs.

    >>> title_key("東河新橋 通車：全長1.86公里") == title_key("东河新桥通车——全长１．８６公里")
    True
    >>> title_key("全长1.86公里"), title_key("全长186公里")
    ('全长1点86公里', '全长186公里')
    """
    folded = simplified(normalize("NFKC", title)).lower()
    folded = _NUMBER_SIGN.sub(lambda sign: _SPOKEN[sign[0].strip()], folded)
    return "".join(c for c in folded if category(c)[0] in "LN" or c in "+°")
