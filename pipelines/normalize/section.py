"""Breadcrumbs and keyword lists to the record's `section` and `keywords`."""

import re
from collections.abc import Sequence

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.outlets import outlet_key
from pipelines.types import Printed

NO_SECTION = frozenset(either_words(
    "首页", "主页", "正文", "内文", "详情", "文章", "文章详情", "详细内容", "内容", "文章正文", "资讯正文", "新闻正文", "新闻首页", "返回首页", "浏览文章",
    "查看文章", "查看", "文章内容", "正文内容", "内容页", "论坛", "当前位置", "您的位置", "网站首页", "Home", "home", "HOME", "Breadcrumb", "Homepage",
))  # fmt: skip
HOMES = either_words("首页")
KEYWORD_SEPARATOR = re.compile(r"[,，、;；|｜]+|\s{2,}")
TOOLS = compile_either(r"\s+(?:正文|内文|字号|字体|打印|大 中 小|分享).*$")
NEXT_LABEL = re.compile(r"\s+[㐀-鿿]{2,5}\s?[：:].*$")
LONGEST_KEYWORD = 30
"""Characters; a longer one is a sentence."""


def read_section(breadcrumb: Sequence[str], site_names: Sequence[str], title: str | None) -> tuple[str, ...]:
    """Return the breadcrumb without 首页, 正文, the site's name and the headline.

    >>> read_section(("首页", "滚动", "正文"), ("中国微山网",), None)
    ('滚动',)
    """
    own = {outlet_key(name) for name in site_names}
    parts = [TOOLS.sub("", part).strip(" 　-—:：>|") for part in breadcrumb]
    kept = [p for p in parts if p and p not in NO_SECTION and not _is_title(p, title)]
    # The site's name opens the way; a section of the same name further on is a section.
    while kept and outlet_key(kept[0]) in own:
        kept = kept[1:]
    # 网易首页, 新浪首页: the home page under the site's name.
    if kept and kept[0].endswith(HOMES):
        kept = kept[1:]
    return tuple(dict.fromkeys(kept))


def read_keywords(keywords: Sequence[Printed]) -> tuple[str, ...]:
    """Return the words of the first list that holds any."""
    for printed in keywords:
        words = [w.strip(" 　:：#＃.。") for w in KEYWORD_SEPARATOR.split(NEXT_LABEL.sub("", printed.text))]
        if len(words) == 1 and not re.search("[A-Za-z]", words[0]):
            words = words[0].split()
        if kept := tuple(dict.fromkeys(w for w in words if w and len(w) <= LONGEST_KEYWORD)):
            return kept
    return ()


def _is_title(part: str, title: str | None) -> bool:
    return bool(title) and len(part) > 6 and outlet_key(part.rstrip(".…"))[:10] in outlet_key(title or "")
