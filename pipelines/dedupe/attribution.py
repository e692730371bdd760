"""The values of attribution: what is looked at of each page of a story, and what comes out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from pipelines.dedupe.fold import fold
from pipelines.types import Precision

LEAD = timedelta(minutes=10)
"""Clocks and crawls differ: a page must be earlier than other sites by this much."""


class Witness(StrEnum):
    """Kinds of evidence."""

    SOURCE_LINE = "source_line"
    """Pages name the outlet as their source, or one that had the text from it."""
    DATELINE = "dateline"
    """The text opens with the outlet's name, on pages of others."""
    LINK = "link"
    """The source line or the canonical link points at the page or its site."""
    SELF = "self"
    """The page calls the text its own: by its source line, a reporter's byline or 本报讯."""
    EARLIEST = "earliest"
    """The page was there first, by a time that can be believed."""
    MIRROR = "mirror"
    """Another host has the same path: one of the two copies the other as a whole."""
    CONTAINED = "contained"
    """The page is cut from a fuller one: it is not the origin."""
    DISPUTED = "disputed"
    """Pages name different outlets."""
    DISGUISED = "disguised"
    """The page is a disguised mirror: it is not the origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A page of a story, as attribution sees it. Names of outlets are canonical where known."""

    page: int
    url: str
    canonical_url: str
    site: str
    """Registrable domain."""
    site_name: str | None
    source: str | None
    """The outlet it names."""
    via: tuple[str, ...] = ()
    """Outlets that it says stand between the source and itself."""
    agency: str | None = None
    """The outlet whose name opens the text."""
    links: tuple[str, ...] = ()
    """Where its source line and its canonical link point, if onto another site."""
    is_repost: bool | None
    """False: it calls the text its own."""
    published_at: datetime | None
    """Aware."""
    precision: Precision | None
    first_seen_at: datetime
    disguised: bool

    @property
    def is_own(self) -> bool:
        """It calls the text its own; a disguised mirror repeats what it copied."""
        return self.is_repost is False and not self.disguised

    @property
    def own_name(self) -> str | None:
        """The outlet that a page with `is_own` speaks for."""
        return self.source or self.site_name

    def holds(self, url: str) -> bool:
        """Tell whether a URL lies on the site of this page."""
        host = urlsplit(url).hostname or ""
        return host == self.site or host.endswith("." + self.site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason, and the pages that give it."""

    witness: Witness
    pages: tuple[int, ...]
    outlet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a story comes from, as far as its pages tell. The earliest page seen is another matter and stands apart."""

    page: int | None
    """The page that the others copy; None: not held, or not known."""
    outlet: str | None
    """The outlet whose text it is; None: not known."""
    earliest: int
    """Page with the earliest credible time."""
    confidence: float
    """0 to 1; 0: unknown."""
    evidence: tuple[Evidence, ...]


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, fold(name)))


def in_one_spelling(copies: Sequence[Copy]) -> Sequence[Copy]:
    """Return the copies with each outlet's name spelt one way, the one most printed: 東河日報 and 东河日报 are one voice."""
    printed = Counter(name for c in copies for name in (c.site_name, c.source, c.agency, *c.via) if name)
    chosen: dict[str, str] = {}
    for name in sorted(printed, key=lambda name: (-printed[name], name)):
        chosen.setdefault(_folded(name), name)
    if len(chosen) == len(printed):
        return copies
    spelt: dict[str | None, str] = {name: chosen[_folded(name)] for name in printed}
    return [
        replace(
            c, site_name=spelt.get(c.site_name), source=spelt.get(c.source), agency=spelt.get(c.agency),
            via=tuple(dict.fromkeys(spelt[name] for name in c.via if name)),
        ) for c in copies
    ]  # fmt: skip


def credible_time(copy: Copy) -> datetime:
    """Return the time to believe: the printed one, unless it lies after the fetch; without one, the fetch.

    A printed day says no hour: it counts as the end of its day, so that it never comes before a page that says more.
    """
    printed, seen = copy.published_at, copy.first_seen_at
    if printed is None or copy.precision is None or copy.precision in (Precision.MONTH, Precision.YEAR):
        return seen
    if copy.precision is Precision.DAY:
        printed += timedelta(days=1)
    return min(printed, seen)


def by_time(copy: Copy) -> tuple[datetime, int]:
    """Sort key: earliest credible time first."""
    return credible_time(copy), copy.page


def is_surely_later(copy: Copy, earliest: Copy) -> bool:
    """True where nothing that the page prints leaves room for an earlier time: a bare day may mean its first minute."""
    if copy.published_at is None or copy.precision is None:
        return False
    return copy.published_at >= credible_time(earliest) + LEAD
