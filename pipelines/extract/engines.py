"""trafilatura, fed the tree that is already there: the engine for pages that are not Chinese, and the second opinion."""

from functools import cache
from importlib.metadata import version

import lxml.html

from pipelines.extract.body import Body


@cache
def trafilatura_version() -> str:
    """Return `trafilatura/<version>`, read from the installed package's metadata: the package itself is loaded at its first use."""
    return f"trafilatura/{version('trafilatura')}"


def read_with_trafilatura(tree: lxml.html.HtmlElement) -> Body | None:
    """Return what trafilatura takes for the text, line by line; None: nothing."""
    import trafilatura

    try:
        text = trafilatura.extract(tree, include_comments=False, with_metadata=False)
    except (RecursionError, ValueError):  # very deep markup; control characters that XML forbids
        return None
    lines = tuple(line.strip() for line in (text or "").split("\n") if line.strip())
    if not lines:
        return None
    return Body(paragraphs=lines, removed=(), first=None, last=None, extractor=trafilatura_version(), confidence=0.5)
