"""How each page of a story stands to its origin."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pipelines.dedupe.clusters import Edge
from pipelines.dedupe.verdict import EdgeKind


class Relation(StrEnum):
    """A page's relation to the origin of its story; without a held origin, to the earliest page."""

    ORIGINAL = "original"
    SAME = "same"
    PART_OF = "part_of"
    CONTAINS = "contains"
    QUOTES = "quotes"


TURNED = {EdgeKind.PART_OF: EdgeKind.CONTAINS, EdgeKind.CONTAINS: EdgeKind.PART_OF}


def relations_to(origin: int | None, earliest: int, pages: Sequence[int], edges: Iterable[Edge]) -> dict[int, Relation]:
    """Say how each page stands to `origin` (None: to `earliest`), directly or by way of other pages."""
    near: dict[int, list[tuple[int, EdgeKind]]] = defaultdict(list)
    for e in sorted(edges, key=lambda e: -e.small):
        if e.unites:
            near[e.a].append((e.b, TURNED.get(e.kind, e.kind)))
            near[e.b].append((e.a, e.kind))
    start = origin if origin is not None else earliest
    found = {start: Relation.ORIGINAL if origin is not None else Relation.SAME}
    queue = deque([start])
    while queue:
        page = queue.popleft()
        for other, kind in near[page]:
            if other not in found:
                found[other] = _then(found[page], Relation(kind.value))
                queue.append(other)
    return {page: found.get(page, Relation.SAME) for page in pages}


def _then(first: Relation, second: Relation) -> Relation:
    """A part of a part is a part; a part of what contains more is, for all we know, a part."""
    if first in (Relation.ORIGINAL, Relation.SAME):
        return second
    return first if second is Relation.SAME or second is first else Relation.PART_OF
