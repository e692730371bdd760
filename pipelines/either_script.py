"""Regular expressions for Chinese in either script: rules are written in Simplified characters, and read Traditional ones as well."""

import re
from collections import defaultdict
from functools import cache
from itertools import islice, product

from pipelines.repair.script import to_simplified_table

_ESCAPE = r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)"
_PIECE = re.compile(rf"{_ESCAPE}|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""An escape, a class, or a character."""
_IN_CLASS = re.compile(rf"(?:{_ESCAPE}|.)(?:-(?:{_ESCAPE}|.))?", re.DOTALL)
"""A range, an escape, or a character."""

MAX_FORMS = 64
"""Of a word, so that a long one of many ambiguous characters costs no more; of ours 发布机构 has the most, 17."""
HONG_KONG = frozenset("兑卧叁囱悦愠户氲温煴税脱蜕")
"""What Hong Kong writes as the Mainland does, and Big5 does not have (OpenCC's table of its forms)."""


def compile_either(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a pattern that stands for itself in either script.

    >>> bool(compile_either("据.{1,9}报道").match("據某報報道"))
    True
    """
    return re.compile(either_script(pattern), flags)


def either_script(pattern: str) -> str:
    """Write each character of a pattern so that it stands for all its forms; escapes and ranges stay as they are.

    >>> either_script("报[^报号a]+[㐀-鿿]")
    '[报報][^报報号號a]+[㐀-鿿]'
    """
    return "".join([_in_class(piece) if piece[0] == "[" and len(piece) > 1 else _alone(piece) for piece in _PIECE.findall(pattern)])


def _alone(piece: str) -> str:
    forms = _forms().get(piece)
    return f"[{forms}]" if forms else piece


def _in_class(piece: str) -> str:
    opening = "[^" if piece.startswith("[^") else "["
    parts = _IN_CLASS.findall(piece[len(opening) : -1])
    return f"{opening}{''.join(dict.fromkeys(form for part in parts for form in _forms().get(part) or (part,)))}]"


def forms_of(word: str) -> list[str]:
    """Return a word of Simplified characters, then its forms in Traditional ones.

    >>> forms_of("来源"), forms_of("发布"), forms_of("作者")
    (['来源', '來源'], ['发布', '發布', '發佈', '髮布', '髮佈'], ['作者'])
    """
    return list(dict.fromkeys((word, *map("".join, islice(product(*map(_traditional, word)), MAX_FORMS)))))


def _traditional(char: str) -> str:
    """Return the forms of a character in Traditional texts: 来 is none of 來, but 布 is one of 布 and 佈."""
    forms = _forms().get(char, char)
    return "".join(filter(is_traditional, forms)) or char


def either_words(*words: str) -> tuple[str, ...]:
    """Return words of Simplified characters with all their forms, for `in`, `startswith` and `endswith`.

    >>> "作者：本報記者".endswith(either_words("记者", "编辑"))
    True
    """
    return tuple(dict.fromkeys(form for word in words for form in forms_of(word)))


def is_traditional(char: str) -> bool:
    """Say whether a character stands in Traditional texts: Big5 has it, or it is a further form of one (爲, 閲), as far as GBK has those."""
    if char in HONG_KONG:
        return True
    try:
        char.encode("gbk" if ord(char) in to_simplified_table() else "big5")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _forms() -> dict[str, str]:
    """Return for each character that is written in another way in the other script all its forms: 发發髮."""
    alike: dict[str, str] = defaultdict(str)
    for code, simple in to_simplified_table().items():
        alike[simple] += chr(code)
    return {char: simple + others for simple, others in alike.items() for char in simple + others}
