"""What is printed on a page: one parse, one walk, then every reader looks at the same blocks."""

import trafilatura

from pipelines.errors import PageQuarantined, PageRejected, Reason
from pipelines.extract.breadcrumb import find_breadcrumb
from pipelines.extract.credit_candidates import find_credits, find_datelines
from pipelines.extract.date_candidates import find_dates, find_modified
from pipelines.extract.keywords import find_keywords
from pipelines.extract.parse import TooDeep, parse_tree
from pipelines.extract.site_names import find_site_names
from pipelines.extract.title_candidates import find_original_titles, find_titles
from pipelines.extract.view import view_page
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import DecodedPage, ExtractedArticle, Note


def extract(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> ExtractedArticle:
    """Read the printed article.

    Raises:
        PageRejected: no running text, or a page of links.
        PageQuarantined: the markup is too deep to be read without loss.
    """
    try:
        tree, is_flattened = parse_tree(page.text)
    except TooDeep as error:
        raise PageQuarantined(Reason.PARSE_LIMIT, stage="extract", url=page.fetched.final_url) from error
    view = view_page(tree, page.fetched.final_url, is_flattened=is_flattened)
    text = trafilatura.extract(tree, include_comments=False, with_metadata=False)
    if not text:
        raise PageRejected(Reason.NO_BODY, stage="extract", url=page.fetched.final_url)
    paragraphs, breadcrumb = tuple(text.split("\n")), find_breadcrumb(view)
    return ExtractedArticle(
        decoded=page,
        titles=find_titles(view),
        original_titles=find_original_titles(view),
        dates=find_dates(view),
        modified=find_modified(view),
        credits=find_credits(view, book.credits),
        datelines=find_datelines(paragraphs, book.credits),
        breadcrumb=breadcrumb,
        keywords=find_keywords(view),
        site_names=find_site_names(view, breadcrumb, ()),
        canonical_href=view.link_rels.get("canonical"),
        html_lang=view.html_lang,
        paragraphs=paragraphs,
        pictures=(),
        removed=(),
        extractor=f"trafilatura/{trafilatura.__version__}",
        confidence=0.5,
        notes=(Note.PARSE_LIMIT,) if is_flattened else (),
    )
