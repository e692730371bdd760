"""`yuanwen repair`: lines in, lines out; and a model from one's own articles."""

import json
import random
from pathlib import Path

import numpy
import pytest
from typer.testing import CliRunner

from crawler.cli import make_app
from crawler.train_model import train_model
from pipelines.errors import UsageError
from pipelines.repair.adapt import count_strings, new_words
from pipelines.repair.model import from_arrays
from pipelines.repair.repair import repair_text
from tests.disguise import disguise
from tests.repair_pages import HARBOUR, PAGES


def run(*arguments: str, stdin: bytes = b""):
    return CliRunner().invoke(make_app(), ["repair", *arguments], input=stdin)


def test_lines_come_back_in_order_with_what_was_done() -> None:
    damaged = disguise(HARBOUR, "v1", random.Random(1))
    documents = [{"id": "a", "text": "clean", "more": 1}, {"id": "b", "text": damaged}]
    result = run("--jsonl", stdin="\n".join(map(json.dumps, documents)).encode())
    clean, repaired = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert clean == {"id": "a", "text": "clean", "more": 1, "repairs": [], "disguised": False}
    assert repaired["disguised"] is True
    assert "高校科研院所密集" in repaired["text"]
    assert {"pinyin", "split_character"} <= {done["kind"] for done in repaired["repairs"]}


def test_bad_lines_are_named_and_left_out() -> None:
    result = run(stdin=b'{"id": 1, "text": "a"}\nno json\n\n[1]\n{"id": 2}\n\xff\n{"id": 3, "text": "b"}\n')
    assert result.exit_code == 5
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 3]
    assert [line.partition(":")[2].partition(":")[0].strip() for line in result.stderr.splitlines()] == [
        "stdin, line 2",
        "stdin, line 4",
        "stdin, line 5",
        "stdin, line 6",
    ]


def test_half_a_surrogate_pair_comes_back_as_it_came() -> None:
    lines = [r'{"id": "\ud800", "text": "a"}', r'{"id": 2, "text": "甲\udc00乙"}']
    result = run(stdin="\n".join(lines).encode())
    assert result.exit_code == 0, result.stderr
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        json.loads(line) | {"repairs": [], "disguised": False} for line in lines
    ]


def test_bad_lines_only_are_a_fault() -> None:
    assert run(stdin=b"no json\n\n").exit_code == 1


def articles(path: Path) -> Path:
    """Articles in which the name of a made-up island comes again and again, behind a byte order mark, as editors on Windows write it."""
    sentences = [line for page in PAGES for line in page.split("\n")]
    texts = [("鲸背屿消息：" if n % 5 == 0 else "") + sentences[n % len(sentences)] for n in range(300)]
    path.write_text("\n".join(json.dumps({"title": None, "text": text, "language": "zh-Hans"}) for text in texts), encoding="utf-8-sig")
    return path


def test_training_learns_the_words_of_ones_own_articles(tmp_path: Path) -> None:
    said = train_model(str(articles(tmp_path / "own.jsonl")), tmp_path / "own.npz")
    assert "YUANWEN_MODEL" in said
    (tmp_path / "any").touch()
    assert (tmp_path / "own.npz").stat().st_mode == (tmp_path / "any").stat().st_mode, "the service that uses it is another user"
    assert {path.name for path in tmp_path.iterdir()} == {"any", "own.jsonl", "own.npz"}
    with numpy.load(tmp_path / "own.npz") as file:
        model = from_arrays(dict(file))
    assert "鲸背屿" in model.words
    damaged = disguise(HARBOUR, "v1", random.Random(1))
    assert repair_text(damaged, lambda: model).disguised


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("{}\n", "0 Chinese characters"), ("no json\n", "line 1: not JSON"), ("[]\n", "line 1: not an object")],
)
def test_wrong_sources_are_one_clear_line(tmp_path: Path, content: str | None, said: str) -> None:
    source = tmp_path / "own.jsonl"
    if content is not None:
        source.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        train_model(str(source), tmp_path / "own.npz")
    assert not (tmp_path / "own.npz").exists()


def test_train_needs_an_output() -> None:
    assert isinstance(run("--train", "x.jsonl").exception, UsageError)


def test_only_strings_that_stand_together_are_new_words() -> None:
    counts, n_chars = count_strings(["鲸背屿的风很大，鲸背屿的浪很大", "风大浪大", "浪的声音，风的声音"] * 8)
    assert n_chars == 8 * 26
    new = new_words(counts, set(), n_chars * 20)
    assert "鲸背屿" in new
    assert "的风" not in new_words(counts, set(), n_chars)
