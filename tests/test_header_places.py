"""Headline, section, keywords and the site's name where a page prints them in other ways than most. All pages are made up."""

import pytest

from pipelines.extract.breadcrumb import find_breadcrumb
from pipelines.extract.title_candidates import find_titles
from pipelines.extract.view import view_page
from tests.test_page_credits import TEXT, TITLE, read


@pytest.mark.parametrize(
    ("head_title", "top", "name"),
    [
        # the headline's own stroke is no site's name, whichever block prints it
        ("夜读｜灯下读信", "<h1>夜读｜灯下读信</h1>", None),
        ("“提早二十天”——沿江快线建设观察", "<p>首页 <a href=/z/>时政</a> “提早二十天”——沿江快线建设观察</p>", None),
        ("湖人112-108险胜国王 詹姆斯砍下三双", "<h1>湖人112-108险胜国王 詹姆斯砍下三双</h1>", None),
        ("江岸发布 - 外交部：望有关方面保持克制", "<h1>外交部：望有关方面保持克制</h1>", None),
        ("云上江岸–视频丨一条铁轨的诞生", "<h1>视频丨一条铁轨的诞生</h1>", None),
        (f"{TITLE} - 江岸发布 - 社会", "<p>江岸发布 社会 财经</p>", "江岸发布"),
        (f"{TITLE} - 江岸发布", "<p>江岸发布</p>", "江岸发布"),
    ],
)
def test_a_part_of_the_headline_is_not_the_site(head_title: str, top: str, name: str | None) -> None:
    assert read("2024-01-02 08:30 来源：北京日报", top=top, head_title=head_title).site_name == name


@pytest.mark.parametrize(
    ("way", "site", "section"),
    [
        ("<a href=/>江岸发布</a> &gt; <a href=/z/>时政</a> &gt; 正文", "江岸发布", ("时政",)),
        ("<a href=http://www.linjiang.example/index.html>云上江岸</a> &gt; <a href=/z/>时政</a> &gt; 正文", "云上江岸", ("时政",)),
        ("<a href=http://finance.linjiang.example/>江岸财经</a> &gt; <a href=/z/>股票</a> &gt; 正文", None, ("江岸财经", "股票")),
    ],
)
def test_what_leads_to_the_front_page_is_the_site(way: str, site: str | None, section: tuple[str, ...]) -> None:
    article = read("2024-01-02 08:30", top=f"<div class=pos>当前位置：{way}</div>", head_title=TITLE)
    assert (article.site_name, article.section) == (site, section)


def test_a_long_headline_may_end_the_way() -> None:
    title = "How Young Engineers Built a Railway in Twenty Days and Nights"
    html = f"<div class=pos>当前位置：<a href=/>首页</a> &gt; <a href=/z/>时政</a> &gt; {title}</div><h1>{title}</h1>{TEXT}"
    assert find_breadcrumb(view_page(html, "http://www.linjiang.example/a.html")) == ("首页", "时政", title)


@pytest.mark.parametrize("label", ["话题标签：", "标签(Tag)：", "新闻标签:"])
def test_more_labels_of_keywords(label: str) -> None:
    assert read("2024-01-02 08:30", foot=f"{label}铺轨 快线").keywords == ("铺轨", "快线")


@pytest.mark.parametrize(
    "heading",
    [
        "<div id=title><b>夜读｜灯下读信</b></div><div class=futitle>全线设站十七座</div>",
        "<p class=bt>夜读｜灯下读信</p><h2>——江北新区观察</h2>",
        "<h3 class=yinti>重大工程一线见闻</h3><h2>夜读｜灯下读信</h2><h3 class=sub>明年春天试运行</h3>",
        "<div class=pre-title>走进基层</div><h2>夜读｜灯下读信</h2>",
    ],
)
def test_lines_over_and_under_the_headline_are_not_it(heading: str) -> None:
    html = f"<title>夜读｜灯下读信</title><div class=main>{heading}<p>2024-01-02 08:30</p>{TEXT}</div>"
    assert find_titles(view_page(html, "http://www.linjiang.example/a.html"))[0].text == "夜读｜灯下读信"
