"""The views are what storage/README.md says."""

import re

import pytest
from sqlalchemy import Engine, text

from pipelines.record import RECORD_KEYS
from storage.database import reading
from storage.views import VIEWS
from tests.conftest import ROOT


def documented_columns() -> dict[str, list[str]]:
    readme = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    sections = re.split(r"^### ", readme, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        name, _, rest = section.partition("\n")
        if name.startswith("v1_"):
            found[name.strip()] = re.findall(r"^\| `(\w+)` \|", rest.partition("\n## ")[0], flags=re.MULTILINE)
    return found


def test_every_view_is_documented_and_no_other() -> None:
    assert set(documented_columns()) == set(VIEWS)


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_a_view_has_the_documented_columns_in_their_order(engine: Engine, view: str) -> None:
    with reading(engine) as connection:
        columns = list(connection.execute(text(f"SELECT * FROM {view}")).keys())
    assert columns == documented_columns()[view]


def test_the_articles_view_is_the_record() -> None:
    assert documented_columns()["v1_articles"] == list(RECORD_KEYS)
