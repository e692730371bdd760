"""The outlet table: one name, one outlet; quotes, width and script do not matter."""

import pytest

from crawler.load_rules import load_columns, load_credit_rules, load_rows
from pipelines.errors import RuleError
from pipelines.normalize.credit_rules import compile_credit_rules
from pipelines.normalize.outlets import OutletTable, compile_outlets

ROW = {"id": "a", "name": "临江日报", "kind": "paper", "aliases": ["临报"], "seen": "made up"}


@pytest.fixture(scope="module")
def table() -> OutletTable:
    return load_credit_rules().outlets


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("《人民日报》", "人民日报"),
        ("人民日報", "人民日报"),
        ("中新网", "中国新闻网"),
        ("36KR", "36氪"),
        ("南方＋", "南方+"),
        ("千龙 新闻网", "千龙网"),
    ],
)
def test_an_alias_resolves(table: OutletTable, printed: str, name: str) -> None:
    found = table.find(printed)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("printed", ["", "日报", "人民", "某某网", "新华社记者"])
def test_a_part_of_a_name_is_no_name(table: OutletTable, printed: str) -> None:
    assert table.find(printed) is None


def test_the_list_of_2025_is_marked(table: OutletTable) -> None:
    assert table.by_key["北京日报"].listed
    assert table.by_key["新华社"].listed
    assert not table.by_key["36氪"].listed
    assert sum(outlet.listed for outlet in table.outlets) > 1500


def test_a_host_belongs_to_the_site_not_to_its_paper(table: OutletTable) -> None:
    found = table.find_host("culture.people.com.cn")
    assert found is not None
    assert found.name == "人民网"
    assert table.find_host("people.example.com") is None


def test_the_longest_name_opens_a_text(table: OutletTable) -> None:
    found = table.find_prefix("中国新闻网记者某某")
    assert found is not None
    assert (found[0].name, found[1]) == ("中国新闻网", 5)


@pytest.mark.parametrize(
    "rows",
    [
        [{**ROW, "kind": "newspaper"}],
        [{**ROW, "alias": []}],
        [{"name": "临江日报", "kind": "paper"}],
        [ROW, ROW],
        [ROW, {**ROW, "id": "b", "name": "临江晚报"}],
    ],
)
def test_a_wrong_row_stops_the_program(rows: list[dict[str, object]]) -> None:
    with pytest.raises(RuleError):
        compile_outlets(rows)


def test_a_wrong_column_stops_the_program() -> None:
    with pytest.raises(RuleError):
        compile_outlets([], [["a", "临江日报", "newspaper", ""]])


def test_a_label_stands_for_one_role() -> None:
    row = {"words": ["来源"], "seen": "made up"}
    with pytest.raises(RuleError):
        compile_credit_rules([{"role": "source", **row}, {"role": "editor", **row}], OutletTable())
    with pytest.raises(RuleError):
        compile_credit_rules([{"role": "cook", **row}], OutletTable())


def test_every_row_says_where_it_was_seen() -> None:
    assert all(row.get("seen") for table in ("outlets", "credit_words") for row in load_rows(table))
    assert all(len(row) == 4 for row in load_columns("outlets_listed"))
