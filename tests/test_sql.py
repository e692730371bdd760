"""Parameters written by us are read by PostgreSQL as they were meant."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage.database import reading
from storage.sql import array_of

TEXTS = st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=20)
NUMBERS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=20)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(texts=TEXTS, numbers=NUMBERS)
def test_arrays_arrive_as_they_are(engine: Engine, texts: list[str | None], numbers: list[int | None]) -> None:
    with reading(engine) as connection:
        for values, kind in ((texts, "text"), (numbers, "bigint")):
            query = f"SELECT array_agg(v ORDER BY n) FROM unnest(%s::{kind}[]) WITH ORDINALITY AS u (v, n)"
            assert (connection.exec_driver_sql(query, (array_of(values),)).scalar_one() or []) == values
