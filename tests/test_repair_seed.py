"""The page that started the project, laid into a page, comes out whole: every field of the record and the whole text."""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from opencc import OpenCC

from crawler.load_rules import load_rule_book
from pipelines.ingest import process
from pipelines.record import record_of
from pipelines.types import FetchedPage
from tests.score.repair import PAIR

URL = "http://mirror.example/fashion/0818159263.html"
SPLIT = {"?!苯\ue3d3?": "。”近日", "??蒲性核\ue2b4芗\ue1d8瑪?shù)字": "校科研院所密集，數字"}
"""The two places where characters were split, read by hand."""
HALF_WIDTH = str.maketrans("!,:;?()", "！，：；？（）")

EXPECTED = {
    "title": "京津冀数字经济规模超4万亿元，占全国的10%",
    "title_raw": "今日聚焦！京津冀数字经济规模超4万亿元，占全国的10%",
    "original_title": None,
    "published_at": "2022-12-20T08:51:46+08:00",
    "published_precision": "second",
    "source": "北京日报",
    "source_raw": "北京日报",
    "via": [],
    "authors": ["韩梅"],
    "editors": [],
    "keywords": ["京津冀地区"],
    "section": ["滚动"],
    "language": "zh-Hans",
    "site": "mirror.example",
    "site_name": "中国微山网",
    "is_repost": True,
    "disguised": True,
    "images": [],
    "notes": [],
    "status": "usable",
}


@pytest.fixture(scope="module")
def lines(shared: Path) -> list[str]:
    text = next((shared / "seed").glob("*.txt")).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line.strip()]


def as_page(lines: list[str]) -> bytes:
    """Lay the lines out as the mirror's own page has them: crumbs, headline, date line, body, foot."""
    crumbs, headline, dates = lines[:3]
    foot = next(number for number, line in enumerate(lines) if line.startswith("關"))
    body = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines[3:foot])
    rest = "\n".join(f"<div>{escape(line, quote=False)}</div>" for line in lines[foot:])
    return (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{escape(headline)}</title></head><body><div class=crumbs>{escape(crumbs)}</div>"
        f"<h1>{escape(headline)}</h1><div class=info>{dates}</div><div class=content>{body}</div>{rest}</body></html>"
    ).encode()


def clean_article(lines: list[str]) -> str:
    """The article by an independent way: pinyin cut out, the split places put in by hand, OpenCC, full-width marks."""
    foot = next(number for number, line in enumerate(lines) if line.startswith("關"))
    body = "\n".join(line for line in lines[3:foot] if not line.startswith("(相"))
    for seen, read in SPLIT.items():
        assert seen in body
        body = body.replace(seen, read)
    # Names and figures of this article hold no half-width mark of their own.
    assert re.search(r"\d[!,:;?]\d", body) is None
    return OpenCC("t2s").convert(PAIR.sub(r"\1", body)).translate(HALF_WIDTH)


def test_seed_comes_out_as_the_reporter_wrote_it(lines: list[str]) -> None:
    at = datetime(2022, 12, 21, tzinfo=UTC)
    headers = (("content-type", "text/html; charset=utf-8"),)
    page = FetchedPage(url=URL, final_url=URL, status=200, headers=headers, body=as_page(lines), fetched_at=at)
    record = record_of(process(page, load_rule_book()))
    assert record["text"] == clean_article(lines)
    assert {key: record[key] for key in EXPECTED} == EXPECTED
    repairs = {done["kind"]: done["count"] for done in record["repairs"]}
    assert repairs.keys() == {"pinyin", "split_character"}
    assert repairs["split_character"] == len(SPLIT)
