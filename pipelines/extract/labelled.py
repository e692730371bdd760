"""Blocks that hold a label of a credit line: with its value, glued to it, or alone with the value in the next block."""

import re
from collections.abc import Iterator

from pipelines.either_script import compile_either
from pipelines.extract.closing_credits import EDITOR
from pipelines.normalize.bylines import BY_LINE
from pipelines.normalize.credit_lines import part_glued_editor
from pipelines.normalize.credit_rules import DATE, PROVIDED, REPORTED, CreditRules
from pipelines.normalize.glued_labels import part_glued_labels
from pipelines.normalize.names import HAN, find_people, is_person
from pipelines.types import Block, PageView, Printed

MAY_DIVIDE = re.compile(r"[\s:：︰﹕∶|｜丨/／╱《“「]")
"""Without one of these no label stands before a value: spares most of a page's links the search."""
COLON = re.compile("[：:]")
ROLE_CHARS = 20
"""Characters of what an element names by its class."""
COUNTED = compile_either(
    r"\W{0,2}(?:阅读|浏览|点击|人气|查看|评论)(?:量|数|次数)?\W{0,2}\d+\W?次?\W{0,2}|\d+\s?(?:次?(?:阅读|浏览|点击)|人看过)"
)
"""A counter in a block of its own."""
HEADER_LINE = 80
"""Characters of a line that is a header with its links."""
FOLLOW = compile_either(r"(?<=\S)\s?\[?微博\]?(?=\s|$)")
"""The button onto an outlet's account that stands behind its name."""
NO_NAME = compile_either(
    r"[：:()（）\[\]【】]|微博|原创|转载|转自|分享|阅读|评论|查看|点击|关注|登录|原文|更多|全文|打印|手机|微信|客户端$"
)
"""Labels, badges and buttons: elements with the class of a source or an author often hold these."""
GLUED = 12
"""Characters of a block that is nothing but an editor glued to the label: （责任编辑某某某）."""
BRACKETED_LABEL = re.compile(r"^[【\[](?P<word>[㐀-鿿]{2,6})[】\]](?=[㐀-鿿A-Za-z])")
"""A label in brackets before its value, with nothing else to part them: 【撰文】某某某."""
ACCOUNT_LINE = compile_either(
    r"^.{0,12}(?:来自|来源于?|转载?自|首发于|出自).{0,8}(?:公众号|公号|订阅号|客户端)|^(?:本文|文章)(?:来自|来源于?|转载?自)\s?【[^【】]{2,16}】[，,。]"
)
"""A sentence that says whose text this is, with its people: 本文来自微信公众号“某某”（ID：…），作者：某某."""
TAKEN_LINE = compile_either(
    r"^(?:[^，。：:]{0,4}声明[:：]\s?)?(?:(?:本文|文章|内容)(?:经?授权)?(?:来自|来源于|摘自|选自|转载?自|首发于)|转载?自)"
    r"\s?[^，。：:的]{2,16}[，,。]"
)
"""The same of an outlet: 声明：本文转载自某某日报，版权归原作者所有."""
OPENING_LABEL = compile_either(
    r"[\s　]*[（(【\[]?(?:文章|本文|信息|稿件)?(?:来源|稿源)[:：]\s?[^\s，。、：:（）()【】\[\]]{2,16}(?:[）)】\]]|\s|$)"
)
"""A source that opens the first paragraph and is no line of its own: 来源：某某日报 清晨六点，…"""
HEADING = re.compile("h[1-6]")
LEADING_NAME = re.compile(r"[㐀-鿿·]{2,4}(?=\s?[）)】\]_]|\s+[㐀-鿿]{2,4}\s?[：:])")
"""Behind an editor's label, before what is something else: 某某某_NB123, 某某）1120221, 某某某 标签：…"""
STRAY_CLOSE = re.compile(r"[^（(【\[）)】\]]{1,12}[）)】\]]")
"""A value with the end of a bracket that was opened before its label."""
CELLS = ("td", "th", "dt", "dd")
CELL_LABEL = compile_either("(?:来源|稿源|出处|作者|记者|编辑|责编|单位|撰稿人?|撰文|通讯员)$")
"""A label that fills a cell of a table behind the text; a shorter word there is a heading (原创, 媒体)."""


def names_outlet_in_sentence(text: str) -> bool:
    """Whether a sentence says whose text this is."""
    if ("号" in text or "客" in text or "號" in text or "】" in text) and ACCOUNT_LINE.match(text):
        return True
    opening = text[:14]
    return ("自" in opening or "于" in opening or "於" in opening) and TAKEN_LINE.match(text) is not None


def find_opening_label(block: Block) -> list[Printed]:
    """Return the label that opens running text, with its value."""
    match = OPENING_LABEL.match(block.text) if "源" in block.text[:8] else None
    return [Printed(text=match[0].strip(), rule="foot_label", block=block.index)] if match else []


def stand_apart(block: Block) -> Block:
    """Return the block with a space wherever two inline elements touch, and without the button behind an outlet."""
    return block._replace(text=FOLLOW.sub("", block.apart)) if block.apart else block


def find_by_class(block: Block, view: PageView, rules: CreditRules) -> Iterator[Printed]:
    """Yield what the classes of elements within a line say (`source_class`, `author_class`), the date in it or beside it; a label has its own rule."""
    if not block.roles or not (DATE.search(block.text) or is_beside_date(block, view)):
        return
    for role, words in block.roles:
        is_name = 2 <= len(words) <= ROLE_CHARS and not NO_NAME.search(words) and not DATE.search(words) and not is_tool(words, rules)
        if is_name and "".join(words.split()) not in rules.role_of:
            href = next((link.href for link in block.links if link.text == words), None)
            yield Printed(text=BY_LINE.sub("", words), rule=f"{role}_class", block=block.index, href=href)


def is_tool(text: str, rules: CreditRules) -> bool:
    """Whether a counter or a button stands there, and no name: 阅读 1.2万, [打印], 字号：大 中 小."""
    bare = text.strip("[]【】 ")
    label = rules.label.match(bare)
    return (
        COUNTED.fullmatch(text) is not None
        or rules.stop.match(bare) is not None
        or (label is not None and rules.role_of["".join(label["word"].split())] == "other")
    )


def is_beside_date(block: Block, view: PageView) -> bool:
    """Whether the line before or behind a block has the date."""
    beside = (view.blocks[i] for i in (block.index - 1, block.index + 1) if 0 <= i < len(view.blocks))
    return any(len(other.text) <= HEADER_LINE and DATE.search(other.text) for other in beside)


def is_labelled(block: Block, rules: CreditRules) -> bool:
    """Whether a label and its value stand in the block."""
    text = block.text
    if part_glued_labels(text) != text or (len(text) <= GLUED and part_glued_editor(text, rules) != text):
        return True
    is_link_list = block.n_link_chars * 10 > len(text) * 9 and len(block.links) > 1
    if is_link_list and all((label := rules.credit_label.match(link.text)) and label["sep"].strip() for link in block.links):
        return True  # <a>作者：某某</a> <a>责编：某某</a>
    if not MAY_DIVIDE.search(text) or is_link_list:
        bracketed = BRACKETED_LABEL.match(text)
        return rules.bare.match(text) is not None or _is_provided(text) or (bracketed is not None and _is_credit(bracketed["word"], rules))
    labels = [m for m in rules.credit_label.finditer(text + " ") if m["word"] not in REPORTED or m["sep"].strip() in (":", "：")]
    match = next((m for m in labels if m["sep"].strip()), labels[0] if labels else None)
    if match and any(match["word"] in link.text[1:] and len(link.text) > len(match["word"]) + 2 for link in block.links):
        return False  # a headline that holds the word
    if match and (match["sep"].strip() or len(text) <= 60 or (match.start() == 0 and DATE.search(text))):
        return True
    return rules.bare.search(text[:12]) is not None or _is_provided(text)


def _is_provided(text: str) -> bool:
    return ("由" in text or "系" in text) and PROVIDED.search(text) is not None


def is_label_alone(block: Block, rules: CreditRules) -> bool:
    """Whether the block is nothing but a label: its value stands in the next cell."""
    return len(block.text) <= 6 and _is_credit("".join(block.text.split()), rules)


def _is_credit(word: str, rules: CreditRules) -> bool:
    return rules.role_of.get(word) in ("source", "origin", "via", "author", "editor")


def is_label_of_next(block: Block, view: PageView, rules: CreditRules) -> bool:
    """Whether a cell behind the text, or one of two blocks of one make, is nothing but a label: its value stands in the next one."""
    if len(block.text) > 6 or not CELL_LABEL.search("".join(block.text.split())) or not is_label_alone(block, rules):
        return False
    return block.tag in CELLS or any(
        0 <= other < len(view.blocks) and view.blocks[other].path == block.path and _is_word(view.blocks[other].text, rules)
        for other in (block.index - 2, block.index + 2)
    )


def _is_word(text: str, rules: CreditRules) -> bool:
    return len(text) <= 6 and "".join(text.split()) in rules.role_of


def labelled_line(block: Block, view: PageView, rules: CreditRules, rule: str) -> Printed:
    """Return the block as a line; of a label alone, with its value from the next block."""
    text = block.text
    if text.rstrip().endswith(("：", ":")) and len(text) < 12 and block.index + 1 < len(view.blocks):
        # The label and its value stand in two cells or in two elements.
        following = view.blocks[block.index + 1].text
        if EDITOR.search(text) and following.isdecimal():
            return Printed(text=text, rule=rule, block=block.index)  # a counter, the number of a page
        is_closing = STRAY_CLOSE.fullmatch(following) is not None
        if HEADING.fullmatch(view.blocks[block.index + 1].tag):
            return Printed(text=text, rule=rule, block=block.index)  # nothing is named: the next box begins
        named = LEADING_NAME.match(following) if EDITOR.search(text) else None
        if named and is_person(named[0], rules):
            return Printed(text=f"{text} {named[0]}", rule=rule, block=block.index)
        if rule == "foot_label" and EDITOR.search(text) and HAN.search(following) and not (is_closing or find_people(following, rules)):
            return Printed(text=text, rule=rule, block=block.index)  # nobody is named: what follows is the next box's headline
        text = f"{text} {following}" if len(following) <= 30 and not COLON.search(following) else text
    elif is_label_alone(block, rules) and block.index + 1 < len(view.blocks) and len(view.blocks[block.index + 1].text) <= 20:
        text = f"{text}：{view.blocks[block.index + 1].text}"
    href = next((link.href for link in block.links if link.text and link.text in text and link.href.startswith("http")), None)
    return Printed(text=text, rule=rule, block=block.index, href=href)
