"""What a person sees: commands in a terminal of 80 columns, whole words, plain where NO_COLOR asks for it."""

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from storage.articles import ArticleStore
from storage.database import open_database
from storage.outcomes import record_outcome, start_run
from tests.commands import environment, yuanwen
from tests.reader_articles import COPIES

WIDTH = 80
COLOUR = re.compile(r"\x1b\[(?:[0-9]+;)*(?:3[0-7]|9[0-7]|38;[0-9;]+)m")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    engine = open_database(f"sqlite:///{folder}/y.db")
    ArticleStore(engine).save(COPIES)
    run = start_run(engine, "crawl")
    for n in range(40):
        record_outcome(engine, run, f"http://www.copy1.example/{n}", "rejected", f"made_up_reason_{n}", site="copy1.example", status=200)
    engine.dispose()
    return folder


def seen(folder: Path, *arguments: str, **settings: str) -> str:
    """Run a command in a terminal and return what it wrote there, escape sequences included."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "crawler.cli", *arguments]
    given = environment(folder) | {"COLUMNS": str(WIDTH), "LINES": "50", "TERM": "xterm-256color", **settings}
    with subprocess.Popen(command, env=given, cwd=folder, stdin=theirs, stdout=theirs, stderr=subprocess.STDOUT) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            written += part
        os.close(ours)
        assert process.wait(timeout=60) == 0, written.decode()
    return written.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_every_command_is_told_in_one_whole_line(folder: Path) -> None:
    shown = plain(seen(folder, "--help"))
    assert "..." not in shown.replace("COMMAND [ARGS]...", "")
    assert max(map(len, shown.splitlines())) <= WIDTH


def test_a_story_is_read_from_top_to_bottom(folder: Path) -> None:
    shown = plain(seen(folder, "story", COPIES[0].url))
    first, second, third = (
        shown.index(f"{copy.site_name}\n") if f"{copy.site_name}\n" in shown else shown.index(f"{copy.site_name}  [") for copy in COPIES
    )
    assert first < second < third
    assert "2024-03-01 08:30  first" in shown
    assert "+1 h " in shown
    assert "headline: 东河新桥有新进展" in shown
    assert "credit (东河日报):  ✓ source  ✓ author  ✗ headline  ✗ own editor  ✗ listed\n" in shown
    assert "text: the whole text" in shown
    assert re.search(r"text: keeps \d+ %, cuts \d+ %", shown)
    assert all(copy.url + "\n" in shown for copy in COPIES)


def test_search_marks_what_matched_and_keeps_addresses_whole(folder: Path) -> None:
    shown = seen(folder, "search", "机器课")
    assert "\x1b[1;7m机器课" in shown
    assert any(f"{copy.url}\n" in plain(shown) for copy in COPIES)
    assert "3 articles; 1 story shown" in plain(shown)


def test_status_breaks_no_outcome_in_two(folder: Path) -> None:
    shown = plain(seen(folder, "status"))
    assert max(map(cell_len, shown.splitlines())) <= WIDTH
    assert all(f"1 rejected/made_up_reason_{n} " in shown.replace("\n", " ") for n in range(40))
    assert "copy1.example" in shown


def test_a_pipe_gets_whole_cells_with_tabs_between(folder: Path) -> None:
    """`status` broke long names of sites in two at 80 columns, and `story` made spaces of its tabs."""
    site = "a-registrable-domain-of-more-characters-than-a-column-has-room-for-in-eighty.example"
    url = f"http://{site}/1.html"
    engine = open_database(f"sqlite:///{folder}/pipe.db")
    ArticleStore(engine).save([replace(COPIES[0], url=url, final_url=url, canonical_url=url, site=site)])
    engine.dispose()
    assert f"{site} " in yuanwen(folder, "status", "--db", f"sqlite:///{folder}/pipe.db").stdout
    rows = [line.split("\t") for line in yuanwen(folder, "story", COPIES[0].url, "--db", f"sqlite:///{folder}/y.db").stdout.splitlines()]
    assert {len(row) for row in rows} == {7}
    assert rows[0][-1] == "url"


@pytest.mark.parametrize("arguments", [("story", COPIES[0].url), ("status",), ("search", "机器课"), ("show", COPIES[0].url)])
def test_no_color_is_obeyed(folder: Path, arguments: tuple[str, ...]) -> None:
    assert not COLOUR.search(seen(folder, *arguments, NO_COLOR="1"))


def test_there_is_colour_where_nobody_objects(folder: Path) -> None:
    assert COLOUR.search(seen(folder, "story", COPIES[0].url))
