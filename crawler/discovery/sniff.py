"""What kind of document a seed is, by its content: servers label feeds and sitemaps in every way."""

import gzip
import io
import json
import re
import zlib
from typing import Literal

Kind = Literal["feed", "sitemap", "json_feed", "html", "other"]

MAX_UNPACKED = 8 * 1024 * 1024
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|meta|title|div|p|a|script|table|h1)\b", re.IGNORECASE)


def sniff(body: bytes) -> Kind:
    """Name the kind of a document by its first bytes.

    >>> sniff(b'<?xml version="1.0"?><rss version="2.0">'), sniff(b"<!DOCTYPE html><p>hi")
    ('feed', 'html')
    """
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _SITEMAP.search(head) and not _MARKUP.match(head):
        return "sitemap"
    if _FEED.search(head) and not _MARKUP.match(head):
        return "feed"
    if head.startswith(b"{") and b"jsonfeed.org" in head:
        return "json_feed"
    return "html" if _MARKUP.search(head) or _MARKUP.search(body[:65536]) else "other"


def unpack(body: bytes) -> bytes:
    """Undo the gzip of a `sitemap.xml.gz`, up to 8 MiB; any other body, and a damaged one, comes back as it is."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            unpacked = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        return body
    return body if len(unpacked) > MAX_UNPACKED else unpacked


def load_json(body: bytes) -> object:
    """Parse a JSON feed; None where it is damaged or nested without end."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
