"""The order of the stages, stated once. Every door calls `process`; read this file first.

FetchedPage -> DecodedPage -> (repair) -> ExtractedArticle -> NormalizedArticle
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.extract.body import Body
from pipelines.extract.extract import extract, look_at, sketch
from pipelines.extract.pages import join_pages
from pipelines.extract.sketch import Sketch
from pipelines.extract.template_learning import learn_templates
from pipelines.extract.templates import TemplateBook
from pipelines.normalize.normalize import normalize
from pipelines.repair.repair import repair
from pipelines.site_rules import RuleBook
from pipelines.types import ExtractedArticle, FetchedPage, NormalizedArticle, PageView


def read_page(page: FetchedPage, book: RuleBook) -> ExtractedArticle:
    """Read what one page prints. `next_page_url` says where the article goes on.

    Raises:
        PageRejected, PageQuarantined: the page ends here.
    """
    site = book.site_for(page.final_url)
    return extract(repair(decode(page), book.language_model), site, book)


def read_following(page: FetchedPage, book: RuleBook) -> ExtractedArticle | None:
    """Read a further page of an article; None: it cannot be read, or holds nothing (the article goes on without it, and says so)."""
    try:
        return read_page(page, book)
    except PageError:
        return None


def learn(pages: Iterable[FetchedPage], book: RuleBook) -> TemplateBook:
    """Return the book's templates with those added that the pages teach, by host and URL shape; pages that are no articles teach nothing."""
    return learn_templates(sketch_pages(pages, book), book.templates)


def sketch_pages(pages: Iterable[FetchedPage], book: RuleBook) -> Iterator[Sketch]:
    """Give what learning keeps of pages, read without a template; those that are no articles are left out."""
    for page in pages:
        try:
            found = sketch(repair(decode(page), book.language_model), book)
        except PageError:
            continue
        if found is not None:
            yield found


def process(page: FetchedPage, book: RuleBook, following: Sequence[FetchedPage] = ()) -> NormalizedArticle:
    """Make the article of a page. `following`: the article's further pages, in order, as fetched.

    Raises:
        PageRejected, PageQuarantined: the page ends here.
    """
    return process_explained(page, book, following)[1]


def process_explained(
    page: FetchedPage, book: RuleBook, following: Sequence[FetchedPage] = ()
) -> tuple[tuple[ExtractedArticle, ...], NormalizedArticle]:
    """As `process`, with what each page prints (those that could be read) beside what it means: the two values that `explain` takes."""
    first, further = read_page(page, book), [read_following(p, book) for p in following]
    held = {url for p in (page, *following) for url in (p.url, p.final_url)}
    article = normalize(join_pages(first, further, held), book.site_for(page.final_url), book)
    pages = (first, *(p for p in further if p is not None))
    return pages, replace(article, parts=tuple(p.capture for p in following if p.capture))


def look_at_rejected(page: FetchedPage, book: RuleBook) -> tuple[PageView, Body | None] | None:
    """Return what `explain_rejected` takes, of a page that gave no article; None: it is not even text."""
    try:
        return look_at(repair(decode(page), book.language_model), book.site_for(page.final_url), book)
    except PageError:
        return None
