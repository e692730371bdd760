"""What the value of a source label names: several outlets, accounts, channels of an outlet, nobody."""

import pytest

from crawler.load_rules import load_credit_rules
from pipelines.normalize.credits import parse_credit_line

RULES = load_credit_rules()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("新华社+人民日报", ("新华社", "人民日报")),
        ("新华社和人民日报", ("新华社", "人民日报")),
        ("新华社/人民日报", ("新华社", "人民日报")),
        ("新华社 | 人民日报", ("新华社", "人民日报")),
        ("新华社 人民日报 央视新闻", ("新华社", "人民日报", "央视新闻")),
        ("南方+", ("南方+",)),
        ("临江和平晚报", ("临江和平晚报",)),
        ("微博@临江发布", ("临江发布",)),
        ("@临江发布", ("临江发布",)),
        ("抖音@江北夜话", ("江北夜话",)),
        ("头条号“江北夜话”", ("江北夜话",)),
        ("人民网科普", ("人民网",)),
        ("中国网球", ("中国网球",)),
        ("湖北日报全媒记者", ("湖北日报",)),
        ("科技日报社", ("科技日报",)),
        ("网友爆料", ()),
        ("新媒体", ()),
    ],
)
def test_whom_a_value_names(value: str, names: tuple[str, ...]) -> None:
    read = parse_credit_line(f"来源：{value}", RULES)
    assert tuple(source.name for source in (read.source, *read.others) if source) == names


def test_a_paper_on_its_site_still_has_the_site_between() -> None:
    read = parse_credit_line("来源：人民网-人民日报", RULES)
    assert (read.source and read.source.name, [via.name for via in read.via]) == ("人民日报", ["人民网"])


def test_a_name_in_heavy_brackets_needs_nothing_behind_it() -> None:
    read = parse_credit_line("本文转自【北京日报】", RULES)
    assert read.source
    assert read.source.name == "北京日报"
