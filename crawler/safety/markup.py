"""Markup that costs a parser far more than its size, seen before it is parsed."""

import re

MAX_ATTRIBUTES = 1000
"""In one tag. libxml2 compares each attribute with all before it; real tags have fewer than 30."""
MAX_QUICK_BYTES = 1_500_000
MAX_QUICK_TAGS = 30_000
"""Larger pages are processed where they can be stopped. Real article pages stay below 1 MB and 10,000 tags."""
_LONG_TAG = re.compile(rb"<[^<>]{4000,}")
_ATTRIBUTE = re.compile(rb"[\s\"'/][^\s=<>\"'/]+\s*(?==|[\s/>])")


def has_attribute_flood(body: bytes) -> bool:
    """Tell whether one tag carries so many attributes that parsing it would stall."""
    return any(
        sum(1 for _ in _ATTRIBUTE.finditer(body, tag.start(), min(tag.end(), tag.start() + 200_000))) > MAX_ATTRIBUTES
        for tag in _LONG_TAG.finditer(body)
        if body.count(b"=", tag.start(), tag.end()) + body.count(b" ", tag.start(), tag.end()) > MAX_ATTRIBUTES
    )


def is_costly(body: bytes) -> bool:
    """Tell whether a page should be processed where it can be stopped."""
    return len(body) > MAX_QUICK_BYTES or body.count(b"<") > MAX_QUICK_TAGS or has_attribute_flood(body)
