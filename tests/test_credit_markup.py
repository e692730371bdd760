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
