"""Made-up stories whose origin is known, with the claims that pages make: true, missing, second-hand, wrong.

Each kind below is a situation met on repost pages. `noise` then does to the copies what happens to all of them: source lines are lost,
times are lost or say the day alone, texts are cut, a portal is named in place of the outlet.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.types import NormalizedArticle, Precision, PublishedTime, Source
from tests.made_articles import CHINA, made_article
from tests.made_stories import made_document

LOST_SOURCE, WRONG_SOURCE, LOST_TIME, DAY_ONLY, NAMELESS, CUT = 0.2, 0.04, 0.1, 0.15, 0.4, 0.15
"""Shares of copies. One real page in five names no source."""


@dataclass(frozen=True, slots=True)
class Medium:
    """An outlet or a site that copies."""

    name: str
    site: str


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a made-up story comes from."""

    kind: str
    outlet: str | None
    """None: the outlet has no name that a page could print."""
    pages: frozenset[str]
    """URLs of the outlet's pages that are held; any of them is right, and none at all where this is empty."""


@dataclass(frozen=True, slots=True)
class Story:
    """Pages in the order in which they are crawled, and the truth."""

    articles: tuple[NormalizedArticle, ...]
    truth: Truth


PLACES = "临江 云峰 青川 海阳 北岭 东湖 南屏 白沙 石桥 河口 长岗 秀水".split()
PAPER_ENDS, PORTAL_ENDS = ("日报", "晚报", "时报", "早报"), ("在线", "热线", "资讯网", "头条网", "信息港", "视窗")


class Maker:
    """What the kinds use: media, pages, times."""

    def __init__(self, n: int) -> None:
        self.n, self.r = n, random.Random(n)
        self.base = datetime(2023, 1, 1, 9, tzinfo=CHINA) + timedelta(days=n, minutes=self.r.randrange(400))
        self.text = made_document(n + 50_000)
        self.path = f"/{self.base:%Y%m}/{self.base:%d}/t{self.base:%Y%m%d}_{100_000 + n}.html"
        self.outlet = Medium(self.r.choice(PLACES) + self.r.choice(PAPER_ENDS), f"paper{n}.example")
        self.agency = Medium(self.r.choice(PLACES) + "通讯社", f"agency{n}.example")
        self.portals = [
            Medium(place + self.r.choice(PORTAL_ENDS), f"portal{n}-{i}.example") for i, place in enumerate(self.r.sample(PLACES, 6))
        ]

    def page(self, medium: Medium, minutes: float, **changes: object) -> NormalizedArticle:
        """Make a page that says nothing about its origin."""
        local = self.base + timedelta(minutes=round(minutes))
        url = f"http://www.{medium.site}/{self.r.choice(('news', 'a', 'html'))}/{self.n}{self.r.randrange(10**6)}.html"
        page = made_article(
            self.n, url=url, final_url=url, canonical_url=url, site=medium.site, site_name=medium.name, title=self.text["title"],
            title_raw=self.text["title"], original_title=None, text=self.text["text"], source=None, sources=(), via=(), dateline=None, is_repost=None,
            published=PublishedTime(local=local, precision=Precision.MINUTE, text=f"{local:%Y-%m-%d %H:%M}", rule="header"), authors=(), editors=(),
            fetched_at=local + timedelta(hours=self.r.randint(1, 60)),
        )  # fmt: skip
        return replace(page, **changes)  # type: ignore[arg-type]

    def own(self, medium: Medium, minutes: float = 0, **changes: object) -> NormalizedArticle:
        """Make a page that names its own site as the source, or prints its reporter."""
        named = {"source": source_of(medium)} if self.r.random() < 0.6 else {"authors": ("方敏",)}
        return self.page(medium, minutes, **{"is_repost": False, **named, **changes})

    def copy(self, medium: Medium, source: Medium | None, **changes: object) -> NormalizedArticle:
        """Make a page that names another outlet as its source."""
        named = {"source": source_of(source), "is_repost": True} if source else {}
        return self.page(medium, self.r.expovariate(1 / 600) + 15, **{**named, **changes})

    def copies(self, source: Medium | None, n: int | None = None, **changes: object) -> list[NormalizedArticle]:
        """Make pages of different portals that name one source."""
        return [self.copy(portal, source, **changes) for portal in self.r.sample(self.portals, n or self.r.randint(2, 4))]


def source_of(medium: Medium, url: str | None = None) -> Source:
    """The source line of a page that names a medium."""
    return Source(name=medium.name, raw=medium.name, outlet_id=None, url=url)


def noise(m: Maker, copies: Sequence[NormalizedArticle], *, keep_claims: bool = False) -> list[NormalizedArticle]:
    """Lose some of what copies say; the first one keeps its claim, so that there is one."""
    out = []
    for i, page in enumerate(copies):
        roll = m.r.random()
        if i and not keep_claims and roll < LOST_SOURCE:
            page = replace(page, source=None, via=(), is_repost=None)
        elif i and not keep_claims and roll < LOST_SOURCE + WRONG_SOURCE:
            page = replace(page, source=source_of(Medium("随便看看网", "other.example")), via=(), is_repost=True)
        if m.r.random() < NAMELESS:
            page = replace(page, site_name=None)
        if m.r.random() < CUT:
            page = replace(page, text=page.text[: int(len(page.text) * m.r.uniform(0.5, 0.9))])
        out.append(_lose_time(m, page))
    return out


def _lose_time(m: Maker, page: NormalizedArticle) -> NormalizedArticle:
    roll, published = m.r.random(), page.published
    if published is None or roll >= LOST_TIME + DAY_ONLY:
        return page
    day = replace(published, local=published.local.replace(hour=0, minute=0), precision=Precision.DAY)
    return replace(page, published=None if roll < LOST_TIME else day)


def made_stories(seed: int, n: int) -> Iterator[Story]:
    """Make `n` stories, the kinds in turn by their weight."""
    from tests.origin_kinds import KINDS

    kinds: list[Callable[[Maker], Story]] = [kind for kind, weight in KINDS.items() for _ in range(weight)]
    for i in range(n):
        m = Maker(seed * 10_000 + i)
        story = kinds[i % len(kinds)](m)
        articles = list(story.articles)
        m.r.shuffle(articles)
        yield Story(tuple(articles), story.truth)
