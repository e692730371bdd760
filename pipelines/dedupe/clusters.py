"""Stories from stored edges: nothing else decides, so the order in which pages came cannot matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.dedupe.headlines import SAME_TITLE, title_overlap
from pipelines.dedupe.joints import CROWD, doubtful_joints
from pipelines.dedupe.verdict import APART, SAME, EdgeKind

TIGHT = SAME
"""Both hold this much of each other: they stay together whatever else one of them holds."""
INSIDE = 0.6
"""Share of a page that stands in another for it to count as held there."""
TOUCHING = 0.5
"""Share of a part of a page that another part may touch: common phrases do."""
WHOLE = 0.8
"""Share of two parts of a page that a copy of the whole page must hold."""
EQUAL_TITLE, LONG_TITLE = 0.9, 8
"""What two titles must share, and letters they must have, to be the title of one article."""
MEMBER = 0.7
"""Share of a page that a compilation must hold to be a copy of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What clustering needs to know of a page beside its edges."""

    title: str
    """Folded, letters and digits only; empty: no title."""
    day: int | None
    """Days since 1970 of publication; None: no date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A stored relation of two pages, `a` < `b`."""

    a: int
    b: int
    kind: EdgeKind
    cover_a: float
    cover_b: float
    mask_a: int
    mask_b: int
    unites: bool

    @property
    def small(self) -> float:
        """The smaller of the two coverages."""
        return min(self.cover_a, self.cover_b)

    def seen_from(self, page: int) -> "Seen":
        """Turn the edge so that `page` comes first."""
        if page == self.a:
            return Seen(other=self.b, cover=self.cover_a, cover_other=self.cover_b, mask=self.mask_a, edge=self)
        return Seen(other=self.a, cover=self.cover_b, cover_other=self.cover_a, mask=self.mask_b, edge=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An edge as one of its ends sees it."""

    other: int
    cover: float
    """Share of this page that stands in the other."""
    cover_other: float
    mask: int
    """Which parts of this page stand in the other."""
    edge: Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A page belongs to the story of another page without uniting anything."""

    page: int
    other: int
    cover: float
    """Share of the page that stands in the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The stories of a set of pages."""

    story: Mapping[int, int]
    """Each page to the smallest page of its story; a page of several stories to the one that it holds most of."""
    also: tuple[Membership, ...]
    """Further stories of compilations and of pages that hold another page in passing."""
    compilations: frozenset[int]


class Forest:
    """Union by smallest member."""

    def __init__(self, pages: Iterable[int]) -> None:
        self.parent = {page: page for page in pages}

    def find(self, page: int) -> int:
        """Return the smallest page of the tree."""
        parent = self.parent
        while parent[page] != page:
            parent[page] = parent[parent[page]]
            page = parent[page]
        return page

    def unite(self, a: int, b: int) -> None:
        """Make one tree of two."""
        a, b = self.find(a), self.find(b)
        self.parent[max(a, b)] = min(a, b)


def cluster(pages: Mapping[int, Page], edges: Sequence[Edge]) -> Clusters:
    """Derive the stories of the pages in `pages` from all edges among them."""
    edges = [e for e in edges if e.kind not in APART]
    cores = Forest(pages)
    for e in edges:
        if e.unites and e.small >= TIGHT:
            cores.unite(e.a, e.b)
    compilations = _find_compilations(pages, edges, cores)
    joints = [e for e in edges if e.unites and (e.small >= TIGHT or not compilations & {e.a, e.b})]
    forest, cut = _unite(pages, joints)
    united = {(e.a, e.b) for e in joints} - cut
    also = [m for e in edges if (e.a, e.b) not in united for m in _memberships(e)]
    story = _name_stories({page: forest.find(page) for page in pages}, also, compilations)
    return Clusters(story=story, also=tuple(m for m in also if story[m.page] != story[m.other]), compilations=frozenset(compilations))


def _unite(pages: Iterable[int], joints: Sequence[Edge]) -> tuple[Forest, set[tuple[int, int]]]:
    """Unite along edges, but for those that would make a giant."""
    forest, cut = Forest(pages), set[tuple[int, int]]()
    for e in joints:
        forest.unite(e.a, e.b)
    trees = defaultdict(list)
    for page in pages:
        trees[forest.find(page)].append(page)
    large = {root for root, members in trees.items() if len(members) >= 2 * CROWD}
    if not large:
        return forest, cut
    for root in large:
        cut |= doubtful_joints(trees[root], [(e.a, e.b, e.small) for e in joints if forest.find(e.a) == root])
    guarded = Forest(pages)
    for e in joints:
        if (e.a, e.b) not in cut:
            guarded.unite(e.a, e.b)
    return guarded, cut


def _memberships(e: Edge) -> list[Membership]:
    views = ((e.a, e.seen_from(e.a)), (e.b, e.seen_from(e.b)))
    return [Membership(page=page, other=v.other, cover=v.cover) for page, v in views if v.cover_other >= MEMBER]


def _name_stories(root: dict[int, int], also: Sequence[Membership], compilations: set[int]) -> dict[int, int]:
    """Give pages whose whole tree is compilations to the story that they hold most of: a round-up tells no story of its own."""
    own = {root[page] for page in root if page not in compilations}
    best: dict[int, Membership] = {}
    for m in also:
        tree = root[m.page]
        if tree not in own and root[m.other] in own and (tree not in best or _rank(m) > _rank(best[tree])):
            best[tree] = m
    moved = {tree: root[m.other] for tree, m in best.items()}
    return {page: moved.get(tree, tree) for page, tree in root.items()}


def _rank(m: Membership) -> tuple[float, int]:
    return (m.cover, -m.other)


def _find_compilations(pages: Mapping[int, Page], edges: Sequence[Edge], cores: Forest) -> set[int]:
    """Find the pages that hold two stories: two unrelated pages stand in different parts of them."""
    seen = defaultdict(list)
    meets = set()
    for e in edges:
        if e.unites:
            seen[e.a].append(e.seen_from(e.a))
            seen[e.b].append(e.seen_from(e.b))
        meets |= {(e.a, cores.find(e.b)), (e.b, cores.find(e.a))}
    return {page for page, views in seen.items() if _holds_two(page, views, pages, cores, meets)}


def _holds_two(page: int, views: list[Seen], pages: Mapping[int, Page], cores: Forest, meets: set[tuple[int, int]]) -> bool:
    """`meets`: (page, core) where the page has an edge into the core."""
    parts = defaultdict(list)
    others = defaultdict(list)
    own = cores.find(page)
    for v in views:
        core = cores.find(v.other)
        if v.cover_other >= INSIDE:
            # Within its own core a page may sit with one of its parts: each neighbour speaks for itself.
            others[v.other if core == own else ~core].append(v)
            if v.edge.small < TIGHT and v.cover_other > v.cover:
                parts[core].append(v)
    if not parts:
        return False
    wholes = {v.mask for v in views if v.edge.small >= TIGHT}
    return any(
        _are_two_stories(core, xs, zs, pages, wholes, meets) for core, xs in parts.items() for key, zs in others.items() if key != ~core
    )


def _are_two_stories(
    core_x: int, xs: list[Seen], zs: list[Seen], pages: Mapping[int, Page], wholes: set[int], meets: set[tuple[int, int]]
) -> bool:
    if any((z.other, core_x) in meets for z in zs):
        return False
    # A head and a tail of one article touch as little as two articles do, but they go by one name.
    pages_x, pages_z = ({pages[v.other] for v in views} for views in (xs, zs))
    if any(_go_by_one_name(x, z) for x in pages_x for z in pages_z):
        return False
    masks = [(x, z) for x in {v.mask for v in xs} for z in {v.mask for v in zs} if _are_apart(x, z)]
    # Columns keep one short name for years ("联播快讯"): there the page must be known from nowhere else.
    alike = any(title_overlap(x.title, z.title) >= SAME_TITLE for x in pages_x for z in pages_z)
    return any(not (alike and any(_holds(whole, x | z) for whole in wholes)) for x, z in masks)


def _are_apart(x: int, z: int) -> bool:
    return (x & z).bit_count() <= TOUCHING * min(x.bit_count(), z.bit_count())


def _holds(whole: int, part: int) -> bool:
    return (whole & part).bit_count() >= WHOLE * part.bit_count()


def _go_by_one_name(x: Page, z: Page) -> bool:
    """Nearly equal is not enough ("会见…总统", "会见…首相"), and columns keep one short name for years ("联播快讯")."""
    return min(len(x.title), len(z.title)) >= LONG_TITLE and title_overlap(x.title, z.title) >= EQUAL_TITLE
