"""Printed credit lines and datelines of a page, in the order of belief."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.either_script import compile_either, either_words
from pipelines.extract.class_words import role_of_class
from pipelines.extract.closing_credits import EDITOR, find_closing_bracket, find_closing_name, find_material, find_signed
from pipelines.extract.head_credits import find_head_credits
from pipelines.extract.header_outlets import find_header_outlets, find_outlet_href
from pipelines.extract.labelled import (
    COLON,
    ROLE_CHARS,
    find_by_class,
    find_opening_label,
    is_label_alone,
    is_label_of_next,
    is_labelled,
    is_tool,
    labelled_line,
    names_outlet_in_sentence,
    stand_apart,
)
from pipelines.extract.landmarks import Landmarks, find_landmarks, is_running
from pipelines.extract.lone_names import find_lone_names
from pipelines.extract.outlet_marks import find_outlet_marks
from pipelines.normalize.bylines import BY_LINE, MASTHEAD, NO_MASTHEAD
from pipelines.normalize.credit_rules import BULLETS, DATE, CreditRules
from pipelines.normalize.datelines import find_titled, read_cited, read_dateline
from pipelines.normalize.names import HAN, is_person
from pipelines.normalize.sources import find_outlet
from pipelines.types import Block, PageView, Printed

LINE = 160
"""Characters of the longest block that is read whole as a credit line."""
ENGLISH = re.compile(r"(?:^|\W)[Bb]y:?\s[A-Z]|(?:originally|first)\s(?:appeared|published)")
ENGLISH_OPENING = re.compile(r"By:?\s[A-Z]")
APPEARED = re.compile(r"(?:originally|first)\s(?:appeared|published)")
SENTENCE = re.compile("[，。；？！]")
CLOSED_SENTENCE = re.compile(r"^[^（(【]{12,}[。！？”][（(【][^（()）】]{2,40}[）)】]\d{0,8}$")
"""A short paragraph with a credit behind it."""
PAPER_ENDS = either_words(*"报媒")
NEIGHBOURS = either_words("上一篇", "下一篇", "上一条", "下一条", "上一则", "下一则", "上一页", "下一页", "前一篇", "后一篇")
"""What opens the links to the articles beside this one, whose headlines may hold labels."""
HEADLINE = 8
"""Characters of a link that may be another story's headline."""
OTHERS = 3
"""Links to other stories behind a text; what is labelled below them is theirs, but for the editor of this one."""
OPENING = compile_either(r"^[□■◎●▲\s]{0,3}[^，。：\s]{0,12}\s?(?:记者|通讯员)\s")
INDEX = compile_either(r"[\[【]?\s?(?:信息)?索\s{0,2}引\s{0,2}号")
LONGEST_SECTION = 6
TABLE = 24
"""Cells that may stand between the first of an index table and the header."""
AUTHOR_OPENING = re.compile(r"^(?P<credit>(?:本文)?作者\s?[:：]\s?[^\s（()）\[，,。：:]{2,12})\s?[（(\[，,]")
"""A paragraph that opens with its author and goes on with what he is: 作者：某某（某某杂志主编）…"""
SIBLINGS = 3
"""Labelled blocks with one path that make a list, not a credit line."""
DATELINE_PARAGRAPHS = 4
"""Paragraphs at the head of a body in which a dateline may open."""


def find_credits(view: PageView, rules: CreditRules, marks: Landmarks | None = None) -> tuple[Printed, ...]:
    """Return header lines, unlabelled outlets beside the date, bylines, foot lines and meta tags that may hold source, authors or editors.

    `rule` tells the place: `header_label`, `beside_date`, `source_class`, `author_class`, `above_label`, `byline`, `dateline`, `closing_bracket`,
    `signed`, `cited`, `foot_label`, `logo`, `epaper`, `link_by_date`, `account_by_date`, `office`, `signature`, `meta:…`, `json_ld:…`. `marks`: the page's, if at hand.
    """
    marks = marks or find_landmarks(view)
    return (
        *_header(view, marks, rules),
        *_behind_header(view, marks, rules),
        *find_outlet_marks(view, marks, rules),
        *find_header_outlets(view, marks, rules),
        *find_lone_names(view, marks, rules),
        *find_head_credits(view),
    )


def _header(view: PageView, marks: Landmarks, rules: CreditRules) -> list[Printed]:
    found: list[Printed] = []
    for index in (*_index_table(view, marks), *marks.header):
        block = stand_apart(view.blocks[index])
        is_below = marks.headline is None or index >= marks.headline
        if block.is_hidden or len(block.text) > LINE:
            continue
        found += find_by_class(block, view, rules) if index != marks.headline else ()
        if is_labelled(block, rules) or is_label_alone(block, rules):
            found.append(labelled_line(block, view, rules, "header_label" if is_below else "above_label"))
        else:
            found += _unlabelled(block, view, rules, is_below=is_below and index != marks.headline)
            found += find_signed(block, rules)
    return sorted(found, key=lambda line: line.rule != "header_label")


def _index_table(view: PageView, marks: Landmarks) -> range:
    """The cells of a government page's table (索引号, 发文机关, 发布日期) that stand above its header."""
    start = marks.header.start
    above = view.blocks[max(0, start - TABLE) : start]
    return range(next((b.index for b in above if INDEX.match(b.text)), start), start)


def _behind_header(view: PageView, marks: Landmarks, rules: CreditRules) -> list[Printed]:
    byline: list[Printed] = []
    closing: list[Printed] = []
    foot: list[Printed] = []
    n_running, n_others, last = 0, 0, None
    running: set[str] = set()
    for index in (*marks.behind, *range(max(marks.behind.stop, len(view.blocks) - 3), len(view.blocks))):
        block = view.blocks[index]
        if block.is_hidden or block.text.startswith(NEIGHBOURS):
            continue
        if index >= marks.body_end - 3 and (material := list(find_material(block, rules))):
            closing += material
        elif len(block.text) <= LINE and names_outlet_in_sentence(block.text):
            foot.append(Printed(text=block.text, rule="foot_label", block=index))
        elif is_running(block) or len(block.text) > LINE or CLOSED_SENTENCE.match(block.text):
            if n_running < DATELINE_PARAGRAPHS:
                byline += (*_dateline(block, rules), *_opening(block, rules), *_cited(block, rules))
                foot += find_opening_label(block)
            closing += find_closing_bracket(block.text, index, rules)
            n_running += 1
            last = block if index == marks.body or (block.path in running and index < marks.body_end) else last
            running.add(block.path)
        elif is_labelled(block, rules) or is_label_of_next(block, view, rules):
            if _opens_with_headline(block):
                n_others += 1
            elif n_others < OTHERS or EDITOR.search(block.text):
                foot.append(labelled_line(block, view, rules, "foot_label"))
        elif index >= marks.body_end and _is_headline_link(block):
            n_others += 1
        elif index < marks.body_end + 8 or index >= len(view.blocks) - 3:
            is_edge = index < marks.body + 3 or index >= marks.body_end - 4
            byline += _byline(block, rules, is_edge=is_edge) if index >= marks.body else ()
            closing += find_signed(block, rules)
            if is_edge and block.text[0] in "（(" and block.text[-1] in "）)" and not block.links:
                closing += find_closing_bracket(block.text, index, rules)
                closing += find_closing_name(block, rules, is_alone=True)
            foot += _english(block)
    closing += find_closing_name(last, rules) if last else ()
    return [*byline, *closing, *_without_lists(foot, view, rules)]


def _opens_with_headline(block: Block) -> bool:
    """Whether a link to another story stands before the label: …现场会 来源：某某日报."""
    first = block.links[0].text if block.links else ""
    return len(first) >= HEADLINE and block.text.startswith(first) and not COLON.search(first)


def _is_headline_link(block: Block) -> bool:
    return len(block.text) >= HEADLINE and block.n_link_chars * 2 > len(block.text)


def find_datelines(paragraphs: Sequence[str], rules: CreditRules) -> tuple[Printed, ...]:
    """Return the datelines (电头) that open a paragraph of the clean body, first paragraph first."""
    read = (read_dateline(paragraph, rules) for paragraph in paragraphs[:DATELINE_PARAGRAPHS])
    return tuple(Printed(text=dateline.text, rule="dateline") for dateline in read if dateline)


def _unlabelled(block: Block, view: PageView, rules: CreditRules, *, is_below: bool) -> Iterator[Printed]:
    text = block.text
    if len(text) > 100:
        return
    if not HAN.search(text) and ENGLISH.search(text):
        yield Printed(text=text, rule="byline", block=block.index)
        return
    if (DATE.search(text) and not SENTENCE.search(text)) or (is_below and _is_outlet_by_date(block, view, rules)):
        href = find_outlet_href(block, view, rules) if block.links else None
        yield Printed(text=_without_section(block, rules), rule="beside_date", block=block.index, href=href)
    elif len(text) <= ROLE_CHARS and (role := role_of_class(block.labels.split(" ", 1)[0])) == "source" and not is_tool(text, rules):
        yield Printed(text=text, rule="source_class", block=block.index)
    elif len(text) <= ROLE_CHARS and (role == "author" or (is_below and BY_LINE.match(text))):
        yield Printed(text=BY_LINE.sub("", text), rule="author_class", block=block.index)
    elif (
        is_below
        and len(text) <= 60
        and (rules.reporter.search(text) or rules.tail.search(text) or re.search("[/／╱|｜丨]", text) or _names_outlet(text, rules))
    ):
        yield Printed(text=text, rule="byline", block=block.index)


def _without_section(block: Block, rules: CreditRules) -> str:
    """Return the line without the section it opens with: 社会新闻 某某晚报 2022-03-01. It may be a link, glued to what follows."""
    text = block.text
    first = block.links[0].text if block.links and text.startswith(block.links[0].text) else text.split(" ", 1)[0]
    if len(first) > LONGEST_SECTION or not rules.section_head.match(first) or find_outlet(first, rules):
        return text
    return text if rules.section_head.sub("", first) else text[len(first) :]


def _is_outlet_by_date(block: Block, view: PageView, rules: CreditRules) -> bool:
    """Whether the block is an outlet's name and no more, and the date stands next to it, or with a counter between them."""
    text = block.text.lstrip(BULLETS)
    if len(text) > 14 or block.links or not (_names_outlet(text, rules) or _has_outlets_make(text, rules)):
        return False
    before, behind = view.blocks[max(0, block.index - 2) : block.index][::-1], view.blocks[block.index + 1 : block.index + 3]
    for beside in (before, behind):
        is_apart = len(beside) > 1 and (is_tool(beside[0].text, rules) or rules.label.match(beside[0].text) is not None)
        near = beside[1:] if is_apart and not DATE.search(beside[0].text) else beside[:1]
        if near and len(near[0].text) <= 60 and DATE.search(near[0].text):
            return True
    return False


def _has_outlets_make(text: str, rules: CreditRules) -> bool:
    """Whether a name that no table holds is made as those of papers and stations are: 某县融媒体中心."""
    is_paper = len(text) == 4 and MASTHEAD.fullmatch(text) is not None and not NO_MASTHEAD.search(text) and text[-1] in PAPER_ENDS
    return is_paper or (len(text) > 4 and HAN.fullmatch(text) is not None and rules.outlet_tail.search(text) is not None)


def _names_outlet(text: str, rules: CreditRules) -> bool:
    """Whether the text is a known outlet, or two words one of which is: 某某某 某某日报."""
    words = text.split() if len(text) <= 24 else []
    if outlet := rules.outlets.find(text):
        return outlet.kind != "platform"  # 新浪微博, 微信: buttons to share with
    return len(words) == 2 and any(find_outlet(word, rules) for word in words)


def _byline(block: Block, rules: CreditRules, *, is_edge: bool) -> Iterator[Printed]:
    """A line of its own in the text: `本报记者 …` anywhere, other makes only at its edges."""
    text = re.sub(r"\\+", "/", block.text.strip("（()）【】[] □◎■"))
    if len(text) > 60 or block.n_link_chars or SENTENCE.search(text[:-1]):
        return
    if rules.reporter.search(text[:16]) or (is_edge and (rules.tail.search(text) or rules.place.search(text))):
        yield Printed(text=block.text, rule="byline", block=block.index)


def _dateline(block: Block, rules: CreditRules) -> Iterator[Printed]:
    if dateline := read_dateline(block.text, rules):
        yield Printed(text=dateline.text, rule="dateline", block=block.index)
        if titled := find_titled(block.text):
            yield Printed(text=titled, rule="byline", block=block.index)


def _opening(block: Block, rules: CreditRules) -> Iterator[Printed]:
    """Reporters that open a paragraph, parted from it by a space only: 本报记者 某某 见习记者 某某 昨天…"""
    if len(block.text) <= LINE and not HAN.search(block.text) and ENGLISH_OPENING.match(block.text) and DATE.search(block.text):
        yield Printed(text=block.text, rule="byline", block=block.index)  # as long as a paragraph: By … in … | … | Updated: …
    if author := AUTHOR_OPENING.match(block.text):
        yield Printed(text=author["credit"], rule="byline", block=block.index)
    first, _, behind = block.text[:40].partition(" ")
    if behind and len(first) <= 14 and is_person(name := behind.split(" ")[0], rules) and find_outlet(first, rules):
        yield Printed(text=f"{first} {name}", rule="byline", block=block.index)  # "中央纪委国家监委网站 某某 …"
    if OPENING.match(block.text):
        tokens = block.text[:60].lstrip("□■◎●▲ ").split(" ")
        named = (
            is_person(token, rules) or rules.reporter.search(token) or (n == 0 and find_outlet(token, rules))
            for n, token in enumerate(tokens)
        )
        n_names = next((n for n, is_named in enumerate(named) if not is_named), 0)
        if n_names > 1 and is_person(tokens[n_names - 1], rules):
            yield Printed(text=" ".join(tokens[:n_names]), rule="byline", block=block.index)


def _cited(block: Block, rules: CreditRules) -> Iterator[Printed]:
    if cited := read_cited(block.text, rules):
        yield Printed(text=cited[0], rule="cited", block=block.index)


def _english(block: Block) -> Iterator[Printed]:
    if not HAN.search(block.text) and APPEARED.search(block.text):
        yield Printed(text=block.text, rule="foot_label", block=block.index)


def _without_lists(foot: list[Printed], view: PageView, rules: CreditRules) -> list[Printed]:
    def place(line: Printed) -> tuple[str, str]:
        # The staff of an article stand in a list, too, but each with a label of its own.
        label = rules.credit_label.search(line.text)
        return (view.blocks[line.block].path if line.block is not None else "", label["word"] if label else "")

    places = Counter(map(place, foot))
    return [line for line in foot if line.block is None or places[place(line)] < SIBLINGS]
