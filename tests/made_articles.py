"""Made-up articles for tests of what comes after extraction."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pipelines.types import (
    Capture,
    Charset,
    Evidence,
    FetchedPage,
    NormalizedArticle,
    Note,
    Picture,
    Precision,
    PublishedTime,
    RemovedBlock,
    Repair,
    Source,
)  # fmt: skip

CHINA = timezone(timedelta(hours=8))
SOURCE = Source(name="东河日报", raw="東河日報", outlet_id="donghe_ribao", url="http://donghe.example/1.html")


def made_article(number: int = 1, **changes: Any) -> NormalizedArticle:
    """Return an article with every field set."""
    url = f"http://news.site{number % 7}.example/2024/{number}.html"
    article = NormalizedArticle(
        url=url, final_url=url, canonical_url=url, site=f"site{number % 7}.example", site_name="南山在线",
        title=f"东河新桥第{number}期工程通车", title_raw=f"今日聚焦!东河新桥第{number}期工程通车", original_title="东河新桥通车",
        text=f"东河日报讯 昨日上午，编号{number}的桥梁正式通车。\n市民说：“过河只要五分钟。”",
        published=PublishedTime(
            local=datetime(2024, 3, 1, 8, 30, tzinfo=CHINA) + timedelta(minutes=number), precision=Precision.MINUTE,
            text="2024年3月1日 08:30", rule="header",
        ),
        modified=None, source=SOURCE, sources=(SOURCE,), via=(Source(name="北门网", raw="北门网", outlet_id=None),),
        dateline="东河日报讯", authors=("季小楼", "方 敏"), editors=("祝平",), keywords=("东河", "新桥"), section=("新闻", "本地"),
        language="zh-Hans", pictures=(Picture(url="http://site.example/a.jpg", caption="新桥", credit="季小楼 摄"),),
        is_repost=True, disguised=False, repairs=(Repair(kind="zero_width", count=2),), confidence=0.9,
        notes=(Note.DATE_DOUBTFUL,), extractor="scorer/1", charset=Charset(declared="gb2312", used="gb18030", errors=0, evidence="meta"),
        fetched_at=datetime(2024, 3, 2, 1, 2, 3, 456789, tzinfo=UTC),
        capture=Capture(file="a.warc.gz", offset=100, length=200, sha256="0" * 64),
        removed=(RemovedBlock(text="上一篇：无", kind="pager", rule="pager/1"),),
        evidence={"source": Evidence(text="来源：東河日報", rule="label")},
    )  # fmt: skip
    return replace(article, **changes)


def made_page(number: int = 1, **changes: Any) -> FetchedPage:
    """Return a fetched page in GBK, with the headers a server sends."""
    url = f"http://news.site{number % 7}.example/2024/{number}.html"
    body = f"<html><head><title>第{number}页</title></head><body><p>{'东河新桥通车。' * 20}</p></body></html>".encode("gbk")
    page = FetchedPage(
        url=url, final_url=url, status=200, headers=(("content-type", "text/html; charset=gb2312"), ("set-cookie", "a=1"), ("set-cookie", "b=2")),
        body=body, fetched_at=datetime(2024, 3, 2, 1, 2, 3, 456789, tzinfo=UTC),
    )  # fmt: skip
    return replace(page, **changes)
