"""`yuanwen group`: documents into stories."""

import json
import random
from collections.abc import Callable
from pathlib import Path

from tests.conftest import CommandResult
from tests.made_stories import made_document

Run = Callable[..., CommandResult]


def write(path: Path, documents: list[dict]) -> Path:
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
    return path


def stories(result: CommandResult) -> dict:
    return {row["id"]: row["stories"] for row in map(json.loads, result.out.splitlines())}


def test_copies_share_a_story_and_others_do_not(yuanwen: Run, tmp_path: Path) -> None:
    first, other = made_document(1), made_document(2)
    copy = {**first, "id": "copy", "text": "编者按：本网转载如下。\n" + first["text"]}
    result = yuanwen("group", write(tmp_path / "d.jsonl", [{**first, "id": "a"}, {**other, "id": "b"}, copy]))
    assert result.code == 0, result.err
    assert stories(result) == {"a": ["a"], "b": ["b"], "copy": ["a"]}


def test_a_page_of_two_stories_is_in_both_and_unites_neither(yuanwen: Run, tmp_path: Path) -> None:
    a, b = made_document(1), made_document(2)
    both = {"id": "both", "title": a["title"], "text": a["text"] + "\n" + b["text"], "published_at": a["published_at"]}
    result = yuanwen("group", write(tmp_path / "d.jsonl", [{**a, "id": "a"}, {**b, "id": "b"}, both]))
    found = stories(result)
    assert found["a"] == ["a"]
    assert found["b"] == ["b"]
    assert sorted(found["both"]) == ["a", "b"]


def test_the_order_of_arrival_does_not_matter(yuanwen: Run, tmp_path: Path) -> None:
    documents = []
    for n in range(30):
        d = made_document(n)
        documents += [{**d, "id": f"{n}"}, {**d, "id": f"{n}-cut", "text": d["text"][: len(d["text"]) // 2]}]
        documents.append({**d, "id": f"{n}-two", "text": d["text"] + "\n" + made_document(n + 1)["text"]})
    partitions = set()
    for seed in range(5):
        random.Random(seed).shuffle(documents)
        found = stories(yuanwen("group", write(tmp_path / "d.jsonl", documents)))
        main = {i: {j for j in found if found[j][0] == found[i][0]} for i in found if not i.endswith("two")}
        partitions.add(frozenset(frozenset(j for j in members if not j.endswith("two")) for members in main.values()))
    assert len(partitions) == 1
    assert len(next(iter(partitions))) == 30


def test_bad_lines_are_named_and_the_rest_is_grouped(yuanwen: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", [{**made_document(1), "id": 1}])
    bad = [
        "{",
        "[1]",
        '{"id": 2}',
        '{"id": 3, "text": "x", "published_at": "yesterday"}',
        '{"id": 1, "text": "x"}',
        '{"id": null, "text": "x"}',
    ]
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(bad) + "\n\n", encoding="utf-8")
    result = yuanwen("group", path)
    assert result.code == 5
    assert stories(result) == {1: [1]}
    assert [f"line {n}:" in line for n, line in enumerate(result.err.splitlines(), 2)] == [True] * len(bad)


def test_only_bad_lines_is_a_fault_and_no_file_is_wrong_usage(yuanwen: Run, tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(b'{"id": 1, "text": "\xff"}\n')
    assert yuanwen("group", path).code == 1
    result = yuanwen("group", tmp_path / "absent.jsonl")
    assert result.code == 2
    assert "absent.jsonl" in result.err


def test_odd_texts_do_no_harm(yuanwen: Run, tmp_path: Path) -> None:
    texts = ["", " ", "。", "\x00", "\ud800 half", "a" * 70_000, "字" * 70_000, "图片新闻", "图片新闻", "１２３", "😀😀"]
    result = yuanwen("group", write(tmp_path / "d.jsonl", []).with_name("d.jsonl"))
    path = tmp_path / "d.jsonl"
    path.write_text("".join(json.dumps({"id": n, "text": t}) + "\n" for n, t in enumerate(texts)), encoding="utf-8")
    result = yuanwen("group", path)
    assert result.code == 0, result.err
    assert stories(result) == {n: [n] for n in range(len(texts))}


def test_an_id_of_half_a_surrogate_pair_comes_back_as_it_came(yuanwen: Run, tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(r'{"id": "\ud800", "text": "甲"}' + "\n", encoding="utf-8")
    result = yuanwen("group", path)
    assert result.code == 0, result.err
    assert stories(result) == {"\ud800": ["\ud800"]}
