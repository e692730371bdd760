"""Printed date strings of a page, in the order of belief."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from pipelines.either_script import compile_either
from pipelines.extract.labelled import stand_apart
from pipelines.extract.landmarks import is_running
from pipelines.extract.title_candidates import find_titles
from pipelines.extract.view import join_url
from pipelines.normalize.date_context import OTHER_LABEL, WRITTEN_LABEL
from pipelines.normalize.date_foreign import find_foreign_date
from pipelines.types import Block, PageView, Printed

# A date with a year, wide on purpose: what it means is read in normalize. One search over the text of all blocks.
WIDE = {ord("０") + i: ord("0") + i for i in range(10)} | {ord("："): ord(":"), ord("－"): ord("-"), ord("／"): ord("/")}
# One look at a character spares trying every form at it: the same classes must begin the forms.
DATE = compile_either(
    r"(?=[\d民JFMASOND〇○零一二三四五六七八九])(?:(?<!\d)(?:19|20)\d\d\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}|民国\s?\d{2,3}\s?年|(?<!\d)1[01]\d(?:[年/.]\d{1,2}[月/.]\d{1,2}|(?<=[期间][:：]\d{3})-\d\d-\d\d(?!\d)|(?<=[期间][:：]\s\d{3})-\d\d-\d\d(?!\d))"
    r"|^1[01]\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$"
    r"|(?<![\d.])\d\d?([/.])\d\d?\1(?:19|20)\d\d(?!\d)|(?<![A-Za-z])(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d"
    r"|(?<!\d)\d{1,2}[\s-](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?[\s-](?:19|20)\d\d|(?<=\d:\d\d)20\d\d[-/]\d\d[-/]\d\d|[〇○零一二三四五六七八九]{4}年.{1,3}月|[０-９]{4}年"
    r"|(?<!\d)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\s\d{1,2}:\d\d"
    r"|(?<!\d)(?:19|20)\d\d(?:\s\d\d?/\d\d?\s\d\d?:\d\d|(?:0[1-9]|1[0-2])/[0-3]\d[012]\d:\d\d)|^\d\d\s?(?:19|20)\d\d[-/.年](?:0[1-9]|1[0-2])月?$)"
)
LOOSE = compile_either(
    r"(?=[\d一二两三四五六七八九十半昨今前])(?:(?<!\d)(?<!\d[-/.年])\d{1,2}[-/月]\d{1,2}日?\s{0,2}[012]?\d:[0-5]\d|(?<!\d)(?<!\d年)\d{1,2}月\d{1,2}日|(?:\d+|[一二两三四五六七八九十半])\s?(?:秒|分钟|小时|天|个?月)[以之]?前|(?:昨天|今天|前天|昨日|今日)\s?\d{1,2}:\d\d"
    r"|\b\d{1,2}\s(?:min(?:ute)?|hour|day)s?\sago\b)"
)
MONTHLY = compile_either(r"(?<!\d)(?:19|20)\d\d年\s?\d{1,2}月(?:号|刊|$)")
TIME = compile_either(r"\d{1,2}\s?[:：]\s?\d{2}|\d{1,2}\s?[时点]")
PUBLISHED_LABEL = compile_either(r"发[布表稿帖][^\d]{0,6}$|[日时][期间][^\d]{0,4}$|(?:[Pp]ublish|[Pp]ost)[a-z]*[^\d]{0,4}$")
LABEL_CELL = compile_either(
    r"(?:信息|最后)?(?:发[布表稿文]|公[布开]|成文|生成|印发|签发|制发|更新|修[改订]|刊[登发载]|生效)?(?:[日时]\s?[期间]|于)?\s?[:：]?$"
)
YEAR_ALONE = re.compile(r"(?:19|20)\d\d年?$")
MONTH_DAY_ALONE = re.compile(r"\d{1,2}\s?[-/.月]\s?\d{1,2}日?$")
MODIFIED_LABEL = compile_either(r"(?:更新|修改|修订|最后编辑|[Uu]pdated|[Mm]odified)[^\d]{0,10}$")
LABEL = 8
"""Characters of a label in a cell of its own."""
LABEL_START = re.compile(r"[\u4e00-\u9fff]+$")
"""The beginning of a label that a cut would halve."""
FIELD = compile_either(r"来源|稿源|出处|作者|记者|编辑|责编|点击|浏览|阅读|评论|字[号体]|参与|[Bb]y\s")
NOT_PUBLISHED = compile_either(
    r"(?:北京|东部|本地|当地|现在|标准)时间\s?[:：]\s?[012]?\d:[0-5]\d|版权|[Cc]opyright|©|ICP|备案|今天是|农历|欢迎您|截至|截止|成立|创刊|有效期|注册|最后登录|登录"
)
DATE_CLASS = re.compile(r"time|date|pub|info|source|meta|author|byline|post|subtit|article-?head")
ELSEWHERE = re.compile(
    r"foot|copyright|comment|reply|pinglun|relat|recommend|rank|hot|side|nav\b|menu|calendar|widget|archive|right|list\b|\bad\b|login|weather|share"
    r"|clock|top_?bar|toolbar|current_?date|now_?time"
)
META = (
    "article:published_time", "datepublished", "og:release_date", "publishdate", "pubdate", "publish_time", "publishtime", "og:published_time",
    "article:published", "dc.date.issued", "dcterms.created", "dc.date", "datecreated", "sailthru.date", "parsely-pub-date", "publication_date",
    "weibo: article:create_at", "bytedance:published_time", "apub:time", "date", "created", "firstpublishedtime", "_pubtime", "ptime", "contentdate",
)  # fmt: skip
LD_PUBLISHED = ("datePublished", "pubDate", "uploadDate", "dateCreated")

URL_DATE = re.compile(
    r"[/_-](?:19|20)\d\d[-/_]?(?:0[1-9]|1[0-2])[-/_]?(?:0[1-9]|[12]\d|3[01])(?=[/_.-]|$)|/t(?:19|20)\d{6}(?=_)"
    r"|/(?:19|20)\d\d[/-]\d{1,2}[/-]\d{1,2}(?=[/_.-]|$)|/\d\d/(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?=/)"
)
MAX_LINE = 220
"""Characters of a block that may be a header line; in longer ones only the first and last words are looked at."""
LEAD = 60
CLOCK_ALONE = compile_either(r"(?:(?:香港|北京|台北|台湾)?时间\s?[:：]?\s?)?\d{1,2}(?:[:：]\d{2}(?:[:：]\d{2})?|[时点]\d{1,2}分)$")
GLUED_CLOCK = re.compile(r"(?<=\d:\d\d)(?=20\d\d[-/]\d\d[-/]\d\d)")
"""Between the time of day and the date where both stand in elements of their own: 04:102023/12/08."""
NEAR = 15
"""Blocks around a headline in which a byline of another language is looked for."""
HAN_DATE = re.compile("[\u4e00-\u9fff].*[\u4e00-\u9fff].*[\u4e00-\u9fff]")
MAX_CANDIDATES = 6
MAX_DATED = 300
"""Dates of a page that are looked at closely: more stand only on lists."""
SURE = 3.0
"""Score of a line that is believed before the head."""
N_LIST = 3
"""Dated blocks of one path that make a list."""


def find_dates(view: PageView, titles: tuple[Printed, ...] | None = None) -> tuple[Printed, ...]:
    """Return what may be the publication date, best first: visible lines by how much they look like a byline, then the head, then the URL.

    `titles`: what `find_titles` returned, if it is at hand; the byline stands near the headline.
    """
    headline = next((t.block for t in (find_titles(view) if titles is None else titles)[:1]), None)
    visible = _visible(view, headline)
    sure = [printed for score, printed in visible if score >= SURE]
    unsure = [printed for score, printed in visible if score < SURE]
    tags = _time_tags(view, sure)
    foreign = () if sure else _foreign(view, headline)
    stacked = () if sure else _stacked(view, headline)
    return (*sure[:MAX_CANDIDATES], *stacked, *tags, *_from_head(view), *foreign, *unsure[:MAX_CANDIDATES], *_from_url(view))


def _foreign(view: PageView, headline: int | None) -> Iterator[Printed]:
    """Dates with words of another language in the lines around the headline."""
    around = view.blocks[max(0, headline - NEAR) : headline + NEAR] if headline is not None else view.blocks[: 2 * NEAR]
    for block in around:
        if len(block.text) <= LEAD * 2 and not HAN_DATE.search(block.text) and (printed := find_foreign_date(block.text)):
            yield Printed(text=printed, rule="foreign_byline", block=block.index)


def _stacked(view: PageView, headline: int | None) -> Iterator[Printed]:
    """Year, day and clock one below the other beside the headline, as a portal sets them: 2023 / 06/21 / 12:03."""
    start = max(0, headline - NEAR // 2) if headline is not None else 0
    for block in view.blocks[start : start + NEAR]:
        day = view.blocks[block.index + 1].text if YEAR_ALONE.match(block.text) and block.index + 1 < len(view.blocks) else ""
        if MONTH_DAY_ALONE.match(day):
            joined = f"{block.text.rstrip('年')}-{re.sub('[/.月]', '-', day).rstrip('日')}"
            clock = view.blocks[block.index + 2].text if block.index + 2 < len(view.blocks) else ""
            yield Printed(text=f"{joined} {clock}" if CLOCK_ALONE.match(clock) else joined, rule="stacked_byline", block=block.index)


@lru_cache(maxsize=4_096)  # the labels of a site's pages are the same
def is_elsewhere(labels: str) -> bool:
    return ELSEWHERE.search(labels) is not None


def _may_hold_year(text: str) -> bool:
    """Looking for these is cheaper than any pattern, and most blocks have none."""
    if "20" in text or "19" in text or "年" in text or "２" in text:
        return True
    return (":" in text and "-" in text) or (
        ("10" in text or "11" in text) and ("/" in text or "." in text or ("-" in text and ("：" in text or len(text) == 9)))
    )


def _may_hold_time(text: str) -> bool:
    return "月" in text or ":" in text or "前" in text or "天" in text or "日" in text or "ago" in text


def _dated_blocks(view: PageView, pattern: "re.Pattern[str]") -> Iterator[tuple[Block, int, int]]:
    """Yield the dates of short blocks, and of the first and last words of long ones: running text is full of dates."""
    may_hold = _may_hold_time if pattern is LOOSE else _may_hold_year
    for block in view.blocks:
        if block.apart:
            block = stand_apart(block)
        text = block.text
        if "０" in text:
            text = text.translate(WIDE)
        if not may_hold(text):
            continue
        n_chars = len(text)
        for start, end in ((0, n_chars),) if n_chars <= MAX_LINE else ((0, LEAD), (n_chars - LEAD, n_chars)):
            for match in pattern.finditer(text, start, end):
                yield block, match.start(), match.end()


def _visible(view: PageView, headline: int | None) -> list[tuple[float, Printed]]:
    """Score the dated lines; dates without a year count only where no line with one looks like the byline."""
    found: list[tuple[float, Printed]] = []
    for pattern in (DATE, MONTHLY, LOOSE):
        least = SURE if pattern is LOOSE else 0.0  # a day without a year must stand where a byline does
        found += [scored for scored in _scored(view, pattern, headline) if scored[0] >= least]
        if any(score >= SURE for score, _ in found):
            break
    return sorted(found, key=lambda scored: -scored[0])


def _scored(view: PageView, pattern: "re.Pattern[str]", headline: int | None) -> Iterator[tuple[float, Printed]]:
    found = list(islice(_dated_blocks(view, pattern), MAX_DATED))
    in_path = Counter(block.path for block in {block.index: block for block, _, _ in found}.values())
    running = next((b.index for b in view.blocks[headline + 1 :] if is_running(b)), None) if headline is not None else None
    for block, start, end in found:
        label = _cell_before(view, block)
        if not label and end - start == 9 and block.text[3] == "-" and block.text[0] == "1":
            continue  # 114-05-23: years counted from 1912 are read in the cell beside a label only
        score, rule = _score(block, label, start, end, headline, running, in_path[block.path])
        yield score, Printed(text=label + _clip(with_clock(view, block), start), rule=rule, block=block.index)


def _cell_before(view: PageView, block: Block) -> str:
    """The label of a date that fills its block, where it stands in a block of its own before it."""
    before = view.blocks[block.index - 1].text if block.index and len(block.text) <= 20 else ""
    return f"{before.rstrip('：: ')}：" if before and len(before) <= 8 and LABEL_CELL.match(before) else ""


def with_clock(view: PageView, block: Block) -> str:
    """The block's text, with the time of day where it stands alone in the next one."""
    following = view.blocks[block.index + 1].text if block.index + 1 < len(view.blocks) else ""
    return f"{block.text} {following}" if len(block.text) <= 20 and CLOCK_ALONE.match(following) else block.text


def _score(block: Block, label: str, start: int, end: int, headline: int | None, running: int | None, n_in_path: int) -> tuple[float, str]:
    """How much a dated block looks like the byline of the article, and what to call it.

    `label`: of the cell before it. `running`: the first block of running text below the headline.
    """
    text = block.text
    before, around = label + text[max(0, start - 20) : start], text[:start] + " " + text[end : end + 40]
    has_time = ":" in text[start:end] or TIME.search(text[max(0, start - 12) : end + 24].replace(text[start:end], " ")) is not None
    modified = MODIFIED_LABEL.search(before) is not None
    labelled = not modified and PUBLISHED_LABEL.search(before) is not None
    score = 3.0 * labelled + 2.0 * has_time + 1.5 * bool(FIELD.search(around)) + 1.5 * bool(DATE_CLASS.search(block.labels[:40]))
    score -= 6.0 if WRITTEN_LABEL.search(before) else 0.0
    # A labelled time right below the headline is the article's, whatever its line is called.
    is_below = (labelled or modified) and headline is not None and 0 < block.index - headline <= 2
    score -= 2.0 * modified + 3.0 * (is_elsewhere(block.labels) and not is_below)
    score -= 8.0 if OTHER_LABEL.search(before) or NOT_PUBLISHED.search(around) else 0.0
    score -= 3.0 if n_in_path >= N_LIST else 0.0
    score -= 3.0 if block.n_link_chars * 2 > len(text) else 0.0
    score -= min((len(text) - (end - start)) / 40, 4.0) * (0.3 if labelled else 1.0)
    if headline is not None:
        distance = block.index - headline
        is_near = 0 <= distance <= 5 and (running is None or block.index <= running)
        score += 3.0 if is_near else 1.5 if -4 <= distance <= 15 else 0.0
        score -= 1.5 if distance < -4 else 0.5 if distance > 15 else 0.0
    rule = ("labelled_" if labelled else "updated_" if modified else "") + ("byline" if has_time else "byline_day")
    return score, rule


def _time_tags(view: PageView, sure: list[Printed]) -> Iterator[Printed]:
    """What `<time datetime>` says behind the surest line, or behind the only tag of a page without such a line."""
    if sure:
        printed = view.blocks[sure[0].block or 0].text
        yield from (Printed(text=told, rule="time_tag", block=sure[0].block) for shown, told in view.times if shown and shown in printed)
    elif len({told for _, told in view.times}) == 1:
        yield Printed(text=view.times[0][1], rule="time_tag")


def _clip(text: str, start: int) -> str:
    """The part of a block around a date: enough for its label before and its time behind."""
    begin = max(0, start - 40)
    whole = LABEL_START.search(text, max(0, begin - LABEL), begin) if begin else None
    return GLUED_CLOCK.sub(" ", text[whole.start() if whole else begin : start + 80])


def _from_head(view: PageView) -> Iterator[Printed]:
    yield from (Printed(text=view.meta[name], rule=f"meta:{name}") for name in META if view.meta.get(name))
    for entry in view.json_ld:
        yield from (
            Printed(text=value, rule=f"json_ld:{key}") for key in LD_PUBLISHED if isinstance(value := entry.get(key), str) and value
        )


def _from_url(view: PageView) -> Iterator[Printed]:
    for url in dict.fromkeys((view.base_url, view.link_rels.get("canonical"), view.meta.get("og:url"))):
        parts = urlsplit(join_url(view.base_url, url) if url else "")
        # the name of a saved file may hold the day it was saved
        if parts.scheme != "file" and (match := URL_DATE.search(parts.path)):
            yield Printed(text=match[0], rule="url")
