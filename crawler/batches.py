"""Many pages, in order, in the processes of this machine; a page that takes a process down takes nothing else with it."""

import collections
import itertools
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from crawler.lone_worker import TIMEOUT_S, LoneWorker, kill_pool, start_pool, submit_to
from crawler.processing import Processed, book_with, process_in_worker, process_page
from crawler.safety.markup import is_costly
from pipelines.extract.templates import TemplateBook
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)

CHUNK = 16
"""Pages a worker takes at a time: enough that passing them costs little beside processing (about 5 ms a page)."""
CHUNK_TIMEOUT_S = 4 * TIMEOUT_S
"""The slowest pages that are not costly take two seconds each."""

Outcome = tuple[FetchedPage, Processed]


def process_pages(pages: Iterable[FetchedPage], workers: int, templates: TemplateBook | None = None) -> Iterator[Outcome]:
    """Process many pages by the rules of data/, in order, in up to `workers` processes; memory stays bounded.

    `templates`: learned templates to use beside those rules, given to each process once. A few pages are processed here: starting a worker costs more than they do.
    """
    lone = LoneWorker(templates)
    chunks = _chunked(pages, CHUNK)
    first = list(itertools.islice(chunks, 2))
    try:
        if workers > 1 and len(first) == 2:
            yield from _process_beside(itertools.chain(first, chunks), workers, templates, lone)
            return
        book = book_with(templates)
        for page in itertools.chain.from_iterable(itertools.chain(first, chunks)):
            yield page, lone.process(page) if is_costly(page.body) else process_page(page, book)
    finally:
        lone.close()


def _process_beside(
    chunks: Iterable[list[FetchedPage]], workers: int, templates: TemplateBook | None, lone: LoneWorker
) -> Iterator[Outcome]:
    pool = _ChunkPool(workers, templates)
    waiting: collections.deque[tuple[list[FetchedPage], ProcessPoolExecutor, Future[list[Processed | None]]]] = collections.deque()

    def finished() -> Iterator[Outcome]:
        chunk, executor, future = waiting.popleft()
        for page, done in zip(chunk, pool.wait(chunk, executor, future), strict=True):
            yield page, done or lone.process(page)

    try:
        for chunk in chunks:
            waiting.append((chunk, *pool.submit(chunk)))
            if len(waiting) > 2 * workers:
                yield from finished()
        while waiting:
            yield from finished()
    finally:
        pool.close()


class _ChunkPool:
    """Worker processes that take a chunk each; replaced when one of them dies or hangs."""

    def __init__(self, workers: int, templates: TemplateBook | None) -> None:
        self._workers, self._templates = workers, templates
        self._executor = start_pool(workers, templates)

    def submit(self, chunk: list[FetchedPage]) -> tuple[ProcessPoolExecutor, Future[list[Processed | None]]]:
        try:
            return self._executor, submit_to(self._executor, _process_chunk, chunk)
        except BrokenProcessPool:
            self._replace(self._executor, "died")
            return self.submit(chunk)

    def wait(
        self, chunk: list[FetchedPage], executor: ProcessPoolExecutor, future: Future[list[Processed | None]]
    ) -> list[Processed | None]:
        """Return what became of the chunk's pages; None: the page must be processed alone."""
        try:
            return future.result(CHUNK_TIMEOUT_S)
        except BrokenProcessPool:
            self._replace(executor, "died")
        except TimeoutError:
            self._replace(executor, "hangs")
        return [None] * len(chunk)

    def close(self) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _replace(self, executor: ProcessPoolExecutor, cause: str) -> None:
        """Replace the pool once: the other chunks that waited in it come here, too."""
        if executor is self._executor:
            log.warning("a page worker %s; it is replaced", cause)
            kill_pool(executor)
            self._executor = start_pool(self._workers, self._templates)


def _process_chunk(pages: list[FetchedPage]) -> list[Processed | None]:
    return [None if is_costly(page.body) else process_in_worker(page) for page in pages]


def _chunked(pages: Iterable[FetchedPage], size: int) -> Iterator[list[FetchedPage]]:
    source = iter(pages)
    while chunk := list(itertools.islice(source, size)):
        yield chunk
