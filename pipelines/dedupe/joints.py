"""Guards against giant stories: one doubtful edge must not join two crowds, and no story grows without bound."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

MAX_STORY = 5_000
"""Pages; beyond it only nearly equal pages stay together."""
CROWD = 200
"""Pages; two groups of this size are not joined by a single edge."""
NEARLY_EQUAL = 0.9

Joint = tuple[int, int, float]
"""Two pages that are to be united, and the smaller of their coverages."""


def doubtful_joints(pages: Sequence[int], joints: Sequence[Joint]) -> set[tuple[int, int]]:
    """Return the pairs that must not unite, among those of one tree. Only large trees have any."""
    if len(pages) < 2 * CROWD:
        return set()
    cut = _bridges(pages, [(a, b) for a, b, _ in joints])
    if len(pages) > MAX_STORY:
        cut |= {(a, b) for a, b, small in joints if small < NEARLY_EQUAL}
    return cut


def _bridges(pages: Sequence[int], pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Find the edges whose loss leaves a crowd on both sides (Tarjan's bridges, without recursion)."""
    near: dict[int, list[int]] = defaultdict(list)
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    size: dict[int, int] = {}
    found = set()
    root = min(pages)
    stack = [(root, root, iter(near[root]))]
    order[root] = low[root] = 0
    size[root] = 1
    while stack:
        page, parent, rest = stack[-1]
        for other in rest:
            if other == parent:
                continue
            if other in order:
                low[page] = min(low[page], order[other])
                continue
            order[other] = low[other] = len(order)
            size[other] = 1
            stack.append((other, page, iter(near[other])))
            break
        else:
            stack.pop()
            if stack:
                low[parent] = min(low[parent], low[page])
                size[parent] += size[page]
                if low[page] > order[parent] and CROWD <= size[page] <= len(pages) - CROWD:
                    found.add((min(page, parent), max(page, parent)))
    return found
