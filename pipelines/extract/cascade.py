"""Which engine reads the body: the site's own selectors, a learned template, the scorer for Chinese, else trafilatura."""

import re

import lxml.html

from pipelines.extract.body import Body, select_body
from pipelines.extract.boilerplate import BoilerplateRules
from pipelines.extract.engines import read_with_trafilatura
from pipelines.extract.scorer import bigrams, choose_body, find_headline, weigh_all
from pipelines.types import PageView

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]+")
PROSE = re.compile(r".{15,}[。！？!?]")
HAN_SHARE = 0.3
OTHER_SHARE = 0.1
GATE = 0.3
"""Confidence under which the scorer asks for a second opinion. On the score pages the scorer is the better one down to here."""
AGREEMENT = 0.5


def find_body(tree: lxml.html.HtmlElement, view: PageView, rules: BoilerplateRules) -> Body | None:
    """Return the body of a page by the generic engines; None: no running text."""
    if not is_chinese(view):
        return read_with_trafilatura(tree)
    scored = score_body(view, rules)
    if scored is not None and scored.confidence >= GATE:
        return scored
    return _decide(scored, read_with_trafilatura(tree), view)


def score_body(view: PageView, rules: BoilerplateRules) -> Body | None:
    """Return the body by the scorer; None: no prose."""
    weights = weigh_all(view.blocks, rules)
    headline = find_headline(view)
    choice = choose_body(view, weights, headline)
    if choice is None:
        return None
    body = select_body(view, choice, weights, headline, rules)
    return body if body.paragraphs else None


def is_chinese(view: PageView) -> bool:
    """Tell whether the page's words are mostly Chinese (not Japanese or Korean)."""
    text = "".join(block.text for block in view.blocks)
    n_han = sum(map(len, HAN.findall(text)))
    if not n_han:
        return False
    n_other = sum(map(len, KANA_OR_HANGUL.findall(text)))
    n_letters = sum(c.isalpha() for c in text) if n_han < 2000 else n_han  # enough Chinese is enough
    return n_other <= OTHER_SHARE * (n_han + n_other) and (n_han >= 2000 or n_han >= HAN_SHARE * n_letters)


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
