"""`yuanwen parse dates` as a user calls it: a line, TAB, a reference time; bad input is one clear line."""

import io
import json
import sys

import pytest

from crawler.cli import run


def parse_dates(lines: bytes, *options: str) -> int:
    """Run the command in this process and return its exit code; what it prints is in `capsys`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines), encoding="utf-8"))
        return run(["parse", "dates", *options])


def test_one_object_a_line_nulls_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "时间：2024-03-09 18:05:07 来源：临江日报\t2024-05-20T12:30:00+08:00",
        "3小时前\t2024-05-20T12:30:00+08:00",
        "时长：01:45\t2024-05-20T12:30:00+08:00",
        "\t2024-05-20T12:30:00+08:00",
        "2024-05-25\t2024-05-20T12:30:00+08:00",  # later than the reference by more than a day
        "两列\t2024-03-09\t2024-05-20 12:30",  # a TAB of its own; a reference without an offset is in the zone of the lines
    ]
    assert parse_dates("\r\n".join(lines).encode() + b"\n\xff\t2024-05-20\n") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"published_at": "2024-03-09T18:05:07+08:00", "published_precision": "second"},
        {"published_at": "2024-05-20T09:00:00+08:00", "published_precision": "hour"},
        *[{"published_at": None, "published_precision": None}] * 3,
        {"published_at": "2024-03-09T00:00:00+08:00", "published_precision": "day"},
        {"published_at": None, "published_precision": None},
    ]


def test_zone_of_lines_that_state_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_dates(b"2024-03-09 18:05\t2024-05-20\n", "--timezone", "America/New_York") == 0
    assert json.loads(capsys.readouterr().out)["published_at"] == "2024-03-09T18:05:00-05:00"


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        (b"a\t2024-05-20\n", ["--timezone", "Mars/Olympus"], "Mars/Olympus: no such zone"),
        (b"a\t2024-05-20\n", ["--timezone", "../etc/passwd"], "no such zone"),
    ],
)
def test_a_wrong_zone_is_one_clear_line(lines: bytes, options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_dates(lines, *options) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"2024-03-09", "no TAB"),
        (b"b\tyesterday", "'yesterday' is no ISO 8601 time"),
        (b"a\t9999-12-31T23:59:59+00:00", "is no ISO 8601 time"),
    ],
)
def test_a_bad_line_is_named_and_the_others_keep_their_places(bad: bytes, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_dates(bad + b"\n\n2024-03-09\t2024-05-20\n") == 5
    printed = capsys.readouterr()
    assert [json.loads(line)["published_precision"] for line in printed.out.splitlines()] == [None, None, "day"]
    assert printed.err.startswith("yuanwen: stdin, line 1: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_bad_lines_only_are_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_dates(b"a\n\nb\n") == 1
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("command", [["parse", "dates"], ["parse", "credits"], ["repair"], ["group", "-"]])
def test_no_standard_input_is_one_clear_line(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", None)  # as Python has it when it was closed
        assert run(command) == 2
    assert capsys.readouterr().err == "yuanwen: no standard input\n"
