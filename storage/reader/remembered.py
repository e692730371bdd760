"""Figures that are costly to count, kept for a minute: nobody needs the number of articles of a site to the second."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

KEPT_S = 60.0
MAX_KEPT = 200

Value = TypeVar("Value")


class Remembered:
    """Values by key, each made anew when it is older than `KEPT_S`."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._kept: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made now if it is not there or too old."""
        now = self.clock()
        with self._lock:
            at, value = self._kept.get(key, (-KEPT_S, None))
        if now - at < KEPT_S:
            return value  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._kept[key] = (now, made)
            self._kept.move_to_end(key)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return made
