"""What the tests of the web page and the API store."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.demo.site import DEMO_FOLDER
from crawler.demo.stories import load_plan
from pipelines.types import Evidence, NormalizedArticle, Picture, Precision, PublishedTime, RemovedBlock, Source
from storage.articles import ArticleStore
from storage.database import open_database
from storage.outcomes import record_outcome, start_run
from tests.made_articles import CHINA, made_article
from tests.reader_client import ask

LINES = load_plan(DEMO_FOLDER).stories["robot-school"].paragraphs
"""Of the demo: sentences that differ."""


def reposted(n: int, name: str, *, is_repost: bool, **changes: Any) -> NormalizedArticle:
    """Return a copy of one story, posted `n` hours after the first."""
    url = f"http://www.copy{n}.example/{n}.html"
    source = Source(name="东河日报", raw="东河日报", outlet_id=None)
    values = {
        "url": url, "final_url": url, "canonical_url": url, "site": f"copy{n}.example", "site_name": name, "source": source, "sources": (source,),
        "text": "\n".join(LINES), "title": "东河新桥桥墩完成浇筑", "is_repost": is_repost, "authors": ("季小楼",), "original_title": None,
        "published": PublishedTime(local=datetime(2024, 3, 1, 8, 30, tzinfo=CHINA) + timedelta(hours=n), precision=Precision.MINUTE, text="", rule="r"),
    }  # fmt: skip
    return made_article(n, **(values | changes))


COPIES = (
    reposted(0, "东河日报网", is_repost=False),
    reposted(1, "南山在线", is_repost=True, title="东河新桥有新进展", editors=()),
    reposted(2, "北门热线", is_repost=True, text="\n".join(LINES[:5]), authors=()),
)


def stored(path: Path) -> Any:
    """Store three copies, grouped, and a page that gave no article."""
    engine = open_database(f"sqlite:///{path}")
    saved = ArticleStore(engine).save(COPIES)
    run = start_run(engine, "crawl")
    record_outcome(engine, run, "http://www.copy1.example/list", "rejected", "list_page", site="copy1.example", status=200)
    return engine, [s.article_id for s in saved]


def story_of(base: tuple[Any, list[str]]) -> str:
    """The story of what `stored` stored."""
    return str(ask(base[0], f"/api/v1/articles/{base[1][0]}").json()["story_id"])


def hostile_article(n: int, payload: str) -> NormalizedArticle:
    """Return an article that carries a payload in every field a page can fill."""
    source = Source(name=payload, raw=payload, outlet_id=None, url=payload)
    url = f"http://hostile.example/{n}"
    return made_article(
        n, url=url, final_url=url, canonical_url=payload, site="hostile.example", site_name=payload, title=payload, title_raw=payload,
        original_title=payload, text=f"{payload}\n{payload}", source=source, sources=(source,), via=(source,), dateline=payload, authors=(payload,),
        editors=(payload,), keywords=(payload,), section=(payload,), language=payload, extractor=payload,
        pictures=(Picture(url=payload, caption=payload, credit=payload),), removed=(RemovedBlock(text=payload, kind=payload, rule=payload),),
        evidence={"source": Evidence(text=payload, rule=payload)},
        published=PublishedTime(local=datetime(2024, 3, 1, 8, 30, tzinfo=CHINA), precision=Precision.MINUTE, text=payload, rule=payload),
    )  # fmt: skip
