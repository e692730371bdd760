"""Printed credit lines and datelines of a page, in the order of belief."""

import re
from collections.abc import Sequence

from pipelines.normalize.credit_rules import CreditRules
from pipelines.types import PageView, Printed

LABEL = re.compile(r"(?:来源|來源|稿源|出处|作者|编辑|編輯|责编|記者|记者)\s*[:：|｜]")


def find_credits(view: PageView, rules: CreditRules) -> tuple[Printed, ...]:
    """Return header lines, unlabelled outlets beside the date and foot lines that may hold source, authors or editors."""
    return tuple(Printed(text=b.text, rule="label", block=b.index) for b in view.blocks if len(b.text) < 80 and LABEL.search(b.text))


def find_datelines(paragraphs: Sequence[str], rules: CreditRules) -> tuple[Printed, ...]:
    """Return the datelines (电头) that open a paragraph of the clean body, first paragraph first."""
    return ()
