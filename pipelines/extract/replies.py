"""What readers wrote below a text, told by the buttons that each entry ends with (回复, 赞): their words and classes are without number."""

from collections.abc import Sequence
from itertools import pairwise

from pipelines.either_script import compile_either
from pipelines.types import Block

BUTTONS = compile_either(
    r"\W*(?:(?:\d{1,2}\s?(?:年|个?月|周|天|小时|分钟|秒)前|刚刚|昨天|[\d年月日/:：.-]{4,}|来自\S{2,6}|[一-鿿]{2,4}(?:网友)?|\d{1,3}楼)\W*){0,3}"
    r"(?:(?:回[复覆]|点?赞|顶|踩|支持|反对|举报|检举|引用|盖楼|分享|复制)\W*\d{0,6}\W*){1,6}"
)
"""Buttons, and when and where from an entry was written before them."""
WORDS = compile_either("回[复覆]|赞|举报|检举|支持|盖楼")
LETTERS = "回赞讚举舉检檢支盖蓋"
"""Each of the words has one of these."""
LONGEST = 40
MIN_ENTRIES, LONGEST_ENTRY = 3, 12
"""Entries, and blocks of the longest one."""
MIN_TEXT = 25
"""Weight of the text before, headings left out: with less, the entries are what the page is about, as in a forum."""
HEADINGS = frozenset(("h1", "h2", "h3"))
POSTED = compile_either(r"(?:发表|回复|发布)[于於]\W{0,3}(?:\d{4}\W)?\d{1,2}\W\d{1,2}日?\W{1,3}\d{1,2}[:：]\d\d")
"""What heads an entry of a forum, the first post among them; where a work came out (发表于2019年3月) has no time of day."""


def find_floors(blocks: Sequence[Block]) -> range:
    """Return the places in a run of blocks from the head of the second post of a forum to the end; empty: there are no posts."""
    found: dict[str, list[int]] = {}
    for place, block in enumerate(blocks):
        if len(block.text) <= LONGEST and POSTED.search(block.text):
            found.setdefault(block.path, []).append(place)
    first, second = next((places[:2] for places in found.values() if len(places) > 1), (0, 0))
    if second - first < 2:
        return range(0)
    # What stands before the line of the date in each post is of one make.
    n_before = 0
    while n_before < first and blocks[first - n_before - 1].path == blocks[second - n_before - 1].path:
        n_before += 1
    return range(max(first + 2, second - n_before), len(blocks))


def find_replies(blocks: Sequence[Block], weights: Sequence[float]) -> range:
    """Return the places in a run of blocks from the first entry's start to the last one's buttons; empty: there are none.

    `weights`: of these blocks.
    """
    short = "".join([block.text for block in blocks if len(block.text) <= LONGEST])
    if sum(map(short.count, LETTERS)) < MIN_ENTRIES:  # most pages
        return range(0)
    found: dict[str, list[int]] = {}
    for place, block in enumerate(blocks):
        if len(block.text) <= LONGEST and WORDS.search(block.text) and BUTTONS.fullmatch(block.text):
            found.setdefault(block.path, []).append(place)
    for places in found.values():
        gaps = [after - before for before, after in pairwise(places)]
        if len(places) < MIN_ENTRIES or not 1 < min(gaps) <= LONGEST_ENTRY:
            continue
        start = max(0, places[0] - min(gaps) + 1)
        before = zip(blocks[:start], weights[:start], strict=True)
        if sum(weight for block, weight in before if weight > 0 and block.tag not in HEADINGS) >= MIN_TEXT:
            return range(start, places[-1] + 1)
    return range(0)
