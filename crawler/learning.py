"""Templates learned from what is archived: when a person asks, and at the end of a crawl for the sites that need it."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from crawler.safety.markup import is_costly
from pipelines.counted import counted
from pipelines.errors import StorageError
from pipelines.extract.drift import Seen, has_drifted
from pipelines.extract.template_learning import ACCEPTED, MIN_STORIES, Verdict, judge_pages
from pipelines.extract.templates import Template, url_key
from pipelines.ingest import sketch_pages
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage
from storage.captures import read_capture
from storage.templates import (
    Reading,
    StoredTemplate,
    readings_of,
    retire_template,
    save_template,
    sites_of_run,
    stored_templates,
)  # fmt: skip

log = logging.getLogger(__name__)

MAX_PAGES = 10
"""A template; more add nothing."""
MAX_LATEST = 20
"""Readings by which drift is noticed."""
GROWN = 2
"""A template is learned again where there are so many times more pages than it was learned from."""
BUDGET_S = 60.0
"""For learning after a crawl; what is left waits for the next one."""

Key = tuple[str, str]
"""Host, URL shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What became of the template of one host and URL shape."""

    host: str
    shape: str
    template: Template | None
    """In use now."""
    said: str
    """What was learned, or why nothing was."""


def learn_site(engine: Engine, folder: Path, book: RuleBook, site: str, *, host: str | None = None) -> list[Learned]:
    """Learn each layout of a registrable domain from its archived pages, whatever is known. `host`: of this one only.

    Raises:
        StorageError: the database refused.
    """
    known = _known(engine)
    layouts = _by_layout(readings_of(engine, site))
    return [_learn(engine, folder, book, key, read, known.get(key)) for key, read in layouts.items() if host in (None, key[0])]


def learn_after_crawl(engine: Engine, folder: Path, book: RuleBook, run_id: str) -> list[Learned]:
    """Learn the layouts of which the run stored articles, where there is no template yet or it has had its day; never raises."""
    learned: list[Learned] = []
    end = time.monotonic() + BUDGET_S
    try:
        known = _known(engine)
        for site in sites_of_run(engine, run_id):
            for key, read in _by_layout(readings_of(engine, site)).items():
                if time.monotonic() > end:
                    return learned
                if any(reading.run_id == run_id for reading in read):
                    learned += _relearn(engine, folder, book, key, read, known.get(key))
    except StorageError as error:  # the articles are stored: the next crawl tries again
        log.warning("templates are not learned: %s", error)
    except Exception:
        log.exception("templates are not learned")
    for one in learned:
        log.info("%s %s: %s", one.host, one.shape, one.said)
    return learned


def _relearn(
    engine: Engine, folder: Path, book: RuleBook, key: Key, read: Sequence[Reading], known: StoredTemplate | None
) -> Iterator[Learned]:
    """Learn where it is due."""
    if known is None:
        yield _learn(engine, folder, book, key, read, None)
        return
    newer = [reading for reading in read if reading.fetched_at > known.learned_at]
    seen = [_seen(known.template, reading) for reading in newer[:MAX_LATEST] if not reading.extractor.startswith("layout/")]
    if has_drifted(known.template, seen):
        retire_template(engine, known.template)
        learned = _learn(engine, folder, book, key, newer, None)
        yield replace(learned, said=f"the site changed, {known.template.extractor} is retired; {learned.said}")
    elif min(len(_choose(read)), MAX_PAGES) >= GROWN * known.template.n_pages:
        yield _learn(engine, folder, book, key, read, known)


def _seen(template: Template, reading: Reading) -> Seen:
    """Judge a reading since the template is in use; one without a container is met by every page."""
    return Seen(is_met=not template.containers or reading.extractor.startswith("template/"), n_chars=reading.n_chars)


def _learn(engine: Engine, folder: Path, book: RuleBook, key: Key, read: Sequence[Reading], known: StoredTemplate | None) -> Learned:
    """Learn one layout; a template that fails the test with today's pages is retired."""
    host, shape = key
    try:
        verdicts = judge_pages(sketch_pages(_pages(folder, _choose(read)), book))
    except Exception as error:  # of ours, at one page of one site: the others are learned
        log.exception("stage fault while learning %s %s", host, shape)
        return Learned(host=host, shape=shape, template=known.template if known else None, said=f"nothing: {type(error).__name__}: {error}")
    verdict = next((v for v in verdicts if (v.host, v.shape) == key), Verdict(host=host, shape=shape, n_stories=0))
    if verdict.template is not None:
        template = save_template(engine, verdict.template)
        said = f"{template.extractor} from {counted(template.n_pages, 'story', 'stories')}, agreement {template.agreement:.2f}"
        return Learned(host=host, shape=shape, template=template, said=said)
    kept = known.template if known else None
    if verdict.agreement is None:
        said = f"nothing: {verdict.n_stories} different stories in the archive, {MIN_STORIES} are needed"
    else:
        said = f"nothing: agreement {verdict.agreement:.2f} on pages held back, {ACCEPTED} is needed"
        if kept:
            retire_template(engine, kept)
            said, kept = f"{said}; {kept.extractor} is retired", None
    return Learned(host=host, shape=shape, template=kept, said=said)


def _known(engine: Engine) -> dict[Key, StoredTemplate]:
    return {(stored.template.host, stored.template.shape): stored for stored in stored_templates(engine)}


def _by_layout(readings: Iterable[Reading]) -> dict[Key, list[Reading]]:
    layouts: dict[Key, list[Reading]] = defaultdict(list)
    for reading in readings:
        if (key := url_key(reading.final_url)) is not None:
            layouts[key].append(reading)
    return dict(layouts)


def _choose(read: Sequence[Reading]) -> list[Reading]:
    """Return the newest archived pages, each of another title."""
    by_title: dict[str, Reading] = {}
    for reading in read:
        if reading.capture is not None:
            by_title.setdefault(reading.title or reading.url, reading)
    return list(by_title.values())[:MAX_PAGES]


def _pages(folder: Path, chosen: Iterable[Reading]) -> Iterator[FetchedPage]:
    """Read the captures; what cannot be read, or would hold up the crawl, teaches nothing."""
    for reading in chosen:
        if reading.capture is None:
            continue
        try:
            page = read_capture(folder, reading.capture)
        except StorageError as error:
            log.warning("%s: %s", reading.url, error)
            continue
        if not is_costly(page.body):
            yield replace(page, url=reading.url, final_url=reading.final_url)
