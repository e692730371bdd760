"""Learning from sibling pages: what is learned, when it is accepted, how it is kept and when it has gone stale."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.load_rules import load_rule_book
from pipelines.extract.drift import Seen, has_drifted
from pipelines.extract.extract import slot_first
from pipelines.extract.layout import compile_css
from pipelines.extract.sketch import Line, Sketch
from pipelines.extract.template_learning import learn_template
from pipelines.extract.templates import Template, TemplateBook, as_css, as_layout, from_dict, to_dict, url_shape
from pipelines.extract.view import view_page
from pipelines.extract.walk import walk_page
from pipelines.ingest import learn, process
from pipelines.site_rules import Layout, RuleBook
from pipelines.types import FetchedPage, Printed

WORDS = "城北新线昨日开通市民排队乘车记者在现场看到秩序井然工作人员引导老人先行沿线商户表示生意渐好专家认为规划合理"
SLOGAN = "本台客户端全新改版，天天有礼，欢迎各位朋友前来体验，惊喜不断，好礼不停。"


def story(seed: int, n: int = 4) -> tuple[str, tuple[str, ...]]:
    dice = random.Random(seed)

    def words(length: int) -> str:
        return "".join(dice.choice(WORDS) for _ in range(length))

    return words(18), tuple(f"{words(30)}，{words(25)}。" for _ in range(n))


def page(seed: int, *, host: str = "news.example.com", slogan: str = SLOGAN) -> tuple[FetchedPage, tuple[str, ...]]:
    title, paragraphs = story(seed)
    inside = "".join(f"<p>{p}</p>" for p in paragraphs)
    html = (
        f"<html><head><title>{title}_某某网</title></head><body><ul>{'<li><a href=/c>某频道</a></li>' * 8}</ul><div class=main><h1>{title}</h1>"
        f"<div class=info><span>2022-12-20 08:51</span> 来源：某某日报</div><div class='text t{seed}'>{inside}<p class=promo>{slogan}</p></div></div>"
        f"<div class=foot>版权所有 某某网</div></body></html>"
    )
    url = f"http://{host}/gn/2022/12/{seed}.html"
    fetched = FetchedPage(url=url, final_url=url, status=200, headers=(), body=html.encode(), fetched_at=datetime(2022, 12, 21, tzinfo=UTC))
    return fetched, paragraphs


def book_from(seeds: Sequence[int], **more: str) -> RuleBook:
    book = load_rule_book()
    return replace(book, templates=learn((page(seed, **more)[0] for seed in seeds), book))


@pytest.mark.parametrize("n_siblings", [2, 3, 8])
def test_a_line_that_other_stories_have_too_is_not_the_article(n_siblings: int) -> None:
    fetched, paragraphs = page(99)
    assert process(fetched, load_rule_book()).text == "\n".join((*paragraphs, SLOGAN))
    article = process(fetched, book_from(range(n_siblings)))
    assert article.text == "\n".join(paragraphs)
    assert article.extractor == "template/1"
    assert [(r.kind, r.rule) for r in article.removed if r.text == SLOGAN] == [("repeated", "learned:path")]


def test_a_paragraph_of_two_stories_among_many_belongs_to_both() -> None:
    """A follow-up tells again what happened; learning took that paragraph out of both."""
    again = "根据国家有关部门日前发布的通知，今年各地将继续推进基础设施补短板工程，中央财政安排专项资金一千二百亿元。"
    pages = [page(seed, slogan=again if seed in (1, 3) else SLOGAN)[0] for seed in range(5)]
    pages = [replace(p, body=p.body.replace(b"<p class=promo>", b"<p>")) for p in pages]
    book = replace(load_rule_book(), templates=learn(pages, load_rule_book()))
    told, plain = process(pages[1], book), process(pages[0], book)
    assert (told.extractor, again in told.text) == ("template/1", True)
    assert SLOGAN not in plain.text


def test_one_page_and_copies_of_one_story_teach_nothing() -> None:
    book = load_rule_book()
    assert len(learn([page(1)[0]], book)) == 0
    copy, _ = page(1)
    again = replace(copy, url=copy.url.replace("1.html", "7.html"), final_url=copy.url.replace("1.html", "7.html"))
    assert len(learn([copy, again], book)) == 0


def test_templates_are_kept_by_host_and_url_shape() -> None:
    templates = book_from(range(3)).templates
    assert set(templates.templates) == {("news.example.com", "/gn/0/0/0.html")}
    other, paragraphs = page(99, host="other.example.org")
    assert process(other, book_from(range(3))).text == "\n".join((*paragraphs, SLOGAN))


def drawn(seed: int, container: str) -> Sketch:
    """A page of three paragraphs in one container."""
    lines = tuple(Line(f"{container}/p", f"{seed}-{i}", 60, 60.0, True) for i in range(3))
    return Sketch(
        host="news.example.com", shape="/0.html", title=frozenset({f"{seed}a", f"{seed}b"}), lines=lines, sections=((container, 0, 3),),
        container=container, n_chars=180, date_path=None, source_path=None, pager_path=None,
    )  # fmt: skip


def test_a_container_is_learned_only_where_pages_share_it() -> None:
    shared, apart = (
        learn_template([drawn(seed, path.format("abcd"[seed])) for seed in range(4)]) for path in ("body/div.text", "body/div.{}")
    )
    assert shared is not None
    assert shared.containers == ("body/div.text",)
    assert apart is not None
    assert apart.containers == ()


def test_held_back_pages_that_disagree_with_the_teacher_give_no_template() -> None:
    """Three pages keep their text in one container; two others have that container too, with something else in it."""
    alike = [drawn(seed, "body/div.text") for seed in range(3)]
    lines = (*(Line("body/div.text/p", f"x{i}", 60, 60.0, False) for i in range(9)), Line("body/div.other/p", "y", 60, 60.0, True))
    unlike = [
        replace(
            drawn(seed, "body/div.other"), lines=tuple(replace(line, key=f"{seed}{line.key}") for line in lines),
            sections=(("body/div.text", 0, 9), ("body/div.other", 9, 10)),
        )
        for seed in (7, 8)
    ]  # fmt: skip
    assert learn_template(alike) is not None
    assert learn_template([*alike[:1], *unlike]) is None


def test_learning_again_counts_the_version_up() -> None:
    first = book_from(range(3))
    second = replace(first, templates=learn((page(seed)[0] for seed in range(10, 14)), first))
    assert [t.version for t in second.templates] == [2]
    assert process(page(99)[0], second).extractor == "template/2"


def test_a_page_without_the_container_is_read_without_the_template() -> None:
    book = book_from(range(4))
    fetched, paragraphs = page(99, slogan="")
    changed = replace(fetched, body=fetched.body.replace(b"class='text", b"class='newlook"))
    article = process(changed, book)
    assert article.text == "\n".join(paragraphs)
    assert article.extractor.startswith("scorer/")


def test_slots_are_learned() -> None:
    (template,) = book_from(range(4)).templates
    assert template.date_path is not None
    assert template.date_path.endswith("div.info")
    assert template.source_path is not None
    assert template.n_pages == 4
    assert template.containers[0].endswith("div.text")


def test_a_learned_slot_goes_before_other_places_of_the_page_but_not_before_the_head() -> None:
    view = view_page("<div class=side>2020-01-01</div><div class=info>2022-12-20</div>", "http://news.example.com/")
    side, info = (Printed(text=b.text, rule="text", block=b.index) for b in view.blocks)
    head = Printed(text="2022-12-20T08:00", rule="meta")
    assert slot_first((head, side, info), view, "body/div.info") == (head, info, side)
    assert slot_first((side, head, info), view, "body/div.info") == (info, head, side)
    assert slot_first((side, head, info), view, "body/div.gone") == (side, head, info)
    assert slot_first((side, head, info), view, None) == (side, head, info)


def test_the_order_of_the_pages_does_not_matter() -> None:
    once, again = book_from([1, 2, 3, 4, 5]).templates, book_from([5, 3, 1, 2, 4]).templates
    assert once == again


TEXT = st.text(min_size=1, max_size=12)
TEMPLATES = st.builds(
    Template, host=TEXT, shape=TEXT, version=st.integers(1, 99), n_pages=st.integers(2, 20), containers=st.lists(TEXT, max_size=3).map(tuple),
    lines=st.frozensets(TEXT), removed_paths=st.frozensets(TEXT), date_path=st.none() | TEXT, source_path=st.none() | TEXT,
    pager_path=st.none() | TEXT, agreement=st.floats(0, 1), median_chars=st.integers(0, 9999),
)  # fmt: skip


@given(TEMPLATES)
def test_a_template_survives_json(template: Template) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(template)))) == template


@pytest.mark.parametrize(
    "values",
    [{}, {"format": 99}, {"format": 1, "host": "a"}, {"format": 1, "surprise": 1, "lines": [], "removed_paths": [], "containers": []}],
)
def test_what_is_no_template_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="template"):
        from_dict(values)


def test_a_book_is_a_value() -> None:
    template = next(iter(book_from(range(2)).templates))
    empty = TemplateBook()
    full = empty.with_template(template)
    assert (len(empty), len(full), len(full.without(template.host, template.shape))) == (0, 1, 0)


CLASSES = st.sampled_from(["main", "text-12", "W(0%)", "a:b", "正文", "x y", "9lives", ""])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["div", "ul", "section"]), CLASSES, CLASSES), min_size=1, max_size=4))
def test_a_path_as_css_meets_the_element_it_came_from(steps: list[tuple[str, str, str]]) -> None:
    tree = lxml.html.fromstring("<html><body></body></html>")
    element = tree.find("body")
    for tag, name, key in steps:
        element = lxml.html.etree.SubElement(element, tag)
        if name:
            element.set("class", name)
        if key:
            element.set("id", key)
    element.text = "甲"
    walk = walk_page(lxml.html.tostring(tree, encoding="unicode"))
    assert element in compile_css(as_css(walk.blocks[0].path))(tree)


def test_an_exported_layout_reads_the_page_as_the_template_does() -> None:
    import tomllib

    (template,) = book_from(range(5)).templates
    (values,) = tomllib.loads(as_layout(template, "2022-01-01"))["layout"]
    assert values["valid_from"] == date(2022, 1, 1)
    fetched, _ = page(99)
    tree = lxml.html.document_fromstring(fetched.body)
    (body,) = compile_css(values["body"])(tree)
    assert body.get("class") == "text t99"
    removed = {element.get("class") for rule in values["remove"] for element in compile_css(rule["css"])(tree)}
    assert "promo" in removed
    assert Layout(valid_from=values["valid_from"], body=values["body"]).body == values["body"]


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("http://a.example/n1/2022/1220/c64387-1.html", "/0/0/0/0.html"),
        ("http://a.example/news/", "/news/"),
        ("http://a.example/some-title-here", "/w"),
        ("http://a.example/" + "very-long/" * 30 + "1.html", ("/" + "very-long/" * 30)[:64]),
    ],
)
def test_url_shapes(url: str, shape: str) -> None:
    assert url_shape(url) == shape


@pytest.mark.parametrize(
    ("seen", "drifted"),
    [
        ([], False),
        ([(True, 900)] * 20, False),
        ([(False, 0)] * 3, False),
        ([(False, 0)] * 8, True),
        ([(True, 900)] * 10 + [(False, 0)] * 10, True),
        ([(True, 900)] * 18 + [(False, 0)] * 2, False),
        ([(True, 60)] * 10, True),
        ([(True, 500)] * 10, False),
    ],
)
def test_drift_is_missed_containers_or_bodies_that_shrink(seen: list[tuple[bool, int]], drifted: bool) -> None:
    template = next(iter(book_from(range(2)).templates))
    assert has_drifted(replace(template, median_chars=800), [Seen(is_met=m, n_chars=n) for m, n in seen]) is drifted
