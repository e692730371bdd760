"""Archives processed again: WARC files into the database, and what is stored by the rules of today."""

from __future__ import annotations

import collections
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine

from crawler.cluster import process_pages_at
from crawler.config import Config
from crawler.differences import Change, diff_records
from crawler.discovery.sniff import sniff, unpack
from crawler.outcome_log import site_of
from crawler.processing import Processed, book_with, process_page
from crawler.safety.log_lines import note_run
from crawler.talk import progress
from pipelines.errors import Reason, StorageError
from pipelines.extract.pager import page_number
from pipelines.extract.pages import MAX_PARTS
from pipelines.record import record_of
from pipelines.site_rules import RuleBook
from pipelines.types import Capture, FetchedPage, NormalizedArticle
from storage.article_saving import save_articles
from storage.article_stories import note_first_fetches
from storage.articles import ArticleStore
from storage.capture_originals import Originals
from storage.captures import read_capture, read_captures
from storage.database import writing
from storage.outcomes import NewOutcome, add_outcomes, fault_noted, finish_run, start_run
from storage.stored_pages import StoredPage
from storage.templates import load_templates

log = logging.getLogger(__name__)

BATCH = 64
"""Articles a transaction."""


@dataclass(slots=True)
class ReplayReport:
    """What a replay brought; the counts add up to the pages read."""

    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)
    broken: list[str] = field(default_factory=list)
    """Archives that could not be read to their end, each in one line."""
    originals: Originals = field(default_factory=Originals)
    """What revisit records point at."""
    lists: dict[str, None] = field(default_factory=dict)
    """URLs of list pages, feeds and sitemaps among the pages."""


def replay_files(paths: Sequence[Path], engine: Engine, config: Config, dask: str | None = None) -> tuple[str, ReplayReport]:
    """Process the pages of WARC files as a run of its own; return the run's id and what it brought."""
    run_id, report = start_run(engine, "replay", detail={"paths": [str(path) for path in paths]}), ReplayReport()
    note_run(run_id)
    pages = progress(read_archives(paths, config.archive_folder, report), "replay")
    with fault_noted(engine, run_id):
        replay(pages, engine, config.archive_folder, run_id, config.workers, report, dask)
    finish_run(engine, run_id, detail={"outcomes": dict(report.outcomes), "broken": report.broken})
    return run_id, report


def read_archives(paths: Iterable[Path], folder: Path, report: ReplayReport) -> Iterator[FetchedPage]:
    """Give the pages of WARC files. A capture names its file relative to the archive `folder`, or whole where it lies elsewhere."""
    for path in paths:
        try:
            for page in read_captures(path, report.originals):
                yield replace(page, capture=_named(page.capture, folder, path)) if page.capture else page
        except StorageError as error:
            report.broken.append(str(error))


def _named(capture: Capture, folder: Path, path: Path) -> Capture:
    """Name a capture's file relative to the archive. `path`: of the file just read; a revisit's bytes may lie in another one."""
    whole = (path.parent / capture.file).resolve()
    return replace(capture, file=str(whole.relative_to(folder.resolve())) if whole.is_relative_to(folder.resolve()) else str(whole))


def replay(
    pages: Iterable[FetchedPage], engine: Engine, folder: Path, run_id: str, workers: int, report: ReplayReport, dask: str | None = None
) -> None:
    """Process pages and store what they give, in batches. An article over several pages is joined from them in whatever order they come."""
    saver, templates = _Saver(engine, run_id, report), load_templates(engine)
    parts: dict[str, FetchedPage | None] = {}
    waiting: list[FetchedPage] = []
    for page, done in process_pages_at(pages, workers, templates, dask):
        following = done.article.next_page_url if done.article else None
        if done.outcome == "failed" or done.reason is Reason.PARSE_LIMIT:  # no part of an article; it may have taken its process down
            saver.add(page, done)
        elif page.url in parts or page.final_url in parts:
            parts[page.url if page.url in parts else page.final_url] = _without_body(page)
            saver.add(page, Processed(url=page.url, outcome="joined"))
        elif following or 1 < page_number(page.final_url) <= MAX_PARTS:  # what it goes on with, or the page before it, may come later
            waiting.append(_without_body(page))
        else:
            saver.add(page, done)
        if following:
            parts.setdefault(following, None)
    _join(waiting, parts, saver, folder, book_with(templates))
    saver.flush()


def _join(waiting: Sequence[FetchedPage], parts: dict[str, FetchedPage | None], saver: _Saver, folder: Path, book: RuleBook) -> None:
    """Process the pages that waited, first ones first, each with those of its further pages that are held."""
    held = {url: page for page in waiting for url in (page.final_url, page.url)} | {url: page for url, page in parts.items() if page}
    joined: set[str] = set()
    for page in sorted(waiting, key=lambda page: page_number(page.final_url)):
        if page.url in joined:
            saver.add(page, Processed(url=page.url, outcome="joined"))
            continue
        done, following = _joined(page, held, folder, book)
        joined.update(part.url for part in following)
        saver.add(page, done)


def _without_body(page: FetchedPage) -> FetchedPage:
    """Drop the bytes of a page that can be read back, so that memory stays bounded."""
    return replace(page, body=b"") if page.capture else page


def _joined(first: FetchedPage, held: Mapping[str, FetchedPage], folder: Path, book: RuleBook) -> tuple[Processed, list[FetchedPage]]:
    """Process a page together with its further pages; return these, too."""
    following: list[FetchedPage] = []
    first = _whole(first, folder)
    done = process_page(first, book)
    while done.article and done.article.next_page_url and (part := held.get(done.article.next_page_url)) is not None:
        if len(following) + 1 >= MAX_PARTS or part.url == first.url or any(part.url == other.url for other in following):
            break  # or the last page points back
        following.append(_whole(part, folder))
        done = process_page(first, book, following)
    return done, following


def _whole(page: FetchedPage, folder: Path) -> FetchedPage:
    return page if page.body or page.capture is None else replace(read_capture(folder, page.capture), url=page.url)


class _Saver:
    """Gathers what pages gave and writes it in batches, articles and outcomes in one transaction."""

    def __init__(self, engine: Engine, run_id: str, report: ReplayReport) -> None:
        self.engine, self.run_id, self.report, self.store = engine, run_id, report, ArticleStore(engine)
        self.articles: list[NormalizedArticle] = []
        self.outcomes: list[NewOutcome] = []

    def add(self, page: FetchedPage, done: Processed) -> None:
        if done.article:
            if any(done.article.url == other.url for other in self.articles):
                self.flush()  # a later version of one page: both are stored, one after the other
            self.articles.append(done.article)
        else:
            self.report.outcomes[f"{done.outcome}/{done.reason}" if done.reason else done.outcome] += 1
            self.outcomes.append(outcome_of(page, done))
            if is_list(page, done):
                self.report.lists[page.url] = None
        if len(self.articles) + len(self.outcomes) >= BATCH:
            self.flush()

    def flush(self) -> None:
        with writing(self.engine) as connection:
            saved = save_articles(connection, self.articles, run_id=self.run_id)
            self.store.publish(connection, self.articles, saved)
            note_first_fetches(connection, [(one.article_id, a.fetched_at) for one, a in zip(saved, self.articles, strict=True)])
            add_outcomes(connection, self.run_id, self.outcomes)
        self.store.link(saved)
        self.report.outcomes.update(f"rejected/{Reason.TAKEN_DOWN}" if one.outcome == "rejected" else one.outcome for one in saved)
        self.articles, self.outcomes = [], []


def is_list(page: FetchedPage, done: Processed) -> bool:
    """Tell whether a page without an article is one that leads to articles."""
    if done.reason is Reason.NOT_HTML:
        return sniff(unpack(page.body)) in ("feed", "sitemap", "json_feed")
    return done.reason is Reason.LIST_PAGE


def outcome_of(page: FetchedPage, done: Processed) -> NewOutcome:
    """Say how a page without an article ended."""
    reason = done.reason.value if done.reason else None
    return NewOutcome(
        url=page.url, outcome=done.outcome, reason=reason, detail=done.detail or None, site=site_of(page.final_url),
        status=page.status, fetched_at=page.fetched_at, capture=page.capture,
    )  # fmt: skip


@dataclass(slots=True)
class ReprocessReport:
    """What today's rules make of the stored pages."""

    counts: collections.Counter[str] = field(default_factory=collections.Counter)
    """`unchanged`, `changed`, `gained` (gave no article before), `lost` (gives none now), `unreadable`, `still_none`."""
    fields: collections.Counter[str] = field(default_factory=collections.Counter)
    """Record key to the number of articles in which it changes."""
    examples: list[tuple[str, str, Change]] = field(default_factory=list)
    """URL, key, stored and new value: the first few of each key."""
    lost: list[str] = field(default_factory=list)

    def note_unreadable(self, url: str, error: StorageError) -> None:
        """Count a page whose bytes, or those of a further page, are not in the archive any more; what is stored is kept."""
        log.warning("%s: %s", url, error)
        self.counts["unreadable"] += 1


EXAMPLES_A_FIELD = 3


def reprocess(
    stored: Iterable[StoredPage], store: ArticleStore, folder: Path, run_id: str | None, workers: int, dask: str | None = None
) -> ReprocessReport:
    """Process stored pages by today's rules and compare; store the result where `run_id` is given.

    A page that gives no article any more keeps the stored one: the report names it, a person decides.
    """
    report = ReprocessReport()
    waiting: collections.deque[StoredPage] = collections.deque()
    batch: list[NormalizedArticle] = []
    templates = load_templates(store.engine)

    def readable() -> Iterator[FetchedPage]:
        for page in stored:
            try:
                whole = replace(read_capture(folder, page.capture), url=page.url)
            except StorageError as error:
                report.note_unreadable(page.url, error)
                continue
            waiting.append(page)
            yield whole

    for page, done in process_pages_at(readable(), workers, templates, dask):
        known = waiting.popleft()
        try:
            done = _with_parts(page, done, known, folder, book_with(templates))
        except StorageError as error:
            report.note_unreadable(known.url, error)
            continue
        if _compare(known, done, store, report) and run_id is not None and done.article:
            batch.append(done.article)
        if len(batch) >= BATCH:
            store.save(batch, run_id=run_id)
            batch = []
    if batch:
        store.save(batch, run_id=run_id)
    return report


def _with_parts(page: FetchedPage, done: Processed, known: StoredPage, folder: Path, book: RuleBook) -> Processed:
    if not known.parts or done.article is None:
        return done
    return process_page(page, book, [read_capture(folder, part) for part in known.parts])


def _compare(known: StoredPage, done: Processed, store: ArticleStore, report: ReprocessReport) -> bool:
    """Count a page's result; True: the article differs from the stored one, or is new."""
    before = store.find(known.url) if known.is_article else None
    if done.article is None:
        report.counts["lost" if before else "still_none"] += 1
        if before:
            report.lost.append(f"{known.url}: {done.line()}")
        return False
    if before is None:
        report.counts["gained"] += 1
        return True
    differing = diff_records(before, record_of(done.article))
    report.counts["changed" if differing else "unchanged"] += 1
    for key, change in differing.items():
        report.fields[key] += 1
        if report.fields[key] <= EXAMPLES_A_FIELD:
            report.examples.append((known.url, key, change))
    return bool(differing)
