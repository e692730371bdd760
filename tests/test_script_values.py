"""Texts that a page holds in its scripts, in the wrappings of frameworks and in JavaScript's own spelling."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extract.script_values import literals, script_values, strings
from tests.test_body import FIRST, SECOND, THIRD, read

MARKUP = "".join(f"<p>{p}</p>" for p in (FIRST, SECOND, THIRD))
ARTICLE = {"title": "城北新线今日正式开通", "source": "某某日报", "publishTime": "2022-12-20 08:51:46", "content": MARKUP}
TEXT = json.dumps(ARTICLE, ensure_ascii=False)


def pushed(rows: str, cut: int) -> str:
    return "".join(
        f"<script>self.__next_f.push([1,{json.dumps(piece).replace('<', chr(92) + 'u003c')}])</script>"
        for piece in (rows[:cut], rows[cut:])
    )


def single(article: dict[str, str]) -> str:
    return "{" + ",".join(f"{key}:'{value}'" for key, value in article.items()) + "}"


PAGES = {
    "in percent signs": f'<script id="RENDER_DATA" type="application/json">{quote(json.dumps({"app": ARTICLE}))}</script>',
    "in a string of JSON": f"<script>window.a = JSON.parse({json.dumps(TEXT)});</script>",
    "in single quotation marks": f"<script>var a = {single(ARTICLE)};</script>",
    "in an object among code": f"<script>new Vue({{el:'#app',data:function(){{return {{loading:!0,article:{single(ARTICLE)}}}}}}})</script>",
    "as values of a function": '<script>window.__NUXT__=(function(a,b,c){return {layout:"d",data:[{detail:{title:a,source:b,publishTime:"2022-12-20 08:51:46",'
    f'content:c}}}}],error:null,x:void 0}}}}({json.dumps(ARTICLE["title"])},"某某日报",{json.dumps(MARKUP)}));</script>',
    "in pieces": json.dumps({k: v for k, v in ARTICLE.items() if k != "content"})
    .join(("<script type='application/json'>", "</script>"))
    .replace("}<", ', "content": ' + json.dumps([{"type": "text", "value": p} for p in (FIRST, SECOND, THIRD)]) + "}<"),
}


@pytest.mark.parametrize("label", PAGES)
def test_a_text_in_a_script_is_read_with_its_fields(label: str) -> None:
    got = read(f"<div id=app></div>{PAGES[label]}")
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert (got.titles[0].text, got.dates[0].text, got.credits[0].text) == ("城北新线今日正式开通", "2022-12-20 08:51:46", "来源：某某日报")


@pytest.mark.parametrize("cut", [3, 40, 200])
def test_a_text_that_the_server_sends_in_rows_is_read_wherever_the_rows_are_cut(cut: int) -> None:
    rows = f"1:{TEXT.replace(json.dumps(MARKUP, ensure_ascii=False), json.dumps('$2'))}\n2:T{len(MARKUP.encode()):x},{MARKUP}3:[1]\n"
    got = read(f"<div id=app></div>{pushed(rows, cut)}")
    assert got.paragraphs == (FIRST, SECOND, THIRD)
    assert got.credits[0].text == "来源：某某日报"


@pytest.mark.parametrize("script", [f"var contentTxt = {json.dumps(MARKUP)};", f"document.write('{MARKUP}')"])
def test_a_string_alone_is_read_without_fields(script: str) -> None:
    assert read(f"<div id=app></div><script>{script}</script>").paragraphs == (FIRST, SECOND, THIRD)


def test_a_page_with_a_text_of_its_own_is_not_asked_for_scripts() -> None:
    other = MARKUP.replace("新线", "旧线") * 3
    shown = "".join(f"<p>{p}</p>" for p in (FIRST, SECOND, THIRD) * 2)
    assert "旧线" not in "".join(read(f"<h1>题</h1><div>{shown}</div><script>var content = {json.dumps(other)}</script>").paragraphs)


@given(st.text(alphabet="{}[]()'\"`\\:,=$ \n%7Babcontent1functioJSON.parse_next_f", max_size=200))
def test_no_script_stops_the_program(script: str) -> None:
    assert all(isinstance(value, dict | list) for value in script_values(script))
    assert all(isinstance(value, dict) for value in literals(script))
    assert all(isinstance(text, str) for text in strings(script))


@pytest.mark.parametrize("script", ["content" * 200_000, "a" * 2_000_000, "content='" * 20_000, "={" * 20_000, "JSON.parse('" * 20_000])
def test_long_scripts_are_read_in_time_that_grows_with_their_length(script: str) -> None:
    assert list(strings(script)) == [] or script.startswith("content='")
    assert list(literals(script)) == []
    list(script_values(script))
