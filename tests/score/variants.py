"""Metamorphic score: the same read pages in other clothes. A field that was right must stay right when only the layout changes.

No page of an unknown host is needed to see what leans on the markup of the known ones: each variant rewrites every page in one way (no classes,
label and value in two elements, headings as paragraphs, another way to print the date …) and the shared scorer says what was lost beside `as is`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html

from crawler.load_rules import load_rule_book
from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.record import record_of
from pipelines.types import FetchedPage
from tests.score.extraction import FIGURES, _load_scorer, _macro, _rows, read_pages
from tests.score.rewrites import VARIANTS, Tree, simplified


def report(shared: Path) -> None:
    """Print one line a variant, with the loss beside the page as it is."""
    gold = shared / "pages"
    metas, bodies = dict(_rows(gold / "meta.jsonl")), dict(_rows(gold / "bodies.jsonl"))
    pages = {file: page for file, page in read_pages(gold) if file in metas}
    scorer = _load_scorer(shared)
    print(f"{'variant':<18}" + "".join(f"{figure:>9}" for figure in FIGURES))
    base: Mapping[str, float] = {}
    for name, rewrite in VARIANTS.items():
        scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for file, page in pages.items():
            wanted, body, record = metas[file], bodies[file]["body"] if file in bodies else None, _read(page, rewrite)
            if name == "traditional":  # compared in simplified characters on both sides
                wanted, body, record = _all_simplified(wanted), simplified(body), _all_simplified(record)
            for figure, value in scorer.score_page(body, wanted, record).items():
                scores[figure][metas[file]["domain"]].append(value)
        means = {figure: _macro(scores[figure]) for figure in FIGURES}
        base = base or means
        print(f"{name:<18}" + "".join(f"{means[figure]:>9.3f}" for figure in FIGURES), flush=True)
        print(f"{'':<18}" + "".join(f"{means[figure] - base[figure]:>+9.3f}" for figure in FIGURES), flush=True) if means != base else None


def _read(page: FetchedPage, rewrite: Callable[[Tree], None]) -> Mapping[str, Any]:
    tree = lxml.html.document_fromstring(decode(page).text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
    rewrite(tree)
    for meta in list(tree.iter("meta")):
        if meta.get("charset") or (meta.get("http-equiv") or "").lower() == "content-type":
            meta.getparent().remove(meta)
    body = b"<!doctype html>" + lxml.html.tostring(tree, encoding="utf-8")
    try:
        return record_of(process(replace(page, body=body), _book()))
    except PageError:
        return {}


def _all_simplified(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: simplified(value) for key, value in values.items()}


@cache
def _book() -> Any:
    return load_rule_book()
