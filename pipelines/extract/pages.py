"""Articles over several pages."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipelines.types import ExtractedArticle, Note

MAX_PARTS = 30
"""Pages of one article; longer ones are photo galleries or traps."""


def join_pages(first: ExtractedArticle, following: Sequence[ExtractedArticle | None], held_urls: Collection[str]) -> ExtractedArticle:
    """Join the bodies of an article's pages, in order; the fields are the first page's. `held_urls`: of all these pages.

    A paragraph that repeats one already held (a lead printed on every page) is dropped. `next_page_url` is that of the last page.
    None among `following`: a page that could not be read; the rest is joined. The article notes that, and that the last page names a
    next one which is not held.
    """
    read = [page for page in following if page is not None]
    paragraphs = list(first.paragraphs)
    held = set(paragraphs)
    for page in read:
        paragraphs += [p for p in page.paragraphs if p not in held]
        held.update(page.paragraphs)
    pages = (first, *read)
    last = pages[-1].next_page_url
    is_missing = len(read) < len(following) or (last is not None and last not in held_urls)
    notes = (*first.notes, *([Note.PAGES_MISSING] if is_missing else []))
    return replace(
        first,
        paragraphs=tuple(paragraphs),
        pictures=tuple(dict.fromkeys(picture for page in pages for picture in page.pictures)),
        removed=tuple(block for page in pages for block in page.removed),
        next_page_url=last,
        confidence=min(page.confidence for page in pages),
        notes=tuple(dict.fromkeys((*notes, *(note for page in read for note in page.notes)))),
    )
