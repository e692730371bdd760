"""From a container to the paragraphs of the body, and a record of what was taken out."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from pipelines.either_script import compile_either
from pipelines.extract.boilerplate import BoilerplateRules, Where, fold_blocks, squeeze
from pipelines.extract.header_outlets import SIGNED_DAY
from pipelines.extract.replies import find_floors, find_replies
from pipelines.extract.scorer import PROSE_WEIGHT, SENTENCE_ENDS, TEASER_FACTOR, TYPED, VERSION, Choice, bare, best_run, find_aside
from pipelines.extract.script_body import ScriptArticle
from pipelines.extract.second_texts import find_second
from pipelines.extract.tables import MIN_PROSE, STAFF, find_cells
from pipelines.extract.templates import Template, line_key
from pipelines.types import Block, PageView, RemovedBlock, Section

CAPTION = re.compile(r"figcaption|[._-](?:img|image|pic|photo|caption|tupian|tuzhu)[a-z]*", re.IGNORECASE)
LONGEST_MARK = 5
"""Characters of a headline that may as well be the first words of a text."""
MAX_REPEATED = 700
MAX_SIGNATURE, MAX_SIGNER = 40, 24
SIGNATURE = compile_either(r"记者|通讯员|报导|报道|电|讯|编译")
CAPTION_WORDS = compile_either(
    r"(?:摄|摄影报道|供图|资料图片?|资料照片?|示意图|图源\s?[:：]?[^。，：:]{2,14}|图据[^。，：:]{2,14}|图片?由[^。，：:]{2,14}提供)[)）\]】。]?$"
    r"|^[▲△◆↑↓]|^[(（]?(?:图为|图\s?\d{0,2}\s?[:：]|图\s?\d{1,2}\s|图/|图片来源|资料图)"
)
MAX_CAPTION = 90
CAPTION_SHARE = 0.2
SURE_CHARS = 150
HOME_SHARE = 0.05
"""A path belongs to the body if it holds this share of the container's prose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Paragraphs and what was removed between and around them."""

    paragraphs: tuple[str, ...]
    removed: tuple[RemovedBlock, ...]
    first: int | None
    """`Block.index` of the first paragraph's block; None: the engine does not say."""
    last: int | None
    extractor: str
    confidence: float
    """0 to 1."""
    container: str | None = None
    """`Section.path` it was read from; None: the engine does not say."""
    taken: frozenset[int] = frozenset()
    """`Block.index` of blocks of the container that were taken out whole."""
    script: ScriptArticle | None = None
    """Where the text was found in a script: it prints the other fields too."""

    @property
    def n_chars(self) -> int:
        """Return the characters of the text."""
        return sum(map(len, self.paragraphs))


def select_body(
    view: PageView,
    choice: Choice,
    weights: Sequence[float],
    headline: int | None,
    rules: BoilerplateRules,
    learned: Template | None = None,
    named: Sequence[tuple[int, str]] = (),
) -> Body:
    """Keep the blocks of the container that are the article's.

    `learned`: what is known of the site's pages. `named`: blocks that a site file takes out, with the entry's name.
    """
    taken: dict[int, tuple[str, str]] = {index: (name, f"layout:{name}") for index, name in named}
    blocks = view.blocks[choice.start : choice.end]
    folded = fold_blocks(blocks)
    cells = find_cells(view, choice.start, choice.end, weights, folded, rules)
    _take_sections(view, choice, weights, taken, cells)
    replies = find_replies(blocks, weights[choice.start : choice.end])
    _take([blocks[place].index for place in (*replies, *find_floors(blocks))], ("comments", "replies"), taken)
    _take_rows(blocks, folded, weights, rules, taken, cells)
    _take_staff(blocks, rules, taken)
    _take_headline(view, blocks, headline, taken)
    _take_captions(view, blocks, taken)
    if learned is not None:
        take_learned(blocks, learned, taken)
    _take_strangers(blocks, weights, taken, cells)
    if (second := find_second(blocks, None if headline is None else view.blocks[headline], taken.keys(), rules)) is not None:
        _take(range(second[0], choice.end), ("related", second[1]), taken)
    _take_edges(blocks, folded, rules, taken)
    kept: list[str] = []
    removed: list[RemovedBlock] = []
    places: list[int] = []
    for block, plain in zip(blocks, folded, strict=True):
        if block.index in taken:
            kind, rule = taken[block.index]
            removed.append(RemovedBlock(text=block.text, kind=kind, rule=rule, block=block.index))
            continue
        text, pieces = rules.trim(block.text, plain)
        removed += [RemovedBlock(text=piece, kind=row.kind, rule=row.name, block=block.index) for piece, row in pieces]
        if text:
            kept.append(text)
            places.append(block.index)
    return Body(
        paragraphs=tuple(kept), removed=tuple(removed), first=min(places, default=None), last=max(places, default=None),
        extractor=VERSION, confidence=_confidence(choice, weights, places), container=choice.path, taken=frozenset(taken),
    )  # fmt: skip


def _confidence(choice: Choice, weights: Sequence[float], places: Sequence[int]) -> float:
    """Return how far value, headline words, lack of a rival and the share of prose that stayed speak for the body."""
    whole = sum(w for w in weights[choice.start : choice.end] if w > 0)
    kept: float = sum(max(0.0, weights[i]) for i in places)
    enough: float = min(1.0, (max(0.0, choice.value) / SURE_CHARS) ** 0.5)
    worded = 0.6 + 0.4 * min(1.0, 2 * choice.overlap)
    stayed = min(1.0, 0.3 + kept / whole) if whole else 0.0
    return round((1 - 0.5 * choice.margin) * enough * worded * stayed, 3)


def _take_sections(view: PageView, choice: Choice, weights: Sequence[float], taken: dict[int, tuple[str, str]], cells: Set[int]) -> None:
    """Take containers inside the chosen one that weigh against it, or whose name says they are something else. `cells`: see `find_cells`."""
    whole = best_run(weights[choice.start : choice.end])
    for section in view.sections:
        if section.start in cells:
            continue
        if choice.start <= section.start and section.end <= choice.end and (section.start, section.end) != (choice.start, choice.end):
            kind = _foreign(section, view.blocks[section.start : section.end], weights[section.start : section.end], whole)
            if kind:
                _take(range(section.start, section.end), (kind, f"container:{section.labels or section.tag}"), taken)


def _foreign(section: Section, blocks: Sequence[Block], weights: Sequence[float], whole: float) -> str | None:
    if best_run(weights) >= 0.3 * whole:
        return None
    name = find_aside(section.labels)
    if name is not None:
        return "comments" if name in ("comment", "pinglun") else "related"
    return "links" if sum(weights) < -12 and not any(block.tag == TYPED for block in blocks) else None


def _take_rows(
    blocks: Sequence[Block],
    folded: Sequence[str],
    weights: Sequence[float],
    rules: BoilerplateRules,
    taken: dict[int, tuple[str, str]],
    cells: Set[int],
) -> None:
    """Take the blocks a row of the table knows; a heading takes along what it heads."""
    heading: tuple[str, str] | None = None
    cuts_rest = False
    n_prose = 0.0
    for i, (block, plain) in enumerate(zip(blocks, folded, strict=True)):
        # What weighs as prose was asked about when it was weighed.
        is_prose = weights[block.index] > PROSE_WEIGHT * len(block.text) or block.index in cells
        row = None if is_prose else rules.find_row(block.text, plain)
        if row is not None and n_prose >= MIN_PROSE / 2 and block.index - 1 not in taken and _is_signature(blocks[i - 1], block):
            row = None
        if row is None and not is_prose and n_prose < MIN_PROSE and block.index not in taken:
            row = rules.find_placed(block.text, Where.HEAD, plain)
        if row is not None:
            taken.setdefault(block.index, (row.kind, row.name))
            if row.where == "heading":
                # A link to the comments above the body is no heading of comments.
                heading, cuts_rest = (row.kind, f"under:{row.name}"), cuts_rest or (row.cuts_rest and n_prose >= MIN_PROSE)
        elif heading is not None and (cuts_rest or block.n_link_chars > 0.5 * len(block.text)):
            taken.setdefault(block.index, heading)
        elif not cuts_rest and block.index not in taken:
            heading = None
            n_prose += max(0.0, weights[block.index])


def _is_signature(block: Block, following: Block) -> bool:
    """Tell whether two blocks are how a letter or a notice ends: who signs, no sentence, then the day alone."""
    name = block.text
    return (
        2 <= len(name) <= MAX_SIGNER
        and name[-1] not in SENTENCE_ENDS
        and not block.links
        and SIGNED_DAY.fullmatch(following.text) is not None
    )


def _take_staff(blocks: Sequence[Block], rules: BoilerplateRules, taken: dict[int, tuple[str, str]]) -> None:
    """Take the lines of who wrote, filmed and drew that stand beside an editor line: they come as a list."""
    for run in (blocks, blocks[::-1]):
        is_beside = False
        for block in run:
            if block.index in taken:
                is_beside = taken[block.index][0] == STAFF
            elif is_beside and (row := rules.find_placed(block.text, Where.BESIDE)):
                taken[block.index] = (row.kind, row.name)
            else:
                is_beside = False


def _take_headline(view: PageView, blocks: Sequence[Block], headline: int | None, taken: dict[int, tuple[str, str]]) -> None:
    """Take the headline where it stands inside the container, and repetitions of it; below it those alone that open the text."""
    if headline is None:
        return
    words = bare(view.blocks[headline].text)
    for block in blocks:
        if block.index <= headline and len(block.text) < 100 and block.index not in taken and words in bare(block.text):
            taken[block.index] = ("headline", "headline")
    opening = next((block for block in blocks if block.index > headline and block.index not in taken), None)
    if opening is not None and bare(opening.text) == words and len(words) > LONGEST_MARK:
        taken[opening.index] = ("headline", "headline_again")


def _take_captions(view: PageView, blocks: Sequence[Block], taken: dict[int, tuple[str, str]]) -> None:
    """Take short lines beside a picture that say what it shows or who took it."""
    beside = {image.before for image in view.images if not image.is_small} | {
        image.before - 1 for image in view.images if not image.is_small
    }
    captions = [
        b for b in blocks if b.index in beside and b.index not in taken and len(b.text) <= MAX_CAPTION and CAPTION_WORDS.search(b.text)
    ]
    n_chars = sum(len(b.text) for b in blocks if b.index not in taken and b.n_link_chars <= 0.5 * len(b.text))
    if sum(len(b.text) for b in captions) <= CAPTION_SHARE * n_chars:  # a story told in captions is left alone
        _take([b.index for b in captions], ("caption", "beside_picture"), taken)


def take_learned(blocks: Sequence[Block], learned: Template, taken: dict[int, tuple[str, str]]) -> None:
    """Take the lines and places that the site's other stories have too; the reporters of a desk sign many stories."""
    for block in blocks:
        if block.path in learned.removed_paths:
            taken.setdefault(block.index, ("repeated", "learned:path"))
        elif is_repeated(block.text, learned):
            taken.setdefault(block.index, ("repeated", "learned:line"))


def is_repeated(text: str, learned: Template) -> bool:
    """Tell whether a line is one that other stories of the site have too."""
    return len(text) <= MAX_REPEATED and line_key(text) in learned.lines and not (len(text) <= MAX_SIGNATURE and SIGNATURE.search(text))


def _take_strangers(blocks: Sequence[Block], weights: Sequence[float], taken: dict[int, tuple[str, str]], cells: Set[int]) -> None:
    """Take links, hidden text, and short lines that stand where no prose of the body stands."""
    home = _home_paths([b for b in blocks if b.index not in taken], weights)
    around = {path.rpartition("/")[0] for path in home}
    for block in blocks:
        if block.index in taken or block.index in cells:
            continue
        is_home = block.path in home or block.path.rpartition("/")[0] in around or block.path in around
        own = block.path.rpartition("/")[2]
        if CAPTION.search(own) and block.path not in home:
            taken[block.index] = ("caption", f"container:{own}")
        elif block.is_hidden:
            taken[block.index] = ("hidden", "display:none")
        elif block.n_link_chars > 0.5 * len(block.text) and weights[block.index] < 0:
            if len(block.text) > 6 or not is_home:
                taken[block.index] = ("links", "link_line")
        elif not is_home and weights[block.index] <= TEASER_FACTOR * len(block.text):
            taken[block.index] = ("links", "stranger")


def _take_edges(blocks: Sequence[Block], folded: Sequence[str], rules: BoilerplateRules, taken: dict[int, tuple[str, str]]) -> None:
    """Take notices and buttons before and behind what stays."""
    kinds = [taken[block.index][0] if block.index in taken else None for block in blocks]
    lines = ["" if kind else squeeze(block.text, plain) for kind, block, plain in zip(kinds, blocks, folded, strict=True)]
    for place, why in rules.edges.find_edges(lines, kinds).items():
        taken[blocks[place].index] = why


def _home_paths(blocks: Sequence[Block], weights: Sequence[float]) -> set[str]:
    """Return the paths that hold the body's prose; those of teasers only where there is nothing else."""
    prose: Counter[str] = Counter()
    teasers: Counter[str] = Counter()
    for block in blocks:
        weight = weights[block.index]
        (teasers if weight <= TEASER_FACTOR * len(block.text) else prose)[block.path] += max(0, int(weight))
    counted = prose if prose.total() >= max(MIN_PROSE, teasers.total()) else prose + teasers
    return {path for path, weight in counted.items() if weight and weight >= HOME_SHARE * counted.total()}


def _take(indexes: Iterable[int], why: tuple[str, str], taken: dict[int, tuple[str, str]]) -> None:
    for index in indexes:
        taken.setdefault(index, why)
