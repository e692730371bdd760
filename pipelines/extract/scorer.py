"""The body of a Chinese page by weighing its blocks: running prose counts for it, links and labels against."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from pipelines.characters import count, mask_of
from pipelines.extract.boilerplate import BoilerplateRules, fold_blocks
from pipelines.extract.replies import find_replies
from pipelines.types import Block, PageView, Section

VERSION = "scorer/1"
PUNCTUATION = re.compile(r"[，。；！？、：“”「」,;!?]")
SENTENCE_ENDS = frozenset("。！？…”；：!?)）」』")
HAN = mask_of((*range(0x3400, 0xA000), *range(0xF900, 0xFB00)))
KANA_OR_HANGUL = mask_of((*range(0x3040, 0x3100), *range(0xAC00, 0xD7B0)))
HAN_SHARE = 0.3
OTHER_SHARE = 0.1
# Own class or id of containers that hold something else than the article.
ASIDE = re.compile(
    r"comment|pinglun|relat|xiangguan|recommend|tuijian|foot|copyright|nav\b|menu|sidebar|aside|share|guanggao|login|crumb|paging|"
    r"pagination|\bhot|rank|\bads?\b|\bad(?:[-_]|box|wrap|area|slot)|friend|statement|disclaimer|mianze|shengming|banner|\bvote|toolbar|\btags?\b"
)
ASIDE_FACTOR = 0.3
MAX_LINK_LOSS = 60
TEASER_CHARS = 600
TEASER_LINK = 8
TEASER_FACTOR = 0.2
MIN_WALL, WALL_FACTOR = 3, 0.1
"""Teasers, or paragraphs in links, that are a list; what is left of the weight of such a teaser."""
REPLY_WEIGHT = -2.0
PROSE_CHARS = 20
SENTENCE_WEIGHT = 0.3
PROSE_WEIGHT = 0.5
"""A block that weighs more than this for each character is prose, and no row of the boilerplate table knows it."""
TYPED = "pre"
"""Holds code or verse, which is neither prose nor a label."""
MARKED = re.compile(r"[.#][^/]*$")
"""Ends the path of an element with a class or an id: paragraphs have none."""
MAX_CUT, MAX_LABEL, REST_WEIGHT = 12, 8, 20
"""Blocks between two parts of a text, characters of one that is no link, and the weight of what goes on."""
HAS_DIGIT = re.compile(r"\d")
N_CANDIDATES = 12
LOOSE_FACTOR = 0.5
TIGHTER = 0.9
"""A container within the best one is taken if it keeps this share of its weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The container of the body."""

    start: int
    """`Block.index` of its first block."""
    end: int
    """One past its last block."""
    value: float
    """Weight of its prose, less what speaks against it."""
    overlap: float
    """Share of the headline's bigrams met in it, 0 to 1."""
    margin: float
    """Value of the best container elsewhere on the page over `value`, 0 to 1."""
    path: str
    """`Section.path` of the container."""


def is_chinese(view: PageView) -> bool:
    """Tell whether the page's words are mostly Chinese (not Japanese or Korean)."""
    text = "".join([block.text for block in view.blocks])
    n_han = count(text, HAN)
    if not n_han:
        return False
    n_other = count(text, KANA_OR_HANGUL)
    if n_other > OTHER_SHARE * (n_han + n_other):
        return False
    # Enough Chinese is enough, and a share of all characters is one of the letters.
    return n_han >= 2000 or n_han >= HAN_SHARE * len(text) or n_han >= HAN_SHARE * sum(map(str.isalpha, text))


def weigh(block: Block, rules: BoilerplateRules, folded: str | None = None) -> float:
    """Return the block's weight: the characters of prose it holds, negative for links and labels. `folded`: its text, if at hand."""
    text, n_chars = block.text, len(block.text)
    if block.is_hidden:
        return 0.0
    if "{" in text and "}" in text:  # style or script printed as text
        return -20.0
    n_marks = len(PUNCTUATION.findall(text)) if n_chars >= PROSE_CHARS else 0
    is_sentence = text[-1] in SENTENCE_ENDS
    if block.n_link_chars > 0.5 * n_chars:
        # A whole paragraph in a link: an <a> that was never closed.
        return 0.5 * n_chars if n_chars >= 30 and n_marks >= 2 and is_sentence else -float(min(block.n_link_chars, MAX_LINK_LOSS))
    if n_marks >= 2 and not is_sentence and n_marks == text.count("：") + text.count(":"):  # 主办：某某 承办：某某
        n_marks = 0
    if n_marks >= 2 or (n_marks and is_sentence):
        row = rules.find_row(text, folded)
        return -20.0 if row is not None else n_chars - 2.0 * block.n_link_chars
    if block.tag == TYPED:
        return 0.0
    if n_chars <= 8:
        return -2.0
    return SENTENCE_WEIGHT * n_chars if is_sentence else -4.0


def weigh_all(blocks: Sequence[Block], rules: BoilerplateRules) -> list[float]:
    """Weigh every block: as `weigh_between` does, and by what they are together."""
    weights = weigh_between(blocks, rules, 0, len(blocks))
    _lighten_walls(blocks, weights)
    _weigh_linked(blocks, weights)
    for place in find_replies(blocks, weights):
        weights[place] = min(weights[place], REPLY_WEIGHT)
    return weights


def weigh_between(blocks: Sequence[Block], rules: BoilerplateRules, start: int, end: int) -> list[float]:
    """Weigh a run of blocks; a lone paragraph under a linked headline is the teaser of another story. The others, which nobody asks about, weigh nothing."""
    weights = [0.0] * len(blocks)
    weighed = blocks[start : end + 1]
    weights[start : end + 1] = [
        weigh(block, rules, folded) for block, folded in zip(weighed, fold_blocks(weighed), strict=True)
    ]  # what follows the last tells a teaser
    for i in range(max(1, start), min(end, len(blocks))):
        if 0 < weights[i] < TEASER_CHARS and (i + 1 == len(blocks) or weights[i + 1] <= 0) and _is_teaser(blocks, i):
            weights[i] *= TEASER_FACTOR
    return weights


def _is_teaser(blocks: Sequence[Block], place: int) -> bool:
    return _is_link(blocks[place - 1]) and not blocks[place].n_link_chars


def _lighten_walls(blocks: Sequence[Block], weights: list[float]) -> None:
    """Make next to nothing of teasers that stand in a row, each under its headline: together they would outweigh a short text."""
    teasers = [i for i in range(1, len(blocks)) if 0 < weights[i] <= TEASER_FACTOR * len(blocks[i].text) and _is_teaser(blocks, i)]
    makes = Counter((blocks[i].path, blocks[i - 1].path) for i in teasers)
    for i in teasers:
        if makes[blocks[i].path, blocks[i - 1].path] >= MIN_WALL:
            weights[i] *= WALL_FACTOR


def _weigh_linked(blocks: Sequence[Block], weights: list[float]) -> None:
    """Weigh paragraphs in links as links where each leads somewhere else: only an `<a>` that was never closed goes through a text."""
    linked = [b for b in blocks if b.n_link_chars > 0.5 * len(b.text) and weights[b.index] > 0]
    if len({block.links[-1].href for block in linked}) >= MIN_WALL:
        for block in linked:
            weights[block.index] = -float(MAX_LINK_LOSS)


def _is_link(block: Block) -> bool:
    return len(block.text) >= TEASER_LINK and 2 * block.n_link_chars > len(block.text)


def choose_body(view: PageView, weights: Sequence[float], headline: int | None) -> Choice | None:
    """Return the container that most likely holds the body; None: no prose on the page. `headline`: its block."""
    # Wrappers in wrappers hold the same blocks: each run of blocks is weighed once.
    worth: dict[tuple[int, int], float] = {}
    runs: list[tuple[float, Section]] = []
    n_prose = [0, *accumulate([weight > 0 for weight in weights])]
    for section in view.sections:
        start, end = span = section[:2]
        if n_prose[start] == n_prose[end]:  # most containers of a page: menus, lists of links
            continue
        run = worth.get(span)
        if run is None:
            run = worth[span] = _worth(weights[start:end]) if end - start > 1 else weights[start]
        if run > 0:
            runs.append((run, section))
    heavy = sorted(
        ((run * (ASIDE_FACTOR if s.labels and find_aside(s.labels) else 1.0), s) for run, s in runs),
        key=lambda pair: (-pair[0], pair[1].end - pair[1].start),
    )[:N_CANDIDATES]
    if not heavy:
        return None
    wanted = bigrams(view.blocks[headline].text if headline is not None else view.head_title or "")
    met = _met(view.blocks, weights, wanted, min(s.start for _, s in heavy), max(s.end for _, s in heavy))
    overlaps = {span: _overlap(met[slice(*span)], wanted) for span in {(s.start, s.end) for _, s in heavy}}
    rated = [(run * _belief(s, overlaps[s.start, s.end], headline), overlaps[s.start, s.end], s) for run, s in heavy]
    value, overlap, best = max(rated, key=lambda entry: (entry[0], entry[2].start - entry[2].end))
    inner = [entry for entry in rated if best.start <= entry[2].start and entry[2].end <= best.end and entry[0] >= TIGHTER * value]
    value, overlap, best = min(inner, key=lambda entry: entry[2].end - entry[2].start)
    others = [entry[0] for entry in rated if entry[2].end <= best.start or entry[2].start >= best.end]
    margin = min(1.0, max(others, default=0.0) / value)
    best = _with_rest(view, weights, best)
    return Choice(start=best.start, end=best.end, value=value, overlap=overlap, margin=margin, path=best.path)


def _with_rest(view: PageView, weights: Sequence[float], best: Section) -> Section:
    """Return a container with those of the same make that go on behind it, where nothing but links stands between: a text cut in two."""
    if not MARKED.search(best.path):
        return best
    for section in view.sections:
        if section.path == best.path and 0 <= section.start - best.end <= MAX_CUT:
            is_cut = all(weights[b.index] <= 0 and _is_cut(b) for b in view.blocks[best.end : section.start])
            prose = [weights[b.index] for b in view.blocks[section.start : section.end] if not 2 * b.n_link_chars > len(b.text)]
            if is_cut and best_run(prose) >= REST_WEIGHT:
                best = best._replace(end=section.end)
    return best


def _is_cut(block: Block) -> bool:
    return 2 * block.n_link_chars > len(block.text) or (len(block.text) <= MAX_LABEL and not HAS_DIGIT.search(block.text))


def choose_section(view: PageView, weights: Sequence[float], headline: int | None, paths: Sequence[str]) -> Choice | None:
    """Return the heaviest container of the first of `paths` that holds prose; None: none does."""
    wanted = bigrams(view.blocks[headline].text if headline is not None else view.head_title or "")
    for path in paths:
        found = [(_worth(weights[s.start : s.end]), s) for s in view.sections if s.path == path]
        value, best = max(found, key=lambda pair: pair[0], default=(0.0, None))
        if best is not None and value > 0:
            overlap = _overlap(_met(view.blocks, weights, wanted, best.start, best.end)[best.start :], wanted)
            return Choice(start=best.start, end=best.end, value=value, overlap=overlap, margin=0.0, path=path)
    return None


@lru_cache(maxsize=4_096)  # the labels of a site's pages are the same
def find_aside(labels: str) -> str | None:
    """Return the word in a container's class or id that says it holds something else than the article; None: nothing says so."""
    name = ASIDE.search(labels)
    return name[0] if name else None


def find_headline(view: PageView) -> int | None:
    """Return the block that prints the headline: the first long one that the `<title>` repeats, else the first h1."""
    title = bare(view.head_title or "")
    # A cheap look first: a text whose first letters the title does not have is not part of it.
    repeated = [
        b for b in view.blocks if 5 <= len(b.text) <= 70 and (b.text[:2] in title or not b.text[:2].isalnum()) and bare(b.text) in title
    ]
    longest = max((len(b.text) for b in repeated), default=0)
    headline = next((b for b in repeated if len(b.text) >= 0.6 * longest), None)
    if headline is None:
        headline = next((b for b in view.blocks if b.tag == "h1" and len(b.text) > 5), None)
    return headline.index if headline is not None else None


def bigrams(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters, without white space and punctuation."""
    flat = bare(text)
    return frozenset(flat[i : i + 2] for i in range(len(flat) - 1))


def bare(text: str) -> str:
    """Return letters, digits and characters only."""
    return "".join(filter(str.isalnum, text))


def best_run(weights: Sequence[float]) -> float:
    """Return the weight of the heaviest run of neighbouring blocks."""
    if not weights or max(weights) <= 0:  # most containers of a page: menus, lists of links
        return 0.0
    best = run = 0.0
    for weight in weights:
        run = run + weight if run > 0 else weight
        if run > best:
            best = run
    return best


def _worth(weights: Sequence[float]) -> float:
    """Return the sum, or half the best run where lists of links beside the prose outweigh it."""
    return max(sum(weights), LOOSE_FACTOR * best_run(weights))


def _met(blocks: Sequence[Block], weights: Sequence[float], wanted: frozenset[str], start: int, end: int) -> list[Set[str]]:
    """Return which of the headline's bigrams each block of prose has; those outside of start and end are not asked."""
    met: list[Set[str]] = [frozenset()] * end
    for block in blocks[start:end]:
        if weights[block.index] > 0:
            text = block.text
            met[block.index] = {pair for pair in wanted if pair in text}
    return met


def _overlap(met: Sequence[Set[str]], wanted: frozenset[str]) -> float:
    if not wanted:
        return 0.5
    missing = wanted.difference(*met)
    return 1 - len(missing) / len(wanted)


def _belief(section: Section, overlap: float, headline: int | None) -> float:
    """Return how far a container's place and words speak for it."""
    place = 1.0
    if headline is not None:
        if section.end <= headline:
            place = 0.3
        elif section.start > headline:
            place = 1 / (1 + max(0, section.start - headline - 15) / 60)
    return (0.25 + overlap) * place
