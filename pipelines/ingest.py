"""The order of the stages, stated once. Every door calls `process`; read this file first.

FetchedPage -> DecodedPage -> (repair) -> ExtractedArticle -> NormalizedArticle
"""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.decode.decode import decode
from pipelines.extract.extract import extract
from pipelines.extract.pages import join_pages
from pipelines.normalize.normalize import normalize
from pipelines.repair.repair import repair
from pipelines.site_rules import RuleBook
from pipelines.types import ExtractedArticle, FetchedPage, NormalizedArticle


def read_page(page: FetchedPage, book: RuleBook) -> ExtractedArticle:
    """Read what one page prints. `next_page_url` says where the article goes on.

    Raises:
        PageRejected, PageQuarantined: the page ends here.
    """
    site = book.site_for(page.final_url)
    return extract(repair(decode(page), book.language_model), site, book)


def process(page: FetchedPage, book: RuleBook, following: Sequence[FetchedPage] = ()) -> NormalizedArticle:
    """Make the article of a page. `following`: the article's further pages, in order, as fetched.

    Raises:
        PageRejected, PageQuarantined: the page ends here.
    """
    extracted = join_pages(read_page(page, book), [read_page(p, book) for p in following])
    article = normalize(extracted, book.site_for(page.final_url), book)
    return replace(article, parts=tuple(p.capture for p in following if p.capture))
