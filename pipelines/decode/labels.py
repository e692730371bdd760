"""Charset labels: what the header and the page declare, and the codec such a label means."""

import re
from typing import NamedTuple

from w3lib.encoding import resolve_encoding

# Servers and editors write these; neither Python nor the browsers' label table knows them.
ODD_LABELS = {
    "x-gbk": "gb18030",
    "gbk2312": "gb18030",
    "gb-2312": "gb18030",
    "gb_18030": "gb18030",
    "gb18030-2000": "gb18030",
    "gb18030-2005": "gb18030",
    "chinese": "gb18030",
    "cn-gb": "gb18030",
    "x-euc-cn": "gb18030",
    "euc-cn": "gb18030",
    "x-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "big-5": "big5hkscs",
    "big5-eten": "big5hkscs",
    "cp950": "big5hkscs",
    "ms950": "big5hkscs",
    "windows-950": "big5hkscs",
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8-bom": "utf-8",
}
HEAD_BYTES = 65_536  # some pages carry their style sheet before the meta tag; past this nobody declares anything
META = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([\w.:+-]{2,40})", re.IGNORECASE)
HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)


class Declared(NamedTuple):
    """One charset label and where it stood."""

    label: str
    """As printed."""
    place: str
    """`header` or `meta`."""
    codec: str | None
    """Python codec; None: an unknown label."""


def find_declared(headers: tuple[tuple[str, str], ...], body: bytes) -> tuple[Declared, ...]:
    """Return the labels of the HTTP header and of the page, in that order."""
    found = [HEADER.search(value) for name, value in headers if name == "content-type"]
    labels = [(match[1], "header") for match in found if match]
    head = body[:HEAD_BYTES]
    match = META.search(head) or XML.search(head)
    labels += [(match[1].decode("ascii"), "meta")] if match else []
    return tuple(Declared(label, place, codec_of(label)) for label, place in labels)


def codec_of(label: str) -> str | None:
    """Return the codec a label means: GB labels are read as gb18030, Big5 labels as big5hkscs, as browsers do.

    >>> codec_of("GB2312"), codec_of("x-gbk"), codec_of("Big5"), codec_of("ISO-8859-1"), codec_of("unicode")
    ('gb18030', 'gb18030', 'big5hkscs', 'cp1252', None)
    """
    name = label.strip().lower()
    return ODD_LABELS.get(name) or resolve_encoding(name)
