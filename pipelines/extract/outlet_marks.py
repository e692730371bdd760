"""Outlets that a page names outside of its lines of text: by a picture of the logo, by the title of a digital paper."""

import re
from collections.abc import Iterator

from pipelines.either_script import compile_either
from pipelines.extract.landmarks import Landmarks
from pipelines.normalize.credit_rules import DATE, CreditRules
from pipelines.normalize.sources import find_outlet
from pipelines.types import PageView, Printed

EMPTY_LABEL = compile_either(r"(?:来源|稿源|出处)\s?[:：]?$")
"""What a header line ends with where the value is a picture."""
LOGO_WORD = compile_either(r"(?:的)?(?:logo|标志|图标)$", re.IGNORECASE)
LONGEST = 14
"""Characters of a logo's words; a photograph's caption is longer."""
PAPER = compile_either("[㐀-鿿]{2,8}报")
PAGE_NUMBER = re.compile(r"第\s?[A-Z]?\d{1,3}\s?版")
ABOVE = 6
"""Blocks above a headline in which a paper's masthead may stand."""
DIGITAL_PAPER = compile_either(r"(?:^|[-_–—|\s《])(?P<name>[㐀-鿿]{2,10}报)》?[\s·-]?(?:多媒体)?(?:数字报|电子版|数字版)")
"""A paper's own pages on the net, by the head's title: 某某日报数字报, 某某晚报电子版."""


def find_outlet_marks(view: PageView, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """Yield outlets by the words of a logo in the header (`logo`; `header_label` behind 来源：), then a digital paper's name (`epaper`)."""
    if marks.headline is not None and view.images:
        yield from _logos(view, marks.headline, marks, rules)
    yield from _masthead(view, marks)
    if match := DIGITAL_PAPER.search(view.head_title or ""):
        yield Printed(text=match["name"], rule="epaper")


def _masthead(view: PageView, marks: Landmarks) -> Iterator[Printed]:
    """A paper's name alone above the headline of its page on the net, the issue's day beside it and the page's number below."""
    above = view.blocks[max(0, marks.headline - ABOVE) : marks.headline] if marks.headline else ()
    if any(PAGE_NUMBER.match(block.text) for block in above):
        papers = (block for block in above if len(block.text) <= LONGEST and PAPER.fullmatch(block.text) and not block.links)
        yield from (Printed(text=block.text, rule="epaper", block=block.index) for block in papers)


def _logos(view: PageView, headline: int, marks: Landmarks, rules: CreditRules) -> Iterator[Printed]:
    """Pictures between headline and text whose words are an outlet's name: behind an empty label, or beside the date a known one's."""
    for image in view.images:
        if not headline < image.before <= marks.body:
            continue
        beside = view.blocks[max(headline, image.before - 1) : image.before + 1]
        name = next((name for words in (image.alt, image.title) if len(name := LOGO_WORD.sub("", words.strip())) > 1), "")
        if not name or len(name) > LONGEST or not beside:
            continue
        if EMPTY_LABEL.search(beside[0].text) and (find_outlet(name, rules) or rules.outlet_tail.search(name)):
            yield Printed(text=f"{beside[0].text} {name}", rule="header_label", block=beside[0].index)
        elif find_outlet(name, rules) and any(len(block.text) < 80 and DATE.search(block.text) for block in beside):
            yield Printed(text=name, rule="logo", block=beside[0].index)
