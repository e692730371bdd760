"""Repair of disguised mirrors: read back what was written, leave everything else alone."""

import random
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from itertools import combinations
from pathlib import Path

import pytest

from crawler.demo.site import build_demo
from crawler.load_rules import load_language_model, load_rule_book
from pipelines.ingest import process
from pipelines.record import record_of
from pipelines.repair.disguise import BUDGET
from pipelines.repair.gbk import is_private
from pipelines.repair.lattice import cover
from pipelines.repair.repair import repair_text
from pipelines.types import FetchedPage
from tests.disguise import FOLD, LISTS, all_damages, damaged, disguise
from tests.repair_pages import HARBOUR, PAGES, SCHOOL
from tests.score.repair import CLEAN, PAIR, T2S, distance, half_width


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


def test_simulator_makes_what_was_seen() -> None:
    """Of the two spans that the research on real pages began with: 北京高校科研院所密集 and 德尔菲流程."""
    assert "北京高??蒲性核\ue2b4芗\ue1d8瑪?shù)字" in set(all_damages("北京高校科研院所密集，数字", LISTS["v1"]))
    assert "德?tīng)柗屏鞒?Delphi".translate(FOLD) in set(all_damages("德尔菲流程(Delphi", LISTS["v2"]))


def test_every_real_span_is_made_and_read_back(shared: Path) -> None:
    spec = spec_from_file_location("shared_disguise", shared / "score" / "disguise.py")
    assert spec is not None
    assert spec.loader is not None
    real = module_from_spec(spec)
    spec.loader.exec_module(real)
    exact = 0
    for original, seen, variant, _ in real.REAL:
        split_at = [at for at, _ in real.mark_sites(real._gbk(real.to_traditional(original)))]
        ways = [at for n in range(len(split_at) + 1) for at in combinations(split_at, n)]
        made = [damaged(original, LISTS[variant], at, folded=False) for at in ways]
        shown = {real.half_width("".join(c for c in m if not is_private(c))): m for m in made}
        span = shown[real.half_width("".join(c for c in seen if not is_private(c)))]
        page = disguise(SCHOOL, variant, random.Random(3), folded=False) + "\n" + span
        repaired = repair_text(page, load_language_model)
        last = repaired.text.rpartition("\n")[2]
        doubts = sum(done.count for done in repaired.repairs if done.kind in ("unsure", "unread"))
        assert last == original or ("?" in last and doubts), (original, last)
        exact += last == original
    assert exact >= 6


@pytest.mark.parametrize("page", PAGES)
def test_clean_text_is_the_same_object(page: str) -> None:
    assert repair_text(page, refuse_model).text is page


@pytest.mark.parametrize("form", CLEAN)
@pytest.mark.parametrize("page", PAGES)
def test_lessons_and_genuine_traditional_pages_are_the_same_object(page: str, form: str) -> None:
    text = CLEAN[form](page)
    assert repair_text(text, load_language_model).text is text


def test_mixed_page_keeps_addresses_and_code() -> None:
    text = disguise(HARBOUR, "v1", random.Random(2), folded=False).replace("\n", "</p>\n<p>")
    page = f'<html><a href="/標簽/數據?id=1">鏈接</a><script>var 數 = "經";</script><p>{text}</p></html>'
    repaired = repair_text(page, load_language_model)
    assert 'href="/標簽/數據?id=1"' in repaired.text
    assert 'var 數 = "經";' in repaired.text
    assert "链接" in repaired.text


def test_a_digit_that_was_eaten_is_not_filled_in() -> None:
    page = disguise(SCHOOL, "v1", random.Random(3)) + "\n" + "至關重要?！吨袊圃?025》規劃".replace("，", ",")
    assert "?025" in repair_text(page, load_language_model).text


def test_changed_spans_are_what_stood_in_the_damaged_text() -> None:
    page = disguise(HARBOUR, "v2", random.Random(5))
    repaired = repair_text(page, load_language_model)
    assert [page[span.start : span.start + len(span.before)] for span in repaired.changed] == [span.before for span in repaired.changed]
    assert {span.kind for span in repaired.changed} == {"pinyin", "split_character"}


def test_inserted_commas_go() -> None:
    page = disguise(HARBOUR, "v2", random.Random(5)).replace("。", ",。")
    repaired = repair_text(page, load_language_model)
    assert ",。" not in repaired.text
    assert "inserted_comma" in {done.kind for done in repaired.repairs}


def test_disguised_pages_of_the_demo_come_out_as_written() -> None:
    mirrors = [page for page in build_demo().articles() if not page.is_exact]
    assert mirrors
    for page in mirrors:
        at = datetime(2024, 7, 1, tzinfo=UTC)
        fetched = FetchedPage(url=page.url, final_url=page.url, status=200, headers=page.headers, body=page.body, fetched_at=at)
        record = record_of(process(fetched, load_rule_book()))
        assert page.expected is not None
        wanted = {key: value for key, value in page.expected.items() if key != "charset"}
        assert {key: record[key] for key in wanted} == wanted


STALLING = {
    "marks": "?!" * 40_000,
    "question marks": "?" * 40_000,
    "long runs": ("年?!" + "蒲性核" * 20 + "\n") * 800,
    "broken pairs": "當?shù)" * 20_000,
}


@pytest.mark.parametrize("tail", STALLING)
def test_work_on_one_page_is_bounded(tail: str, monkeypatch: pytest.MonkeyPatch) -> None:
    n_places = 0

    def counted(places, *rest):
        nonlocal n_places
        n_places += len(places)
        return cover(places, *rest)

    monkeypatch.setattr("pipelines.repair.search.cover", counted)
    repair_text(disguise(HARBOUR, "v1", random.Random(1)) + STALLING[tail], load_language_model)
    assert 0 < n_places <= 3 * BUDGET


def test_text_full_of_listed_characters_is_known_as_a_mirror() -> None:
    """A third of its characters carry pinyin: more than on other pages, and still no lesson."""
    page = "数据产业发展质量调查：创业环境优势扩大，网络经济业务实现稳进。国际标准组织认证应用场景，贸易关税结构调节，领导机构督导会计报账规则。\n优质创业项目运营状态显著优势，实际监护责任动态发布，设计环节说明结构节点数据，网络应急响应级别调节。\n老人每天早上到河边散步，在桥头坐一坐，看看来往的人，日头高了再慢慢走回家去。小孙子放学早，先到河边等他，一老一小并排坐下，不大说话，只看水。"
    damaged = disguise(page, "v2", random.Random(5))
    assert 0.3 * len(page) < damaged.count("(") < 0.45 * len(page)
    repaired = repair_text(damaged, load_language_model)
    assert repaired.disguised
    assert wrong_characters(page, repaired.text) == 0


@pytest.mark.parametrize("page", PAGES)
def test_page_that_lost_its_private_use_characters_is_not_made_worse(page: str) -> None:
    damaged_page = "".join(char for char in disguise(page, "v1", random.Random(7)) if not is_private(char))
    repaired = repair_text(damaged_page, load_language_model).text
    assert wrong_lines(page, repaired) <= wrong_lines(page, bare(damaged_page))
    assert "\ufffd" not in repaired


def bare(text: str) -> str:
    return half_width(T2S.convert(PAIR.sub(r"\1", text)))


def wrong_lines(truth: str, text: str) -> int:
    pairs = zip(half_width(truth).split("\n"), half_width(text).split("\n"), strict=True)
    return sum(sum(distance(a, b)) for a, b in pairs)
