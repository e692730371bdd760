"""What one run holds open: database, archive, rules. Made by a command, handed to the spider."""

from dataclasses import dataclass

from sqlalchemy import Engine

from crawler.config import Config
from pipelines.site_rules import RuleBook
from storage.articles import ArticleStore
from storage.captures import CaptureWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlContext:
    """Open stores and rules of one run."""

    config: Config
    engine: Engine
    store: ArticleStore
    archive: CaptureWriter
    book: RuleBook
    run_id: str
