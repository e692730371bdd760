"""The breadcrumb of a page."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.either_script import compile_either, either_words
from pipelines.extract.landmarks import Landmarks, find_landmarks
from pipelines.types import Block, PageView

LEAD = compile_either(
    r"^(?:.{0,12}?)(?:您|你|我)?(?:现在|目前|当前)?的?(?:所在)?(?:位置|位于)(?:是|为)?\s*[:：>＞»]?\s*|^(?:当前)?(?:导航|路径)\s*[:：]\s*"
)
SEPARATOR = re.compile(r"\s*(?:>{1,3}|＞{1,2}|»|›|→|⟩|&gt;|》(?!\S*《)|・|::)\s*")
SLASHED = re.compile(r"\s+[/|｜]\s+|\s+-{1,2}\s+")
TIGHT = re.compile("[/|｜]")
"""Between parts without a space, behind the home page only: 首页/社会/正文."""
LABELLED = compile_either(r"^(?:所在|所属|文章|新闻)?(?:栏目|频道|分类|版块)\s?[:：]\s?(?P<section>[^\s:：，。]{2,10})(?=$|\s)")
"""A section that is named beside the headline in place of a way to it."""
HOMES = either_words("首页", "主页", "Home")
LAST = either_words("正文", "内文")
LIST_CLASS = re.compile("crumb|position(?!-)|weizhi")
HINT = compile_either("[>＞»›→⟩》・:：/|｜]|-|位置|首页")
"""Without one of these a block is no breadcrumb in one piece."""
CLASS = re.compile(
    r"crumb|position|location|(?:^|[\s_-])(?:path|weizhi|dqwz|here|nav_?path|place|curr?ent|site-?map)(?:[\s_-]|$)|daohang", re.IGNORECASE
)
SITE = compile_either("网$")
NEAR = 6
"""Blocks between a breadcrumb and the headline below it."""
LONGEST = 150
"""Characters of a breadcrumb's block."""
LONGEST_PART = 45
"""Characters; the headline itself may be the last part."""


def find_breadcrumb(view: PageView, marks: Landmarks | None = None) -> tuple[str, ...]:
    """Return its parts as printed, 首页 and 正文 included; () where the page has none. `marks`: the page's, if at hand."""
    marks = marks or find_landmarks(view)
    limit = (marks.headline if marks.headline is not None else min(marks.body, 40)) + 3
    best: tuple[str, ...] = ()
    best_score = 0
    for block in view.blocks[:limit]:
        parts, score = _read(block, is_near=marks.headline is not None and -2 <= marks.headline - block.index <= NEAR)
        if score > best_score or (score == best_score and score and len(parts) > len(best)):
            best, best_score = parts, score
    return best or _listed(view.blocks[:limit]) or _told(view) or _labelled(view, marks)


def _read(block: Block, *, is_near: bool) -> tuple[tuple[str, ...], int]:
    text = block.text
    if len(text) > LONGEST or block.is_hidden or not HINT.search(text):
        return (), 0
    led, classed = LEAD.match(text), bool(CLASS.search(block.labels[:80]))
    text = text[led.end() :] if led else text
    parts = tuple(p for p in (part.strip(" 　:：|>＞»") for part in SEPARATOR.split(text)) if p)
    if len(parts) < 2:
        slashed = tuple(p.strip(" -") for p in SLASHED.split(text) if p.strip(" -"))
        if led or classed or (slashed and (slashed[0] in HOMES or slashed[-1] in LAST or (is_near and SITE.search(slashed[0])))):
            parts = slashed
    if len(parts) < 2 and len(tight := tuple(TIGHT.split(text))) > 2 and tight[0].endswith(HOMES):
        parts = tight
    if len(parts) < 2 and (led or _is_crumb(block.labels)) and len(block.links) > 1:
        parts = tuple(_by_links(block, text))
    if not 2 <= len(parts) <= 8 or len(parts[-1]) > 2 * LONGEST_PART or any(len(part) > LONGEST_PART for part in parts[:-1]) or "•" in text:
        return (), 0
    score = 3 * bool(led) + 2 * classed + (2 if parts[0].endswith(HOMES) else 0) + (2 if parts[-1] in LAST else 0)
    # Two parts alone may be anything; right above the headline, short and linked, they are a way.
    is_short = is_near and all(len(part) <= 10 for part in parts)
    is_linked = (len(parts) > 2 or is_short) and len(block.links) >= len(parts) - 1
    return (_trim(parts), score + 1) if score or is_linked else ((), 0)


def _trim(parts: tuple[str, ...]) -> tuple[str, ...]:
    # Counters and tools share the block: "正文 订阅环球时报手机报".
    last = parts[-1]
    return (*parts[:-1], last.split()[0]) if len(last.split()) > 1 and last.split()[0] in LAST else parts


def _by_links(block: Block, text: str) -> Iterator[str]:
    place = 0
    for link in block.links:
        if link.text and (found := text.find(link.text, place)) >= 0:
            yield link.text
            place = found + len(link.text)
    if text[place:].strip(" >/|"):
        yield text[place:].strip(" >/|")


def _told(view: PageView) -> tuple[str, ...]:
    """Read the way that the head tells search engines (BreadcrumbList of schema.org)."""
    for entry in view.json_ld:
        items = entry.get("itemListElement")
        if entry.get("@type") != "BreadcrumbList" or not isinstance(items, list):
            continue
        held = [(item, item.get("item")) for item in items if isinstance(item, dict)]
        names = [item.get("name") or (inner.get("name") if isinstance(inner, dict) else None) for item, inner in held]
        parts = tuple(name.strip() for name in names if isinstance(name, str) and name.strip())
        if 2 <= len(parts) <= 8:
            return parts
    return ()


def _labelled(view: PageView, marks: Landmarks) -> tuple[str, ...]:
    found = (LABELLED.match(view.blocks[index].text) for index in marks.header if len(view.blocks[index].text) <= LONGEST)
    return next(((match["section"],) for match in found if match), ())


@lru_cache(maxsize=4_096)  # the labels of a site's pages are the same
def _is_crumb(labels: str) -> bool:
    return LIST_CLASS.search(labels) is not None


def _listed(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Read a breadcrumb whose parts are list items of their own."""
    run: list[str] = []
    for block in blocks:
        if len(block.text) <= LONGEST_PART and _is_crumb(block.labels) and not block.is_hidden:
            run.append(block.text.strip(" >＞»/"))
        elif run:
            break
    return tuple(part for part in run if part) if 2 <= len(run) <= 8 else ()
