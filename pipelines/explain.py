"""The page as the stages saw it: every block with what became of it, and for each field the printed string and its rule."""

from collections.abc import Iterator, Sequence

from pipelines.extract.extract import read_view
from pipelines.record import record_of
from pipelines.types import Block, ExtractedArticle, NormalizedArticle

MARK_CHARS = 34
LEGEND = "body; or the kind of what was removed, and its rule; - is beside the article"
FIELDS = (
    "title", "original_title", "published_at", "modified_at", "source", "via", "dateline", "authors", "editors",
    "keywords", "section", "site_name", "language", "is_repost",
)  # fmt: skip


def explain(pages: Sequence[ExtractedArticle], article: NormalizedArticle) -> tuple[str, ...]:
    """Return lines for a person to read: the fields with their evidence, then the blocks of each page in order.

    A block is marked `body`, or with the kind and the rule that took it out, or `-`: outside the body's container.
    """
    head = f"read by {article.extractor}, confidence {article.confidence:.2f}"
    return (head, *_field_lines(article), *(line for page in pages for line in _page_lines(page)))


def _page_lines(page: ExtractedArticle) -> Iterator[str]:
    _, view = read_view(page.decoded)
    yield ""
    yield f"{page.decoded.fetched.final_url}: {LEGEND}"
    yield from _block_lines(view.blocks, page)


def _field_lines(article: NormalizedArticle) -> Iterator[str]:
    record = record_of(article)
    for key in FIELDS:
        value, evidence = record[key], article.evidence.get(key)
        if value in (None, [], "") and evidence is None:
            continue
        shown = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        yield f"{key:<15}{shown}" + (f"   <- {evidence.text!r} ({evidence.rule})" if evidence else "")
    for image in record["images"] or ():
        yield f"{'image':<15}{image['url']}" + "".join(f"   {key}: {image[key]}" for key in ("caption", "credit") if image[key])
    if record["notes"]:
        yield f"{'notes':<15}{'、'.join(record['notes'])}"


def _block_lines(blocks: Sequence[Block], extracted: ExtractedArticle) -> Iterator[str]:
    removed: dict[int, list[str]] = {}
    for taken in extracted.removed:
        if taken.block is not None:
            removed.setdefault(taken.block, []).append(f"{taken.kind}: {taken.rule}")
    body = set(extracted.paragraphs)
    for block in blocks:
        is_body = block.text in body or (block.index in removed and any(p in block.text for p in body if len(p) > 1))
        marks = " + ".join(dict.fromkeys((*(["body"] if is_body else []), *removed.get(block.index, [])))) or "-"
        yield f"{marks:<{MARK_CHARS - 1}} {block.text}"
