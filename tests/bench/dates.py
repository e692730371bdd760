"""What charset, dates and titles cost a page, beside what they replace; ratios within one run."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, quantiles

from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.extract.change_candidates import find_modified
from pipelines.extract.date_candidates import find_dates
from pipelines.extract.title_candidates import find_original_titles, find_titles
from pipelines.extract.view import view_page
from pipelines.normalize.dates import parse_header_date
from pipelines.types import FetchedPage, PageView

CHUNK = 60_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def report(shared: Path) -> None:
    """Print milliseconds of CPU and ratios."""
    pages = [page_of(path) for path in sorted((shared / "pages" / "html").iterdir())]
    _report_decoding(pages)
    _report_finding(pages)
    _report_lines(shared / "tables" / "dates_zh.tsv")


def page_of(path: Path) -> FetchedPage:
    """Return a saved page as if fetched without any label in the header."""
    url = "http://a.example/"
    return FetchedPage(url=url, final_url=url, status=200, headers=(), body=path.read_bytes(), fetched_at=NOW)


def cpu_ms(call: Callable[[], object]) -> float:
    """Return the CPU milliseconds of a call: the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        call()
        times.append((time.process_time() - start) * 1_000)
    return min(times)


def _report_decoding(pages: list[FetchedPage]) -> None:
    from scrapy.http import HtmlResponse

    def as_scrapy(page: FetchedPage) -> str:
        return HtmlResponse(page.url, body=page.body).text

    ours = [cpu_ms(lambda p=page: decode(p)) * CHUNK / max(len(page.body), CHUNK) for page in pages]  # type: ignore[misc]
    theirs = [cpu_ms(lambda p=page: as_scrapy(p)) * CHUNK / max(len(page.body), CHUNK) for page in pages]  # type: ignore[misc]
    print(f"decode       {mean(ours):.2f} ms per 60 KB, p95 {quantiles(ours, n=20)[-1]:.2f}; Scrapy's own {mean(theirs):.2f}")


def _report_finding(pages: list[FetchedPage]) -> None:
    views = [view for page in pages if (view := view_of(page))]
    titles = [cpu_ms(lambda v=view: (find_titles(v), find_original_titles(v))) for view in views]  # type: ignore[misc]
    dates = [cpu_ms(lambda v=view: (find_dates(v, ()), find_modified(v))) for view in views]  # type: ignore[misc]
    for name, times in (("find titles", titles), ("find dates", dates)):
        print(f"{name:<13}{mean(times):.2f} ms a page, p95 {quantiles(times, n=20)[-1]:.2f}")


def view_of(page: FetchedPage) -> PageView | None:
    """Return the view of a page; None: it is none."""
    try:
        return view_page(decode(page).text, page.final_url)
    except (PageError, ValueError):
        return None


def _report_lines(table: Path) -> None:
    import dateparser

    _, *rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if line]
    settings = {"languages": ["zh"]}
    dateparser.parse(rows[0][0], **settings)  # type: ignore[arg-type]  # its first call stalls for a second
    ours = mean(cpu_ms(lambda r=row: parse_header_date(r[0], reference=NOW, timezone="Asia/Shanghai")) for row in rows)  # type: ignore[misc]
    theirs = mean(cpu_ms(lambda r=row: dateparser.parse(r[0], **settings)) for row in rows)  # type: ignore[misc]
    print(f"read a line  {ours:.3f} ms; dateparser {theirs:.2f} ms, {theirs / ours:.0f} times as long")
