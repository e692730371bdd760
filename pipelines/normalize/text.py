"""Named functions for what a site file cannot say as data; a layout names them in `fixers`."""

import re
from collections.abc import Callable, Mapping

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | {0xFF1A: 0x3A, 0xFF0F: 0x2F, 0xFF0D: 0x2D}
_SPACED_HAN = re.compile(r"(?:(?<=[ \u3000][\u3400-\u9fff])|(?<=^[\u3400-\u9fff]))[ \u3000](?=[\u3400-\u9fff](?:[ \u3000]|$))")


def narrow_digits(text: str) -> str:
    """Fold full-width digits, colons, slashes and dashes, as some sites print them in dates.

    >>> narrow_digits("２０２４－０３－０１　１２：３０")
    '2024-03-01\\u300012:30'
    """
    return text.translate(_FULL_WIDTH)


def close_up_han(text: str) -> str:
    """Take out the spaces a site sets between single Han characters for looks.

    >>> close_up_han("本 报 讯 记者 张 三")
    '本报讯 记者 张三'
    """
    return _SPACED_HAN.sub("", text)


FIXERS: Mapping[str, Callable[[str], str]] = {"narrow_digits": narrow_digits, "close_up_han": close_up_han}
"""Name to function; each is applied to the printed strings of a layout's fields."""
