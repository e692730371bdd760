"""Printed headlines of a page, in the order of belief."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from pipelines.either_script import compile_either
from pipelines.normalize.titles import names_site, strip_site
from pipelines.types import Block, PageView, Printed

HEADINGS = {"h1": 3.0, "h2": 1.5, "h3": 0.5}
HEADLINE_META = ("og:title", "articletitle", "article:title", "twitter:title", "headline", "title", "weibo: article:title")
TITLE_WORDS = ("tit", "headline", "biaoti", "subject", "h1", "wzbt", "wz_bt")
N_LABEL_CHARS = 60
"""Of `Block.labels`: the element and its nearest ancestors."""
GENERIC = compile_either(r"欢迎|谢谢|访问|首页|无标题|新建|文档|welcome|untitled|home\s?page", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"logo|nav\b|navi|menu|foot|copyright|side|relat|rank|hot|recommend|comment|crumb|share|tags?\b|banner|login|search|widget"
)
SUBTITLE = re.compile(
    r"sub-?(?:tit|head|hed)|^sub$|fu-?(?:biao)?ti(?!me)|yin-?(?:biao)?ti(?!me)|jian-?biaoti|kicker|pre-?tit|eyebrow|^de[ck]k$|second-?tit|small-?tit"
)
"""Classes of the lines over and under a headline."""
BYLINE = compile_either(
    r"(?=[\d来作发])(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d|\d/(?:19|20)\d\d\s|来源\s?[:：]|作者\s?[:：]|发[布表])|^.{0,6}(?:记者|实习生|通讯员)\s"
)
ORIGINAL = compile_either(r"^.{0,8}?原\s?(?:标\s?)?题\s?[:：为]")
LABEL = compile_either(r"^(?:标题|主题|题目|篇名)\s?[:：]\s?")
COLUMN = re.compile(r"^(?:【[^】]{1,10}】|\[[^\]]{1,10}\])\s?")
NO_HEADLINE = compile_either(
    r"^.{25,}[。．][”」]?$|^.{12,}。.*。|^(?:您|你|您们)?(?:现在|当前|目前)?(?:的|所在的?)?位置\s?[:：]|^\W*(?:[Ll]oading|LOADING|[Pp]lease wait|(?:正在|数据)?(?:加载|载入)中?)\W*$"
)
"""A paragraph, or a breadcrumb: only the head of the page can make them a headline."""
DATE_ONLY = compile_either(r"^[\d\s年月日时分秒:：/.-]+$")
STROKE = re.compile(r"[_|｜丨»›–—―－~-]")
# What may stand in one block with the headline: a breadcrumb before it; a date, a source, the size of the type behind.
BEFORE_TITLE = compile_either(r"^(?:.*[>〉»›＞|:：]\s?|正文\s|(?:原创|独家|转载|置顶|头条|推荐|图集|视频|专题)\s?)?$")
BEHIND_TITLE = compile_either(r"^(?:[\s|]*(?:(?:19|20)\d\d\s?[-/.年]|来源|发布|作者|[\[(【（]?字[体号]|[时日][间期]).*)?$")
MIN_CHARS, MAX_CHARS = 4, 160
MAX_HEAD_CHARS = 500
"""Of a `<title>`; more is an attack or a fault of the template."""
MAX_LINES = 4
"""Blocks that one headline may be set in."""
RUNNING_CHARS = 60
WRAPPED_CHARS = 30
"""Characters of a line of running text that an editor of old wrapped by hand."""
SURE = 3.0
"""Score from which a block is believed before the `<title>`."""
MAX_CANDIDATES = 5
MAX_SCORED = 300
"""Blocks of a page that are scored: more headings stand only on lists."""


@dataclass(frozen=True, slots=True)
class Heads:
    """What the head of the page says of the headline."""

    texts: tuple[str, ...]
    bare: tuple[str, ...]
    core: str
    """The `<title>` without the site's name."""
    letters: frozenset[str]
    """Those of `core`; empty where it says no more than the site's name."""
    joined: str
    """All texts, one to a line."""
    starts: frozenset[str]
    """Two characters each."""


@dataclass(frozen=True, slots=True)
class Lay:
    """Which blocks of a page are bylines and which are running text."""

    blocks: Sequence[Block]
    bylines: frozenset[int]
    above_byline: frozenset[int]
    """Blocks with a byline among the next three, and none before."""
    first_running: int

    def has_byline(self, start: int, end: int) -> bool:
        return not self.bylines.isdisjoint(range(start, end))

    def has_text(self, start: int, end: int) -> bool:
        return any(map(_is_running, self.blocks[start:end]))


def _is_running(block: Block) -> bool:
    n_chars = len(block.text)
    if n_chars < WRAPPED_CHARS:
        return False
    return block.n_link_chars * 3 < n_chars if n_chars >= RUNNING_CHARS else not block.links and "，" in block.text


def find_titles(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the headline, best first: blocks that repeat the page's `<title>`, headings, then the head itself."""
    found = islice(_blocks(view, _heads(view), _lay(view.blocks)), MAX_SCORED)
    scored = sorted(found, key=lambda found: (-found[0], found[1].block))
    visible = [printed for score, printed in scored if score >= SURE]
    head = [Printed(text=text, rule=rule) for rule, text in _from_head(view)]
    # what is written for sharing is cleaner than the `<title>`
    return (*visible[:MAX_CANDIDATES], *sorted(head, key=lambda printed: printed.text != view.meta.get("og:title")))


def find_original_titles(view: PageView) -> tuple[Printed, ...]:
    """Return lines that print the original headline (`原标题：…`), label included."""
    return tuple(
        Printed(text=b.text[:300], rule="label", block=b.index) for b in view.blocks if "原" in b.text and ORIGINAL.search(b.text[:120])
    )


def _heads(view: PageView) -> Heads:
    texts = tuple(dict.fromkeys(text for _, text in _from_head(view)))
    core = strip_site(texts[0], filter(None, [view.meta.get("og:site_name")])) if texts else ""
    bare = _bare(core)
    is_told = len(bare) >= 8 and not GENERIC.search(core) and not names_site(core)
    letters = frozenset(bare) if is_told else frozenset()
    return Heads(texts, tuple(map(_bare, texts)), core, letters, "\n".join(texts), frozenset(text[:2] for text in texts))


def _lay(blocks: Sequence[Block]) -> Lay:
    first_running = next((block.index for block in blocks if _is_running(block)), len(blocks))
    bylines = frozenset([block.index for block in blocks if len(block.text) < MAX_CHARS and _is_byline(block.text)])
    near = {i - n for i in bylines for n in (1, 2, 3)} - bylines - {i + 1 for i in bylines}
    return Lay(blocks, bylines, frozenset(i for i in near if i < first_running + 3), first_running)


def _is_byline(text: str) -> bool:
    # A cheap look first: most blocks have none of these.
    may_be = "20" in text or "19" in text or "源" in text or "发" in text or "發" in text or "者" in text or "通" in text
    return may_be and BYLINE.search(text) is not None


def _headlines(view: PageView) -> Iterator[str]:
    yield from (view.meta[name] for name in HEADLINE_META if view.meta.get(name))
    yield from (text for entry in view.json_ld if isinstance(text := entry.get("headline"), str) and text)


def _from_head(view: PageView) -> Iterator[tuple[str, str]]:
    told = (("head_title", view.head_title), *(("headline", text) for text in _headlines(view)))
    yield from ((rule, text[:MAX_HEAD_CHARS]) for rule, text in told if text and len(text.strip()) > 1)


def _blocks(view: PageView, heads: Heads, lay: Lay) -> Iterator[tuple[float, Printed]]:
    for block in view.blocks:
        if not MIN_CHARS <= len(block.text) <= MAX_CHARS or block.is_hidden:
            continue
        is_marked = block.tag in HEADINGS or (block.labels != "" and _is_title_class(block.labels))
        above = _above(block, heads, lay)
        if (not is_marked and not above and not _may_repeat(block.text, heads)) or DATE_ONLY.match(block.text):
            continue
        text = _cut(_joined(view, block, heads), heads)
        place = _place(text, heads, is_marked)
        if place or ((is_marked or above) and not NO_HEADLINE.search(text)):
            rule = "in_head" if place else block.tag if block.tag in HEADINGS else "title_class" if is_marked else "above_byline"
            score = (place or above) + _score(block, text, lay, is_marked=is_marked) - (0.0 if place else _strangeness(text, heads))
            yield score, Printed(text=text, rule=rule, block=block.index)


@lru_cache(maxsize=4_096)  # the labels of a site's pages are the same
def _is_title_class(labels: str) -> bool:
    near = labels[:N_LABEL_CHARS]
    return any(word in near for word in TITLE_WORDS)


@lru_cache(maxsize=4_096)
def _is_elsewhere(labels: str) -> bool:
    return ELSEWHERE.search(labels) is not None


@lru_cache(maxsize=4_096)
def _is_subtitle(labels: str) -> bool:
    return SUBTITLE.search(labels.split(" ", 1)[0]) is not None


def _may_repeat(text: str, heads: Heads) -> bool:
    """A cheap look before the closer ones: most blocks share nothing with the head."""
    return text[:2] in heads.starts or text in heads.joined or (bool(heads.letters) and heads.core in text)


def _joined(view: PageView, block: Block, heads: Heads) -> str:
    """The block, with the next ones where a headline set in several lines makes up what the head says, or one heading's lines its beginning."""
    text = block.text
    if not heads.letters or len(text) >= len(heads.core) or text[0] not in heads.core[:2] or not heads.bare[0].startswith(_bare(text)):
        return text
    if heads.texts[0].startswith(text) and _is_edge(heads.texts[0][len(text) :], 0):
        return text  # whole as it is: the next block may be the site's name
    core, joined = _bare(heads.core), text
    for following in view.blocks[block.index + 1 : block.index + MAX_LINES]:
        joined = f"{joined}{_gap(joined, following.text, heads.core)}{following.text}"
        if not core.startswith(_bare(joined)):
            break
        if core == _bare(joined):
            return joined
        if block.tag in HEADINGS and following.path == block.path:
            text = joined
    return text


def _gap(before: str, behind: str, core: str) -> str:
    """What the `<title>` has where two lines of the headline meet: a space, a comma or nothing."""
    if not (before[-1:].isalnum() and behind[:1].isalnum()):
        return ""
    n_letters, gap = len(_bare(before)), ""
    for char in core:
        if n_letters == 0 and not char.isalnum():
            gap += char
        elif n_letters == 0:
            break
        else:
            n_letters -= char.isalnum()
    return gap


def _cut(text: str, heads: Heads) -> str:
    """Cut off what shares the headline's block: a label, and what the head tells not to belong to the headline."""
    text = LABEL.sub("", text).rstrip(" -")
    rest = COLUMN.sub("", text)
    if rest != text and any(head.startswith(rest) for head in heads.texts):
        return rest
    if heads.letters and heads.core in text and text != heads.core:
        before, _, behind = text.partition(heads.core)
        if BEFORE_TITLE.match(before) and BEHIND_TITLE.match(behind):
            return heads.core
    return text


def _place(text: str, heads: Heads, is_marked: bool) -> float:
    """How well a block repeats the `<title>` or a headline of the head, 0 to 9; whole parts of it only."""
    best = 0.0
    for head, bare_head in zip(heads.texts, heads.bare, strict=True):
        start, length = head.find(text), len(text)
        if start < 0 and (is_marked or text[:2] == head[:2]):
            bare = _bare(text)
            start, length = bare_head.find(bare) if bare else -1, len(bare)
            is_part = start == 0 or start + length == len(bare_head)
        else:
            is_part = start >= 0 and _is_edge(head[:start], -1) and _is_edge(head[start + length :], 0)
        if start >= 0 and is_part:
            best = max(best, (3.0 if start == 0 else 1.5) + min(length, 24) / 4)
    return best


def _is_edge(rest: str, place: int) -> bool:
    """A part of the `<title>` ends at a stroke, or at a space before the site's name; a headline has spaces of its own."""
    bare = rest.strip()
    return (
        not bare
        or STROKE.match(bare[place]) is not None
        or (rest[place] == " " and names_site(STROKE.split(bare)[0 if place == 0 else -1]))
    )


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _above(block: Block, heads: Heads, lay: Lay) -> float:
    """Old pages mark no headline: it is the line right above the byline, or the first of a page that is bare text."""
    i = block.index
    is_above = i in lay.above_byline
    # Where the head tells nothing, it is the first line of bare text, or the last one above the text.
    may_open = i in (0, lay.first_running - 1) and not heads.letters and not block.links and i not in lay.bylines
    if not (is_above or may_open) or not lay.has_text(i + 1, i + 9):
        return 0.0
    return (3.0 if i + 1 in lay.bylines else 1.0) if is_above else 4.0 if i == 0 else 1.0


def _score(block: Block, text: str, lay: Lay, *, is_marked: bool) -> float:
    i = block.index
    score = HEADINGS.get(block.tag, 0.0) + (1.5 if is_marked and block.tag not in ("h2", "h3") else 0.0)
    score += 2.0 if lay.has_byline(i, i + 4) else 0.0
    is_above_text = lay.has_text(i + 1, i + 3)
    score += 1.5 if is_above_text else 0.0
    score -= 3.0 if _is_elsewhere(block.labels) else 0.0
    score -= 4.0 if text.startswith("——") or _is_subtitle(block.labels) else 0.0
    score -= 2.0 if block.n_link_chars * 10 > len(block.text) * 9 and not (is_above_text and block.tag in HEADINGS) else 0.0
    return score + (len(text) / 8 - 2.0 if len(text) < 16 else 0.0)


def _strangeness(text: str, heads: Heads) -> float:
    """How much speaks against a block that the head does not repeat; where the head names no headline, nothing does."""
    if not heads.letters:
        return -1.0
    shared = len(heads.letters & set(text.lower())) / len(heads.letters)
    return 2.0 if shared < 0.5 else -2.0 if shared > 0.7 and len(text) < 2 * len(heads.core) else 0.0
