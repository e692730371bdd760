"""Folded texts of pages: packed into the database, read back ready for comparing."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable

from sqlalchemy import Connection

from pipelines.dedupe.fold import fold_text, fold_title
from pipelines.dedupe.reading import ReadText, read_folded
from pipelines.dedupe.signature import sign
from storage.story_sql import among, rows_among

MAX_HELD = 2_000
"""Texts a process keeps ready, about 20 KB each. Copies come close together in time, so few are read twice."""
IN_UTF16 = b"u"
"""What a text in UTF-16 begins with; a compressed one begins with x."""


def pack(folded: str) -> bytes:
    """Pack a folded text. Chinese in UTF-16 is hardly longer than compressed at the fastest level, and made ten times as fast."""
    data = folded.encode("utf-8", "surrogatepass")
    if len(data) < 2 * len(folded):
        return zlib.compress(data, 1)
    return IN_UTF16 + folded.encode("utf-16-le", "surrogatepass")


def unpack(packed: bytes) -> str:
    """Undo `pack`."""
    if packed.startswith(IN_UTF16):
        return packed[1:].decode("utf-16-le", "surrogatepass")
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


def fold_page(title: str | None, text: str) -> tuple[str, str]:
    """Fold a page's title and its text."""
    return fold_title(title or ""), fold_text(text)


class Shelved:
    """A text ready for comparing, and its hashes once they were asked for."""

    def __init__(self, text: ReadText) -> None:
        self.text = text
        self._hashes: tuple[int, ...] | None = None

    @property
    def hashes(self) -> tuple[int, ...]:
        """The signature of the text."""
        if self._hashes is None:
            self._hashes = sign(self.text)
        return self._hashes


class TextShelf:
    """The texts last used. It saves time, and nothing depends on it: a text belongs to a page and its version, and never changes."""

    def __init__(self, max_held: int = MAX_HELD) -> None:
        self.max_held = max_held
        self._held: OrderedDict[tuple[int, int], Shelved] = OrderedDict()

    def put(self, page: int, version: int, text: ReadText) -> Shelved:
        """Keep a text that was just read."""
        shelved = self._held[page, version] = Shelved(text)
        while len(self._held) > self.max_held:
            self._held.popitem(last=False)
        return shelved

    def load(self, connection: Connection, pages: Iterable[int]) -> dict[int, Shelved]:
        """Load the texts of pages, as they are now."""
        wanted = sorted(set(pages))
        versions = dict(
            rows_among(connection, f"SELECT page, version FROM story_page WHERE is_held AND {among(connection, 'page')}", wanted)
        )
        missing = [page for page, version in versions.items() if (page, version) not in self._held]
        loaded = {page: self._held[page, version] for page, version in versions.items() if (page, version) in self._held}
        query = (
            "SELECT p.page, p.version, p.title, t.folded FROM story_page p JOIN story_text t ON t.page = p.page "
            f"WHERE {among(connection, 'p.page')}"
        )
        rows = rows_among(connection, query, missing)
        texts = read_folded((title, unpack(packed)) for _, _, title, packed in rows)
        for (page, version, _, _), text in zip(rows, texts, strict=True):
            loaded[page] = self.put(page, version, text)
        for page in wanted:  # last used, last dropped
            if page in loaded and (page, versions[page]) in self._held:
                self._held.move_to_end((page, versions[page]))
        return loaded
