"""One walk: what the block list must hold."""

import gc
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extract.parse import parse_tree
from pipelines.extract.view import view_page
from pipelines.extract.walk import walk_page
from pipelines.types import Block, PageView

URL = "http://news.example.com/a/1.html"


def view(html: str) -> PageView:
    return view_page(html, URL)


def texts(html: str) -> list[str]:
    return [block.text for block in view(html).blocks]


def test_text_after_a_stray_end_of_the_page_is_read() -> None:
    assert texts("<html><body><p>一</p></body></html><p>二</p></body></html>\n") == ["一", "二"]


def test_blocks_end_at_block_elements_and_line_breaks_but_not_at_inline_ones() -> None:
    html = "<div>甲<b>乙</b><span>丙<i>丁</i></span>戊<br>己<p>庚</p>辛<script>var x = '壬'</script>癸</div>"
    assert texts(html) == ["甲乙丙丁戊", "己", "庚", "辛癸"]


def test_inline_elements_that_touch_are_kept_apart_beside_the_text() -> None:
    (block,) = view("<p><i>甲</i><b>乙<u>丙</u></b> <span>丁</span>戊<i>己</i></p>").blocks
    assert (block.text, block.apart) == ("甲乙丙 丁戊己", "甲 乙丙 丁戊己")
    assert [block.apart for block in view("<p>甲<b>乙</b>丙</p><p><i></i><b>丁</b></p>" + "<i>戊</i>" * 200).blocks] == ["", "", ""]


def test_what_a_class_says_of_inline_words_is_kept_with_their_block() -> None:
    (first, second) = view(
        "<p><a class='Source fl'>甲</a><b class=author>乙<i class=x>丙</i></b><i class=author style='display:none'>丁</i></p><p>戊</p>"
    ).blocks
    assert first.roles == (("source", "甲"), ("author", "乙丙"))
    assert second.roles == ()
    assert view("<div><span class=source><p>甲</p></span>乙</div>").blocks[0].roles == ()


def test_characters_of_no_width_are_left_out_and_those_that_mean_something_stay() -> None:
    assert texts("<p>&#8203;\ufeff甲\u200b乙\xad 丙&#8203; </p><p>\u200b</p>") == ["甲乙 丙"]
    assert texts("<p>\U0001f468\u200d\U0001f469 \ue000</p>") == ["\U0001f468\u200d\U0001f469 \ue000"]
    assert view("<title>甲\u200b乙</title><p>丙</p>").head_title == "甲乙"


def test_skipped_elements_lose_their_inside_and_keep_their_tail() -> None:
    html = "<p>一<noscript><p>二<b>三</b>四</p></noscript>五<svg><g><text>六</text></g></svg>七</p>"
    assert texts(html) == ["一五七"]


def test_hidden_words_inside_a_paragraph_are_left_out_and_hidden_blocks_are_marked() -> None:
    page = view('<p>甲<span style="display: none">x<b>y</b></span>乙</p><div style="display:none"><p>丙</p></div>')
    assert [(b.text, b.is_hidden) for b in page.blocks] == [("甲乙", False), ("丙", True)]


def test_links_are_counted_in_the_block_that_shows_them() -> None:
    page = view('<div><a href="/x">链接一</a>字<a href="/y">链<em>接</em>二</a></div><a href="/z"><h3>大标题</h3></a><p>无</p>')
    assert [(b.text, b.n_link_chars, [link.href for link in b.links]) for b in page.blocks] == [
        ("链接一字链接二", 6, ["/x", "/y"]),
        ("大标题", 3, ["/z"]),
        ("无", 0, []),
    ]


def test_paths_fold_digits_and_labels_name_the_nearest_first() -> None:
    (block,) = view('<div id="Main"><div class="post-123 wide"><p>字</p></div></div>').blocks
    assert (block.path, block.labels, block.tag) == ("body/div#Main/div.post-0/p", "post-123 wide main", "p")


def test_sections_hold_their_blocks_outer_first() -> None:
    page = view("<div id=a><p>一</p><div id=b><p>二</p><p>三</p></div></div><p>四</p>")
    assert [(s.path, s.start, s.end) for s in page.sections] == [("body", 0, 4), ("body/div#a", 0, 3), ("body/div#a/div#b", 1, 3)]


def test_images_know_where_they_stand_and_prefer_the_lazy_source() -> None:
    page = view('<p>一</p><p><img src="blank.gif" data-src="/a.jpg" alt="图"></p><p>二<img src="i.gif" width="16"></p>')
    assert [(i.src, i.alt, i.before, i.is_small) for i in page.images] == [("/a.jpg", "图", 1, False), ("i.gif", "", 2, True)]


@pytest.mark.parametrize("depth", [100, 1500, 3000, 200_000])
def test_deep_nesting_loses_no_text(depth: int) -> None:
    page = view("<body>" + "<div>" * depth + "深处的文字" + "</div>" * depth + "<p>后面的文字</p></body>")
    assert [b.text for b in page.blocks] == ["深处的文字", "后面的文字"]
    assert page.is_flattened == (depth > 2048)


def test_deep_nesting_with_long_classes_takes_little_memory() -> None:
    names = [f"{n:04d}" * 250 for n in range(1500)]
    page = view("".join(f"<div class='{name}'>第{n}段" for n, name in enumerate(names)))
    assert len(page.blocks) == 1500
    assert sum(len(block.labels) + len(block.path) for block in page.blocks) < 10_000_000


@pytest.mark.parametrize("html", ["", "  \n", "<!-- nothing -->", "<?xml version='1.0'?>", "\x00", "<html></html>", "<a", "</p></p>"])
def test_pages_of_nothing_have_no_blocks(html: str) -> None:
    assert texts(html) == [] or html == "\x00"


MARKUP = st.lists(
    st.sampled_from(["<div>", "</div>", "<p>", "</p>", "<a href=x>", "</a>", "<b>", "</b>", "<br>", "<table><tr><td>", "</table>", "<li>"])
    | st.text(alphabet="甲乙丙 丁", min_size=1, max_size=4),
    max_size=40,
).map("".join)


@given(MARKUP)
def test_the_walk_keeps_every_visible_word_once_and_in_order(html: str) -> None:
    tree, _ = parse_tree(html)
    wanted = re.sub(r"\s+", "", "".join(tree.itertext()))
    assert "".join(b.text for b in view(html).blocks).replace(" ", "") == wanted
    page = view(html)
    assert [b.index for b in page.blocks] == list(range(len(page.blocks)))
    assert all(0 <= s.start < s.end <= len(page.blocks) for s in page.sections)


@given(MARKUP)
def test_a_tree_of_the_page_has_the_elements_that_the_walk_counted(html: str) -> None:
    walk = walk_page(html)
    elements = list(parse_tree(html)[0].iter("*"))
    assert [elements[number].tag for number in walk.numbers] == [section.tag for section in walk.sections]


@pytest.mark.parametrize(
    "typed", ["<pre>甲。\n\n乙<div>丙</div></pre>", "<PRE>甲。\n　乙</PRE>", "<b style='white-space: pre-wrap'>甲。\n乙</b>"]
)
def test_where_line_breaks_are_made_tree_and_walk_have_the_same_elements(typed: str) -> None:
    html = f"<div>{typed}<ul><li>丁</li><li>戊</li></ul></div>"
    walk, elements = walk_page(html), list(parse_tree(html)[0].iter("*"))
    assert [elements[number].tag for number in walk.numbers] == [section.tag for section in walk.sections]
    assert [block.text for block in walk.blocks][:2] == ["甲。", "乙"]


@pytest.mark.parametrize("depth", range(2040, 2054))
@pytest.mark.parametrize("tag", ["div", "b"])
def test_tree_and_walk_give_up_at_the_same_depth(tag: str, depth: int) -> None:
    html = f"<{tag}>" * depth + "字"
    assert walk_page(html).is_flattened == parse_tree(html)[1]


def test_a_walk_leaves_the_garbage_collector_no_blocks() -> None:
    walk_page("<p>一</p>")
    gc.collect()
    gc.disable()
    try:
        walk_page("<p>二</p>" * 50)
        left = [o for o in gc.get_objects() if isinstance(o, Block) and o.text == "二"]
    finally:
        gc.enable()
    assert not left


def test_head_meta_json_ld_and_links() -> None:
    page = view(
        '<html lang="zh-CN"><head><title> 标 题\n</title><base href="/sub/"><meta property="OG:Title" content="甲"><meta name="og:title" content="乙">'
        '<link rel="canonical" href="http://x.example/1"><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle"}, 3]}</script>'
        '<script type="application/ld+json">{broken</script></head><body>字</body></html>'
    )
    assert (page.head_title, page.html_lang, page.base_url) == ("标 题", "zh-CN", "http://news.example.com/sub/")
    assert page.meta == {"og:title": "甲"}
    assert page.json_ld == ({"@type": "NewsArticle"},)
    assert page.link_rels == {"canonical": "http://x.example/1"}
