"""Site files: what is right is read, what is wrong stops at start, naming file and key."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.load_rules import DATA
from crawler.site_files import load_site, load_sites
from pipelines.errors import RuleError

RIGHT = """
site_id = "example_news"
name = "Example News"
domains = ["news.example.com"]
timezone = "Asia/Shanghai"
languages = ["zh"]
[crawl]
start_urls = ["https://news.example.com/latest/"]
article_url = '/\\d{4}/\\d{2}/\\d+\\.html$'
[[layout]]
valid_from = 2023-05-01
headline = "h1.title"
date_formats = ["%Y年%m月%d日 %H:%M"]
remove = [{ name = "breadcrumb", css = ".crumbs" }, { name = "disclaimer", text = "^免责声明" }]
fixers = ["narrow_digits"]
[[layout]]
valid_from = 2024-01-01
headline = "h1"
[expect]
min_articles = 20
max_quarantined = 0.05
"""


def write(folder: Path, text: str, name: str = "example_news") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_site_file_is_read(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, RIGHT))
    assert (site.site_id, site.domains, site.expect.min_articles, site.expect.max_quarantined) == (
        "example_news",
        ("news.example.com",),
        20,
        0.05,
    )
    assert [layout.valid_from for layout in site.layouts] == [date(2023, 5, 1), date(2024, 1, 1)]
    at_2023 = site.layout_at(datetime(2023, 6, 1, tzinfo=UTC))
    assert at_2023 is not None
    assert [rule.name for rule in at_2023.remove] == ["breadcrumb", "disclaimer"]
    assert site.layout_at(datetime(2020, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "Example News"', 'nmae = "Example News"', "nmae"),
        ('site_id = "example_news"', 'site_id = "other"', "site_id"),
        ('site_id = "example_news"', "", "site_id"),
        ('domains = ["news.example.com"]', 'domains = ["https://news.example.com/"]', "domains"),
        ('domains = ["news.example.com"]', "domains = []", "domains"),
        ('"Asia/Shanghai"', '"Asia/Atlantis"', "timezone"),
        ("article_url = '/\\d{4}", "article_url = '/(\\d{4}", "crawl.article_url"),
        ("https://news.example.com/latest/", "ftp://news.example.com/", "crawl.start_urls"),
        ("h1.title", "h1..title", "layout[1].headline"),
        ("valid_from = 2023-05-01", 'valid_from = "2023-05-01"', "layout[1].valid_from"),
        ("valid_from = 2024-01-01", "", "layout[2].valid_from"),
        ("%Y年%m月%d日 %H:%M", "%H:%M", "layout[1].date_formats"),
        ("^免责声明", "(免责声明", "layout[1].remove[2].text"),
        ('css = ".crumbs"', 'css = ".crumbs", text = "x"', "layout[1].remove[1].css"),
        ('"narrow_digits"', '"narow_digits"', "layout[1].fixers"),
        ("min_articles = 20", "min_articles = -1", "expect.min_articles"),
        ("max_quarantined = 0.05", "max_quarantined = 5", "expect.max_quarantined"),
        ("[expect]", "[expects]", "expects"),
        ('languages = ["zh"]', 'languages = "zh"', "languages"),
    ],
)
def test_a_wrong_key_stops_and_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in RIGHT
    path = write(tmp_path, RIGHT.replace(old, new))
    with pytest.raises(RuleError) as stop:
        load_site(path)
    assert str(stop.value).startswith(f"{path}: {key}: ")


def test_not_toml_names_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "site_id = ")
    with pytest.raises(RuleError, match=r"example_news\.toml"):
        load_site(path)


def test_two_files_cannot_name_one_domain(tmp_path: Path) -> None:
    write(tmp_path, RIGHT)
    write(tmp_path, RIGHT.replace('site_id = "example_news"', 'site_id = "second"'), "second")
    with pytest.raises(RuleError, match=r"second\.toml: domains: news\.example\.com"):
        load_sites(tmp_path)


def test_the_shipped_site_files_are_right() -> None:
    load_sites(DATA / "sites")
