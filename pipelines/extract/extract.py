"""What is printed on a page: one parse, one walk, then every reader looks at the same blocks."""

import trafilatura

from pipelines.errors import PageRejected, Reason
from pipelines.extract.walk import parse_tree, view_page
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import DecodedPage, ExtractedArticle, Printed


def extract(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> ExtractedArticle:
    """Read the printed article.

    Raises:
        PageRejected: no running text, or a page of links.
    """
    tree = parse_tree(page.text)
    view = view_page(tree, page.fetched.final_url)
    text = trafilatura.extract(tree, include_comments=False, with_metadata=False)
    if not text:
        raise PageRejected(Reason.NO_BODY, stage="extract", url=page.fetched.final_url)
    headline = next((b for b in view.blocks if b.tag == "h1"), None)
    titles = [Printed(text=headline.text, rule="h1", block=headline.index)] if headline else []
    titles += [Printed(text=view.head_title, rule="head_title")] if view.head_title else []
    return ExtractedArticle(
        decoded=page,
        titles=tuple(titles),
        original_titles=(),
        dates=(),
        modified=(),
        credits=(),
        datelines=(),
        breadcrumb=(),
        keywords=(),
        site_names=(),
        canonical_href=view.link_rels.get("canonical"),
        html_lang=view.html_lang,
        paragraphs=tuple(text.split("\n")),
        pictures=(),
        removed=(),
        extractor=f"trafilatura/{trafilatura.__version__}",
        confidence=0.5,
    )
