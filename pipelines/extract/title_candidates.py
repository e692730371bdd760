"""Printed headlines of a page, in the order of belief."""

import re
from collections.abc import Iterator

from pipelines.types import Block, PageView, Printed

SEPARATOR = re.compile(r"\s*[_|｜丨»›]+\s*|\s+[-–—―－~]+\s+|[-–—―－]{1,2}|\s+")
HEADLINE_META = ("og:title", "articletitle", "article:title", "twitter:title", "headline", "title", "weibo: article:title")
TITLE_LABEL = re.compile(r"title|headline|tit\b|\btit|biaoti|\bbt\d?\b|subject|\bh1\b|wz_?bt")
ELSEWHERE = re.compile(
    r"logo|nav\b|navi|menu|foot|copyright|side|relat|rank|hot|recommend|comment|breadcrumb|crumb|share|tag\b|tags\b|banner|login|search"
)
CRUMBS = re.compile(r".*[>〉»›＞]\s*")
DATE_LINE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d|来源\s?[:：]|來源\s?[:：]|作者\s?[:：]")
ORIGINAL = re.compile(r"(?:^|[\s(（\[【])原\s?(?:标|標)\s?(?:题|題)\s?[:：为為]")
MIN_CHARS, MAX_CHARS = 4, 160
MAX_CANDIDATES = 5


def find_titles(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the headline, best first: blocks that repeat the page's `<title>`, headings, then the head itself."""
    heads = tuple(dict.fromkeys(filter(None, (view.head_title, *_headlines(view)))))
    scored = sorted(_blocks(view, heads), key=lambda found: (-found[0], found[1].block))
    visible = [printed for score, printed in scored if score >= 3]
    return tuple(visible[:MAX_CANDIDATES]) + tuple(Printed(text=text, rule=rule) for rule, text in _from_head(view))


def find_original_titles(view: PageView) -> tuple[Printed, ...]:
    """Return lines that print the original headline (`原标题：…`), label included."""
    return tuple(
        Printed(text=b.text[:300], rule="label", block=b.index) for b in view.blocks if "原" in b.text and ORIGINAL.search(b.text[:120])
    )


def _headlines(view: PageView) -> Iterator[str]:
    yield from (view.meta[name] for name in HEADLINE_META if view.meta.get(name))
    yield from (text for entry in view.json_ld if isinstance(text := entry.get("headline"), str) and text)


def _from_head(view: PageView) -> Iterator[tuple[str, str]]:
    if view.meta.get("og:title"):
        yield "og:title", view.meta["og:title"]
    if view.head_title:
        yield "head_title", view.head_title
    yield from (("headline", text) for text in _headlines(view))


def _blocks(view: PageView, heads: tuple[str, ...]) -> Iterator[tuple[float, Printed]]:
    for block in view.blocks:
        if MIN_CHARS <= len(block.text) <= MAX_CHARS:
            place = _place_in_heads(block.text, heads)
            if place or block.tag in ("h1", "h2", "h3") or (block.index < 200 and TITLE_LABEL.search(block.labels[:60])):
                text = _without_crumbs(block.text, heads)
                place = place if text is block.text else _place_in_heads(text, heads)
                rule = "in_head" if place else block.tag if block.tag in ("h1", "h2", "h3") else "title_class"
                yield _score(view, block, text, place), Printed(text=text, rule=rule, block=block.index)


def _place_in_heads(text: str, heads: tuple[str, ...]) -> float:
    """How well a block repeats the `<title>` or a headline of the head: 0 to 6; whole segments only."""
    best = 0.0
    for head in heads:
        start = head.find(text)
        if start < 0 and (text[:2] in head or text[-2:] in head):
            head, text = _bare(head), _bare(text)
            start = head.find(text) if text else -1
            is_segment = start == 0 or (start > 0 and start + len(text) == len(head))
        else:
            end = start + len(text)
            is_segment = (start == 0 or SEPARATOR.match(head, start - 1) is not None) and (
                end == len(head) or bool(SEPARATOR.match(head, end))
            )
        if start >= 0 and is_segment:
            best = max(best, (3.0 if start == 0 else 1.5) + min(len(text), 24) / 8)
    return best


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _without_crumbs(text: str, heads: tuple[str, ...]) -> str:
    """Cut a breadcrumb off the front of a heading (`某网 〉新闻 〉标题`) where the rest is what the head says."""
    rest = CRUMBS.sub("", text)
    return rest if rest != text and len(rest) >= MIN_CHARS and any(head.startswith(rest) for head in heads) else text


def _score(view: PageView, block: Block, text: str, place: float) -> float:
    score = place + {"h1": 3.0, "h2": 1.5, "h3": 0.5}.get(block.tag, 0.0) + (1.5 if TITLE_LABEL.search(block.labels[:60]) else 0.0)
    score -= 3.0 if ELSEWHERE.search(block.labels) else 0.0
    score -= 2.0 if block.n_link_chars * 10 > len(block.text) * 9 else 0.0
    score += min(len(text), 16) / 8 - 2.0 if len(text) < 16 else 0.0
    following = view.blocks[block.index + 1 : block.index + 4]
    if any(len(b.text) < 160 and DATE_LINE.search(b.text) for b in following) or DATE_LINE.search(block.text):
        score += 2.0
    return score
