"""Labels that nothing parts from their values, because the markup sets them in another type: 来源某报作者某某某时间2024-01-02."""

import re

from pipelines.normalize.credit_rules import DATE

OPENING = (
    "来源",
    "來源",
    "稿源",
    "出处",
    "出處",
    "作者",
    "记者",
    "記者",
    "编辑",
    "編輯",
    "文章来源",
    "信息来源",
    "发布",
    "發布",
    "日期",
    "时间",
    "時間",
)
LABEL = re.compile(
    r"(?:文章|信息|新闻|稿件)?(?:来源|來源)|稿源|出处|出處|作者|责任编辑|責任編輯|编辑|編輯|责编|責編"
    r"|(?:发布|發布|发表|發表|更新)(?:时间|時間|日期)|发布|發布|时间|時間|日期|阅读|閱讀|浏览|瀏覽|点击|點擊"
)
SIGN = re.compile(r"[㐀-鿿]\s?[:：]|[，。；！？|｜丨/]")
"""A line that parts its labels, or a sentence."""
LONGEST = 80
"""Characters of a line of labels."""


def part_glued_labels(line: str) -> str:
    """Put a colon behind each label of a header line that has a date and nothing but glued labels; any other line as it is.

    >>> part_glued_labels("来源临江晨报作者程一鸣时间2024-01-02 10:02")
    '来源：临江晨报 作者：程一鸣 时间：2024-01-02 10:02'
    """
    if not line.startswith(OPENING) or len(line) > LONGEST or SIGN.search(line) or not DATE.search(line):
        return line
    labels = list(LABEL.finditer(line))
    if len(labels) < 2 or labels[0].start():
        return line
    ends = [*(label.start() for label in labels[1:]), len(line)]
    values = [line[label.end() : end].strip() for label, end in zip(labels, ends, strict=True)]
    if not all(values) or len({label[0] for label in labels}) < len(labels):
        return line
    return " ".join(f"{label[0]}：{value}" for label, value in zip(labels, values, strict=True))
