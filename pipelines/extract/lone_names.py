"""Names that stand alone around a headline, without a label or an outlet: of an author, of the account that posted."""

import re
from collections.abc import Iterator

from pipelines.either_script import compile_either
from pipelines.extract.landmarks import HEADER_BLOCKS, Landmarks
from pipelines.normalize.bylines import MASTHEAD, NO_MASTHEAD
from pipelines.normalize.credit_rules import DATE, PROVINCES, CreditRules
from pipelines.normalize.names import is_person
from pipelines.normalize.sources import find_outlet
from pipelines.types import PageView, Printed

MARKED = re.compile(r"^[☉⊙◎●■□▲◆○※]\s?(?P<names>[㐀-鿿][㐀-鿿 ]{1,12})$")
PROVINCE = compile_either(rf"^{PROVINCES}\s(?=.{{2}})")
"""Where an author lives, as supplements print it: □ 江苏 某某某."""
BY = re.compile(r"^[Bb]y\s")
BARE_TITLE = 40
"""Characters of a first line that is the title of a page of bare text."""


def find_lone_names(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """Yield names alone in a line (`author_class`), then what may be the account that posted (`account`)."""
    yield from _name_below(view, marks, rules)
    yield from _name_by_date(view, marks, rules)
    yield from _name_above_text(view, marks, rules)
    yield from _marked_name(view, marks, rules)
    yield from _account(view, marks)


def _name_below(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """A name alone between headline and text, as essays print it."""
    headline = marks.headline
    if headline is None and view.blocks and not view.blocks[0].links and len(view.blocks[0].text) <= BARE_TITLE:
        headline = 0  # a page of nothing but a text
    if headline is None or headline + 2 >= len(view.blocks):
        return
    block, following = view.blocks[headline + 1 : headline + 3]
    is_header = len(following.text) >= 15 or DATE.match(following.text) is not None
    if is_person(block.text, rules) and not block.n_link_chars and is_header and not following.n_link_chars:
        yield Printed(text=block.text, rule="author_class", block=block.index)


def _name_by_date(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """A name in a block of its own, an outlet's in the block before it and the date in the one behind it or before both."""
    if marks.headline is None:
        return
    for index in range(marks.headline + 2, min(marks.headline + 5, len(view.blocks) - 1)):
        outlet, block = view.blocks[index - 1 : index + 1]
        if len(block.text) > 3 or block.n_link_chars or len(outlet.text) > 14 or not is_person(block.text, rules):
            continue
        dated = any(DATE.match(view.blocks[beside].text) for beside in (index - 2, index + 1))
        if dated and (find_outlet(outlet.text, rules) or (MASTHEAD.fullmatch(outlet.text) and not NO_MASTHEAD.search(outlet.text))):
            yield Printed(text=block.text, rule="author_class", block=index)


def _name_above_text(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """A name alone in the first line of the text's own container; of two characters only where they are set apart, or behind "by"."""
    if marks.headline is None or not marks.headline + 1 < marks.body < len(view.blocks):
        return
    block, text = view.blocks[marks.body - 1 : marks.body + 1]
    if len(block.text) > 9 or block.n_link_chars or block.path.rpartition("/")[0] != text.path.rpartition("/")[0]:
        return
    name = BY.sub("", block.text)
    if (len(block.text) > 2 or name != block.text) and is_person("".join(name.split()), rules):
        yield Printed(text=name, rule="author_class", block=block.index)


def _marked_name(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """A name behind a mark, alone in a line between headline and text: ☉某某某, ■某某 某某."""
    start = marks.headline + 1 if marks.headline is not None else 0
    for block in view.blocks[start : min(marks.body + 1, start + HEADER_BLOCKS)]:
        match = MARKED.match(block.text) if len(block.text) <= 16 else None
        names = PROVINCE.sub("", match["names"]) if match else ""
        if names and not block.n_link_chars and all(is_person(token, rules) for token in names.split()):
            yield Printed(text=names, rule="author_class", block=block.index)


def _account(view: PageView, marks: Landmarks) -> Iterator[Printed]:
    """What stands alone, or alone with a date, right below the headline: on a platform the account that posted."""
    if marks.headline is None:
        return
    for block in view.blocks[marks.headline + 1 : marks.headline + 3]:
        text = DATE.sub("", block.text).strip(" ·•|")
        if 2 <= len(text) <= 14 and not re.search(r"[\s:：，。！？()（）]|\d{3}", text) and not block.is_hidden:
            yield Printed(text=text, rule="account", block=block.index)
