"""Two texts compared: character by character, and sentence by sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.reader.difference import MIN_ISLAND, compare, count_changes, in_rows, list_changes
from storage.reader.story_map import MappedText, map_copy


@given(st.text(alphabet="东河新桥通车，。\nab", max_size=60), st.text(alphabet="东河新桥通车，。\nab", max_size=60))
def test_a_difference_holds_both_texts(first: str, second: str) -> None:
    segments = compare(first, second).segments
    assert "".join(s.text for s in segments if s.change != "added") == first
    assert "".join(s.text for s in segments if s.change != "removed") == second
    inner = [s for before, s, after in zip(segments, segments[1:], segments[2:], strict=False) if before.change != after.change == "equal"]
    assert all(s.text for s in segments)
    assert all(len(s.text) >= MIN_ISLAND or s.change != "equal" or s in (segments[0], segments[-1]) or s not in inner for s in segments)


def test_a_very_long_text_is_compared_up_to_a_limit() -> None:
    found = compare("东河" * 30_000, "东河" * 30_000 + "尾")
    assert found.is_cut
    assert found.similarity == 1.0


@given(st.text(alphabet="东河新桥通车，。\nab", max_size=60), st.text(alphabet="东河新桥通车，。\nab", max_size=60))
def test_texts_beside_each_other_and_the_list_of_changes_hold_all_that_differs(first: str, second: str) -> None:
    found = compare(first, second)
    counts, edits, rows = count_changes(found), list_changes(found), in_rows(found)
    assert len(edits) == counts.n_places
    assert sum(len(edit.removed) for edit in edits) == counts.n_removed
    assert sum(len(edit.added) for edit in edits) == counts.n_added
    for side, text in enumerate((first, second)):
        shown = "".join(s.text for row in rows for s in row[side])
        assert shown.replace("\n", "") == text.replace("\n", "")


ORIGINAL = MappedText("东河新桥昨日正式通车。全长1.86公里，耗时三年建成。市民说过河只要五分钟。下一步还将修建步道。")


@pytest.mark.parametrize(
    ("copy", "states", "n_added"),
    [
        ("东河新桥昨日正式通车。全长1.86公里，耗时三年建成。市民说过河只要五分钟。下一步还将修建步道。", ["kept"], 0),
        ("東河新橋昨日正式通車！全長１.８６公里，耗時三年建成。市民說過河只要五分鐘。下一步還將修建步道。", ["kept"], 0),
        ("东河新桥昨日正式通车。下一步还将修建步道。", ["kept", "cut", "kept"], 0),
        ("本站记者补充几句话。东河新桥昨日正式通车。全长1.86公里，耗时三年建成。", ["kept", "cut"], 9),
        ("东河新桥前日正式通车。全长1.86公里，耗时三年建成。市民说过河只要五分钟。下一步还将修建步道。", ["changed", "kept"], 0),
        ("完全是另一篇文章，与此毫不相干。", ["cut"], 14),
        ("", ["cut"], 0),
    ],
)
def test_the_map_of_cuts_says_what_became_of_each_sentence(copy: str, states: list[str], n_added: int) -> None:
    found = map_copy(ORIGINAL, MappedText(copy))
    assert [piece.state for piece in found.pieces] == states
    assert found.n_added == n_added
    assert sum(piece.n_chars for piece in found.pieces) == len(ORIGINAL.whole)
