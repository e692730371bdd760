"""The stages keep nothing between pages: the same page gives the same article, whatever was processed before it."""

import random
from datetime import UTC, datetime

from crawler.demo.site import DemoPage, build_demo
from crawler.load_rules import load_rule_book
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.types import FetchedPage, NormalizedArticle

FETCHED_AT = datetime(2024, 7, 2, tzinfo=UTC)


def outcome_of(page: DemoPage) -> NormalizedArticle | str:
    fetched = FetchedPage(url=page.url, final_url=page.url, status=200, headers=page.headers, body=page.body, fetched_at=FETCHED_AT)
    try:
        return process(fetched, load_rule_book())
    except PageError as error:
        return str(error)


def test_any_order_gives_the_same_articles() -> None:
    pages = random.Random(7).sample(sorted(build_demo().articles(), key=lambda page: page.url), 12)
    first = {page.url: outcome_of(page) for page in pages}
    assert {page.url: outcome_of(page) for page in reversed(pages)} == first
    assert any(isinstance(outcome, NormalizedArticle) for outcome in first.values())
