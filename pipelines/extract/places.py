"""What an element is in a page of its kind: its tags, classes and ids and those around it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

DIGITS = re.compile(r"\d+")
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
FOR_MACHINES = "_baidu"
"""Ends the ids `source_baidu`, `author_baidu`, `pubtime_baidu`, …: what a page tells a search engine there is true where it is hidden, too."""
MAX_MARK, MAX_PATH = 60, 2000
"""Characters of a class in a path, and of a path that is still made longer; real ones have fewer than 400."""
MAX_OWN, MAX_LABELS = 200, 2000
"""Characters kept of an element's classes, and of those around it, the nearest first: deep nesting with long classes would take gigabytes."""
MAX_KNOWN = 4_000_000
"""Characters of the places that are kept for the next page: those of some 7,000. Classes can be of any length."""
PLACE_CHARS = 300
"""What a place takes beside its texts, in characters."""

Attributes = Mapping[str, str]
Key: TypeAlias = str | tuple[str | None, ...]
"""A tag; with its class, id and style where it has attributes."""


class Place:
    """What block-level elements with the same tags, classes and ids above them share: one for all items of a list, and for all pages of a site."""

    __slots__ = ("below", "is_hidden", "labels", "own", "path", "tag")

    def __init__(self, tag: str, path: str, own: str, labels: str, *, is_hidden: bool) -> None:
        self.tag, self.path, self.own, self.labels, self.is_hidden = tag, path, own, labels, is_hidden
        self.below: dict[Key, Place] = {}

    def add(self, key: Key, tag: str, attributes: Attributes) -> "Place":
        """Return the place of an element in one of this place that is the first of its kind there."""
        # The parser's mapping for no attributes is asked in Python, slowly.
        name, mark_id = (attributes.get("class"), attributes.get("id")) if attributes else (None, None)
        mark, own, labels = "", "", self.labels
        if name or mark_id:
            mark_of = _marked if len(name or "") + len(mark_id or "") <= MAX_OWN else _marked.__wrapped__  # what is kept must be short
            mark, own = mark_of(name, mark_id)
            labels = f"{own} {labels}"[:MAX_LABELS] if labels else own
        path = self.path if len(self.path) > MAX_PATH else f"{self.path}/{tag}{mark}"
        found = self.below[key] = Place(
            tag, path, own, labels, is_hidden=self.is_hidden or (bool(attributes) and is_styled_away(attributes))
        )
        known_places.size += PLACE_CHARS + len(path) + len(labels) + (sum([len(part) for part in key if part]) if attributes else 0)
        return found


class _Known:
    """The places of pages read before: pages of a site have the same ones, and to make them is a fifth of a walk."""

    def __init__(self) -> None:
        self.body, self.size = _body_place(), 0

    def root(self) -> Place:
        """Return the place of a page's root, that of other pages as long as what it has below is not too much."""
        if self.size > MAX_KNOWN:
            self.body, self.size = _body_place(), 0
        return self.body


def _body_place() -> Place:
    return Place("body", "body", "", "", is_hidden=False)


known_places = _Known()


@lru_cache(maxsize=2_048)  # a page has the same few at many places
def _marked(name: str | None, key: str | None) -> tuple[str, str]:
    """Return `.first-class` or `#id`, digits folded to 0 so that sibling pages agree, and the element's own labels."""
    own = f"{name or ''} {key or ''}".strip().lower()[:MAX_OWN]
    if name and (classes := name.split()):
        return "." + DIGITS.sub("0", classes[0][:MAX_MARK]), own
    return "#" + DIGITS.sub("0", key[:MAX_MARK]) if key else "", own


def is_styled_away(attributes: Attributes) -> bool:
    """Tell whether an element's own style hides it; what is for machines counts as shown."""
    style = attributes.get("style")
    return style is not None and HIDDEN.search(style) is not None and not attributes.get("id", "").endswith(FOR_MACHINES)
