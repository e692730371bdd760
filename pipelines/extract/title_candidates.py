"""Printed headlines of a page, in the order of belief."""

from pipelines.types import PageView, Printed


def find_titles(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the headline, best first."""
    headline = next((b for b in view.blocks if b.tag == "h1"), None)
    titles = [Printed(text=headline.text, rule="h1", block=headline.index)] if headline else []
    return (*titles, *([Printed(text=view.head_title, rule="head_title")] if view.head_title else []))


def find_original_titles(view: PageView) -> tuple[Printed, ...]:
    """Return lines that print the original headline (`原标题：…`), label included."""
    return tuple(Printed(text=b.text, rule="label", block=b.index) for b in view.blocks if b.text.lstrip("（(【[").startswith("原标题"))
