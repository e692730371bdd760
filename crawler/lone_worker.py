"""One process for pages that may take a process down: one page at a time, killed when it takes too long."""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from crawler.load_rules import load_rule_book
from crawler.processing import Processed, process_in_worker, start_worker
from crawler.safety.log_lines import LogSettings, log_settings
from pipelines.errors import MachineError, Reason
from pipelines.extract.templates import TemplateBook
from pipelines.types import FetchedPage

log = logging.getLogger(__name__)
T = TypeVar("T")

TIMEOUT_S = 30.0
"""Real pages take 5 to 200 ms, the largest two seconds."""
START_TIMEOUT_S = 120.0
"""A process that has not started by then never will; a start takes two seconds, ten on a busy machine."""


def start_pool(workers: int, templates: TemplateBook | None, *, pages_a_worker: int | None = None) -> ProcessPoolExecutor:
    """Make a pool of processes that read by these templates; `pages_a_worker`: after so many tasks a process is replaced.

    Raises:
        MachineError: there is no room for what they share.
    """
    try:
        return ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(templates, log_settings()),
            max_tasks_per_child=pages_a_worker,
        )
    except OSError as error:
        raise _no_process(error.strerror or str(error)) from error


def _begin(templates: TemplateBook | None, logs: LogSettings | None) -> None:
    """Start a worker process that ends with the one that started it: after a kill it would wait for work for ever."""
    start_worker(templates, logs)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def submit_to(pool: ProcessPoolExecutor, function: Callable[..., T], *arguments: object) -> Future[T]:
    """Give a pool work; it starts its processes as they are needed.

    Raises:
        MachineError: none can be started.
        BrokenProcessPool: one of them died before.
    """
    try:
        return pool.submit(function, *arguments)
    except OSError as error:
        raise _no_process(error.strerror or str(error)) from error


def _no_process(cause: str) -> MachineError:
    return MachineError(f"no process for pages can be started: {cause}; YUANWEN_WORKERS=1 needs the fewest")


def kill_pool(pool: ProcessPoolExecutor) -> None:
    """End the pool and its processes at once, whatever they are doing; what waits in it raises BrokenProcessPool."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _warm_up() -> None:
    load_rule_book()


class LoneWorker:
    """Process pages that are costly or suspect; a page that kills the process or takes too long is quarantined, alone. For any thread."""

    def __init__(self, templates: TemplateBook | None) -> None:
        self._templates = templates
        self._pool: ProcessPoolExecutor | None = None
        self._one_at_a_time = threading.Lock()

    def process(self, page: FetchedPage, following: Sequence[FetchedPage] = ()) -> Processed:
        """Process a page in the process, which is started, or started again, when it is needed.

        Raises:
            MachineError: it cannot be started.
        """
        with self._one_at_a_time:
            pool = self._warm_pool()
            cause = f"processing took longer than {TIMEOUT_S:.0f} s"
            try:
                return submit_to(pool, process_in_worker, page, tuple(following)).result(TIMEOUT_S)
            except TimeoutError:
                pass
            except BrokenProcessPool:
                cause = "the process died on it"
            self._kill()
        log.warning("%s: %s", page.url, cause)
        return Processed(url=page.url, outcome="quarantined", reason=Reason.PARSE_LIMIT, detail=cause)

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _warm_pool(self) -> ProcessPoolExecutor:
        """Return the pool, its rules loaded: starting is not counted as the page's time."""
        if self._pool is None:
            pool = start_pool(1, self._templates)
            try:
                submit_to(pool, _warm_up).result(START_TIMEOUT_S)
            except (BrokenProcessPool, TimeoutError) as error:
                kill_pool(pool)
                raise _no_process("it ends, or hangs, as it starts") from error
            self._pool = pool
        return self._pool

    def _kill(self) -> None:
        if self._pool is not None:
            kill_pool(self._pool)
            self._pool = None
