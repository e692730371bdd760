"""The page as the stages saw it: every block with what became of it, and for each field the printed string and its rule."""

from collections.abc import Iterator, Sequence

from pipelines.counted import counted
from pipelines.extract.body import Body
from pipelines.extract.extract import read_view
from pipelines.record import record_of
from pipelines.types import Block, ExtractedArticle, NormalizedArticle, PageView, RemovedBlock

MARK_CHARS = 34
LEGEND = "body; or the kind of what was removed, and its rule; - is beside the article"
LEGEND_REJECTED = "body: what looks like text; or the kind of what was removed, and its rule; - is beside it, links: most of it is links"
BESIDE, LINKS = "-", "links"
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


def explain_rejected(view: PageView, body: Body | None) -> tuple[str, ...]:
    """Return the same for a page that gave no article: what was taken for its text, and where it is links."""
    n_chars, n_links = (sum(numbers) for numbers in zip(*((len(b.text), b.n_link_chars) for b in view.blocks), (0, 0), strict=True))
    head = f"{counted(len(view.blocks), 'block')}, {counted(n_chars, 'character')}, {n_links} of them in links; {body.n_chars if body else 0} look like an article's text"
    return (head, LEGEND_REJECTED, *_block_lines(view.blocks, body.paragraphs if body else (), body.removed if body else (), LINKS))


def _page_lines(page: ExtractedArticle) -> Iterator[str]:
    _, view = read_view(page.decoded)
    yield ""
    yield f"{page.decoded.fetched.final_url}: {LEGEND}"
    yield from _block_lines(view.blocks, page.paragraphs, page.removed)


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


def _block_lines(
    blocks: Sequence[Block], paragraphs: Sequence[str], taken_out: Sequence[RemovedBlock], mark_of_links: str = BESIDE
) -> Iterator[str]:
    removed: dict[int, list[str]] = {}
    for taken in taken_out:
        if taken.block is not None:
            removed.setdefault(taken.block, []).append(f"{taken.kind}: {taken.rule}")
    body = set(paragraphs)
    for block in blocks:
        is_body = block.text in body or (block.index in removed and any(p in block.text for p in body if len(p) > 1))
        beside = mark_of_links if 2 * block.n_link_chars > len(block.text) else BESIDE
        marks = " + ".join(dict.fromkeys((*(["body"] if is_body else []), *removed.get(block.index, [])))) or beside
        yield f"{marks:<{MARK_CHARS - 1}} {block.text}"
