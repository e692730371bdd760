"""Processing beside fetching: pages go to worker processes where there are cores, and the event loop stays free."""

import asyncio
import logging
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from crawler.load_rules import load_rule_book
from crawler.processing import Processed, process_page
from pipelines.errors import Reason
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)

N_BEFORE_PROCESSES = 24
"""Pages processed in this process first: starting a worker (about 1.5 s) costs more than they do."""
PAGES_A_WORKER = 2000
"""Then the worker is replaced: what libraries leak stays bounded on long runs."""
TIMEOUT_S = 60.0
"""Real pages take 5 to 200 ms."""


def _process_in_worker(page: FetchedPage, following: tuple[FetchedPage, ...]) -> Processed:
    return process_page(page, load_rule_book(), following)


class PageWorkers:
    """Process pages one at a time or in parallel; the same `process_page` either way."""

    def __init__(self, n_workers: int, book: RuleBook) -> None:
        self.n_workers, self.book = n_workers, book
        self.n_processed = 0
        self._here: Executor = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._pool: ProcessPoolExecutor | None = None

    async def process(self, page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
        """Process a page; a worker that dies or hangs ends the page, not the run."""
        self.n_processed += 1
        loop = asyncio.get_running_loop()
        if self.n_workers == 1 or self.n_processed <= N_BEFORE_PROCESSES:
            return await loop.run_in_executor(self._here, process_page, page, self.book, following)
        pool = self._open_pool()
        try:
            return await asyncio.wait_for(loop.run_in_executor(pool, _process_in_worker, page, tuple(following)), TIMEOUT_S)
        except TimeoutError:
            self._replace_pool(pool, kill=True)
            return _fault(page, f"processing took longer than {TIMEOUT_S:.0f} s")
        except BrokenProcessPool:
            self._replace_pool(pool)
            return await loop.run_in_executor(self._here, process_page, page, self.book, following)

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.n_workers, mp_context=spawn, max_tasks_per_child=PAGES_A_WORKER)
        return self._pool

    def _replace_pool(self, pool: ProcessPoolExecutor, *, kill: bool = False) -> None:
        if self._pool is pool:
            self._pool = None
            log.warning("the page workers are replaced: one %s", "hung" if kill else "died")
        if kill:
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
        pool.shutdown(wait=False, cancel_futures=False)

    def close(self) -> None:
        """Stop the workers."""
        self._here.shutdown(wait=True)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)


def _fault(page: FetchedPage, detail: str) -> Processed:
    return Processed(url=page.url, outcome="quarantined", reason=Reason.PARSE_LIMIT, detail=detail)
