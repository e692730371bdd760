"""One page through the stages, ending in exactly one outcome; the same for every door."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import PageError, Reason
from pipelines.ingest import process
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage, NormalizedArticle

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """How a page ended: an article, or a reason."""

    url: str
    article: NormalizedArticle | None = None
    outcome: str
    """`article`, `rejected`, `quarantined`, `failed`."""
    reason: Reason | None = None
    detail: str = ""

    def line(self) -> str:
        """Say in one line what became of the page and why."""
        return f"{self.outcome}/{self.reason}" + (f": {self.detail}" if self.detail else "") if self.reason else self.outcome


def process_page(page: FetchedPage, book: RuleBook, following: Sequence[FetchedPage] = ()) -> Processed:
    """Process a page; a fault of our own becomes `failed/internal`, with its traceback in the log."""
    try:
        article = process(page, book, following)
    except PageError as error:
        return Processed(url=page.url, outcome=error.outcome, reason=error.reason, detail=error.detail)
    except Exception as error:
        log.exception("stage fault at %s", page.url)
        return Processed(url=page.url, outcome="failed", reason=Reason.INTERNAL, detail=f"{type(error).__name__}: {error}")
    return Processed(url=page.url, article=article, outcome="article")
