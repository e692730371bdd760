"""The same credits in each way to mark them up, above the text, below it and at its end. All pages are made up."""

from collections.abc import Callable

import pytest

from tests.test_page_credits import people, read

FIELDS = (("作 者", "夜航船"), ("信息来源", "掌上临江"), ("责任编辑", "丁小涛"), ("发布时间", "2024-01-02 08:30"), ("点击", "12"))
Style = Callable[[str, str], str]
STYLES: dict[str, tuple[str, Style, str]] = {
    "one line": ("<p>{}</p>", lambda label, value: f"{label}：{value}", "　"),
    "strokes": ("<p>{}</p>", lambda label, value: f"{label}: {value}", " | "),
    "spans": ("<p>{}</p>", lambda label, value: f"<span>{label}：{value}</span>", ""),
    "label and value in spans": ("<p>{}</p>", lambda label, value: f"<span>{label}：</span><span>{value}</span>", ""),
    "glued spans": ("<p>{}</p>", lambda label, value: f"<span>{label}</span><span>{value}</span>", ""),
    "glued bold": ("<p>{}</p>", lambda label, value: f"<b>{label}</b>{value}", ""),
    "bold and a space": ("<p>{}</p>", lambda label, value: f"<b>{label}</b> <i>{value}</i>", " "),
    "links": ("<p>{}</p>", lambda label, value: f"<span>{label}：<a href=/x>{value}</a></span>", " "),
    "lines": ("<p>{}</p>", lambda label, value: f"{label}：{value}", "<br>"),
    "paragraphs": ("{}", lambda label, value: f"<p>{label}：{value}</p>", ""),
    "list": ("<ul>{}</ul>", lambda label, value: f"<li>{label}：{value}</li>", ""),
    "definitions": ("<dl>{}</dl>", lambda label, value: f"<dt>{label}</dt><dd>{value}</dd>", ""),
    "cells": ("<table><tr>{}</tr></table>", lambda label, value: f"<td>{label}</td><td>{value}</td>", ""),
    "rows": ("<table>{}</table>", lambda label, value: f"<tr><th>{label}</th><td>{value}</td></tr>", ""),
    "boxes": ("{}", lambda label, value: f"<div class=r><div>{label}</div><div>{value}</div></div>", ""),
    "boxes and colons": ("{}", lambda label, value: f"<div class=r><div>{label}：</div><div>{value}</div></div>", ""),
    "brackets": ("<p>{}</p>", lambda label, value: f"[{label}：{value}]", " "),
    "bracketed labels": ("<p>{}</p>", lambda label, value: f"【{label}】{value}", " "),
}


def markup(name: str, fields: tuple[tuple[str, str], ...]) -> str:
    around, style, between = STYLES[name]
    return around.format(between.join(style(label, value) for label, value in fields))


@pytest.mark.parametrize("name", STYLES)
def test_credits_above_the_text(name: str) -> None:
    article = read(header=markup(name, FIELDS))
    assert people(article) == ("掌上临江", ("夜航船",), ("丁小涛",))
    assert article.published is not None
    assert article.published.precision.value == "minute"


@pytest.mark.parametrize("name", STYLES)
def test_credits_below_the_text(name: str) -> None:
    article = read(header="2024-01-02 08:30", foot=markup(name, FIELDS[:3]))
    assert people(article) == ("掌上临江", ("夜航船",), ("丁小涛",))


@pytest.mark.parametrize("name", STYLES)
def test_credits_at_the_end_of_the_text_are_read_and_taken_out(name: str) -> None:
    article = read(header="2024-01-02 08:30", tail=f"</p>{markup(name, FIELDS[:3])}<p>")
    assert people(article) == ("掌上临江", ("夜航船",), ("丁小涛",))
    assert "掌上临江" not in article.text


BARE = (
    (
        '<span class="time">{time}</span><span class="{source}">晚风视窗</span><span class="{author}">丁小涛</span>',
        "article-source",
        "article-author",
    ),
    ('<span id="{author}">丁小涛</span><a class="{source}" href="/x">晚风视窗</a><time>{time}</time>', "media-name", "writer"),
    ('<span class="{source}">晚风视窗</span> <em class="{author}">文/丁小涛</em> {time}', "from", "reporter"),
)


@pytest.mark.parametrize(("markup", "source", "author"), BARE)
def test_what_no_label_but_a_class_names_is_read_beside_the_date(markup: str, source: str, author: str) -> None:
    header = f"<div>{markup.format(source=source, author=author, time='2024-01-02 08:30')}</div>"
    assert people(read(header=header)) == ("晚风视窗", ("丁小涛",), ())
    nameless = f"<div>{markup.format(source='a', author='b', time='2024-01-02 08:30')}</div>"
    assert people(read(header=nameless))[0] is None  # an unknown name alone may be anything


@pytest.mark.parametrize("words", ["原创", "关注", "来源", "查看原文", "2024-01-02", "(晚风视窗)", "阅读：12"])
def test_badges_and_buttons_with_the_class_of_a_source_are_none(words: str) -> None:
    header = f'<div><span class="source">{words}</span><span>2024-01-02 08:30</span></div>'
    assert people(read(header=header)) == (None, (), ())


def test_a_class_far_from_the_date_names_nobody() -> None:
    assert people(read(header='<p>2024-01-02 08:30</p><p>读城</p><p><a class="source">晚风视窗</a></p>'))[0] is None


def test_the_link_of_an_outlet_named_by_its_class_is_kept() -> None:
    article = read(header='<div>2024-01-02 08:30<a class="source" href="http://wf.example/1.html">晚风视窗</a></div>')
    assert article.source is not None
    assert article.source.url == "http://wf.example/1.html"


def test_inline_elements_that_touch_are_apart_in_a_header() -> None:
    header = "<p><time>2024-01-02 08:30</time><em>临江新闻网</em><em>文/丁小涛</em></p>"
    assert people(read(header=header)) == ("临江新闻网", ("丁小涛",), ())
    assert people(read(header="<p>2024-01-02 08:30<b>临江新闻网</b><a href=/w>微博</a></p>"))[0] == "临江新闻网"


def test_the_link_of_an_outlet_beside_the_date_is_kept_where_it_leads_onto_another_site() -> None:
    def url(href: str) -> str | None:
        article = read(header=f'<p>2024-01-02 08:30<a href="{href}">临江新闻网</a><a href="http://wb.example/">微博</a></p>')
        return article.source.url if article.source else None

    assert url("http://www.lj.cn/2024/1.html") == "http://www.lj.cn/2024/1.html"
    assert url("/tag/lj") is None
