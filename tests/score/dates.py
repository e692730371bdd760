"""Charset, dates and titles against the read pages; both halves of the hosts, for rules are made on the first only."""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from crawler.load_rules import load_rule_book
from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.types import FetchedPage, NormalizedArticle, Precision

COARSE = (Precision.YEAR, Precision.MONTH, Precision.DAY)
N_MISLABELLED = 2_400


def report(shared: Path) -> None:
    """Print the tables."""
    _report_pages(shared)
    pages = list(mislabelled(shared))
    right = sum(is_decoded_right(page, text) for page, text in pages)
    print(f"charset    {right}/{len(pages)} mislabelled pages decoded right = {right / len(pages):.4f}")


def _report_pages(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "pages" / "meta.jsonl").read_text(encoding="utf-8").splitlines()]
    scores: dict[tuple[str, int], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for figure, value in score_page(row, _article(shared / "pages" / "html" / row["file"])).items():
            for half in (half_of(row["domain"]), 2):
                scores[figure, half][row["domain"]].append(value)
    print(f"{'macro over domains':<20}{'half A':>8}{'half B':>8}{'all':>8}")
    for figure in ("title", "day", "minute", "wrong_day"):
        print(f"{figure:<20}" + "".join(f"{_macro(scores[figure, half]):>8.4f}" for half in (0, 1, 2)))


def half_of(domain: str) -> int:
    """Return the half a host belongs to, 0 or 1, the same on every machine."""
    return hashlib.sha256(domain.encode()).digest()[0] % 2


def _article(path: Path) -> NormalizedArticle | None:
    url = f"http://{path.stem.split('__')[1] if '__' in path.stem else 'a'}.example/news/a.html"
    now = datetime.now(UTC)
    page = FetchedPage(url=url, final_url=url, status=200, headers=(), body=path.read_bytes(), fetched_at=now)
    try:
        return process(page, load_rule_book())
    except PageError:
        return None


def score_page(gold: dict[str, Any], article: NormalizedArticle | None) -> dict[str, float]:
    """Score title and date of one page; a page without an article has none."""
    found: dict[str, float] = {}
    if gold.get("title"):
        found["title"] = float(_bare(article.title if article else None) == _bare(gold["title"]))
    told = article.published.isoformat() if article and article.published else ""
    is_coarse = bool(article and article.published and article.published.precision in COARSE)
    want = gold.get("published") or ""
    if len(want) >= len("2024-01-01"):  # a month of issue is no day of publication
        found["day"] = float(told[:10] == want[:10])
        found["minute"] = float(told[:10] == want[:10] and ("T" not in want or (not is_coarse and told[:16] == want[:16])))
    found["wrong_day"] = float(bool(told) and told[:10] != want[:10])
    return found


def _bare(text: str | None) -> str:
    return "".join(c for c in normalize("NFKC", text or "").lower() if category(c)[0] in "LN")


def _macro(by_domain: dict[str, list[float]]) -> float:
    return sum(sum(values) / len(values) for values in by_domain.values()) / max(len(by_domain), 1)


def mislabelled(shared: Path, n: int = N_MISLABELLED) -> Iterator[tuple[FetchedPage, str]]:
    """Yield pages of real text under wrong, odd and missing labels, with the text that must come out."""
    rows = [json.loads(line) for line in (shared / "pages" / "bodies.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [row["body"] for row in rows if len(row["body"]) > 60]
    labels = [
        None,
        "utf-8",
        "gb2312",
        "gbk",
        "big5",
        "iso-8859-1",
        "windows-1252",
        "x-gbk",
        "utf8mb4",
        "unicode",
        "euc-tw",
        "GB2312,utf-8",
        "ansi",
    ]
    draw = random.Random(20260101)
    while n > 0:
        body = draw.choice(texts)
        start = draw.randrange(len(body))
        text = " ".join(body[start : start + draw.choice([30, 60, 200, 1_000, 5_000])].split())
        codec = draw.choice(["utf-8", "gb18030", "gb18030", "big5hkscs"])
        if sum("\u4e00" <= c <= "\u9fff" for c in text) >= 12 and _can(text, codec):
            yield _page(text, codec, draw.choice(labels), draw.choice(labels), script=draw.choice([0, 0, 50, 2_000])), text
            n -= 1


def _can(text: str, codec: str) -> bool:
    try:
        return text.encode(codec).decode(codec) == text
    except UnicodeEncodeError:
        return False


def _page(text: str, codec: str, header: str | None, meta: str | None, *, script: int) -> FetchedPage:
    code = "<script>" + "if(window.a){document.write('<i></i>');}\n" * script + "</script>" if script else ""
    label = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{label}{code}</head><body><p>{text}</p></body></html>".encode(codec)
    kind = "text/html" + (f"; charset={header}" if header else "")
    url = "http://news.linjiang.example/a.html"
    return FetchedPage(
        url=url, final_url=url, status=200, headers=(("content-type", kind),), body=body, fetched_at=datetime(2024, 5, 1, tzinfo=UTC)
    )  # fmt: skip


def is_decoded_right(page: FetchedPage, text: str) -> bool:
    """Tell whether the text comes out as it went in."""
    try:
        return text in decode(page).text
    except PageError:
        return False
