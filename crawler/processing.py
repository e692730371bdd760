"""One page through the stages, ending in exactly one outcome; the same for every door."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.load_rules import load_rule_book
from crawler.outcome_log import is_address
from crawler.safety.log_lines import LogSettings, log_as
from pipelines.errors import FetchFailed, PageError, Reason
from pipelines.extract.templates import TemplateBook
from pipelines.ingest import look_at_rejected, process, process_explained
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


def explained(done: Processed, pages: Sequence[FetchedPage], book: RuleBook) -> tuple[str, ...]:
    """Say for a person how the pages of an article were read; of a page that gave none, what it holds. `done`: what became of them."""
    from pipelines.explain import explain, explain_rejected

    if done.article is not None:
        return explain(*process_explained(pages[0], book, pages[1:]))
    looked = look_at_rejected(pages[0], book) if done.outcome != "failed" else None
    return explain_rejected(*looked) if looked else ()


def process_page(page: FetchedPage, book: RuleBook, following: Sequence[FetchedPage] = ()) -> Processed:
    """Process a page; a fault of our own becomes `failed/internal`, with its traceback in the log."""
    try:
        if not 200 <= page.status < 300:
            raise FetchFailed(Reason.HTTP_STATUS, stage="fetch", url=page.url, detail=f"HTTP {page.status}")
        if not is_address(page.final_url) and not page.url.startswith("file:"):  # a saved page may be without an address
            raise FetchFailed(Reason.UNSAFE_ADDRESS, stage="fetch", url=page.url, detail="not an address")
        article = process(page, book, following)
    except PageError as error:
        return Processed(url=page.url, outcome=error.outcome, reason=error.reason, detail=error.detail)
    except Exception as error:
        log.exception("stage fault at %s", page.url)
        return Processed(url=page.url, outcome="failed", reason=Reason.INTERNAL, detail=f"{type(error).__name__}: {error}")
    return Processed(url=page.url, article=article, outcome="article")


def book_with(templates: TemplateBook | None) -> RuleBook:
    """Return the rules of data/, with learned templates beside them."""
    book = load_rule_book()
    return book if templates is None else replace(book, templates=templates)


_of_this_worker: TemplateBook | None = None


def start_worker(templates: TemplateBook | None, logs: LogSettings | None) -> None:
    """Start a worker process: it logs as this one does, and uses these templates. They are passed once; with each page they would cost more than the page."""
    global _of_this_worker
    _of_this_worker = templates
    log_as(logs)


def process_in_worker(page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
    """Process a page in a process that `start_worker` started."""
    return process_page(page, book_with(_of_this_worker), following)
