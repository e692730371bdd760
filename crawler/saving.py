"""Articles to be saved, gathered into batches: one commit for many, off the event loop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from typing import Any, TypeVar

from pipelines.errors import StorageError
from pipelines.types import NormalizedArticle

log = logging.getLogger(__name__)
T = TypeVar("T")

MAX_BATCH = 32
"""Articles a transaction: a commit costs a flush of the disk, ten times what an article costs."""


class SaveQueue:
    """Save articles as they come; while one batch is written, the next gathers."""

    def __init__(self, save: Callable[[Sequence[NormalizedArticle]], Sequence[Any]], executor: Executor) -> None:
        self._save, self._executor = save, executor
        self._waiting: list[tuple[NormalizedArticle, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def save(self, article: NormalizedArticle) -> Any:
        """Return what the store says of the article, once it is committed.

        Raises:
            StorageError: the batch it was in could not be written; nothing of it was.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((article, future))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._write_all())
        return await future

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            try:
                saved = await loop.run_in_executor(self._executor, self._save, [article for article, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), one in zip(batch, saved, strict=True):
                if not future.done():
                    future.set_result(one)


async def patiently(action: Callable[[], Awaitable[T]], patience_s: float, first_wait_s: float = 0.5) -> T:
    """Do something with the database or the archive; while they refuse, try again for so long.

    Raises:
        StorageError: they still refuse.
    """
    deadline, wait_s = time.monotonic() + patience_s, first_wait_s
    while True:
        try:
            return await action()
        except StorageError as error:
            if time.monotonic() + wait_s > deadline:
                raise
            _say_now_and_then(str(error))
            await asyncio.sleep(wait_s)
            wait_s = min(5.0, wait_s * 2)


SAID_AGAIN_S = 60.0
_said_at: dict[str, float] = {}


def _say_now_and_then(cause: str) -> None:
    """Log a cause once a minute: every page in work waits for it."""
    now = time.monotonic()
    if now - _said_at.get(cause, -SAID_AGAIN_S) >= SAID_AGAIN_S:
        if len(_said_at) > 100:
            _said_at.clear()
        _said_at[cause] = now
        log.warning("waiting for storage: %s", cause)
