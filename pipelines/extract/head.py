"""What the head of a page says, and the tags that say such things elsewhere on it."""

from collections.abc import Mapping

TOLD = frozenset(("script", "textarea", "time", "title"))
"""Elements whose text is kept, too."""
HEAD_TAGS = frozenset(("base", "html", "link", "meta", *TOLD))


class Head:
    """Collects the tags for machines, in the order of the page. The walk calls `start`, `end` and `data`."""

    def __init__(self) -> None:
        self.tags: dict[str, list[Mapping[str, str]]] = {tag: [] for tag in HEAD_TAGS}
        self.texts: dict[str, list[str]] = {tag: [] for tag in TOLD}
        """Of the tags with the same place in `tags`."""
        self.open: list[tuple[int, list[str]]] = []
        """Which of its tag each open element is, and its text so far."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Open an element of `HEAD_TAGS`."""
        if tag in TOLD:
            self.open.append((len(self.tags[tag]), []))
            self.texts[tag].append("")
        self.tags[tag].append(attributes)

    def end(self, tag: str) -> None:
        """Close an element of `TOLD`."""
        place, pieces = self.open.pop()
        self.texts[tag][place] = "".join(pieces)

    def data(self, text: str) -> None:
        """Read text inside one."""
        for _, pieces in self.open:
            pieces.append(text)
