"""What revisit records point at: the places of payloads read so far, by their digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path

from pipelines.errors import StorageError
from pipelines.types import Capture, FetchedPage

MAX_PLACES = 500_000
"""Payloads remembered, the newest: about 100 MB. A crawler's revisits mostly point a few files back."""


@dataclass(slots=True)
class Originals:
    """Finds the bytes of a page that another record holds; shared by the files of one reading."""

    n_missing: int = 0
    """Revisit records whose bytes are in none of the files read so far."""
    places: dict[bytes, tuple[Path, Capture]] = field(default_factory=dict)

    def note(self, digest: str | None, folder: Path, capture: Capture) -> None:
        """Remember where a payload lies. `folder`: of the file; the capture names the file within it."""
        if digest:
            if len(self.places) >= MAX_PLACES:
                self.places.pop(next(iter(self.places)))
            self.places.setdefault(_key(digest), (folder, capture))

    def find(self, headers: Mapping[str, str], revisit: FetchedPage) -> FetchedPage | None:
        """Return the page that a revisit record stands for, with the original's bytes and capture (its file by its whole path).

        None: it says that a page did not change, which is nothing new; or its bytes are not here (then counted).
        """
        if "identical-payload-digest" not in headers.get("WARC-Profile", "") or _same(headers.get("WARC-Refers-To-Target-URI"), revisit):
            return None
        place = self.places.get(_key(headers.get("WARC-Payload-Digest", "")))
        if place is None:
            self.n_missing += 1
            return None
        from storage.capture_reading import read_capture

        try:
            original = read_capture(*place)
        except StorageError:
            self.n_missing += 1
            return None
        if original.final_url == revisit.final_url:
            return None
        shown = revisit.headers or original.headers
        return replace(
            revisit,
            status=original.status,
            headers=shown,
            body=original.body,
            capture=replace(place[1], file=str((place[0] / place[1].file).resolve())),
        )


def _key(digest: str) -> bytes:
    return blake2b(digest.strip().lower().encode(), digest_size=12).digest()


def _same(uri: str | None, revisit: FetchedPage) -> bool:
    return uri is not None and uri.strip("<> ") == revisit.final_url
