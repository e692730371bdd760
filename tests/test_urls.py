"""Canonical URLs keep a page's identity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.load_rules import load_url_rules
from pipelines.errors import RuleError
from pipelines.normalize.urls import canonical_url, compile_urls

RULES = load_url_rules()


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://Example.COM:80/a", "http://example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:8080/a#part", "http://example.com:8080/a"),
        ("http://example.com/a/../b/./c.html", "http://example.com/b/c.html"),
        ("http://example.com/a?utm_source=x&id=7&utm_medium=y", "http://example.com/a?id=7"),
        ("http://example.com/a?id=7&from=timeline&isappinstalled=0", "http://example.com/a?id=7"),
        ("http://example.com/a?source=weibo&id=7", "http://example.com/a?id=7"),
        ("http://example.com/%E6%96%b0", "http://example.com/%E6%96%B0"),
        ("http://example.com/新", "http://example.com/%E6%96%B0"),
        ("http://example.com/?a=1&&b=2", "http://example.com/?a=1&b=2"),
        ("http://example.com./", "http://example.com/"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("http://example.com/a/1.jsp;JSESSIONID=0A1B2C.node1?id=7", "http://example.com/a/1.jsp?id=7"),
        ("http://新闻.Example.com/a", "http://xn--efvy88h.example.com/a"),
    ],
)
def test_one_spelling_for_one_page(given_url: str, expected: str) -> None:
    assert canonical_url(given_url, RULES) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a?source=xinhua&id=7",
        "http://example.com/a?from=2024-03-01",
        "http://example.com/a?id=1&id=2",
        "http://example.com/a?_t=politics",
        "http://example.com/A",
        "http://example.com/a/",
        "http://example.com/a%2Fb",
        "http://example.com/a;v=1",
        "mailto:a@example.com",
    ],
)
def test_identity_is_kept(url: str) -> None:
    assert canonical_url(url, RULES) == url


@given(st.text(alphabet="abc/.?&=%#é新 ~:@;+" + "0123456789", max_size=40))
def test_canonical_is_idempotent_and_never_raises(tail: str) -> None:
    once = canonical_url("http://example.com/" + tail, RULES)
    assert canonical_url(once, RULES) == once


def test_a_wrong_row_is_named() -> None:
    with pytest.raises(RuleError, match="tracking_params"):
        compile_urls([{"name": "("}])
