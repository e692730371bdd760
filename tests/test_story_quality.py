"""Story grouping reaches its goals on reposts made of real news, and on labelled pairs of real pages."""

from pathlib import Path

from tests.score.stories import judge_pairs, score_made

RECALL = {"cut60": 0.97, "trad": 0.97, "combo": 0.96, "garble2": 0.95, "garble5": 0.85}
"""A little below the goals: there are few of each kind in a small sample."""


def test_made_reposts_are_grouped(shared: Path, tmp_path: Path) -> None:
    figures = score_made(shared, tmp_path, seed=77, stories=300, limit=1500)
    assert figures["missing"] == 0
    assert figures["bcubed_f"] >= 0.99
    assert figures["pair_precision"] >= 0.995
    assert figures["merge"] >= 0.98
    assert figures["bridged"] == 0
    assert figures["biggest"] <= 2 * figures["biggest_true"]
    assert {kind: figures["recall"][kind] for kind in RECALL if figures["recall"][kind] < RECALL[kind]} == {}


def test_labelled_pairs_are_joined_or_kept_apart(shared: Path) -> None:
    wrong, n = judge_pairs(shared)
    assert wrong == []
    assert n >= 37
