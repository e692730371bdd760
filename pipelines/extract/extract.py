"""What is printed on a page: one parse, one walk, then every reader looks at the same blocks."""

from collections.abc import Iterator

from pipelines.errors import PageQuarantined, Reason
from pipelines.extract.body import Body
from pipelines.extract.breadcrumb import find_breadcrumb
from pipelines.extract.cascade import find_body
from pipelines.extract.credit_candidates import find_credits, find_datelines
from pipelines.extract.date_candidates import find_dates, find_modified
from pipelines.extract.keywords import find_keywords
from pipelines.extract.parse import TooDeep, parse_tree
from pipelines.extract.pictures import find_pictures
from pipelines.extract.site_names import find_site_names
from pipelines.extract.title_candidates import find_original_titles, find_titles
from pipelines.extract.verdict import check_article
from pipelines.extract.view import view_page
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import DecodedPage, ExtractedArticle, Note, PageView

LOW_CONFIDENCE = 0.3


def extract(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> ExtractedArticle:
    """Read the printed article.

    Raises:
        PageRejected: empty, an error page, a page of links, or no running text.
        PageQuarantined: the markup is too deep to be read without loss.
    """
    try:
        tree, is_flattened = parse_tree(page.text)
    except TooDeep as error:
        raise PageQuarantined(Reason.PARSE_LIMIT, stage="extract", url=page.fetched.final_url) from error
    view = view_page(tree, page.fetched.final_url, is_flattened=is_flattened)
    body = check_article(view, find_body(tree, view, book.boilerplate), page.fetched.final_url)
    breadcrumb = find_breadcrumb(view)
    return ExtractedArticle(
        decoded=page,
        titles=find_titles(view),
        original_titles=find_original_titles(view),
        dates=find_dates(view),
        modified=find_modified(view),
        credits=find_credits(view, book.credits),
        datelines=find_datelines(body.paragraphs, book.credits),
        breadcrumb=breadcrumb,
        keywords=find_keywords(view),
        site_names=find_site_names(view, breadcrumb, body.removed),
        canonical_href=view.link_rels.get("canonical"),
        html_lang=view.html_lang,
        paragraphs=body.paragraphs,
        pictures=find_pictures(view, body),
        removed=body.removed,
        extractor=body.extractor,
        confidence=body.confidence,
        notes=tuple(_notes(view, body)),
    )


def _notes(view: PageView, body: Body) -> Iterator[Note]:
    if view.is_flattened:
        yield Note.PARSE_LIMIT
    if body.confidence < LOW_CONFIDENCE:
        yield Note.LOW_CONFIDENCE
