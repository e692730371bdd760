"""Saving in batches, and waiting for a storage that refuses for a while."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from crawler.saving import MAX_BATCH, SaveQueue, patiently
from pipelines.errors import StorageError


def test_articles_are_saved_in_batches_and_each_gets_its_own_answer() -> None:
    batches: list[int] = []

    def save(articles: Sequence[Any]) -> list[Any]:
        batches.append(len(articles))
        return [f"saved {a}" for a in articles]

    async def run() -> list[Any]:
        with ThreadPoolExecutor(1) as executor:
            queue = SaveQueue(save, executor)
            return await asyncio.gather(*(queue.save(n) for n in range(100)))  # type: ignore[arg-type]

    assert asyncio.run(run()) == [f"saved {n}" for n in range(100)]
    assert sum(batches) == 100
    assert max(batches) <= MAX_BATCH
    assert len(batches) < 10


def test_a_batch_that_fails_fails_for_its_articles_only() -> None:
    def save(articles: Sequence[Any]) -> list[Any]:
        if 0 in articles:
            raise StorageError("locked")
        return list(articles)

    async def run() -> list[Any]:
        with ThreadPoolExecutor(1) as executor:
            queue = SaveQueue(save, executor)
            return await asyncio.gather(*(queue.save(n) for n in range(50)), return_exceptions=True)  # type: ignore[arg-type]

    ends = asyncio.run(run())
    assert isinstance(ends[0], StorageError)
    assert ends[-1] == 49


@pytest.mark.parametrize(("n_faults", "is_saved"), [(0, True), (3, True), (10_000, False)])
def test_storage_is_waited_for_but_not_for_ever(n_faults: int, is_saved: bool) -> None:
    tried: list[int] = []

    async def save() -> str:
        tried.append(1)
        if len(tried) <= n_faults:
            raise StorageError("gone")
        return "saved"

    if is_saved:
        assert asyncio.run(patiently(save, 5.0, first_wait_s=0.001)) == "saved"
    else:
        with pytest.raises(StorageError, match="gone"):
            asyncio.run(patiently(save, 0.05, first_wait_s=0.001))
