"""What goes into the frontier and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

SUSPECT_RANK = 1000
"""Added to the rank of a suspect: it goes last and alone, so that it takes no others with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUrl:
    """A URL found."""

    url: str
    """Canonical."""
    host: str
    """What shares its pace."""
    scope: str
    """The site or host whose crawl found it."""
    kind: str
    rank: int
    """Smaller is sooner."""
    depth: int = 0
    site_id: str | None = None
    is_forced: bool = False
    """Fetch it even if it was fetched before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedUrl:
    """A URL to be fetched now, and what is known of it."""

    pk: int
    url: str
    host: str
    scope: str
    site_id: str | None
    kind: str
    rank: int
    depth: int
    attempts: int
    """Tries that failed so far."""
    added_s: float
    """When it was first found."""
    interval_s: float | None
    n_visits: int
    n_trusted: int
    """Visits in a row that believed the server's "not modified"."""
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    rhythm: str | None = None
    """What is known of how often a list brings news, as the crawler wrote it."""
    n_leases: int = 1
    """Leases since it was last heard of, this one included."""

    @property
    def is_shaken(self) -> bool:
        """Tell whether it was in memory when a program died."""
        return self.n_leases > 1

    @property
    def is_suspect(self) -> bool:
        """Tell whether it was in work at several crashes."""
        return self.rank >= SUSPECT_RANK


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedHost:
    """A host that is ours for the time being."""

    host: str
    next_s: float
    """Not asked before."""
    delay_s: float
    """Crawl-delay last seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostBack:
    """A host that is given back."""

    host: str
    next_s: float
    """Not to be asked before, by whoever leases it next."""
    delay_s: float
    """Crawl-delay last seen."""


class Claimed(NamedTuple):
    """What a claim brought."""

    urls: list[LeasedUrl]
    """The smallest rank first."""
    drained: frozenset[str]
    """Hosts that have nothing ready beyond these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of a leased URL."""

    pk: int
    state: str
    """`done`, `dead` or `waiting`."""
    due_s: float = 0.0
    """With `waiting`: when it is to be fetched (again)."""
    attempts: int = 0
    """Failed tries so far; 0 after a good one."""
    reason: str | None = None
    detail: str | None = None
    interval_s: float | None = None
    rhythm: str | None = None
    n_trusted: int = 0
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What is left to do for a run."""

    is_ready: bool
    """Some URL may be fetched now."""
    is_leased: bool
    """Some URL is being fetched; it may bring links."""
    next_due_s: float | None
    """When the next failed try may be repeated."""


def key_of(url: str) -> bytes:
    """Return the key of a canonical URL."""
    return blake2b(url.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def new_row(key: bytes, a: NewUrl, now: float) -> dict[str, Any]:
    """Return the row of a URL not known before."""
    return {
        "key": key, "url": a.url, "host": a.host, "scope": a.scope, "site_id": a.site_id, "kind": a.kind, "state": "ready", "rank": a.rank,
        "depth": a.depth, "due_s": 0.0, "attempts": 0, "n_leases": 0, "added_s": now, "n_visits": 0, "n_trusted": 0,
    }  # fmt: skip
