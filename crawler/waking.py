"""Wake Scrapy's engine when there is something to fetch: by itself it looks only every five seconds."""

import asyncio
from typing import Any

from scrapy.crawler import Crawler


class Waker:
    """One alarm clock: the earliest time asked for counts."""

    def __init__(self, crawler: Crawler) -> None:
        """Find the hook.

        Raises:
            RuntimeError: this version of Scrapy lacks it.
        """
        slot: Any = crawler.engine._slot  # type: ignore[union-attr]
        self._schedule = getattr(getattr(slot, "nextcall", None), "schedule", None)
        if not callable(self._schedule):
            raise RuntimeError("this version of Scrapy has no engine._slot.nextcall.schedule: the frontier could not wake it up")
        self._alarm: asyncio.TimerHandle | None = None

    def wake(self, after_s: float) -> None:
        """Have the engine ask again after so long, or sooner."""
        loop = asyncio.get_event_loop()
        at = loop.time() + max(0.005, after_s)
        if self._alarm is not None and not self._alarm.cancelled():
            if loop.time() < self._alarm.when() <= at:
                return
            self._alarm.cancel()
        self._alarm = loop.call_at(at, self._schedule)

    def cancel(self) -> None:
        """Wake no more."""
        if self._alarm is not None:
            self._alarm.cancel()
