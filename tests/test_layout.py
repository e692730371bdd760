"""The selectors of a site file go before what is found by itself; --explain shows what became of every block."""

from dataclasses import replace
from datetime import UTC, date, datetime

from crawler.load_rules import load_rule_book
from pipelines.explain import explain
from pipelines.ingest import process, process_explained, read_page
from pipelines.site_rules import Layout, RemoveRule, RuleBook, SiteRules
from pipelines.types import FetchedPage

BODY = tuple(f"第{i}段：城北新线昨日正式开通，记者在现场看到，车站秩序井然，市民说出行方便多了。" for i in "一二三")
ASIDE = "编者的话：这一段站在正文里，像正文一样写成，却是每天都登的栏目介绍，读者早已熟悉，不必再看。"
HTML = f"""<html><head><title>城北新线昨日开通_某某网</title></head><body><div id=top><a href=/>首页</a></div>
<div class=wrap><h2 class=tt>城北新线昨日开通</h2><p class=meta><b>2022年12月20日 08:51</b> <i>某某日报</i></p>
<div class=story><p>{BODY[0]}</p><div class=col><p>{ASIDE}</p></div><p>{BODY[1]}</p><p>{BODY[2]}</p><p>本栏目由某某赞助播出，感谢支持。</p></div>
<a class=more href="more.html">接着看</a></div></body></html>"""
LAYOUT = Layout(
    valid_from=date(2020, 1, 1), headline=".tt", date=".meta b", credit=".meta i", body=".story", next_page="a.more",
    remove=(RemoveRule(name="column", css=".col"), RemoveRule(name="sponsor", text="^本栏目由")),
)  # fmt: skip


def page(year: int = 2022) -> FetchedPage:
    url = "http://news.example.com/1.html"
    return FetchedPage(url=url, final_url=url, status=200, headers=(), body=HTML.encode(), fetched_at=datetime(year, 12, 21, tzinfo=UTC))


def book(*layouts: Layout) -> RuleBook:
    site = SiteRules(site_id="example", name="某某网", domains=("news.example.com",), layouts=layouts)
    return replace(load_rule_book(), sites={"example": site})


def test_a_site_file_says_where_the_parts_stand() -> None:
    read = read_page(page(), book(LAYOUT))
    assert read.paragraphs == BODY
    assert [(r.kind, r.rule) for r in read.removed] == [("column", "layout:column"), ("sponsor", "layout:sponsor")]
    assert (read.titles[0].text, read.titles[0].rule) == ("城北新线昨日开通", "layout:headline")
    assert (read.dates[0].text, read.dates[0].rule) == ("2022年12月20日 08:51", "layout:date")
    assert read.credits[0].text == "某某日报"
    assert read.next_page_url == "http://news.example.com/more.html"
    assert (read.extractor, read.confidence) == ("layout/1", 1.0)


def test_the_newest_layout_not_later_than_the_fetch_is_used() -> None:
    later = replace(LAYOUT, valid_from=date(2023, 1, 1), body=".nowhere", headline=None, next_page=None)
    assert read_page(page(2022), book(LAYOUT, later)).extractor == "layout/1"
    assert read_page(page(2024), book(LAYOUT, later)).extractor.startswith("scorer/")


def test_selectors_that_meet_nothing_leave_the_page_to_the_engines() -> None:
    nothing = Layout(valid_from=date(2020, 1, 1), headline=".x", date=".x", credit=".x", body=".x", next_page=".x")
    assert process(page(), book(nothing)).text == process(page(), load_rule_book()).text


def test_explain_shows_every_block_and_the_evidence() -> None:
    rules = book(LAYOUT)
    lines = explain(*process_explained(page(), rules))
    assert lines[0].startswith("read by layout/1")
    assert any(line.startswith("title ") and "(" in line for line in lines)
    marks = {line[34:]: line[:34].strip() for line in lines if len(line) > 34}
    assert marks[BODY[1]] == "body"
    assert marks[ASIDE] == "column: layout:column"
    assert marks["首页"] == "-"
    assert all(any(line.endswith(text) for line in lines) for text in (*BODY, ASIDE, "接着看"))


def test_explain_marks_a_paragraph_that_lost_its_end() -> None:
    cut = replace(page(), body=page().body.replace(f"{BODY[2]}</p>".encode(), f"{BODY[2]}（责任编辑：王五）</p>".encode()))
    lines = explain(*process_explained(cut, load_rule_book()))
    (line,) = [line for line in lines if "王五" in line and line.endswith("）")]
    assert line.startswith("body + editor_line: editor_bracket")
