"""What learning keeps of a page: paths, line keys and lengths, not the text; about 30 kB a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.extract.body import Body
from pipelines.extract.scorer import bare, bigrams, find_headline
from pipelines.extract.templates import line_key, page_key
from pipelines.types import PageView, Printed

SAME_STORY = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """One block."""

    path: str
    key: str
    n_chars: int
    weight: float
    """As the scorer weighs it; 0 where the scorer was not asked."""
    is_kept: bool
    """The teacher took it for the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One page."""

    host: str
    shape: str
    title: frozenset[str]
    """Bigrams of the headline: two pages of one story count once."""
    lines: tuple[Line, ...]
    sections: tuple[tuple[str, int, int], ...]
    """Path, first block, one past the last."""
    container: str | None
    """Path of the section the scorer chose; None: another engine read the page."""
    n_chars: int
    """Of the teacher's body."""
    date_path: str | None
    source_path: str | None
    pager_path: str | None


def sketch_page(
    view: PageView,
    body: Body,
    weights: Sequence[float],
    url: str,
    *,
    dates: Sequence[Printed],
    credits: Sequence[Printed],
    pager: int | None,
) -> Sketch:
    """Sketch a page that its own engine has read. `pager`: the block with the link to the next page."""
    host, shape = page_key(view, url)
    headline = find_headline(view)
    kept = set(body.paragraphs)
    lines = tuple(
        Line(b.path, line_key(b.text), len(b.text), weights[b.index] if weights else 0.0, _is_kept(b.index, b.text, body, kept))
        for b in view.blocks
    )
    return Sketch(
        host=host, shape=shape, title=bigrams(view.blocks[headline].text if headline is not None else view.head_title or ""), lines=lines,
        sections=tuple((s.path, s.start, s.end) for s in view.sections), container=body.container, n_chars=body.n_chars,
        date_path=_path_of(view, dates), source_path=_path_of(view, credits),
        pager_path=view.blocks[pager].path if pager is not None else None,
    )  # fmt: skip


def is_same_story(one: Sketch, other: Sketch) -> bool:
    """Tell whether two pages of a site carry the same story, by their headlines."""
    smaller = min(len(one.title), len(other.title))
    return smaller > 0 and len(one.title & other.title) >= SAME_STORY * smaller


def _is_kept(index: int, text: str, body: Body, kept: set[str]) -> bool:
    if body.first is None or body.last is None:
        return text in kept and bool(bare(text))
    return body.first <= index <= body.last and index not in body.taken


def _path_of(view: PageView, printed: Sequence[Printed]) -> str | None:
    first = next((p for p in printed if p.block is not None), None)
    return view.blocks[first.block].path if first is not None and first.block is not None else None
