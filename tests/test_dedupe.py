"""Folding, tokens, signatures, verdicts and clusters: pure values."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedupe.alignment import shared_share
from pipelines.dedupe.clusters import Edge, Page, cluster
from pipelines.dedupe.fold import MAX_CHARS, fold
from pipelines.dedupe.headlines import title_overlap
from pipelines.dedupe.reading import ReadText, read_folded, read_text
from pipelines.dedupe.signature import sign
from pipelines.dedupe.tokens import tokenise
from pipelines.dedupe.verdict import EdgeKind, Verdict, found_in, judge, share_of
from storage.story_texts import pack, unpack
from tests.made_stories import made_document


def compare(a: str, b: str, *, title_a: str = "", title_b: str = "", days: float | None = 0) -> Verdict | None:
    return judge(read_text(title_a, a), read_text(title_b, b), days_apart=days)


def text(n: int, sentences: int = 12) -> str:
    return made_document(n, sentences=sentences)["text"]


def test_folding_forgets_script_width_and_case() -> None:
    assert fold("經濟ＡＢＣ　１２３") == fold("经济abc 123")


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_and_harms_nothing(given: str) -> None:
    tokens = tokenise(fold(given))
    assert len(tokens) == len(tokens.letters)


def test_tokens_are_characters_words_and_numbers() -> None:
    tokens = tokenise(fold("GDP增长 3.5%，达到2024"))
    assert [tokens.text_of(i) for i in range(len(tokens))] == ["gdp", "增", "长", "3", "5", "达", "到", "2024"]
    assert tokens.is_number.tolist() == [False, False, False, True, True, False, False, True]


@given(st.text(alphabet="中文字a1 \U00020000\ud800。", max_size=40))
def test_a_packed_text_comes_back(given: str) -> None:
    assert unpack(pack(given)) == given


SOME_TEXTS = st.lists(st.text(alphabet="好坏一二。！\n. a?*□1,中x", max_size=60), max_size=8)


@given(SOME_TEXTS)
def test_texts_read_in_a_row_are_read_as_if_alone(texts: list[str]) -> None:
    row = read_folded([("", fold(text)) for text in texts])
    assert [_facts(read) for read in row] == [_facts(read_text("", text)) for text in texts]


def _facts(read: ReadText) -> tuple[object, ...]:
    marks = (read.n_marks, read.tokens.letters, read.tokens.starts.tolist(), read.tokens.codes.tobytes())
    return (read.shingles.tolist(), read.shingle_ends.tolist(), read.sentences.tolist(), sign(read), *marks)


def test_letters_that_fold_into_many_do_not_make_a_text_too_long() -> None:
    assert len(fold("㍿" * MAX_CHARS)) == MAX_CHARS
    assert sign(read_text("", "㍿" * MAX_CHARS)) == sign(read_text("", "株式会社" * (MAX_CHARS // 4)))


def test_a_signature_does_not_depend_on_punctuation_or_line_breaks() -> None:
    given = text(1)
    other = given.replace("，", ", ").replace("\n", "\n　　")
    assert sign(read_text("", given)) == sign(read_text("", other))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda t: t, EdgeKind.SAME),
        (lambda t: "编者按：本文转自网络，仅供参考，不代表本站立场。\n" + t, EdgeKind.SAME),
        (lambda t: t[: int(len(t) * 0.4)], EdgeKind.CONTAINS),
        (lambda t: t[int(len(t) * 0.6) :], EdgeKind.CONTAINS),
        (lambda t: t + "\n" + text(77, 5), EdgeKind.SAME),
        (lambda t: t + "\n" + text(77) + text(78) + text(79), EdgeKind.PART_OF),
        (lambda t: "\n".join(reversed(t.split("\n"))), EdgeKind.SAME),
    ],
)
def test_copies_are_joined(change, kind: EdgeKind) -> None:
    verdict = compare(text(5), change(text(5)))
    assert verdict is not None
    assert (verdict.kind, verdict.unites) == (kind, True)


def damage(given: str, share: float) -> str:
    r = random.Random(3)
    return "".join("" if (x := r.random()) < share / 2 else r.choice("锟拷□�*") if x < share else c for c in given)


def test_damaged_copies_are_joined() -> None:
    for n in range(20):
        verdict = compare(text(n), damage(text(n), 0.05))
        assert verdict is not None
        assert verdict.unites, n


@given(st.text(alphabet="春夏秋冬东西", max_size=60), st.text(alphabet="春夏秋冬东西", max_size=60), st.floats(0, 1))
def test_a_share_that_cannot_reach_the_least_is_not_looked_for(a: str, b: str, least: float) -> None:
    first, second = read_text(None, a), read_text(None, b)
    whole, some = shared_share(first, second), shared_share(first, second, least)
    assert some == whole if max(whole) >= least else some in (whole, (0.0, 0.0))


def test_damaged_english_is_joined() -> None:
    words = "harbour council approved the plan to widen western road after residents asked for safer crossings near schools".split()
    r = random.Random(1)
    given = ". ".join(" ".join(r.sample(words, 12)) for _ in range(20))
    other = ". ".join(" ".join(r.sample(words, 12)) for _ in range(20))
    verdict = compare(given, damage(given, 0.05))
    assert verdict is not None
    assert verdict.unites
    assert compare(other, damage(given, 0.05)) is None


QUAKE = "中国地震台网正式测定：{}月{}日{}时{}分在临江县（北纬{}度，东经{}度）发生{}级地震，震源深度{}千米。目前，当地应急管理部门已派出工作组赶赴现场核查灾情，暂未收到人员伤亡和财产损失报告，震区交通、通信、供电、供水正常，社会秩序稳定。"


def test_a_copy_with_a_broken_middle_is_joined() -> None:
    given = text(3)
    third = len(given) // 3
    broken = given[:third] + "锟斤拷鏂伴椈锟斤拷涓€鎶" * (third // 20) + given[2 * third :]
    assert read_text("", broken).is_damaged
    verdict = compare(given, broken)
    assert verdict is not None
    assert (verdict.unites, verdict.kind) == (True, EdgeKind.SAME)


def test_numbers_in_other_figures_are_no_other_numbers() -> None:
    given = text(4)
    other = given.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    assert given != other
    verdict = compare(given, other)
    assert verdict is not None
    assert (verdict.unites, verdict.n_conflicts) == (True, 0)
    changed = compare(given, other.replace("一", "三"))
    assert changed is None or changed.kind is EdgeKind.SIBLING


def test_numbers_of_any_length_are_compared() -> None:
    for number in ("9" * 5000, "十十", "百百百", "二三百"):
        given = f"{text(5)}\n编号为{number}号，请各单位妥善保存，到期交回档案室。"
        verdict = compare(given, given.replace(number, "100"))
        assert verdict is not None
        assert verdict.n_conflicts == 1


@given(st.integers(0, 500))
def test_a_text_and_its_lead_meet_in_the_index(n: int) -> None:
    given = text(n, sentences=30)
    lead = given[: given.index("。") + 1]
    (hash_of_lead,) = read_text("", lead).sentences
    assert hash_of_lead in read_text("", given).sentences


def test_bulletins_of_one_template_are_siblings() -> None:
    verdict = compare(QUAKE.format(3, 14, 8, 21, 28.31, 104.62, 4.3, 10), QUAKE.format(5, 2, 17, 48, 31.07, 98.24, 5.1, 15))
    assert verdict is not None
    assert (verdict.kind, verdict.unites) == (EdgeKind.SIBLING, False)


NOTICE = "经研究决定，任命{0}同志为{1}市{2}局长，免去其{1}市林业局副局长职务。任职前，{0}同志已按规定进行公示，公示期间未收到影响任用的反映。有关单位要做好交接工作，确保各项工作平稳有序开展。"


def test_notices_of_one_form_are_told_apart_by_what_their_headlines_name() -> None:
    a, b = NOTICE.format("黄晓明", "北岭", "商务局"), NOTICE.format("李丽华", "东湖", "水利局")
    verdict = compare(a, b, title_a="黄晓明任北岭市商务局局长", title_b="李丽华任东湖市水利局局长")
    assert verdict is None or not verdict.unites
    for copy, title in ((a, "重磅！北岭市有新局长"), (a[: len(a) * 2 // 3], "北岭市商务局迎来新局长"), ("本网讯 " + a, "快看这份任命")):
        verdict = compare(a, copy, title_a="黄晓明任北岭市商务局局长", title_b=title)
        assert verdict is not None
        assert verdict.unites


def test_a_copy_of_a_bulletin_is_joined() -> None:
    given = QUAKE.format(3, 14, 8, 21, 28.31, 104.62, 4.3, 10)
    verdict = compare(given, "核心提示：本网整理如下，供网友了解。" + given)
    assert verdict is not None
    assert verdict.unites


def test_short_notices_of_one_form_are_told_apart_by_one_name() -> None:
    a, b = NOTICE.format("陈丽华", "石桥", "交通运输局"), NOTICE.format("刘建国", "石桥", "交通运输局")
    verdict = compare(a, b, title_a="陈丽华任石桥市交通运输局局长", title_b="刘建国任石桥市交通运输局局长")
    assert verdict is None or not verdict.unites


@pytest.mark.parametrize("days", [40, 700])
def test_late_copies_are_joined_under_one_title_where_no_number_differs(days: int) -> None:
    given = text(5)
    changed = "".join(given[at : at + 60] + given[at + 61 : at + 62] for at in range(0, len(given), 62))  # a character in sixty is lost
    title = "临江市公交线路调整方案公布"
    verdict = compare(given, changed, title_a=title, title_b=title, days=days)
    assert verdict is not None
    assert (verdict.kind, verdict.unites) == (EdgeKind.SAME, True)
    assert compare(given, changed, title_a=title, title_b="云峰县水库巡查制度试行", days=days) is None


def test_a_text_that_returns_under_one_title_with_one_other_number_is_not_a_late_copy() -> None:
    form = "本次活动共设11个会场、23个展区、35条线路，45家单位和57支队伍参加，共有{}名志愿者报名。" + text(5, 3)
    a, b = form.format(812), form.format(974)
    for days, unites in ((2, True), (400, False)):
        verdict = compare(a, b, title_a="全市快递业务", title_b="全市快递业务", days=days)
        assert verdict is not None
        assert verdict.unites is unites


def test_returning_texts_are_told_apart_by_time() -> None:
    given = text(5)
    changed = "\n".join(given.split("\n")[:3]) + "\n" + "\n".join(text(6).split("\n")[3:])
    assert compare(given, changed, days=2) is not None
    assert compare(given, changed, days=400) is None


def test_a_shared_disclaimer_joins_nothing() -> None:
    disclaimer = "声明：本网站刊载此文只为传递更多信息，并不代表赞同其观点，也不对其真实性、完整性负责，文章内容仅供读者参考，请自行核实有关内容，投资者据此操作风险自担，转载请注明出处，如有侵权请与我们联系。"
    a, b = text(5, 3), text(6, 3)
    assert (
        compare(a + disclaimer, b + disclaimer, title_a="临江市公交线路调整方案公布", title_b="云峰县水库巡查制度试行", days=None) is None
    )


def test_a_few_words_join_only_under_one_title() -> None:
    few = "视频：临江市春季植树活动今天上午举行"
    assert compare(few, few, title_a="临江市春季植树", title_b="临江市春季植树") is not None
    assert compare(few, few, title_a="临江市春季植树", title_b="海阳区码头扩建") is None
    assert compare("图片新闻", "图片新闻", title_a="图片", title_b="图片") is None


def test_title_overlap_counts_the_shorter_title() -> None:
    assert title_overlap("临江市公交", "重磅临江市公交线路调整") == 1.0
    assert title_overlap("", "") == 0.0


def edge(a: int, b: int, cover_a: float, cover_b: float, mask_a: int = (1 << 64) - 1, mask_b: int = (1 << 64) - 1) -> Edge:
    return Edge(a=a, b=b, kind=EdgeKind.SAME, cover_a=cover_a, cover_b=cover_b, mask_a=mask_a, mask_b=mask_b, unites=True)


def pages(*titles: str) -> dict[int, Page]:
    return {n: Page(title=title, day=None) for n, title in enumerate(titles, 1)}


LOW, HIGH = (1 << 32) - 1, ((1 << 32) - 1) << 32


def test_a_page_of_two_stories_unites_neither() -> None:
    given = pages("公交线路", "水库巡查", "公交线路")
    found = cluster(given, [edge(1, 3, 1, 0.5, mask_b=LOW), edge(2, 3, 1, 0.5, mask_b=HIGH)])
    assert found.story[1] != found.story[2]
    assert found.compilations == {3}
    assert {found.story[3], *(found.story[m.other] for m in found.also if m.page == 3)} == {1, 2}


def test_head_and_tail_of_one_article_are_one_story() -> None:
    given = pages("临江市公交线路调整方案", "临江市公交线路调整方案", "临江市公交线路调整方案")
    found = cluster(given, [edge(1, 3, 1, 0.5, mask_b=LOW), edge(2, 3, 1, 0.5, mask_b=HIGH)])
    assert set(found.story.values()) == {1}


def test_numbers_of_pages_do_not_matter() -> None:
    titles = ["公交线路", "水库巡查", "码头扩建", "公交线路", "果园灌溉"]
    edges = [(0, 3, 1, 0.5, LOW), (1, 3, 1, 0.5, HIGH), (2, 4, 0.9, 0.9, LOW), (0, 2, 0.8, 0.9, LOW)]
    partitions = set()
    for seed in range(20):
        order = list(range(5))
        random.Random(seed).shuffle(order)
        number = {old: order.index(old) + 1 for old in order}
        given = {number[i]: Page(title=titles[i], day=None) for i in range(5)}
        drawn = [
            edge(number[i], number[j], ci, cj, mask_b=m) if number[i] < number[j] else edge(number[j], number[i], cj, ci, mask_a=m)
            for i, j, ci, cj, m in edges
        ]
        found = cluster(given, drawn)
        groups: dict[int, set[str]] = {}
        for i in range(5):
            if number[i] not in found.compilations:
                groups.setdefault(found.story[number[i]], set()).add(str(i))
        partitions.add(frozenset(frozenset(group) for group in groups.values()))
    assert partitions == {frozenset({frozenset("024"), frozenset("1")})}


def crowd(first: int, n: int) -> list[Edge]:
    return [edge(first + i, first + j, 0.95, 0.95) for i in range(n) for j in (i + 1, i + 2) if j < n]


def test_one_edge_does_not_join_two_crowds_but_two_do() -> None:
    given = {n: Page(title="", day=None) for n in range(1, 601)}
    crowds = crowd(1, 300) + crowd(301, 300)
    assert set(cluster(given, [*crowds, edge(10, 400, 0.9, 0.9)]).story.values()) == {1, 301}
    assert set(cluster(given, [*crowds, edge(10, 400, 0.9, 0.9), edge(20, 500, 0.9, 0.9)]).story.values()) == {1}
    assert set(cluster(given, [*crowd(1, 300), edge(10, 400, 0.9, 0.9)]).story.values()) == {1, *range(301, 601)} - {400}


def test_a_story_does_not_grow_without_bound() -> None:
    given = {n: Page(title="", day=None) for n in range(1, 6001)}
    edges = [edge(n, n + 1, 0.8, 0.8) if n % 3000 == 0 else edge(n, n + 1, 0.95, 0.95) for n in range(1, 6000)]
    rings = [edge(1, 3000, 0.95, 0.95), edge(3001, 6000, 0.95, 0.95), edge(5, 5995, 0.8, 0.8)]
    assert set(cluster(given, edges + rings).story.values()) == {1, 3001}


def test_two_cuts_of_one_text_share_a_stretch_and_reports_under_one_headline_share_phrases() -> None:
    title, chance = "宣讲团在各地各部门宣讲", random.Random(4)
    sentences = ["".join(chance.choices([chr(c) for c in range(0x4E00, 0x5800)], k=40)) + "。" for _ in range(26)]
    head, tail = (read_text(title, "".join(part)) for part in (sentences[:18], sentences[10:]))
    cut = judge(head, tail, days_apart=0)
    assert cut is not None
    assert cut.unites
    assert 0.4 <= max(cut.cover_a, cut.cover_b) < 0.5
    stock = "从深刻领会重大意义、准确把握目标任务、坚持和加强全面领导等方面，作了全面宣讲和深入阐释。"
    first, second = (read_text(title, "".join(s + stock for s in part)) for part in (sentences[:13], sentences[13:]))
    assert 0.4 <= share_of(found_in(first, second)) < 0.5, "as much as two cuts share"
    strewn = judge(first, second, days_apart=0)
    assert strewn is None or not strewn.unites
