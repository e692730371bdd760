"""Headlines: site suffixes, click-bait prefixes, the original headline."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.either_script import compile_either
from pipelines.errors import RuleError
from pipelines.types import Printed

KINDS = ("phrase", "scope", "haste", "keep", "label")
SPLIT = re.compile(r"(\s*[_|｜丨»›]+\s*|\s+[-–—―－~]+\s+|\s*[-–—―－]+\s*|\s*>+\s*|[·•／])")
JOINTS = frozenset("·•／>")
MIN_BEFORE_JOINT = 8
# A trailing part of a <title> that names a site or a channel.
SITE_LIKE = compile_either(
    r"(?:网|网站|在线|频道|频|新闻|资讯|日报|晚报|早报|快报|时报|都市报|周刊|报|社|通讯社|电视台|电视|电台|广播|门户|论坛"
    r"|社区|博客|部落格|中心|财经|娱乐|体育|科技|军事|国际|国内|社会|政治|生活|健康|教育|房产|汽车|旅游|文化|时政|要闻|焦点|滚动|正文|首页|客户端|站|版|专题|视频|云|号|家园"
    r"|公司|集团|政府|委员会|协会|学会|医院|大学|学院|研究院|研究所|[a-z]{2,}\.(?:com|cn|net|org|tw|hk)(?:\.\w\w)?|com|news)$",
    re.IGNORECASE,
)
MAX_SITE_CHARS = 20
MAX_CHANNEL_CHARS = 6
HEAD_RULES = ("og:title", "head_title", "headline")
"""Rules of `find_titles` for what the head says: with the site's name."""
ORIGINAL_LABEL = compile_either(r".*?原\s?(?:标\s?)?题\s?[:：为]\s*", re.DOTALL)
CLOCK_TAIL = re.compile(r"\s?[（(]\d{1,2}:\d\d[)）](?=\s*$|\s-\s)")
"""The minute behind a headline of running news: … (08:12)."""
SOURCE_TAIL = compile_either(r"\s?[（(](?:来源|稿源|转自)\s?[:：][^（()）]{2,16}[)）]$")
"""The source behind a headline: …（来源：某某报）."""
QUOTED = re.compile(r"《([^《》]+)》")
BRACKETS = {"（": "）", "(": ")", "[": "]", "【": "】", "《": "》", "“": "”", "「": "」"}


@dataclass(frozen=True, slots=True)
class TitleRules:
    """data/tables/title_prefixes.toml, compiled."""

    prefix: re.Pattern[str]
    """A click-bait prefix with its separator, at the start of a headline."""


def compile_titles(rows: Sequence[Mapping[str, Any]]) -> TitleRules:
    """Compile the rows.

    Raises:
        RuleError: a row is wrong.
    """
    words: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for row in rows:
        kind, phrase = row.get("kind", "phrase"), row.get("phrase")
        if kind not in words or not isinstance(phrase, str) or not phrase:
            raise RuleError(f"tables/title_prefixes: a row needs `phrase` and a `kind` of {', '.join(KINDS)}: {dict(row)}")
        words[kind].append(re.escape(phrase))
    either = {kind: "|".join(sorted(found, key=len, reverse=True)) or r"(?!)" for kind, found in words.items()}
    made = f"(?:{either['phrase']}|(?:{either['scope']})(?:{either['haste']}){{1,2}})"
    label = rf"[【\[]\s*(?:{either['label']})\s*[】\]]\s*[!！:：|丨]?\s*(?=\S)"
    return TitleRules(
        compile_either(rf"^\s*(?:{label}|[【\[]?\s*(?!(?:{either['keep']})\W){made}\s*(?:[】\]]\s*[!！:：|丨]?|[!！:：]|[|丨](?=\S))\s*)")
    )


def clean_title(printed: str, rules: TitleRules, *, site_names: Iterable[str] = (), from_head: bool = False) -> str:
    """Return the headline without a click-bait prefix and, from the `<title>`, without the site's name.

    >>> rules = compile_titles([{"phrase": "今日聚焦"}])
    >>> clean_title("今日聚焦!产业规模超4万亿元_某某网", rules, from_head=True)
    '产业规模超4万亿元'
    """
    title = CLOCK_TAIL.sub("", re.sub(r"\s+", " ", printed)).strip()
    title = SOURCE_TAIL.sub("", title) if "源" in title or "自" in title else title
    title = strip_site(title, site_names) if from_head else title
    rest = rules.prefix.sub("", title, count=1)
    return rest if len(rest) >= 4 else title


def strip_site(title: str, site_names: Iterable[str] = ()) -> str:
    """Cut the names of site and channels off the end (or the front) of a `<title>`; a single part stays whole."""
    names = {_key(name) for name in site_names if name}
    parts = SPLIT.split(title)
    cut = ""
    if len(parts) > 1 and _names_site(parts[0], names) and len(parts[-1]) > 2 * len(parts[0]) and not _names_site(parts[-1], names):
        parts = parts[2:]  # 某某网_标题
    while len(parts) > 1 and not _joins(parts) and (_is_strong(parts[-2]) or _names_site(parts[-1], names) or _is_channel(parts, cut)):
        cut, parts = parts[-2].strip(), parts[:-2]
    while len(parts) > 1 and _names_site(parts[0], names) and len(parts[0]) < len("".join(parts[2:])):
        parts = parts[2:]
    return "".join(parts).strip() or title


def _is_strong(separator: str) -> bool:
    """No headline holds `_`; the others may be its own."""
    return "_" in separator


def _joins(parts: list[str]) -> bool:
    """A dot or a stroke behind few characters joins the parts of a name: 专访·某某日报."""
    return parts[-2].strip() in JOINTS and len("".join(parts[:-2])) < MIN_BEFORE_JOINT


def _is_channel(parts: list[str], cut: str) -> bool:
    """`标题 | 地方 | 某某网`: a short part before the site's name, behind the same stroke, is a channel."""
    return bool(cut) and parts[-2].strip() == cut and len(parts[-1].strip()) <= MAX_CHANNEL_CHARS and len("".join(parts[:-2])) >= 8


def _names_site(part: str, names: set[str]) -> bool:
    return not part.strip() or _key(part) in names or names_site(part)


def names_site(part: str) -> bool:
    """Tell a part of a `<title>` that reads like the name of a site or a channel."""
    return len(part.strip()) <= MAX_SITE_CHARS and SITE_LIKE.search(part.strip()) is not None


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def read_original_title(candidates: Iterable[Printed]) -> tuple[str, Printed] | None:
    """Read the first `原标题：…` that holds a headline, without label and brackets; None: the page prints none."""
    for printed in candidates:
        title = ORIGINAL_LABEL.sub("", printed.text, count=1).strip()
        opening = printed.text[: len(printed.text) - len(title)]
        for left, right in BRACKETS.items():
            if left in opening and title.endswith(right) and title.count(left) < title.count(right):
                title = title[:-1].strip()
        title = quoted[1] if (quoted := QUOTED.fullmatch(title)) else title
        if 4 <= len(title) <= 120:
            return title, printed
    return None


def read_title(candidates: Sequence[Printed], rules: TitleRules, *, site_names: Iterable[str] = ()) -> tuple[str, Printed] | None:
    """Return the clean headline and the candidate it was read from; None: the page prints none."""
    for printed in candidates:
        title = clean_title(printed.text, rules, site_names=site_names, from_head=printed.rule in HEAD_RULES)
        if title:
            return title, printed
    return None
