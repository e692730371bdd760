"""Many writers at once, and writers that die: the stories are those of one writer alone."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine

import storage.story_postings
from storage.database import open_database, opened_database, reading, writing
from storage.stories import StoryBook
from tests.story_workers import made_copies, partition, processes, put, work

N_WORKERS, N_KILLS = 4, 20


def expected(n_stories: int, n_copies: int) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(f"{n}-{copy}" for copy in range(n_copies)) for n in range(n_stories))


def test_copies_that_arrive_together_end_in_one_story(engine: Engine, database_url: str) -> None:
    pages = made_copies(60, N_WORKERS)
    context = processes()
    workers = [context.Process(target=work, args=(database_url, pages[60 * w : 60 * (w + 1)], 10)) for w in range(N_WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * N_WORKERS
    assert partition(engine) == expected(60, N_WORKERS)


def test_killed_writers_leave_work_that_others_finish(engine: Engine, database_url: str) -> None:
    pages = made_copies(12, 3)
    random.Random(5).shuffle(pages)
    context, r = processes(), random.Random(7)
    n_killed = 0
    for n in range(N_KILLS):
        some = pages[(n * 7) % len(pages) :][:9]
        worker = context.Process(target=work, args=(database_url, some, 3, r.randint(2, 40)))
        worker.start()
        worker.join()
        n_killed += worker.exitcode == -9
    assert n_killed >= N_KILLS // 2
    put(engine, pages, batch=10)
    assert partition(engine) == expected(12, 3)


def test_killed_writers_leave_the_stories_of_a_serial_run(engine: Engine, database_url: str, tmp_path) -> None:
    """The same with round-ups among the pages, against a run without deaths."""
    pages = made_copies(8, 2)
    both = [
        type(page)(
            article_id=f"both-{n}",
            title=page.title,
            text=page.text + "\n" + pages[n + 1].text,
            published_at=page.published_at,
            first_seen_at=None,
        )
        for n, page in enumerate(pages[:6:2])
    ]
    pages = pages[:4] + both + pages[4:]
    serial = open_database(f"sqlite:///{tmp_path / 'serial.db'}")
    put(serial, pages, batch=5)
    context, r = processes(), random.Random(11)
    for _ in range(6):
        worker = context.Process(target=work, args=(database_url, pages, 4, r.randint(5, 120)))
        worker.start()
        worker.join()
    put(engine, pages, batch=5)
    assert partition(engine) == partition(serial)
    serial.dispose()


def test_the_index_of_new_pages_joins_the_large_one_and_what_is_found_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.story_postings, "PAGES_APART", 10)
    pages = made_copies(12, 3)
    random.Random(3).shuffle(pages)
    with opened_database(f"sqlite:///{tmp_path}/a.db") as engine:

        def held(table: str) -> set[int]:
            with reading(engine) as connection:
                return set(connection.exec_driver_sql(f"SELECT page FROM {table}").scalars())

        put(engine, pages, batch=4)
        assert partition(engine) == expected(12, 3)
        old, new = held("story_posting"), held("story_posting_new")
        assert (len(old | new), old & new) == (36, set())
        assert 0 < len(new) < 10 + 4
        book = StoryBook(engine)
        gone = {min(old): pages[min(old) - 1].article_id, max(new): pages[max(new) - 1].article_id}
        with writing(engine) as connection:
            book.withdraw(connection, list(gone.values()))
        assert (held("story_posting") | held("story_posting_new")) == (old | new) - gone.keys()
