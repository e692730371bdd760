"""Saved pages: raw bytes, and what must come out of them (see `yuanwen sites save-page`). Files are found; no code is added for a page."""

from pathlib import Path

import pytest

from crawler.page_tests import outcome_of, read_page_test

PAGES = Path(__file__).parent / "pages"
SAVED = sorted(PAGES.rglob("*.html"))


def name_of(path: Path) -> str:
    return path.relative_to(PAGES).with_suffix("").as_posix()


def test_there_are_pages_and_each_has_its_values() -> None:
    assert len(SAVED) >= 10
    assert {path.with_suffix("") for path in SAVED} == {path.with_suffix("") for path in PAGES.rglob("*.json")}


@pytest.mark.parametrize("path", SAVED, ids=name_of)
def test_a_saved_page_gives_what_is_expected(path: Path) -> None:
    page, saved = read_page_test(path)
    now = outcome_of(page)
    if "expected" not in saved:
        verdict = next(key for key in ("rejected", "quarantined") if key in saved)
        assert now == {verdict: saved[verdict]}
        return
    assert "expected" in now, now
    # `known_failure` names the keys that do not come out yet; one that does must be taken off the list.
    wrong = {key: now["expected"][key] for key, value in saved["expected"].items() if now["expected"][key] != value}
    assert sorted(wrong) == sorted(saved.get("known_failure", [])), wrong
