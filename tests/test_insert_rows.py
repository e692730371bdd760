"""What is inserted many rows at a time is read back as it was, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from pipelines.errors import StorageError
from storage.database import reading, writing
from storage.schema import change, site
from storage.search_tables import search_block
from storage.sql import insert_rows

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))) | st.text("\\N.x\n\r\t\b\v'\"，")
START = datetime(2026, 1, 1, tzinfo=UTC)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.tuples(TEXTS, TEXTS | st.none(), st.integers(0, 10**9)), max_size=4))
def test_texts_numbers_and_times_come_back(engine: Engine, given_rows: list[tuple[str, str | None, int]]) -> None:
    rows = [
        {"kind": "created", "article_id": None, "revision": n, "story_id": None, "url": url, "detail": {"fields": [word]},
         "xid": n, "at": START + timedelta(microseconds=n)}
        for word, url, n in given_rows
    ]  # fmt: skip
    with writing(engine) as connection:
        connection.execute(delete(change))
        insert_rows(connection, change, rows)
    with reading(engine) as connection:
        assert [{key: row[key] for key in rows[0]} for row in connection.execute(select(change).order_by(change.c.seq)).mappings()] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.lists(st.binary(), min_size=1, max_size=4))
def test_bytes_come_back(engine: Engine, packed: list[bytes]) -> None:
    with writing(engine) as connection:
        connection.execute(delete(search_block))
        insert_rows(connection, search_block, [{"place": n, "packed": one} for n, one in enumerate(packed)])
    with reading(engine) as connection:
        assert connection.execute(select(search_block.c.packed).order_by(search_block.c.place)).scalars().all() == packed


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_what_postgresql_cannot_hold_is_one_plain_error(engine: Engine) -> None:
    for bad in ("a\0b", "\ud800"):
        with pytest.raises(StorageError), writing(engine) as connection:
            insert_rows(
                connection, site, [{"site": bad, "name": None, "first_seen_at": START}, {"site": "b", "name": None, "first_seen_at": START}]
            )
    with reading(engine) as connection:
        assert not connection.execute(select(site)).all()
