"""Printed times of the last change of a page, in the order of belief."""

import re
from collections.abc import Iterator

from pipelines.either_script import compile_either
from pipelines.extract.date_candidates import DATE, LABEL, LOOSE, MAX_LINE, MODIFIED_LABEL, is_elsewhere, with_clock
from pipelines.types import PageView, Printed

META_MODIFIED = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "bytedance:updated_time",
    "lastmodifieddate",
    "bytedance:lrdate_time",
    "updatetime",
    "last-modified",
)
LD_MODIFIED = ("dateModified", "upDate")
CLOCK_BEFORE = re.compile(r"\d{1,2}:\d\d(?::\d\d)?,?\s$")
CHANGED_BEHIND = compile_either(r"(?:日?\s?[012]?\d:[0-5]\d(?::\d\d)?)?\s?(?:更新|修订)[）)]")
CLOCK = 10
"""Characters of a time of day before its date."""


def find_modified(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the time of the last change, best first."""
    head = tuple(Printed(text=view.meta[name], rule=f"meta:{name}") for name in META_MODIFIED if view.meta.get(name))
    ld = tuple(
        Printed(text=value, rule=f"json_ld:{key}")
        for entry in view.json_ld
        for key in LD_MODIFIED
        if isinstance(value := entry.get(key), str)
    )
    return (*_updated_lines(view), *head, *ld)


def _updated_lines(view: PageView) -> Iterator[Printed]:
    for block in view.blocks:
        text = block.text
        if len(text) > MAX_LINE or not _may_tell_change(text) or is_elsewhere(block.labels):
            continue
        following = view.blocks[block.index + 1] if block.index + 1 < len(view.blocks) else block
        if len(text) <= LABEL and MODIFIED_LABEL.search(text) and len(following.text) <= MAX_LINE:
            block, text = following, with_clock(view, following)  # the label fills a cell of its own
            start = 0 if DATE.match(text) else None
        else:
            start = _changed_at(text)
        if start is not None:
            later = (match.start() for pattern in (DATE, LOOSE) for match in pattern.finditer(text, start + CLOCK))
            shown = text[start : min([start + 60, *later])]  # a published date may stand behind it
            told = next((told for words, told in view.times if words and shown.startswith(words)), None)  # to the minute
            yield Printed(text=told or shown, rule="time_tag" if told else "updated_label", block=block.index)


def _may_tell_change(text: str) -> bool:
    return "更新" in text or "修" in text or "编辑" in text or "編輯" in text or "pdate" in text or "odifi" in text


def _changed_at(text: str) -> int | None:
    """Where the date of the last change stands in a line: behind its label, or in brackets before it (11/27 10:30 更新)."""
    for pattern in (DATE, LOOSE):
        for match in pattern.finditer(text):
            clock = CLOCK_BEFORE.search(text, 0, match.start())
            start = clock.start() if clock else match.start()
            if MODIFIED_LABEL.search(text, 0, start) or CHANGED_BEHIND.match(text, match.end()):
                return start
    return None
