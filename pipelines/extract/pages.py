"""Articles over several pages."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.types import ExtractedArticle


def join_pages(first: ExtractedArticle, following: Sequence[ExtractedArticle]) -> ExtractedArticle:
    """Join the bodies of an article's pages, in order; the fields are the first page's.

    A paragraph that opens a page as a repetition of one already held is dropped. `next_page_url` is that of the last page.
    """
    paragraphs = list(first.paragraphs)
    held = set(paragraphs)
    for page in following:
        paragraphs += [p for p in page.paragraphs if p not in held]
        held.update(page.paragraphs)
    last = following[-1] if following else first
    pictures = tuple(dict.fromkeys(picture for page in (first, *following) for picture in page.pictures))
    removed = tuple(block for page in (first, *following) for block in page.removed)
    return replace(first, paragraphs=tuple(paragraphs), pictures=pictures, removed=removed, next_page_url=last.next_page_url)
