"""What is printed on a page: one walk, then every reader looks at the same blocks. Who needs a tree has one made: see `parse`."""

from collections.abc import Iterator
from dataclasses import replace

from pipelines.errors import PageQuarantined, Reason
from pipelines.extract.body import Body
from pipelines.extract.breadcrumb import find_breadcrumb
from pipelines.extract.cascade import find_body
from pipelines.extract.change_candidates import find_modified
from pipelines.extract.closing_credits import find_closing_credits
from pipelines.extract.credit_candidates import find_credits, find_datelines
from pipelines.extract.date_candidates import find_dates
from pipelines.extract.keywords import find_keywords
from pipelines.extract.landmarks import find_landmarks
from pipelines.extract.layout import LayoutReading, read_layout
from pipelines.extract.pager import find_next_page
from pipelines.extract.parse import LazyTree, TooDeep
from pipelines.extract.pictures import find_pictures
from pipelines.extract.scorer import weigh_all
from pipelines.extract.script_body import ScriptArticle
from pipelines.extract.site_names import find_site_names
from pipelines.extract.sketch import Sketch, sketch_page
from pipelines.extract.templates import Template, page_key
from pipelines.extract.title_candidates import find_original_titles, find_titles
from pipelines.extract.unfold import unfold
from pipelines.extract.verdict import check_article, is_error_page, is_list_page
from pipelines.extract.view import view_walk
from pipelines.extract.walk import Walk, walk_page
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import DecodedPage, ExtractedArticle, Note, PageView, Printed, RemovedBlock

LOW_CONFIDENCE = 0.3
OPENING = 3
"""Paragraphs in which the name of the author stands where it stands in the text's own container."""


def extract(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> ExtractedArticle:
    """Read the printed article.

    Raises:
        PageRejected: empty, an error page, a page of links, or no running text.
        PageQuarantined: the markup is too deep to be read without loss.
    """
    url = page.fetched.final_url
    view, chosen, template, found = _read_body(page, site, book)
    body = check_article(view, found, url)
    script = body.script or ScriptArticle(paragraphs=(), removed=())
    marks = find_landmarks(view)
    breadcrumb, titles = find_breadcrumb(view, marks), find_titles(view)
    credits = find_credits(view, book.credits, marks)
    body = without_author(body, view, credits)
    next_page = chosen.next_page or find_next_page(view, url, body.first, body.last, template.pager_path if template else None)
    return ExtractedArticle(
        decoded=page,
        titles=(*chosen.titles, *script.titles, *titles),
        original_titles=find_original_titles(view),
        dates=(*chosen.dates, *script.dates, *slot_first(find_dates(view, titles), view, template.date_path if template else None)),
        modified=find_modified(view),
        credits=(
            *chosen.credits,
            *script.credits,
            *credits,
            *find_closing_credits(body.paragraphs, book.credits),
        ),
        datelines=find_datelines(body.paragraphs, book.credits),
        breadcrumb=breadcrumb,
        keywords=find_keywords(view, marks),
        site_names=(*script.site_names, *find_site_names(view, breadcrumb, body.removed)),
        canonical_href=view.link_rels.get("canonical"),
        html_lang=view.html_lang,
        paragraphs=body.paragraphs,
        pictures=find_pictures(view, body),
        removed=body.removed,
        extractor=body.extractor,
        confidence=body.confidence,
        next_page_url=next_page.href if next_page else None,
        notes=tuple(_notes(view, body)),
    )


def look_at(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> tuple[PageView, Body | None]:
    """Return the blocks of a page and what would be its body, whether or not it is an article.

    Raises:
        PageQuarantined: the markup is too deep to be read without loss.
    """
    view, _, _, body = _read_body(page, site, book)
    return view, body


def _read_body(page: DecodedPage, site: SiteRules | None, book: RuleBook) -> tuple[PageView, LayoutReading, Template | None, Body | None]:
    walk, view = read_view(page)
    tree = LazyTree(page.text)
    layout = site.layout_at(page.fetched.fetched_at) if site else None
    chosen = read_layout(layout, tree.root, walk, view) if layout else LayoutReading()
    template = book.templates.find(*page_key(view, page.fetched.final_url)) if len(book.templates) else None
    return view, chosen, template, find_body(tree, view, book.boilerplate, template, chosen)


def without_author(body: Body, view: PageView, credits: tuple[Printed, ...]) -> Body:
    """Take a name alone out of the text's first lines where it was read as the author's."""
    blocks = [printed.block for printed in credits if printed.rule == "author_class" and printed.block is not None]
    names = {view.blocks[index].text: index for index in blocks}
    opening = next((i for i, text in enumerate(body.paragraphs[:OPENING]) if text in names), None) if len(body.paragraphs) > 1 else None
    if opening is None:
        return body
    name = body.paragraphs[opening]
    taken = RemovedBlock(text=name, kind="source_line", rule="author_class", block=names[name])
    return replace(body, paragraphs=(*body.paragraphs[:opening], *body.paragraphs[opening + 1 :]), removed=(taken, *body.removed))


def slot_first(found: tuple[Printed, ...], view: PageView, slot: str | None) -> tuple[Printed, ...]:
    """Return the candidates with those from the place where the site's other pages print theirs before others of the page's text.

    Candidates of the head keep their rank: the order among those with a block alone changes.
    """
    if slot is None:
        return found
    places = {printed: view.blocks[printed.block].path for printed in found if printed.block is not None}
    ranked = iter(sorted(places, key=lambda printed: places[printed] != slot))
    return tuple(next(ranked) if printed in places else printed for printed in dict.fromkeys(found))


def read_view(page: DecodedPage) -> tuple[Walk, PageView]:
    """Walk through a page.

    Raises:
        PageQuarantined: the markup is too deep to be read without loss.
    """
    url = page.fetched.final_url
    try:
        walk = walk_page(page.text)
    except TooDeep as error:
        raise PageQuarantined(Reason.PARSE_LIMIT, stage="extract", url=url) from error
    return walk, unfold(view_walk(walk, url))


def sketch(page: DecodedPage, book: RuleBook) -> Sketch | None:
    """Return what learning keeps of a page read without a template; None: the page is no article, or says no host.

    Raises:
        PageQuarantined: the markup is too deep to be read without loss.
    """
    _, view = read_view(page)
    url = page.fetched.final_url
    body = find_body(LazyTree(page.text), view, book.boilerplate)
    if body is None or is_list_page(view, body) or is_error_page(view, body):
        return None
    weights = weigh_all(view.blocks, book.boilerplate) if body.container else ()
    pager = find_next_page(view, url, body.first, body.last)
    return sketch_page(
        view, body, weights, url, dates=find_dates(view), credits=find_credits(view, book.credits), pager=pager.block if pager else None
    )


def _notes(view: PageView, body: Body) -> Iterator[Note]:
    if view.is_flattened:
        yield Note.PARSE_LIMIT
    if body.confidence < LOW_CONFIDENCE:
        yield Note.LOW_CONFIDENCE
