"""Pages processed by the workers of a Dask cluster, or by a local one; what they give is stored by the client alone."""

from __future__ import annotations

import collections
import importlib.util
import itertools
import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from crawler.batches import CHUNK, process_pages
from crawler.processing import Processed, book_with, process_page
from pipelines.errors import Reason, UsageError, YuanwenError
from pipelines.extract.templates import TemplateBook
from pipelines.types import FetchedPage

if TYPE_CHECKING:
    from distributed import Client, Future

log = logging.getLogger(__name__)

LOCAL = "local"
CONNECT_S = 15
"""A scheduler that does not answer, or has no worker, for so long is not there."""
LEAST_WAITING = 8
"""Chunks on the way at the least: workers that join later find work."""

Pending = tuple[list[FetchedPage], "Future"]


def process_pages_at(
    pages: Iterable[FetchedPage], workers: int, templates: TemplateBook | None, dask: str | None
) -> Iterator[tuple[FetchedPage, Processed]]:
    """Process pages, in order: in processes of this machine, or where `dask` is given on that cluster (an address, or `local`)."""
    if dask is None:
        return process_pages(pages, workers, templates)
    return process_on_dask(pages, workers, templates, dask)


def process_on_dask(
    pages: Iterable[FetchedPage], workers: int, templates: TemplateBook | None, address: str
) -> Iterator[tuple[FetchedPage, Processed]]:
    """Give each page once with what became of it, in order; work of a worker that died is done again by another.

    Raises:
        UsageError: there is no such cluster, or its workers run another version of yuanwen.
        YuanwenError: the scheduler went away; what was given so far stands.
    """
    with ExitStack() as stack:
        client = _connect(stack, address, workers)
        shared = client.submit(_given, templates, pure=False)  # once to each worker, and made again when the one that held it died
        most = max(LEAST_WAITING, 2 * sum(client.nthreads().values()))
        waiting: collections.deque[Pending] = collections.deque()
        source = iter(pages)
        while chunk := list(itertools.islice(source, CHUNK)):
            waiting.append((chunk, client.submit(_process_chunk, chunk, shared, pure=False)))
            if len(waiting) > most:
                yield from _finished(client, shared, *waiting.popleft())
        while waiting:
            yield from _finished(client, shared, *waiting.popleft())


def _given(value: Any) -> Any:
    return value


def _process_chunk(pages: list[FetchedPage], templates: TemplateBook | None) -> list[Processed]:
    book = book_with(templates)
    return [process_page(page, book) for page in pages]


def _finished(client: Client, shared: Future, pages: list[FetchedPage], future: Future) -> Iterator[tuple[FetchedPage, Processed]]:
    """Wait for a chunk. If it killed one worker after the other, its pages go singly, and the one that does it is quarantined."""
    from distributed.scheduler import KilledWorker

    try:
        results: list[Processed] = _result(future)
    except KilledWorker:
        if len(pages) == 1:
            log.warning("workers died on %s", pages[0].url)
            detail = "the worker died on it, several times"
            yield pages[0], Processed(url=pages[0].url, outcome="quarantined", reason=Reason.PARSE_LIMIT, detail=detail)
            return
        for page in pages:
            yield from _finished(client, shared, [page], client.submit(_process_chunk, [page], shared, pure=False))
        return
    yield from zip(pages, results, strict=True)


def _result(future: Future) -> Any:
    from concurrent.futures import CancelledError

    try:
        return future.result()
    except (CancelledError, OSError) as error:
        raise YuanwenError("the Dask scheduler went away; what was stored so far stands, run the command again for the rest") from error


def _connect(stack: ExitStack, address: str, workers: int) -> Client:
    if importlib.util.find_spec("distributed") is None:
        raise UsageError("--dask needs Dask distributed: pip install -e '.[dask]' in the checkout")
    from distributed import Client, LocalCluster

    where: Any = address
    if address == LOCAL:
        here = "127.0.0.1:0"  # any free port, for nobody else
        settings = {"dashboard_address": here, "worker_dashboard_address": here, "silence_logs": logging.ERROR}
        where = stack.enter_context(LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, **settings))
    elif "://" not in address:
        raise UsageError(f"--dask {address}: neither `{LOCAL}` nor an address such as tcp://scheduler.example:8786")
    try:
        client = stack.enter_context(Client(where, timeout=CONNECT_S, set_as_default=False))
        client.wait_for_workers(1, timeout=CONNECT_S)
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise UsageError(f"--dask {address}: no scheduler with a worker answers there") from error
    _check_workers(client, address)
    return client


def _version() -> str:
    return version("yuanwen")


def _check_workers(client: Client, address: str) -> None:
    ours = _version()
    answers = client.run(_version, on_error="return")
    wrong = {worker: str(theirs) for worker, theirs in answers.items() if theirs != ours}
    for worker, theirs in sorted(wrong.items()):
        raise UsageError(f"--dask {address}: the worker {worker} does not run yuanwen {ours}, but: {theirs}")
