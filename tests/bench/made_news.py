"""News of one size for benchmarks: sentences of the corpus put together anew, as many articles as are wanted."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipelines.types import Capture, NormalizedArticle, Source
from tests.made_articles import made_article

TEXT_CHARS = 680
"""2 KB of Chinese."""
OUTLETS = [Source(name=f"第{n}日报", raw=f"第{n}日报", outlet_id=None) for n in range(300)]
_SENTENCE = re.compile(r"[^。！？；]{4,120}[。！？；]")


def made_news(shared: Path, number: int, start: int = 0, seed: int = 1) -> Iterator[NormalizedArticle]:
    """Give articles that differ in text, title, site, source, people, day and place in the archive."""
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        sentences = _SENTENCE.findall("\n".join(paragraph for line in lines for paragraph in json.loads(line)["body"]))
    dice = random.Random(seed)
    for n in range(start, start + number):
        text = ""
        while len(text) < TEXT_CHARS:
            text += dice.choice(sentences)
        yield _article(n, text[:TEXT_CHARS], dice.choice(sentences)[:25], dice)


def _article(n: int, text: str, title: str, dice: random.Random) -> NormalizedArticle:
    site, outlet = f"site{n % 500}.example", dice.choice(OUTLETS)
    url = f"http://www.{site}/2024/{n}.html"
    base = made_article(1)
    assert base.published is not None
    return replace(
        base, url=url, final_url=url, canonical_url=url, site=site, site_name=f"站{n % 500}", title=title, title_raw=title, text=text,
        published=replace(base.published, local=base.published.local + timedelta(minutes=n * 5)), source=outlet, sources=(outlet,), via=(),
        authors=(text[5:7], text[15:18]), editors=(text[25:27],), keywords=(text[35:37], text[45:47]), pictures=(),
        capture=Capture(file=f"{n // 1000}.warc.gz", offset=n, length=200, sha256=f"{n:064}"),
    )  # fmt: skip
