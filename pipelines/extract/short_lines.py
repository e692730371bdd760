"""Texts without sentences: verse, lists of names, tables alone. Nothing in them weighs as prose; their place and their likeness tell them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from pipelines.characters import count
from pipelines.either_script import compile_either
from pipelines.extract.boilerplate import BoilerplateRules, fold_blocks
from pipelines.extract.scorer import HAN, Choice, bare, find_aside, find_headline
from pipelines.types import Block, PageView

VERSION = "lines/1"
HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
TITLE_PARTS = re.compile(r"[_|｜\-–—]+")
MAX_HEADING = 20
MIN_LINES, MIN_HAN = 4, 12
"""Lines of one make, and the Chinese characters in them."""
MAX_LINE = 80
LINKED = 0.5
"""Share of a block's characters in links: the header's line of a date may have several."""
MAX_LINKED = 0.2
"""Share of a container's blocks that have links."""
NEAR = 30
"""Blocks behind the headline in which the text begins."""
MIN_WORDED = 2
"""Chinese characters of a line, on the average, outside of tables."""
FIELD = compile_either(
    r"\W*(?:(?:您的|请输入)?(?:真实)?(?:姓名|性别|年龄|身份证号?码?|证件号?码?|准考证号?|联系电话|联系方式|手机号?码?|电话|电子邮箱|邮箱|用户名|(?:确认)?密码|验证码|昵称|地址|主题|标题|(?:主要|留言)?内容|附件))\W*"
)
ASKED = 0.3
"""Share of lines that are the fields of a form."""
HEADER = 6
"""Blocks behind a headline that its date stands in."""
BEFORE = 12
"""Blocks before the headline in which the day of a printed issue stands."""
CELLS = frozenset(("td", "th"))
CLOCK = re.compile(r"\d{1,2}[:：]\d\d|(?:19|20)\d\d\W\d{1,2}(?:\W\d{1,2})?|\d{1,3}")
MAX_FIGURES = 0.3
"""Share of lines that are figures, but no time or number in a list: more have quotes of stocks and the like."""
DAY = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\b\d{1,2}[-/月]\d{1,2}日?\s+\d{1,2}:\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A container whose lines are a text."""

    choice: Choice
    weights: Sequence[float]
    """Of all blocks, those of the lines as those of prose."""
    headline: int


def find_lines(view: PageView, weights: Sequence[float], rules: BoilerplateRules) -> Lines | None:
    """Return the container of short lines below a headline and a date; None: there is none."""
    headline = find_heading(view)
    if headline is None:
        return None
    blocks = view.blocks[headline + 1 :]
    own = [_is_line(block, plain, rules) for block, plain in zip(blocks, fold_blocks(blocks), strict=True)]
    near = [s for s in view.sections if s.start <= headline + NEAR and s.end > headline + MIN_LINES and not find_aside(s.labels)]
    rated = [(n_han, s) for s in near if (n_han := _n_han(blocks[: s.end - headline - 1], own, max(s.start - headline - 1, 0)))]
    if not rated:
        return None
    value, best = max(rated, key=lambda entry: (entry[0], entry[1].start - entry[1].end))
    start = max(best.start, headline + 1)
    lines = [block for block in view.blocks[start : best.end] if own[block.index - headline - 1]]
    if not is_dated(view, headline, lines[0].index) or not _is_text(lines):
        return None
    weighed = list(weights)
    for block in lines:
        weighed[block.index] = float(len(block.text))
    choice = Choice(start=start, end=best.end, value=value, overlap=0.0, margin=0.0, path=best.path)
    return Lines(choice=choice, weights=weighed, headline=headline)


def find_heading(view: PageView) -> int | None:
    """Return the block of the headline, also of one of two characters (a poem's, 讣告) if a date stands near below it."""
    if (found := find_headline(view)) is not None:
        return found
    titles = (view.head_title or "", view.meta.get("og:title", ""))
    parts = {bare(part) for title in titles for part in TITLE_PARTS.split(title)} - {""}
    named = [b for b in view.blocks if 1 < len(b.text) <= MAX_HEADING and not b.links and bare(b.text) in parts]
    found = next((b.index for b in (*(b for b in named if b.tag in HEADINGS), *named)), None)
    return found if found is not None and is_dated(view, found, found + HEADER) else None


def _is_line(block: Block, plain: str, rules: BoilerplateRules) -> bool:
    if block.links or block.is_hidden or len(block.text) > MAX_LINE:
        return False
    row = rules.find_row(block.text, plain)
    return row is None or (block.tag in CELLS and not any(map(str.isalpha, block.text)))


def _is_text(lines: Sequence[Block]) -> bool:
    """Tell whether lines say something: those of forms ask, those of forecasts and quotes count."""
    n_figures = sum([_is_figure(block) for block in lines])
    n_asked = sum([FIELD.fullmatch(block.text) is not None for block in lines])
    n_han = sum([count(block.text, HAN) for block in lines])
    is_worded = n_han >= MIN_WORDED * len(lines) or all(block.tag in CELLS for block in lines)
    return is_worded and n_figures <= MAX_FIGURES * len(lines) and n_asked < ASKED * len(lines)


def _is_figure(block: Block) -> bool:
    return not any(map(str.isalpha, block.text)) and CLOCK.fullmatch(block.text) is None


def _n_han(blocks: Sequence[Block], own: Sequence[bool], start: int) -> int:
    """Return the Chinese characters of the lines that stand in one kind of place; 0: the container holds something else."""
    held = [(block, is_own) for block, is_own in zip(blocks[start:], own[start:], strict=False) if not block.is_hidden]
    n_lines = Counter(block.path for block, is_own in held if is_own)
    path = max(n_lines, key=n_lines.__getitem__, default="")
    n_linked = sum([bool(block.links) for block, _ in held])
    if n_lines[path] < MIN_LINES or n_linked > MAX_LINKED * len(held):
        return 0
    n_han = sum([count(block.text, HAN) for block, is_own in held if is_own and block.path == path])
    return n_han if n_han >= MIN_HAN else 0


def is_dated(view: PageView, headline: int, first: int) -> bool:
    """Tell whether a day stands around the headline: pages of forms and maps have none, those of lists one behind each link."""
    if view.times or any(DAY.search(value) for key, value in view.meta.items() if "date" in key or "time" in key):
        return True
    below = takewhile(lambda block: not _is_linked(block), view.blocks[headline:first])
    return any(DAY.search(block.text) for block in (*view.blocks[max(0, headline - BEFORE) : headline], *below) if not _is_linked(block))


def _is_linked(block: Block) -> bool:
    return block.n_link_chars > LINKED * len(block.text)
