"""Repair of disguised mirrors: read back what was written, leave everything else alone."""

import random

import pytest

from crawler.load_rules import load_language_model
from pipelines.repair.repair import repair_text
from tests.disguise import FOLD, LISTS, all_damages, disguise
from tests.repair_pages import HARBOUR, PAGES


def refuse_model():
    raise AssertionError("the model is loaded only for damaged pages")


def wrong_characters(truth: str, text: str) -> int:
    """Characters of `text` that differ from the truth; '?' is no claim."""
    assert len(text) == len(truth)
    return sum(a != b and b not in "?？" for a, b in zip(truth, text, strict=True))


@pytest.mark.parametrize("variant", LISTS)
@pytest.mark.parametrize("page", PAGES)
def test_disguise_is_undone(page: str, variant: str) -> None:
    damaged = disguise(page, variant, random.Random(7))
    assert damaged != page
    repaired = repair_text(damaged, load_language_model)
    if variant == "v0" and "?" not in damaged:
        assert repaired.text is damaged  # nothing shows that it was converted
        return
    assert repaired.disguised
    assert wrong_characters(page, repaired.text) == 0
    assert repaired.text.count("?") <= 4
    assert repair_text(repaired.text, refuse_model).text is repaired.text


def test_full_width_pages_are_undone_too() -> None:
    damaged = disguise(HARBOUR, "v1", random.Random(1), folded=False)
    assert "，" in damaged
    assert wrong_characters(HARBOUR, repair_text(damaged, load_language_model).text) == 0


# Spans seen on real pages (research on 39 pages of 37 hosts), with the private-use characters their transcription lost left out.
REAL_SPANS = [
    ("北京高校科研院所密集，数字经济人才众多", "北京高??蒲性核\ue2b4芗\ue1d8瑪?shù)字經(jīng)濟人才眾多", "v1"),
    ("有所作为。”近日，对外经济贸易大学", "有所作為?!苯\ue3d3?,對外經(jīng)濟貿(mào)易大學(xué)", "v1"),
    ("德尔菲流程(Delphi", "德?tīng)柗屏鞒?Delphi", "v2"),
    ("在上海考察时提出", "在上??疾鞎r提出", "v1"),
    ("怎么保持数据一致性", "怎么保持?jǐn)?shù)據(jù)一致性", "v1b"),
    ("控制在以内，避免", "控制在以?xún)?nèi),避免", "v2"),
    ("通常可以使用", "通??梢允褂?", "v0"),
]


@pytest.mark.parametrize(("original", "seen", "variant"), [span for span in REAL_SPANS if "\ue3d3?" not in span[1]])
def test_simulator_makes_real_spans(original: str, seen: str, variant: str) -> None:
    made = {text for folded in (True, False) for text in all_damages(original, LISTS[variant], folded=folded)}
    assert seen.translate(FOLD) in made


@pytest.mark.parametrize("page", PAGES)
def test_clean_text_is_the_same_object(page: str) -> None:
    assert repair_text(page, refuse_model).text is page
