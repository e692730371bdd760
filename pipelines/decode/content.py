"""Is this an HTML page at all? By the first bytes, then by what stands in them."""

import json
import re

MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"RIFF", "a RIFF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "PostScript"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"\x1aE\xdf\xa3", "a Matroska file"),
    (b"FLV\x01", "a Flash video"),
    (b"wOF", "a font"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)
TAG = re.compile(rb"<(?:[a-z][a-z0-9:-]*[\s/>]|!doctype|!--)", re.IGNORECASE)
FEED = re.compile(rb"(?:rss|feed|urlset|sitemapindex|rdf:rdf|opml|svg|wml|plist)\b", re.IGNORECASE)
FIRST_ELEMENT = re.compile(rb"<([a-z][^\s>]*)", re.IGNORECASE)
JSON = re.compile(rb"^\s*(?:[\w$.]{1,60}\s*\(\s*)?(?=\{\s*[\"}]|\[\s*[\[{\"\d\]])")
TAG_BYTES = 65_536
BLANK = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"


def what_else(body: bytes) -> str | None:
    """Return what the bytes are if they are not an HTML page; None: HTML, a fragment without `<html>` included.

    >>> what_else(b"%PDF-1.4 ..."), what_else(b"<p>text</p>")
    ('a PDF', None)
    """
    start = body[:TAG_BYTES]
    for magic, name in MAGIC:
        if start.startswith(magic) and not (magic == b"BM" and b"\x00" not in start[:20]):
            return name
    if start[4:8] == b"ftyp":
        return "an MP4 file"
    element = FIRST_ELEMENT.search(_past_comments(start))
    if element and FEED.match(element[1]):
        return "a feed, sitemap or picture in XML"
    if (opening := JSON.match(start)) and _is_json(body[opening.end() :]):
        return "JSON"
    if b"\x00" in start and start.count(0) * 100 > len(start) and not _is_wide(start):
        return "binary data"
    return None if TAG.search(start.replace(b"\x00", b"")) or TAG.search(body) else "text without a tag"


def _past_comments(start: bytes) -> bytes:
    while (start := start.lstrip(BLANK)).startswith((b"<!--", b"<?xml")):
        _, end, rest = start.partition(b"-->" if start.startswith(b"<!--") else b"?>")
        if not end:
            break
        start = rest
    return start


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body.rstrip(b" \t\r\n;)"))
    except (ValueError, RecursionError):
        return False
    return True


def _is_wide(start: bytes) -> bool:
    """UTF-16 and UTF-32 markup: the characters between NULs make tags."""
    return start.count(0) * 5 > len(start) and TAG.search(start.replace(b"\x00", b"")) is not None
