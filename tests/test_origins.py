"""Where stories come from: the kinds of claims, end to end through the store, and what must not mislead."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.load_rules import load_rule_book
from pipelines.dedupe.attribution import Copy, Witness
from pipelines.dedupe.origin import find_origin
from pipelines.ingest import process
from pipelines.types import Precision
from tests.made_articles import made_page
from tests.made_origins import made_stories
from tests.origin_kinds import KINDS
from tests.score.origins import score

NINE = datetime(2024, 3, 1, 1, tzinfo=UTC)


def copy(page: int, minutes: int = 0, **changes: object) -> Copy:
    """A page of a site of its own that says nothing."""
    given = Copy(
        page=page, url=f"http://site{page}.example/2024/0301/{page}.html", canonical_url=f"http://site{page}.example/2024/0301/{page}.html",
        site=f"site{page}.example", site_name=f"站{page}", source=None, is_repost=None, published_at=NINE + timedelta(minutes=minutes),
        precision=Precision.MINUTE, first_seen_at=NINE + timedelta(days=1), disguised=False,
    )  # fmt: skip
    return replace(given, **changes)  # type: ignore[arg-type]


def credited(page: int, source: str, minutes: int = 0, **changes: object) -> Copy:
    return copy(page, minutes, source=source, is_repost=True, **changes)


def answer(*copies: Copy) -> tuple[int | None, str | None]:
    origin = find_origin(copies, [])
    return origin.page, origin.outlet


def test_made_stories_are_traced_and_doubtful_ones_left_open() -> None:
    verdicts = score(made_stories(31, sum(KINDS.values())))
    found = Counter(verdict for _, verdict, _ in verdicts)
    assert {truth.kind for truth, _, _ in verdicts if truth.kind.startswith("single, silent")}
    assert found["right"] >= 0.87 * found.total()
    assert found["wrong"] <= 0.03 * found.total()
    assert not [truth.kind for truth, verdict, confidence in verdicts if verdict == "wrong" and confidence >= 0.8]


def test_the_text_itself_speaks_before_those_who_copied_it() -> None:
    agency = "临江通讯社"
    assert answer(credited(1, "北门网", agency=agency), credited(2, "北门网", agency=agency)) == (None, agency)
    # A line that one copy of three has was put there by that copy.
    assert answer(credited(1, "北门网", agency=agency), credited(2, "北门网"), credited(3, "北门网")) == (None, "北门网")
    assert answer(copy(1, agency="临江网", site_name="临江热线"), credited(2, "东河日报")) == (None, "东河日报")


def test_the_site_of_an_outlet_holds_its_own_page() -> None:
    site = copy(2, 5, source="北门日报", site_name="北门日报网")
    others = [credited(1, "北门日报", 0), credited(3, "北门日报", 9)]
    assert answer(*others, site) == (2, "北门日报")
    assert answer(*others, replace(site, is_repost=True)) == (None, "北门日报")


def test_an_outlet_in_two_scripts_is_one_voice() -> None:
    split = (credited(1, "河口衛視"), credited(2, "河口卫视"), credited(3, "北门网"), credited(4, "北门网"), credited(5, "河口卫视"))
    assert answer(*split) == (None, "河口卫视")
    own = copy(6, site_name="河口衛視", is_repost=False)
    assert answer(*split, own) == (6, "河口卫视")


def test_a_printed_chain_leads_on() -> None:
    assert answer(credited(1, "东河日报", via=("北门网",)), credited(2, "北门网"), credited(3, "北门网")) == (None, "东河日报")
    station = credited(1, "东河日报", site_name="北门网")
    assert answer(station, credited(2, "北门网"), credited(3, "北门网")) == (None, "东河日报")
    own = copy(1, site_name="北门网", source="北门网", is_repost=False)
    assert answer(own, credited(2, "东河日报", via=("北门网",)), credited(3, "北门网")) == (1, "北门网")


def test_what_a_site_says_of_itself_does_not_outweigh_what_others_say() -> None:
    greedy = copy(1, -60, source="站1", is_repost=False)
    assert answer(greedy, credited(2, "东河日报")) == (None, "东河日报")
    assert answer(greedy, credited(2, "站1"), credited(3, "东河日报")) == (1, "站1")


def test_of_two_that_call_it_their_own_the_first_counts_if_it_leads() -> None:
    first = copy(1, 0, source="站1", is_repost=False)
    assert answer(first, copy(2, 300, source="站2", is_repost=False)) == (1, "站1")
    assert answer(first, copy(2, 4, source="站2", is_repost=False)) == (None, None)


def test_one_page_alone_is_the_origin_only_if_it_says_so() -> None:
    assert answer(copy(1, is_repost=False)) == (1, "站1")
    assert answer(copy(1)) == (None, None)
    assert answer(copy(1, is_repost=False, disguised=True)) == (None, None)


def test_a_clone_is_told_from_the_outlet_by_links_alone() -> None:
    path = "/2024/0301/t1_100.html"
    own = copy(1, url=f"http://www.site1.example{path}", site_name="东河日报", source="东河日报", is_repost=False)
    clone = replace(own, page=2, site="clone.example", url=f"http://clone.example{path}", first_seen_at=NINE)
    assert answer(own, clone, credited(3, "东河日报")) == (None, "东河日报")
    assert answer(own, clone, credited(3, "东河日报", links=("http://www.site1.example/",))) == (1, "东河日报")
    assert Witness.MIRROR in {e.witness for e in find_origin([own, clone], []).evidence}


@pytest.mark.parametrize(
    ("href", "other"),
    [
        ("http://www.donghe.example/a/1.html", "http://www.donghe.example/a/1.html"),
        ("http://www.donghe.example/", None),
        ("/b/2.html", None),
        ("http://[", None),
        ("http://donghe:abc/1.html", None),
        ("http://donghe:99999/1.html", None),
        ("", None),
    ],
)
def test_a_canonical_link_to_another_site_is_kept_as_evidence(href: str, other: str | None) -> None:
    lines = "".join(f"<p>东河新桥第{n}段昨日上午正式通车，市民说过河只要五分钟，比从前快了许多。</p>" for n in range(9))
    html = f"<html><head><title>东河新桥昨日正式通车</title><link rel=canonical href='{href}'></head><body><h1>东河新桥昨日正式通车</h1>{lines}</body></html>"
    page = made_page(1, body=html.encode(), headers=(("content-type", "text/html; charset=utf-8"),))
    article = process(page, load_rule_book())
    found = article.evidence.get("canonical_url")
    assert (found.text if found else None) == other
    assert article.site == "site1.example"
    assert article.canonical_url.startswith("http://news.site1.example/")
