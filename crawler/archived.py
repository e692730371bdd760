"""The newest capture of a URL, with the pages that follow it."""

from urllib.parse import urldefrag

from crawler.config import Config
from crawler.processing import book_with
from pipelines.errors import PageError
from pipelines.extract.pages import MAX_PARTS
from pipelines.ingest import read_page
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage
from storage.captures import read_capture
from storage.database import opened_database
from storage.newest_captures import find_newest_capture
from storage.templates import load_templates


def read_archived(config: Config, url: str) -> list[FetchedPage]:
    """Read the newest capture of a page, and of the article's further pages. Empty: there is none of this URL.

    Raises:
        StorageError: the capture cannot be read.
    """
    pages: list[FetchedPage] = []
    asked: str | None = urldefrag(url).url
    with opened_database(config.db) as engine:
        book = book_with(load_templates(engine))
        while asked is not None and len(pages) < MAX_PARTS and asked not in {p.url for p in pages}:
            capture = find_newest_capture(engine, asked)
            if capture is None:
                break
            pages.append(read_capture(config.archive_folder, capture))
            asked = _next_of(pages[-1], book)
    return pages


def _next_of(page: FetchedPage, book: RuleBook) -> str | None:
    try:
        return read_page(page, book).next_page_url
    except PageError:
        return None
