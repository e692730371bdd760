"""Processing beside fetching: pages go to worker processes where there are cores, and the event loop stays free."""

import asyncio
import logging
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from crawler.load_rules import load_rule_book
from crawler.processing import Processed, process_in_worker, process_page, use_templates
from crawler.safety.markup import is_costly
from pipelines.errors import Reason
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)

N_BEFORE_PROCESSES = 24
"""Pages processed in this process first: starting a worker (about 1.5 s) costs more than they do."""
PAGES_A_WORKER = 2000
"""Then the worker is replaced: what libraries leak stays bounded on long runs."""
TIMEOUT_S = 30.0
"""Real pages take 5 to 200 ms, the largest two seconds."""


def _warm_up() -> None:
    load_rule_book()


class PageWorkers:
    """Process pages, the same `process_page` everywhere: here while they are few, then in worker processes; costly ones apart."""

    def __init__(self, n_workers: int, book: RuleBook) -> None:
        self.n_workers, self.book = n_workers, book
        self.n_processed = 0
        self._here: Executor = ThreadPoolExecutor(1, thread_name_prefix="pages")
        self._pool: ProcessPoolExecutor | None = None
        self._costly_pool: ProcessPoolExecutor | None = None
        self._one_costly = asyncio.Lock()

    async def process(self, page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
        """Process a page; a worker that dies or hangs ends the page, not the run."""
        self.n_processed += 1
        loop = asyncio.get_running_loop()
        if is_costly(page.body):
            return await self._process_costly(page, tuple(following))
        if self.n_workers == 1 or self.n_processed <= N_BEFORE_PROCESSES:
            return await loop.run_in_executor(self._here, process_page, page, self.book, following)
        try:
            return await loop.run_in_executor(self._open_pool(), process_in_worker, page, tuple(following))
        except BrokenProcessPool:  # a worker died: the page, and those beside it, go the way of costly ones
            log.warning("a page worker died; it is replaced")
            self._pool = None
            return await self._process_costly(page, tuple(following))

    async def _process_costly(self, page: FetchedPage, following: tuple[FetchedPage, ...]) -> Processed:
        """One at a time, in a process that is killed when it takes too long."""
        loop = asyncio.get_running_loop()
        async with self._one_costly:
            if self._costly_pool is None:
                self._costly_pool = self._new_pool(1)
                await loop.run_in_executor(self._costly_pool, _warm_up)
            pool = self._costly_pool
            try:
                return await asyncio.wait_for(loop.run_in_executor(pool, process_in_worker, page, following), TIMEOUT_S)
            except TimeoutError:
                cause = f"processing took longer than {TIMEOUT_S:.0f} s"
            except BrokenProcessPool:
                cause = "the process died on it"
            self._costly_pool = None
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
            pool.shutdown(wait=False, cancel_futures=True)
        return Processed(url=page.url, outcome="quarantined", reason=Reason.PARSE_LIMIT, detail=cause)

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._new_pool(self.n_workers, max_tasks_per_child=PAGES_A_WORKER)
        return self._pool

    def _new_pool(self, n: int, *, max_tasks_per_child: int | None = None) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(
            n, mp_context=spawn, initializer=use_templates, initargs=(self.book.templates,), max_tasks_per_child=max_tasks_per_child
        )

    def close(self) -> None:
        """Stop the workers."""
        self._here.shutdown(wait=True)
        for pool in (self._pool, self._costly_pool):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
