"""The breadcrumb of a page."""

from pipelines.types import PageView


def find_breadcrumb(view: PageView) -> tuple[str, ...]:
    """Return its parts as printed, 首页 and 正文 included; () where the page has none."""
    return ()
