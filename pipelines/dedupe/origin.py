"""Where does a story come from? What pages say comes before when they were printed, and nothing is guessed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from pipelines.dedupe.attribution import Copy, Evidence, Origin, Witness, by_time, in_one_spelling, is_surely_later
from pipelines.dedupe.claims import Claim, read_claims
from pipelines.dedupe.clusters import Edge
from pipelines.types import Precision

ORIGIN_VERSION = 4
"""Raise it whenever a rule of attribution changes."""

FULLER, INSIDE = 0.75, 0.9
"""A page nearly wholly inside another, which it fills less than this much of, is cut from it."""
MIN_PATH = 12
"""Characters of a URL path that two hosts do not share by chance; it must hold a digit, too."""
FINE = frozenset({Precision.HOUR, Precision.MINUTE, Precision.SECOND})
LINKED, OWN, FIRST_OWN, FIRST = 0.9, 0.85, 0.6, 0.5
"""Confidence where others link to a page; where one page calls the text its own; where several do, in the first; in the first of all."""


def find_origin(copies: Sequence[Copy], edges: Iterable[Edge], compilations: frozenset[int] = frozenset()) -> Origin:
    """Attribute a story. `copies` holds at least one page; `edges`: relations among them; `compilations`: pages that hold several stories."""
    copies = in_one_spelling(copies)
    earliest = min(copies, key=by_time).page
    inside = _cut_pages(copies, edges, compilations)
    marks = (*_disguises(copies), *_mirrors(copies))
    claims = read_claims(copies)
    linked = _linked_page(copies, inside)
    if linked is not None:
        origin = _by_link(copies, linked, earliest)
    elif claims:
        origin = _by_claims(copies, claims, inside, earliest)
    elif any(c.is_own for c in copies):
        origin = _by_own_word(copies, inside, earliest)
    else:
        origin = _by_time(copies, inside, earliest)
    return _with_evidence(origin, marks)


def _with_evidence(origin: Origin, marks: tuple[Evidence, ...]) -> Origin:
    return Origin(
        page=origin.page, outlet=origin.outlet, earliest=origin.earliest, confidence=origin.confidence, evidence=(*origin.evidence, *marks)
    )


def _unknown(earliest: int, *evidence: Evidence) -> Origin:
    return Origin(page=None, outlet=None, earliest=earliest, confidence=0.0, evidence=evidence)


def _linked_page(copies: Sequence[Copy], inside: Mapping[int, int]) -> Copy | None:
    """Find the held page that most sites link to as their source or name as canonical; one that names a source itself is a station."""
    by_url = {url: c for c in copies for url in (c.url, c.canonical_url) if c.holds(url)}
    sites: dict[int, set[str]] = defaultdict(set)
    for copy in copies:
        for target in filter(None, map(by_url.get, copy.links)):
            if target.site != copy.site and not target.disguised and target.is_repost is not True and target.page not in inside:
                sites[target.page].add(copy.site)
    best = max(sorted(sites), key=lambda page: len(sites[page]), default=None)
    return next((c for c in copies if c.page == best), None)


def _by_link(copies: Sequence[Copy], linked: Copy, earliest: int) -> Origin:
    pointing = tuple(c.page for c in copies if {linked.url, linked.canonical_url} & set(c.links))
    outlet = linked.source or linked.site_name
    found = Evidence(witness=Witness.LINK, pages=pointing, outlet=outlet)
    return Origin(page=linked.page, outlet=outlet, earliest=earliest, confidence=LINKED, evidence=(found,))


def _by_claims(copies: Sequence[Copy], claims: Sequence[Claim], inside: Mapping[int, int], earliest: int) -> Origin:
    best, *others = claims
    evidence = [Evidence(witness=Witness.SOURCE_LINE, pages=best.pages, outlet=best.outlet)]
    if best.opened:
        evidence.append(Evidence(witness=Witness.DATELINE, pages=best.opened, outlet=best.outlet))
    n_others = len(frozenset[str]().union(*(claim.sites for claim in others)) - best.sites)
    if n_others:
        evidence.append(Evidence(witness=Witness.DISPUTED, pages=tuple(sorted({p for claim in others for p in claim.pages}))))
    if others and others[0].rank == best.rank:
        return _unknown(earliest, *evidence)
    page, found = _page_of(best.outlet, copies, inside)
    confidence = _trust(len(best.sites), n_others, is_opened=bool(best.opened), is_held=page is not None)
    return Origin(page=page, outlet=best.outlet, earliest=earliest, confidence=confidence, evidence=(*evidence, *found))


def _trust(n_for: int, n_others: int, *, is_opened: bool, is_held: bool) -> float:
    # Most who name another outlet name the one they had it from, and take nothing back of what the majority says.
    share = 1.0 if is_opened else n_for / (n_for + n_others / 2)
    return round(share * (0.85 if n_for == 1 else 0.9) + (0.05 if is_opened or is_held else 0.0), 2)


def _page_of(outlet: str, copies: Sequence[Copy], inside: Mapping[int, int]) -> tuple[int | None, list[Evidence]]:
    """Find the outlet's own page. Where two domains claim to be its own, links of others tell which is, else nobody can."""
    own = [c for c in copies if not c.disguised and (c.site_name == outlet or (c.is_own and c.source == outlet))]
    own = own or [c for c in copies if _is_site_of(c, outlet)]
    whole = [c for c in own if c.page not in inside]
    if not whole:
        return None, [Evidence(witness=Witness.CONTAINED, pages=tuple(c.page for c in own))] if own else []
    if len({c.site for c in whole}) > 1:
        linked = [c for c in whole if any(c.holds(url) for other in copies if other.site != c.site for url in other.links)]
        if len({c.site for c in linked}) != 1 and _mirrors(whole):
            return None, []
        whole = linked or whole
    page = min(whole, key=by_time).page
    return page, [Evidence(witness=Witness.SELF, pages=(page,), outlet=outlet)]


def _is_site_of(copy: Copy, outlet: str) -> bool:
    """Tell whether a page's site calls itself the outlet's (北京日报网), and the page does not have the text from another house."""
    return copy.site_name == f"{outlet}网" and copy.is_repost is not True and not copy.disguised


def _by_own_word(copies: Sequence[Copy], inside: Mapping[int, int], earliest: int) -> Origin:
    """Take the page that calls the text its own; of several sites that do, the one that was clearly first."""
    own = sorted((c for c in copies if c.is_own and c.page not in inside), key=by_time)
    if not own:
        return _unknown(earliest, Evidence(witness=Witness.CONTAINED, pages=tuple(sorted(inside))))
    first, rivals = own[0], [c for c in own if c.site != own[0].site]
    found = [Evidence(witness=Witness.SELF, pages=(first.page,), outlet=first.own_name)]
    if rivals:
        found.append(Evidence(witness=Witness.DISPUTED, pages=tuple(c.page for c in rivals)))
        if first.precision not in FINE or not all(is_surely_later(c, first) for c in rivals):
            return _unknown(earliest, *found)
    confidence = FIRST_OWN if rivals else OWN
    return Origin(page=first.page, outlet=first.own_name, earliest=earliest, confidence=confidence, evidence=tuple(found))


def _by_time(copies: Sequence[Copy], inside: Mapping[int, int], earliest: int) -> Origin:
    """Take the earliest page, where it is earlier than all other sites beyond doubt and nothing speaks against it."""
    first = next(c for c in copies if c.page == earliest)
    others = [c for c in copies if c.site != first.site]
    if not others or first.disguised or first.is_repost or first.precision not in FINE:
        return _unknown(earliest)
    if earliest in inside:
        return _unknown(earliest, Evidence(witness=Witness.CONTAINED, pages=(earliest, inside[earliest])))
    if not all(is_surely_later(c, first) for c in others):
        return _unknown(earliest)
    found = Evidence(witness=Witness.EARLIEST, pages=(earliest,))
    return Origin(page=earliest, outlet=first.site_name, earliest=earliest, confidence=FIRST, evidence=(found,))


def _cut_pages(copies: Sequence[Copy], edges: Iterable[Edge], compilations: frozenset[int]) -> dict[int, int]:
    """Return the pages that are cut from a fuller page, with that page. A round-up is fuller than what it holds, and no page of it is cut from it."""
    held = {c.page for c in copies} - compilations
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
