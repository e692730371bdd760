"""The rest of a text that a button shows (展开全文): hidden in the markup, and text all the same."""

from dataclasses import replace

from pipelines.either_script import compile_either
from pipelines.types import Block, PageView

BUTTON = compile_either(
    r"\W*(?:点击|点此)?(?:展开|查看|显示|阅读)(?:(?:剩余|余下|更多)?(?:全文|全部|内容|正文)|剩余)(?:\W?\d{0,3}%?\W?)?\W*"
)
LONGEST = 14
"""Characters of such a button."""
NEAR = 3
"""Blocks between the hidden text and its button."""


def unfold(view: PageView) -> PageView:
    """Return the page with the hidden blocks shown that stand beside a button that shows them."""
    if not any(block.is_hidden for block in view.blocks):
        return view
    buttons = [block.index for block in view.blocks if len(block.text) <= LONGEST and BUTTON.fullmatch(block.text)]
    shown = {index for button in buttons for index in _run_beside(view.blocks, button)}
    if not shown:
        return view
    blocks = tuple(block._replace(is_hidden=False) if block.index in shown else block for block in view.blocks)
    return replace(view, blocks=blocks)


def _run_beside(blocks: tuple[Block, ...], button: int) -> range:
    """Return the indexes of the hidden blocks above a button, else of those below it."""
    for order, step in (
        (range(button - 1, max(-1, button - 1 - NEAR), -1), -1),
        (range(button + 1, min(len(blocks), button + 1 + NEAR)), 1),
    ):
        start = next((i for i in order if blocks[i].is_hidden), None)
        if start is not None:
            end = start
            while 0 <= end < len(blocks) and blocks[end].is_hidden:
                end += step
            return range(min(start, end - step), max(start, end - step) + 1)
    return range(0)
