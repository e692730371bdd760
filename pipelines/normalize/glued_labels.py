"""Labels that nothing parts from their values, because the markup sets them in another type: 来源某报作者某某某时间2024-01-02."""

import re

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.credit_rules import DATE

OUTLETS = r"(?:文章|信息|新闻|稿件|内容|本文)?来\s?源|稿\s?源|出\s?处|(?:供稿|发布|来稿)(?:单位|部门)"
PEOPLE = r"(?:文章)?作\s?者|撰稿人?|撰文|通讯员|(?:本报)?记者|(?:责任|网络|值班|执行)?编\s?辑|责\s?编"
OF_PAGE = (
    r"(?:发布|发表|更新|发稿)(?:时间|日期)|(?:时间|日期|发布)(?=[\s:：]?\d)|(?:浏览|阅读|点击|访问|评论)(?:次数|量|数|(?=\s?[\d(（]|$))"
    r"|人气(?=\s?\d|$)|审核|校对|摄影|字号|(?=【字体)"
)
"""Labels of other things, which end a value."""
OPENING = either_words(*"来稿出文信新内本供发作撰通记责网编值执时日更")
"""Characters that these begin with."""
LABEL = compile_either(f"(?P<outlet>{OUTLETS})|(?P<people>{PEOPLE})|{OF_PAGE}")
SIGN = re.compile(r"[㐀-鿿]\s?[:：]|[，。；！？|｜丨]|/(?!\d)")
"""A line that parts its labels, or a sentence."""
TAKEN_OVER = compile_either(
    r"以下(?:文章|内容)来(?:源于|自)\s?(?P<outlet>[^，,。：:]{2,20}?)\s?(?:[，,]\s?作者\s?(?P<people>[^，,。：:]{2,20}))?$"
)
"""What WeChat writes above a text taken over from another account: 以下文章来源于某某发布，作者某某."""
LONGEST = 80
"""Characters of a line of labels."""
LONGEST_OUTLET, LONGEST_NAME = 20, 6
OTHER_VALUE = compile_either(rf"{DATE.pattern}|(?:次数|[量数]|人气|评论)\s?\d")
"""A date or a counter: with one, a single label of a credit is believed."""


def part_glued_labels(line: str) -> str:
    """Put a colon behind each label of a line of nothing but glued labels, two of credits or one and a date; any other line as it is.

    >>> part_glued_labels("来源临江晨报作者程一鸣时间2024-01-02 10:02")
    '来源：临江晨报 作者：程一鸣 时间：2024-01-02 10:02'
    """
    if line.startswith("以下") and (taken := TAKEN_OVER.match(line)):
        is_named = taken["people"] not in (None, taken["outlet"])  # accounts sign with their own names
        return f"来源：{taken['outlet']}" + (f" 作者：{taken['people']}" if is_named else "")
    if not line.startswith(OPENING) or len(line) > LONGEST or SIGN.search(line):
        return line
    labels = list(LABEL.finditer(line))
    if len(labels) < 2 or labels[0].start():
        return line
    ends = [*(label.start() for label in labels[1:]), len(line)]
    pairs = [("".join(label[0].split()), line[label.end() : end].strip()) for label, end in zip(labels, ends, strict=True)]
    outlets = [value for label, (_, value) in zip(labels, pairs, strict=True) if label["outlet"]]
    people = [value for label, (_, value) in zip(labels, pairs, strict=True) if label["people"]]
    is_told = (outlets and people) or ((outlets or people) and OTHER_VALUE.search(line))
    if not is_told or not all(2 <= len(v) <= LONGEST_OUTLET for v in outlets) or not all(2 <= len(v) <= LONGEST_NAME for v in people):
        return line
    if len(dict(pairs)) < len(pairs):
        return line
    return " ".join(f"{label}：{value}" for label, value in pairs)
