"""Processing beside fetching: pages go to worker processes where there are cores, and the event loop stays free."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from crawler.lone_worker import LoneWorker, start_pool, submit_to
from crawler.processing import Processed, process_in_worker, process_page
from crawler.safety.markup import is_costly
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)

N_BEFORE_PROCESSES = 24
"""Pages processed in this process first: starting a worker (about 1.5 s) costs more than they do."""
PAGES_A_WORKER = 2000
"""Then the worker is replaced: what libraries leak stays bounded on long runs."""


class PageWorkers:
    """Process pages, the same `process_page` everywhere: here while they are few, then in worker processes; costly ones apart."""

    def __init__(self, n_workers: int, book: RuleBook) -> None:
        self.n_workers, self.book = n_workers, book
        self.n_processed = 0
        self._here: Executor = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._pool: ProcessPoolExecutor | None = None
        self._lone = LoneWorker(book.templates)
        self._waits_for_lone: Executor = ThreadPoolExecutor(1, thread_name_prefix="costly-pages")

    async def process(self, page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
        """Process a page; a worker that dies or hangs ends the page, not the run.

        Raises:
            MachineError: no worker can be started.
        """
        self.n_processed += 1
        loop = asyncio.get_running_loop()
        if is_costly(page.body):
            return await self._process_alone(page, following)
        if self.n_workers == 1 or self.n_processed <= N_BEFORE_PROCESSES:
            return await loop.run_in_executor(self._here, process_page, page, self.book, following)
        try:
            return await asyncio.wrap_future(submit_to(self._open_pool(), process_in_worker, page, tuple(following)))
        except BrokenProcessPool:  # a worker died: the page, and those beside it, go the way of costly ones
            log.warning("a page worker died; it is replaced")
            self._pool = None
            return await self._process_alone(page, following)

    async def _process_alone(self, page: FetchedPage, following: Sequence[FetchedPage]) -> Processed:
        return await asyncio.get_running_loop().run_in_executor(self._waits_for_lone, self._lone.process, page, following)

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = start_pool(self.n_workers, self.book.templates, pages_a_worker=PAGES_A_WORKER)
        return self._pool

    def close(self) -> None:
        """Stop the workers."""
        self._here.shutdown(wait=True)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._waits_for_lone.shutdown(wait=True, cancel_futures=True)
        self._lone.close()
