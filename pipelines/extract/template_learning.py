"""Learn the template of a host's pages from two or more of them, without labels. Pure: sketches in, templates out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from pipelines.extract.sketch import Line, Sketch, is_same_story
from pipelines.extract.templates import Template, TemplateBook
from pipelines.extract.walk import CONTAINERS

MIN_STORIES = 2
MAX_STORIES = 20
"""More sibling pages add nothing: the gain is spent at 5 to 10."""
ACCEPTED = 0.75
"""Least agreement with the teacher on held-back pages."""
MAX_CONTAINERS = 3
SLOT_SHARE = 0.6
STEP_MARK = re.compile(r"[.#]")
UNIQUE_CHARS = 12
PROSE_CHARS, MANY_STORIES = 40, 4
"""Of this many stories, two may share a paragraph of their own: a follow-up tells again what happened. What three share is the site's."""
TEACHER_VOTE = 1.0
UNIQUE_VOTE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What learning says of the pages of one host and URL shape."""

    host: str
    shape: str
    n_stories: int
    agreement: float | None = None
    """With the teacher on held-back pages, 0 to 1; None: too few stories to tell."""
    template: Template | None = None
    """None: not accepted."""


def learn_templates(sketches: Iterable[Sketch], known: TemplateBook | None = None) -> TemplateBook:
    """Return `known` with a template added for each host and URL shape whose pages agree enough; older versions are replaced."""
    book = known or TemplateBook()
    for verdict in judge_pages(sketches):
        if verdict.template is not None:
            older = book.templates.get((verdict.host, verdict.shape))
            book = book.with_template(_renumbered(verdict.template, older.version + 1) if older else verdict.template)
    return book


def judge_pages(sketches: Iterable[Sketch]) -> list[Verdict]:
    """Return what can be learned of each host and URL shape; pages of one story count once, pages that say no host not at all."""
    groups: dict[tuple[str, str], list[Sketch]] = defaultdict(list)
    for sketch in sketches:
        stories = groups[sketch.host, sketch.shape]
        if sketch.host and len(stories) < MAX_STORIES and not any(is_same_story(sketch, other) for other in stories):
            stories.append(sketch)
    return [_judge(host, shape, stories) for (host, shape), stories in groups.items() if stories]


def learn_template(stories: Sequence[Sketch]) -> Template | None:
    """Return the template of pages of one host and shape, each of another story; None: too few, or it disagrees with the teacher."""
    return _judge(stories[0].host, stories[0].shape, stories).template if stories else None


def _judge(host: str, shape: str, stories: Sequence[Sketch]) -> Verdict:
    if len(stories) < MIN_STORIES:
        return Verdict(host=host, shape=shape, n_stories=len(stories))
    agreement = fmean(_agreements(stories))
    template = _learn(stories, agreement) if agreement >= ACCEPTED else None
    return Verdict(host=host, shape=shape, n_stories=len(stories), agreement=agreement, template=template)


def _learn(stories: Sequence[Sketch], agreement: float) -> Template:
    repeated = repeated_lines(stories)
    return Template(
        host=stories[0].host, shape=stories[0].shape, n_pages=len(stories), containers=tuple(_vote(stories, repeated)),
        lines=repeated, removed_paths=_removed_paths(stories, repeated), date_path=_slot([s.date_path for s in stories]),
        source_path=_slot([s.source_path for s in stories]), pager_path=_slot([s.pager_path for s in stories if s.pager_path]),
        agreement=round(agreement, 3), median_chars=int(median(s.n_chars for s in stories)),
    )  # fmt: skip


def repeated_lines(stories: Sequence[Sketch]) -> frozenset[str]:
    """Return the keys of lines that two or more stories share; of paragraphs that the teacher kept, three, where there are enough stories."""
    counts = Counter(key for story in stories for key in {line.key for line in story.lines})
    prose = {line.key for story in stories for line in story.lines if line.is_kept and line.n_chars >= PROSE_CHARS}
    least = 3 if len(stories) >= MANY_STORIES else 2
    return frozenset(key for key, n in counts.items() if n >= (least if key in prose else 2))


def _vote(stories: Sequence[Sketch], repeated: frozenset[str]) -> Iterator[str]:
    """Give the paths that hold what the teacher kept and what only one story has, best first, each met on two pages."""
    if not all(story.container for story in stories):
        return
    votes: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    scores: dict[str, float] = defaultdict(float)
    for story in stories:
        kept = [line.n_chars if line.is_kept else 0 for line in story.lines]
        unique = [_unique_chars(line, repeated) for line in story.lines]
        best: dict[str, float] = {}
        for path, start, end in story.sections:
            score = TEACHER_VOTE * _overlap(story.lines, kept, start, end) + UNIQUE_VOTE * _overlap(story.lines, unique, start, end)
            best[path] = max(best.get(path, 0.0), score)
        for path, score in best.items():
            scores[path] += score
            pages[path] += 1
        votes[max(best, key=lambda p: best[p])] += 1
    ranked = sorted((path for path in scores if pages[path] >= 2), key=lambda path: -scores[path])
    best_paths = [path for i, path in enumerate(ranked) if i == 0 or votes[path] >= 2][:MAX_CONTAINERS]
    yield from dict.fromkeys(_container(path) for path in best_paths)


def _container(path: str) -> str:
    """Return the path, or where it ends in a paragraph (a story that is one `<p>` cut by line breaks) the container around it."""
    steps = path.split("/")
    while len(steps) > 1 and STEP_MARK.split(steps[-1])[0] not in CONTAINERS:
        steps.pop()
    return "/".join(steps)


def _unique_chars(line: Line, repeated: frozenset[str]) -> int:
    return line.n_chars if line.weight > 0 and line.n_chars >= UNIQUE_CHARS and line.key not in repeated else 0


def _overlap(lines: Sequence[Line], wanted: Sequence[int], start: int, end: int) -> float:
    """Return the F1 of a section's text with the wanted characters of the page."""
    inside, held = sum(wanted[start:end]), sum(line.n_chars for line in lines[start:end])
    whole = sum(wanted)
    return 2 * inside / (held + whole) if held + whole else 0.0


def _removed_paths(stories: Sequence[Sketch], repeated: frozenset[str]) -> frozenset[str]:
    """Return paths met on two or more pages whose blocks the teacher never kept, or kept only where the line is repeated."""
    pages: Counter[str] = Counter()
    held: set[str] = set()
    for story in stories:
        pages.update({line.path for line in story.lines})
        held.update(line.path for line in story.lines if line.is_kept and line.key not in repeated)
    return frozenset(path for path, n in pages.items() if n >= 2 and path not in held)


def _slot(paths: Sequence[str | None]) -> str | None:
    counts = Counter(path for path in paths if path)
    path, n = next(iter(counts.most_common(1)), (None, 0))
    return path if n >= 2 and n >= SLOT_SHARE * len(paths) else None


def _agreements(stories: Sequence[Sketch]) -> Iterator[float]:
    """Hold back every page once (of many, every third), learn from the others, compare with the teacher."""
    step = 1 if len(stories) <= 6 else 3
    for i in range(0, len(stories), step):
        others = [story for k, story in enumerate(stories) if k != i]
        yield _agreement(stories[i], _learn(others, 0.0)) if len(others) > 1 else _agreement(stories[i], _learn_from_one(others[0]))


def _learn_from_one(story: Sketch) -> Template:
    """Make a template of a single page, to be held against its only sibling."""
    return Template(
        host=story.host, shape=story.shape, n_pages=1, containers=(story.container,) if story.container else (), lines=frozenset(),
        agreement=0.0, median_chars=story.n_chars,
    )  # fmt: skip


def _agreement(story: Sketch, template: Template) -> float:
    """Return the F1, by characters, of what the template keeps of a page and what the teacher kept."""
    start, end = 0, len(story.lines)
    if template.containers:
        ranges = [(s, e) for wanted in template.containers for path, s, e in story.sections if path == wanted]
        if not ranges:
            return 0.0
        start, end = ranges[0]
    both = ours = theirs = 0
    for i, line in enumerate(story.lines):
        is_ours = start <= i < end and line.key not in template.lines and line.path not in template.removed_paths
        is_ours = is_ours and (line.is_kept or (bool(template.containers) and line.weight > 0))
        both += line.n_chars * (is_ours and line.is_kept)
        ours += line.n_chars * is_ours
        theirs += line.n_chars * line.is_kept
    return 2 * both / (ours + theirs) if ours + theirs else 0.0


def _renumbered(template: Template, version: int) -> Template:
    return replace(template, version=version)
