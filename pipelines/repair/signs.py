"""What damage made of ASCII begins with: three looks at a page in the place of ten, for each of which most pages are looked through in vain."""

import re

HEX = "[0-9a-fA-F]"
BACKSLASH = re.compile(
    rf"\\(?:u{HEX}{HEX}{HEX}{HEX}[\\%]|u(?:201|300)|x[b-fB-F]|[\"'](?=[\xe2-\xef])|(?<=[\x80-\xbf]\\)[\"'rn])".encode("latin-1")
)
"""Escapes side by side, and a backslash beside a quote or a line's end in Chinese text."""
PERCENT = re.compile(rf"%(?:u{HEX}{HEX}{HEX}{HEX}[\\%]|(?<![/=&\w.?%+:#-]%)[a-fA-F]{HEX}%)".encode())
ENTITY = re.compile(
    rb"&(?:amp;(?:amp;|#|[a-zA-Z]{3,6};)|lt;(?:/p|br)"
    rb"|(?<=;&)(?:[aeiounyAEIOUNYcC](?:acute|grave|circ|uml|tilde|ring|cedil)|AElig|aelig|ETH|eth|THORN|thorn|szlig|#1[6-9][0-9]|#2[0-5][0-9]);)"
)
"""Entities escaped twice, tags that were escaped, two letters with accents side by side, as no language has them often."""
SIGNS = {"backslash": BACKSLASH, "percent": PERCENT, "entity": ENTITY}


def signs_of(encoded: bytes) -> frozenset[str]:
    r"""Say which signs a text has: `backslash`, `percent`, `entity`. `encoded`: the text in UTF-8.

    >>> sorted(signs_of(rb"\u4e2d\u56fd &amp;nbsp; 100%")), signs_of(b"?a=1&amp;b=%E4%B8")
    (['backslash', 'entity'], frozenset())
    """
    return frozenset(name for name, pattern in SIGNS.items() if pattern.search(encoded))
