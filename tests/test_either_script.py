"""Rules are written in Simplified characters; these texts are converted by OpenCC, which knows nothing of them."""

import re
from functools import cache

import opencc
import pytest

from crawler.load_rules import load_rows
from pipelines.either_script import compile_either, either_script, either_words, forms_of, is_traditional
from tests.test_credits import LINES, parse

TAIWAN, HONG_KONG = "s2tw", "s2hk"


@cache
def converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def convert(config: str, text: str) -> str:
    return str(converter(config).convert(text)).replace("枱", "臺")  # OpenCC's slip for 台 in Hong Kong


def simplified(text: str | None) -> str | None:
    return None if text is None else str(converter("hk2s").convert(text))


@pytest.mark.parametrize("config", [TAIWAN, HONG_KONG])
def test_the_words_of_credit_lines_have_the_forms_that_are_printed(config: str) -> None:
    words = [word for row in load_rows("credit_words") if row["role"] != "surname" for word in row["words"]]
    assert [word for word in words if convert(config, word) not in forms_of(word)] == []


@pytest.mark.parametrize("config", [TAIWAN, HONG_KONG])
@pytest.mark.parametrize("line", LINES, ids=[line[0][:24] for line in LINES])
def test_a_line_names_the_same_in_traditional_characters(
    config: str, line: tuple[str, str | None, tuple[str, ...], tuple[str, ...]]
) -> None:
    text, source, authors, editors = line
    read = parse(convert(config, text))
    assert simplified(read.source.name if read.source else None) == simplified(source)
    assert [list(map(simplified, names)) for names in (read.authors, read.editors)] == [
        list(map(simplified, n)) for n in (authors, editors)
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("据.{2,6}报道", "據某報報道"), ("报导|报道", "報導"), ("[^报]号", "文號"), (r"\d个月", "3個月"), ("[后里]$", "裡"), ("发布于?", "發佈於"), ("国", "国"),
    ],
)  # fmt: skip
def test_a_pattern_stands_for_either_script(pattern: str, text: str) -> None:
    assert compile_either(pattern).search(text)
    assert compile_either(simplified(pattern) or "").search(text)


def test_a_class_that_excludes_a_character_excludes_all_its_forms() -> None:
    assert not compile_either("[^报号]").search("报號報号")


@pytest.mark.parametrize(
    "pattern", [r"[㐀-鿿]", r"[^\]\d-]+", r"[\u4e00-\u9fa5]{2}", r"\S[^a-z)]", "[]x]", "[^^x]", "(?P<name>[·A-Z]{2,3})(?(name)a|b)", "作者"]
)
def test_what_has_one_form_stays(pattern: str) -> None:
    assert either_script(pattern) == pattern
    re.compile(pattern)


def test_what_is_written_twice_is_written_once() -> None:
    assert either_script(either_script("报[报号]")) == either_script("报[报号]")
    assert len(either_words("报导", "報導")) == len(set(either_words("报导", "報導")))


def test_a_surname_that_is_traditional_as_well_stays_what_it_is() -> None:
    assert [char for char in "余范岳陈帅" if is_traditional(char)] == list("余范岳")
    assert parse("記者：帥國強").authors == ("帥國強",)
    assert parse("記者：余國強").authors == ("余國強",)
