"""Where does a story come from? What pages say comes before when they were printed, and nothing is guessed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from pipelines.dedupe.clusters import Edge
from pipelines.types import Precision

ORIGIN_VERSION = 1
"""Raise it whenever a rule below changes."""

AGENCY = re.compile(r"^[\s（(【\[]*(?P<outlet>[\u4e00-\u9fff]{2,8}?(?:社|报|网|台))(?=.{0,24}?(?:电|讯|消息))")
SELF = frozenset("本")
"""First letter of 本报, 本网, 本台: said by whoever wrote it first, so it names nobody."""
FULLER, INSIDE = 0.75, 0.9
"""A page nearly wholly inside another, which it fills less than this much of, is cut from it."""
LEAD = timedelta(minutes=10)
"""Clocks and crawls differ: a page must be earlier than other sites by this much."""
MIN_PATH = 12
"""Characters of a URL path that two hosts do not share by chance; it must hold a digit, too."""
FINE = frozenset({Precision.HOUR, Precision.MINUTE, Precision.SECOND})


class Witness(StrEnum):
    """Kinds of evidence."""

    SOURCE_LINE = "source_line"
    """Pages name the outlet as their source."""
    DATELINE = "dateline"
    """The text opens with the outlet's name."""
    LINK = "link"
    """The source line or the canonical link points at the page or its site."""
    SELF = "self"
    """The page names its own site as the source."""
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
    """A page of a story, as attribution sees it."""

    page: int
    url: str
    canonical_url: str
    site: str
    """Registrable domain."""
    site_name: str | None
    source: str | None
    """Canonical name of the outlet it names."""
    source_url: str | None
    dateline: str | None
    is_repost: bool | None
    """False: the source is the site itself."""
    published_at: datetime | None
    """Aware."""
    precision: Precision | None
    first_seen_at: datetime
    disguised: bool


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


def find_origin(copies: Sequence[Copy], edges: Iterable[Edge]) -> Origin:
    """Attribute a story. `copies` holds at least one page; `edges`: relations among them."""
    earliest = min(copies, key=lambda c: (credible_time(c), c.page))
    inside = _cut_pages(copies, edges)
    marks = [*_disguises(copies), *_mirrors(copies)]
    linked = _linked_page(copies)
    votes = _votes(copies)
    if linked is not None and linked.page not in inside:
        pointing = tuple(c.page for c in copies if c.page != linked.page and linked.url in (c.source_url, c.canonical_url))
        outlet = linked.source if linked.source and linked.is_repost is not True else linked.site_name
        if linked.is_repost is not True:
            found = Evidence(witness=Witness.LINK, pages=pointing, outlet=outlet)
            return Origin(page=linked.page, outlet=outlet, earliest=earliest.page, confidence=0.9, evidence=(found, *marks))
    if votes:
        return _by_claims(copies, votes, inside, earliest, marks)
    return _by_time(copies, inside, earliest, marks)


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


def _votes(copies: Sequence[Copy]) -> dict[str, dict[str, set[int]]]:
    """Count who names which outlet: outlet -> site -> pages. One vote a site, however many pages it has."""
    votes: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for copy in copies:
        named = copy.source or _agency_of(copy)
        if named is not None:
            votes[named][copy.site].add(copy.page)
    return votes


def _agency_of(copy: Copy) -> str | None:
    match = AGENCY.match(copy.dateline or "")
    return None if match is None or match["outlet"][0] in SELF else match["outlet"]


def _by_claims(
    copies: Sequence[Copy], votes: Mapping[str, Mapping[str, set[int]]], inside: Mapping[int, int], earliest: Copy, marks: list[Evidence]
) -> Origin:
    outlet, n_for, n_others = _follow(copies, votes)
    pages = tuple(sorted(page for pages in votes[outlet].values() for page in pages))
    evidence = [Evidence(witness=Witness.SOURCE_LINE, pages=pages, outlet=outlet)]
    opened = tuple(c.page for c in copies if _agency_of(c) == outlet)
    if opened:
        evidence.append(Evidence(witness=Witness.DATELINE, pages=opened, outlet=outlet))
    if n_others:
        others = tuple(sorted(p for name, sites in votes.items() if name != outlet for pages in sites.values() for p in pages))
        evidence.append(Evidence(witness=Witness.DISPUTED, pages=others))
        if n_others >= n_for and not opened:
            # As many say otherwise, and the text itself does not speak: not known.
            return Origin(page=None, outlet=None, earliest=earliest.page, confidence=0.0, evidence=(*evidence, *marks))
    own = [c for c in copies if _is_page_of(c, outlet) and not c.disguised]
    held = min((c for c in own if c.page not in inside), key=lambda c: (credible_time(c), c.page), default=None)
    if held is not None:
        evidence.append(Evidence(witness=Witness.SELF, pages=(held.page,), outlet=outlet))
    elif own:
        evidence.append(Evidence(witness=Witness.CONTAINED, pages=tuple(c.page for c in own)))
    confidence = n_for / (n_for + n_others) * (0.8 if n_for == 1 else 0.9) + (0.05 if opened else 0.0)
    return Origin(
        page=held.page if held else None, outlet=outlet, earliest=earliest.page, confidence=round(confidence, 2), evidence=(*evidence, *marks)
    )  # fmt: skip


def _follow(copies: Sequence[Copy], votes: Mapping[str, Mapping[str, set[int]]]) -> tuple[str, int, int]:
    """Choose the outlet that most sites name, following on where that outlet's own page names another one.

    Returns the outlet, how many sites lead to it, and how many lead elsewhere.
    """
    onward: dict[str, str] = {}
    for name in votes:
        sources = {c.source for c in copies if c.site_name == name and c.is_repost and c.source and c.source != name}
        if len(sources) == 1:
            onward[name] = sources.pop()
    ends: dict[str, set[str]] = defaultdict(set)
    for name, sites in votes.items():
        ends[_end_of(name, onward)] |= sites.keys()
    outlet = max(sorted(ends), key=lambda name: len(ends[name]))
    others = set().union(*(sites for name, sites in ends.items() if name != outlet)) - ends[outlet]
    return outlet, len(ends[outlet]), len(others)


def _end_of(name: str, onward: Mapping[str, str]) -> str:
    passed = {name}
    while name in onward and onward[name] not in passed:
        name = onward[name]
        passed.add(name)
    return name


def _is_page_of(copy: Copy, outlet: str) -> bool:
    return copy.site_name == outlet or (copy.source == outlet and copy.is_repost is False)


def _linked_page(copies: Sequence[Copy]) -> Copy | None:
    """Find the held page that pages of other sites link to as their source or name as canonical."""
    by_url = {url: c for c in copies for url in (c.url, c.canonical_url) if _site_holds(c, url)}
    sites: dict[int, set[str]] = defaultdict(set)
    for copy in copies:
        for url in {copy.source_url, copy.canonical_url} - {None}:
            target = by_url.get(url or "")
            if target is not None and target.site != copy.site and not target.disguised:
                sites[target.page].add(copy.site)
    if not sites:
        return None
    best = max(sorted(sites), key=lambda page: len(sites[page]))
    return next(c for c in copies if c.page == best)


def _site_holds(copy: Copy, url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == copy.site or host.endswith("." + copy.site)


def _by_time(copies: Sequence[Copy], inside: Mapping[int, int], earliest: Copy, marks: list[Evidence]) -> Origin:
    """Take the earliest page, where it is earlier than all other sites beyond doubt and nothing speaks against it."""
    unknown = Origin(page=None, outlet=None, earliest=earliest.page, confidence=0.0, evidence=tuple(marks))
    others = [c for c in copies if c.site != earliest.site]
    if not others or earliest.disguised or earliest.is_repost or earliest.precision not in FINE:
        return unknown
    if earliest.page in inside:
        cut = Evidence(witness=Witness.CONTAINED, pages=(earliest.page, inside[earliest.page]))
        return Origin(page=None, outlet=None, earliest=earliest.page, confidence=0.0, evidence=(cut, *marks))
    if any(not _is_surely_later(c, earliest) for c in others):
        return unknown
    found = Evidence(witness=Witness.EARLIEST, pages=(earliest.page,))
    return Origin(page=earliest.page, outlet=earliest.site_name, earliest=earliest.page, confidence=0.5, evidence=(found, *marks))


def _is_surely_later(copy: Copy, earliest: Copy) -> bool:
    """True where nothing that the page prints leaves room for an earlier time: a bare day may mean its first minute."""
    if copy.published_at is None or copy.precision is None:
        return False
    return copy.published_at >= credible_time(earliest) + LEAD


def _cut_pages(copies: Sequence[Copy], edges: Iterable[Edge]) -> dict[int, int]:
    """Return the pages that are cut from a fuller page, with that page."""
    held = {c.page for c in copies}
    out: dict[int, int] = {}
    for e in edges:
        for page, view in ((e.a, e.seen_from(e.a)), (e.b, e.seen_from(e.b))):
            if page in held and view.other in held and view.cover >= INSIDE and view.cover_other < FULLER:
                out[page] = min(view.other, out.get(page, view.other))
    return out


def _disguises(copies: Sequence[Copy]) -> list[Evidence]:
    pages = tuple(c.page for c in copies if c.disguised)
    return [Evidence(witness=Witness.DISGUISED, pages=pages)] if pages else []


def _mirrors(copies: Sequence[Copy]) -> list[Evidence]:
    """Find pages of different hosts that stand at the same path."""
    hosts: dict[str, dict[str, int]] = defaultdict(dict)
    for copy in copies:
        parts = urlsplit(copy.url)
        if len(parts.path) >= MIN_PATH and any(c.isdigit() for c in parts.path):
            hosts[f"{parts.path}?{parts.query}"].setdefault(parts.hostname or "", copy.page)
    return [Evidence(witness=Witness.MIRROR, pages=tuple(sorted(same.values()))) for _, same in sorted(hosts.items()) if len(same) > 1]
