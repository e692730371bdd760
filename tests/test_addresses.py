"""No address that is not public is fetched, however it is spelt."""

import ipaddress

import pytest

from crawler.safety.addresses import check_url, compile_addresses, find_literal_address, redact_url
from pipelines.errors import FetchFailed, Reason, UsageError
from tests.inside_addresses import ODD_URLS, SPELLINGS

NONE = compile_addresses(())


@pytest.mark.parametrize("host", SPELLINGS)
def test_inside_spellings_are_refused(host: str) -> None:
    with pytest.raises(FetchFailed) as refusal:
        check_url(f"http://{host}/secret", NONE)
    assert refusal.value.reason is Reason.UNSAFE_ADDRESS


@pytest.mark.parametrize("url", ODD_URLS)
def test_odd_urls_are_refused(url: str) -> None:
    with pytest.raises(FetchFailed) as refusal:
        check_url(url, NONE)
    assert refusal.value.reason is Reason.UNSAFE_ADDRESS
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://例子.测试/a",
        "http://8.8.8.8/",
        "http://[2001:4860:4860::8888]:8080/x",
        "http://1.example/",
        "http://a.b/?u=@x",
    ],
)
def test_public_urls_pass(url: str) -> None:
    check_url(url, NONE)


def test_the_allow_list_opens_only_what_it_names() -> None:
    rules = compile_addresses(("127.0.0.0/8",))
    check_url("http://127.0.0.1:8000/", rules)
    check_url("http://0x7f000001/", rules)
    for url in ("http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/"):
        with pytest.raises(FetchFailed):
            check_url(url, rules)


def test_an_address_inside_another_is_judged_too() -> None:
    rules = compile_addresses(())
    for text in ("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::a00:1"):
        assert not rules.is_allowed(ipaddress.ip_address(text)), text
    assert rules.is_allowed(ipaddress.ip_address("::ffff:8.8.8.8"))


def test_names_are_no_literal_addresses() -> None:
    assert find_literal_address("example.com") is None
    assert find_literal_address("1.2.3.4.example") is None


def test_a_wrong_allow_list_is_named() -> None:
    with pytest.raises(UsageError, match="YUANWEN_ALLOW_ADDRESSES"):
        compile_addresses(("not a network",))


def test_credentials_are_redacted() -> None:
    assert redact_url("https://user:secret@example.com/@home") == "https://***@example.com/@home"
    assert redact_url("https://example.com/@home") == "https://example.com/@home"
