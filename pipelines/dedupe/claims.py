"""What the pages of a story say about where it comes from, followed to its end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.dedupe.attribution import Copy
from pipelines.either_script import compile_either
from pipelines.normalize.repost import is_one_house

AGENCY = compile_either(r"^[\s　（(【\[]*(?P<outlet>[\u4e00-\u9fff]{2,10}?(?:社|报|网|台))(?=.{0,24}?(?:电|讯|消息))")
SELF = frozenset("本")
"""First letter of 本报, 本网, 本台: said by whoever wrote it first, so it names nobody."""


def agency_of(dateline: str | None) -> str | None:
    """Return the outlet that a dateline (verbatim) names, as printed. None: it names none, or says 本报.

    >>> agency_of("（临江通讯社石桥3月4日电）"), agency_of("本报讯 记者方敏")
    ('临江通讯社', None)
    """
    match = AGENCY.match(dateline or "")
    return None if match is None or match["outlet"][0] in SELF else match["outlet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An outlet that pages lead to, and who they are. A site has one vote, however many pages it has."""

    outlet: str
    sites: frozenset[str]
    pages: tuple[int, ...]
    opened: tuple[int, ...]
    """Pages of others whose text opens with the outlet's name."""
    own: tuple[int, ...]
    """Pages of the outlet itself that call the text their own."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The text itself speaks before those who copied it; then votes count, then the outlet's own word."""
        return (len(self.opened), len(self.sites), len(self.own))


def read_claims(copies: Sequence[Copy]) -> list[Claim]:
    """Return the outlets that pages name, the most credible first. What pages say of themselves supports others, and is no claim."""
    onward = _onward(copies)
    named: dict[str, list[Copy]] = defaultdict(list)
    opened: dict[str, list[Copy]] = defaultdict(list)
    for copy in copies:
        if copy.agency is not None and not _is_by_itself(copy, copy.agency):
            opened[_end_of(copy.agency, onward)].append(copy)
        credited = None if copy.is_own else copy.source or copy.agency
        if credited is not None and not (copy.source is None and _is_by_itself(copy, credited)):
            named[_end_of(credited, onward)].append(copy)
    n_sites = len({copy.site for copy in copies})
    # Copies keep the head of a text: a dateline that few of them have was put there by these.
    heard = {outlet: pages for outlet, pages in opened.items() if 2 * len({copy.site for copy in pages}) >= n_sites}
    claims = [_claim(outlet, named[outlet], heard.get(outlet, []), copies) for outlet in sorted(named.keys() | heard.keys())]
    return sorted(claims, key=lambda claim: claim.rank, reverse=True)


def _is_by_itself(copy: Copy, agency: str) -> bool:
    """Tell whether a page's text opens with the name of the page's own house."""
    return any(
        name is not None and (name == agency or is_one_house(agency, name))
        for name in (copy.site_name, copy.source if copy.is_own else None)
    )


def _claim(outlet: str, named: Iterable[Copy], opened: Iterable[Copy], copies: Sequence[Copy]) -> Claim:
    own = [copy for copy in copies if copy.is_own and copy.own_name == outlet]
    pages = {copy.page: copy for copy in (*named, *opened, *own)}
    return Claim(
        outlet=outlet, sites=frozenset(copy.site for copy in pages.values()), pages=tuple(sorted(pages)),
        opened=tuple(sorted(copy.page for copy in opened)), own=tuple(sorted(copy.page for copy in own)),
    )  # fmt: skip


def _onward(copies: Sequence[Copy]) -> dict[str, str]:
    """Return from whom an outlet had the text, where its own page or those who copied it say so with one voice.

    An outlet whose own page calls the text its own had it from nobody.
    """
    authors = {copy.own_name for copy in copies if copy.is_own}
    givers: dict[str, set[str]] = defaultdict(set)
    for copy in copies:
        if copy.source is None or copy.is_own:
            continue
        for taker in (*copy.via, copy.site_name if copy.is_repost else None):
            if taker is not None and taker != copy.source and taker not in authors:
                givers[taker].add(copy.source)
    return {taker: next(iter(found)) for taker, found in givers.items() if len(found) == 1}


def _end_of(name: str, onward: Mapping[str, str]) -> str:
    passed = {name}
    while name in onward and onward[name] not in passed:
        name = onward[name]
        passed.add(name)
    return name
