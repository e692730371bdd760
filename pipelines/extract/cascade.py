"""Which engine reads the body: the site's own selectors, a learned template, the scorer for Chinese, else trafilatura."""

import re
from dataclasses import replace

from pipelines.extract.body import Body, is_repeated, select_body
from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.extract.engines import read_with_trafilatura
from pipelines.extract.layout import LayoutReading
from pipelines.extract.parse import LazyTree
from pipelines.extract.scorer import Choice, bigrams, choose_body, choose_section, find_headline, is_chinese, weigh_all, weigh_between
from pipelines.extract.script_body import VERSION as SCRIPT_EXTRACTOR
from pipelines.extract.script_body import find_script_article
from pipelines.extract.short_lines import VERSION as LINES_EXTRACTOR
from pipelines.extract.short_lines import find_lines
from pipelines.extract.templates import Template
from pipelines.extract.verdict import is_list_page
from pipelines.types import PageView, RemovedBlock

LAYOUT_EXTRACTOR = "layout/1"
PROSE = re.compile(r".{15,}[。！？!?]")
GATE = 0.12
"""Confidence under which the scorer asks for a second opinion. On the score pages the scorer is the better one down to here."""
ENOUGH_CHARS = 150
"""With this much text no second opinion is asked for either: it never was the better one, and it costs ten times the page."""
AGREEMENT = 0.5
LINES_CHARS = 120
"""With more prose than this a page is not asked for a text of short lines."""
SCRIPT_CHARS = 300
"""With more text than this in its markup, a page is not asked for text in scripts."""
SCRIPT_TIMES = 2


def find_body(
    tree: LazyTree,
    view: PageView,
    rules: BoilerplateRules,
    template: Template | None = None,
    layout: LayoutReading | None = None,
) -> Body | None:
    """Return the body of a page; None: no running text.

    `template`: of the page's host and URL shape, where one was learned. `layout`: what the selectors of the site's file meet.
    """
    if layout is not None and layout.body is not None and (read := apply_layout(view, layout, layout.body, rules)) is not None:
        return read
    if not is_chinese(view):
        read = read_with_trafilatura(tree.root, view, rules)
        return without_repeated(read_script(view, read, rules) or read, template)
    if template is not None and (read := apply_template(view, template, rules)) is not None:
        return read
    scored = score_body(view, rules, template)
    if (scored is None or scored.n_chars < LINES_CHARS) and (lined := read_lines(view, scored, rules)) is not None:
        return lined
    if scored is not None and (scored.confidence >= GATE or (scored.n_chars >= ENOUGH_CHARS and not is_list_page(view, scored))):
        return scored
    if (scripted := read_script(view, scored, rules)) is not None:
        return scripted
    if is_list_page(view, scored):  # nothing to ask about
        return scored
    return _decide(scored, read_with_trafilatura(tree.root, view, rules), view)


def score_body(view: PageView, rules: BoilerplateRules, template: Template | None = None) -> Body | None:
    """Return the body by the scorer; None: no prose. Of a template without the page's container only its repeated lines serve."""
    weights = weigh_all(view.blocks, rules)
    headline = find_headline(view)
    choice = choose_body(view, weights, headline)
    if choice is None:
        return None
    body = select_body(view, choice, weights, headline, rules, template)
    if template is not None:
        body = replace(body, extractor=f"{body.extractor}+{template.extractor}")
    return body if body.paragraphs else None


def read_lines(view: PageView, found: Body | None, rules: BoilerplateRules) -> Body | None:
    """Return the body of a page whose text is short lines; None: they are not more than what was found by its prose."""
    lines = find_lines(view, weigh_all(view.blocks, rules), rules)
    if lines is None:
        return None
    body = select_body(view, lines.choice, lines.weights, lines.headline, rules)
    if not body.paragraphs or (found is not None and not _goes_before(body, found, lines.headline)):
        return None
    return replace(body, extractor=LINES_EXTRACTOR)


def _goes_before(body: Body, found: Body, headline: int) -> bool:
    """Tell whether a text of lines is no shorter and stands no farther below the headline than what was found by its prose (a notice, a reply)."""
    if body.first is None or found.first is None or body.n_chars < found.n_chars:
        return False
    return found.first < headline or body.first <= found.first


def read_script(view: PageView, found: Body | None, rules: BoilerplateRules) -> Body | None:
    """Return the body from a script of the page; None: no script holds more than what was found in the markup."""
    n_shown = min(found.n_chars, sum(len(block.text) for block in view.blocks)) if found else 0  # trafilatura reads what nobody sees, too
    if n_shown >= SCRIPT_CHARS:
        return None
    article = find_script_article(view.scripts, rules)
    if article is None or sum(map(len, article.paragraphs)) < SCRIPT_TIMES * n_shown:
        return None
    return Body(
        paragraphs=article.paragraphs,
        removed=article.removed,
        first=None,
        last=None,
        extractor=SCRIPT_EXTRACTOR,
        confidence=0.8,
        script=article,
    )


def apply_layout(view: PageView, layout: LayoutReading, body: Choice, rules: BoilerplateRules) -> Body | None:
    """Return the body that a site file selects; None: nothing of it stays."""
    weights = weigh_all(view.blocks, rules)
    read = select_body(view, body, weights, find_headline(view), rules, named=layout.removed)
    return replace(read, extractor=LAYOUT_EXTRACTOR, confidence=1.0) if read.paragraphs else None


def apply_template(view: PageView, template: Template, rules: BoilerplateRules) -> Body | None:
    """Return the body from the template's container; None: the page does not have it, or it holds no prose."""
    spans = [(section.start, section.end) for section in view.sections if section.path in template.containers]
    if not spans:
        return None
    weights = weigh_between(view.blocks, rules, min(start for start, _ in spans), max(end for _, end in spans))
    headline = find_headline(view)
    choice = choose_section(view, weights, headline, template.containers)
    if choice is None:
        return None
    body = select_body(view, choice, weights, headline, rules, template)
    return replace(body, extractor=template.extractor, confidence=template.agreement) if body.paragraphs else None


def without_repeated(body: Body | None, template: Template | None) -> Body | None:
    """Return another engine's body without the lines that the site's other stories have too."""
    if body is None or template is None:
        return body
    gone = {p for p in body.paragraphs if is_repeated(p, template)}
    kept = tuple(p for p in body.paragraphs if p not in gone)
    removed = tuple(RemovedBlock(text=p, kind="repeated", rule="learned:line") for p in body.paragraphs if p in gone)
    return replace(body, paragraphs=kept, removed=removed, extractor=f"{body.extractor}+{template.extractor}") if kept and gone else body


def _decide(scored: Body | None, other: Body | None, view: PageView) -> Body | None:
    """Choose between two unsure readings: where they agree the cleaner one (the scorer's), else the one that speaks of the headline."""
    if other is None or not any(PROSE.search(line) for line in other.paragraphs):
        return scored
    if scored is None:
        return other
    ours, theirs = bigrams("".join(scored.paragraphs)), bigrams("".join(other.paragraphs))
    if len(ours & theirs) >= AGREEMENT * min(len(ours), len(theirs)):
        return scored
    wanted = bigrams(view.head_title or "")
    return other if len(wanted & theirs) > 2 * len(wanted & ours) else scored
