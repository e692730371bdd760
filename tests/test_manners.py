"""Pages in the manner of many sites (tests/cases/manners.toml): headers, heads and feet vary, the text between them is the same.

Each row is a way to print headline, date, source and people. A rule made for one of them must leave the others as they are.
"""

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import opencc
import pytest

from crawler.load_rules import load_rule_book
from pipelines.ingest import process
from pipelines.record import record_of
from pipelines.types import FetchedPage

PAGES = tomllib.loads((Path(__file__).parent / "cases" / "manners.toml").read_text(encoding="utf-8"))["page"]
TITLE = "临江老城区供水管网改造提速"
TEXT = (
    "城区供水管网改造工程进入第三阶段，施工单位把夜间作业时间压缩到五个小时。负责人介绍，今年一季度累计完成投资四亿二千万元，同比增长百分之七点六。",
    "村民说，过去到镇上卖菜要走两个小时的山路，如今班车开到了家门口。专家认为，这项技术离大规模应用还有一段距离，成本是最大的障碍。",
    "数据显示，节日期间共接待游客八十七万人次，餐饮消费增长明显。从现场情况看，道路两侧的积雪已经清理完毕，交通秩序正常。",
    "他告诉大家，最难的不是爬坡，而是在狂风里把仪器固定住。会议强调，要把群众的小事当作大事来办，尽快补齐公共服务短板。",
)
SPELLINGS = {
    "T": TITLE, "d": "2023-05-06", "hm": "08:12", "hms": "08:12:35", "cn": "2023年05月06日", "sl": "2023/05/06", "dot": "2023.05.06",
}  # fmt: skip
MENU = "".join(f'<li><a href="/{i}/">{name}</a></li>' for i, name in enumerate("首页 要闻 国内 国际 财经 体育 文化 教育 科技 健康".split()))
OTHERS = "".join(f'<li><a href="/n/{i}.html">某地第{i}届灯会周五亮灯</a></li>' for i in range(6))
FOOT = "<p><a>关于我们</a> | <a>联系我们</a> | <a>网站地图</a></p><p>Copyright © 2005-2024 All Rights Reserved 版权所有</p><p>某ICP备00000000号</p>"


def html_of(page: dict[str, Any]) -> str:
    part = {key: fill(page.get(key, "")) for key in ("title", "header", "first", "last", "foot", "lead", "head")}
    paragraphs = "".join(f"<p>　　{text}</p>" for text in paragraphs_of(page))
    html = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{part['title']}</title>{part['head']}</head><body><ul>{MENU}</ul><div class=main>"
        f"<div class=left>{part['header']}<div class=content>{part['first']}{paragraphs}{part['last']}</div>{part['foot']}</div>"
        f"<div class=right><h3>热点推荐</h3><ul>{OTHERS}</ul></div></div><div class=footer>{FOOT}</div></body></html>"
    )
    return traditional(html, page["traditional"]) if page.get("traditional") else html


def paragraphs_of(page: dict[str, Any]) -> list[str]:
    return [fill(page.get("lead", "")).lstrip() + TEXT[0], *TEXT[1:]]


def fill(text: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: SPELLINGS[match[1]], text)


def traditional(text: str, config: str | bool = True) -> str:
    """Convert by one of OpenCC's ways; True: its own standard forms. 枱 is its slip for 台 in Hong Kong."""
    return str(converter("s2t" if config is True else str(config)).convert(text)).replace("枱", "臺")


@cache
def converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def read(page: dict[str, Any]) -> dict[str, Any]:
    fetched = FetchedPage(
        url=page["url"], final_url=page["url"], status=200, headers=(("content-type", "text/html; charset=utf-8"),),
        body=html_of(page).encode(), fetched_at=datetime(2024, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return record_of(process(fetched, load_rule_book()))


@pytest.mark.parametrize("page", PAGES, ids=[page["label"] for page in PAGES])
def test_every_field_is_read(page: dict[str, Any]) -> None:
    record, wanted = read(page), traditional if page.get("traditional") else str
    assert record["title"] == wanted(TITLE)
    assert record["published_at"][:16] == ("2023-05-06T00:00" if page.get("day") else "2023-05-06T08:12")
    assert (record["published_precision"] == "day") == page.get("day", False)
    source = wanted(page["source"]) if "source" in page else None
    assert source in ((record["source"], record["source_raw"]) if source else (record["source"],))
    assert [record["authors"], record["editors"]] == [[wanted(name) for name in page.get(key, [])] for key in ("authors", "editors")]


@pytest.mark.parametrize("page", PAGES, ids=[page["label"] for page in PAGES])
def test_the_text_is_whole_and_alone(page: dict[str, Any]) -> None:
    text = record_text(read(page))
    wanted = [squash(traditional(p) if page.get("traditional") else p) for p in paragraphs_of(page)]
    assert [p for p in text if any(w in p for w in wanted)] == wanted
    more = [p for p in text if p not in wanted]
    assert more == [squash(line) for line in page.get("stays", [])]


def record_text(record: dict[str, Any]) -> list[str]:
    return [squash(line) for line in record["text"].split("\n")]


def simplified(value: Any) -> str:
    return str(converter("hk2s").convert(repr(value)))


def squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


FIELDS = (
    "title",
    "source",
    "source_raw",
    "authors",
    "editors",
    "published_at",
    "published_precision",
    "text",
    "section",
    "site_name",
    "original_title",
    "via",
)


@pytest.mark.parametrize("page", PAGES, ids=[page["label"] for page in PAGES])
def test_a_page_in_traditional_characters_is_read_as_the_same_one(page: dict[str, Any]) -> None:
    as_printed = read(page)
    for config in ("s2tw", "s2hk"):
        found = read({**page, "traditional": config})
        assert [simplified(found.get(key)) for key in FIELDS] == [simplified(as_printed.get(key)) for key in FIELDS]
