"""Speed and memory of extraction, as ratios to trafilatura with metadata within this run; pages of odd shapes; the peak over many pages."""

import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from statistics import fmean

from crawler.load_rules import load_rule_book
from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.extract.extract import read_view
from pipelines.ingest import learn, process
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage
from tests.score.extraction import FETCHED_AT, read_pages, read_with_trafilatura

HEAD = "<html><head><title>城北新线昨日开通_某某网</title></head><body>"
N_SPEED = 120
ROUNDS = 3
N_MEMORY = 5000
STEP = 500


def report(shared: Path) -> None:
    """Print the ratios, then the peak memory every 500 pages up to 5,000."""
    pages = [page for _, page in read_pages(shared / "pages")]
    random.Random(1).shuffle(pages)
    book = load_rule_book()
    learned = replace(book, templates=learn(pages, book))
    _report_speed(pages[:N_SPEED], book, learned)
    _report_shapes(book)
    _report_memory(pages, learned)


def _report_speed(pages: list[FetchedPage], book: RuleBook, learned: RuleBook) -> None:
    ways: dict[str, Callable[[FetchedPage], object]] = {
        "trafilatura with metadata": read_with_trafilatura,
        "all fields, each page alone": lambda page: _process(page, book),
        "all fields, with templates": lambda page: _process(page, learned),
        "decode, parse and walk alone": lambda page: read_view(decode(page)),
    }
    best = _fastest(ways, pages)
    base = fmean(best["trafilatura with metadata"])
    for name, times in best.items():
        mean, p95 = fmean(times), sorted(times)[int(0.95 * len(times))]
        print(
            f"{name:<30}{1000 * mean:>8.2f} ms a page, 1/{base / mean:<6.1f}{1000 * p95:>8.1f} ms p95{1000 * max(times):>8.1f} ms the slowest"
        )


def _fastest(ways: Mapping[str, Callable[[FetchedPage], object]], pages: Sequence[FetchedPage]) -> dict[str, list[float]]:
    """Return CPU seconds of each page, the fastest of the rounds. The ways take turns, so that a busy machine slows all of them; the first
    round is not counted.
    """
    best = {name: [inf] * len(pages) for name in ways}
    for n_round in range(ROUNDS + 1):
        for name, way in ways.items():
            for i, page in enumerate(pages):
                seconds = _seconds(way, page)
                if n_round:
                    best[name][i] = min(best[name][i], seconds)
    return best


def _seconds(way: Callable[[FetchedPage], object], page: FetchedPage) -> float:
    started = time.process_time()
    with suppress(PageError):
        way(page)
    return time.process_time() - started


def _report_shapes(book: RuleBook) -> None:
    """Print what pages of ordinary size cost whose shape is not ordinary."""
    for shape, html in shapes():
        url = "http://news.example.com/2022/1220/1.html"
        page = FetchedPage(url=url, final_url=url, status=200, headers=(), body=html.encode(), fetched_at=FETCHED_AT)
        seconds = min(_seconds(lambda page: process(page, book), page) for _ in range(ROUNDS))
        print(f"{shape:<30}{len(page.body) / 1000:>8.0f} kB{1000 * seconds:>9.1f} ms")


def shapes() -> Iterator[tuple[str, str]]:
    """Give pages of about 150 kB made of one thing, an article among it."""
    story = "".join(f"<p>第{i}段：城北新线昨日正式开通，记者在现场看到，车站秩序井然，市民说出行方便多了。</p>" for i in range(12))
    parts = {
        "links": '<li><a href="/2022/1220/{i}.html">城北新线第{i}号列车开出</a></li>',
        "dated links": '<li><a href="/2022/1220/{i}.html">城北新线第{i}号列车开出</a> 2022-12-{i} 08:51</li>',
        "tiny blocks": "<div>字{i}</div>",
        "paragraphs of another story": "<p>第{i}回：话说那日天色已晚，众人都散了，只有他还站在门外，不肯回去。</p>",
        "table rows": "<tr><td>{i}</td><td>12.5</td><td>本报讯</td></tr>",
        "classes": '<div class="item-{i} c{i}" id="k{i}"><span>图{i}</span></div>',
        "bylines": "<p>记者 王某{i} 来源：某某日报 2022-12-20 08:51</p>",
    }
    for name, part in parts.items():
        filler = "".join(part.replace("{i}", str(i)) for i in range(150_000 // len(part.encode())))
        filler = f"<table>{filler}</table>" if name == "table rows" else filler
        yield (
            name,
            HEAD + f"<h1>城北新线昨日开通</h1><div class=info>2022-12-20 08:51 来源：某某日报</div><div>{story}</div><div>{filler}</div>",
        )
    words = "".join(f"<p>字{i}，词。</p>" for i in range(4_000))
    yield "nesting around many blocks", HEAD + "<div>" * 300 + story + words + "</div>" * 300
    yield "deep nesting", HEAD + "<div class=a>" * 1500 + story + "</div>" * 1500


def _report_memory(pages: list[FetchedPage], book: RuleBook) -> None:
    peaks = []
    for i in range(N_MEMORY):
        _process(pages[i % len(pages)], book)
        if (i + 1) % STEP == 0:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print("peak memory, MB, every 500 pages: " + " ".join(f"{peak:.0f}" for peak in peaks))
    print(f"growth after 500 pages: {peaks[-1] - peaks[0]:.0f} MB")


def _process(page: FetchedPage, book: RuleBook) -> None:
    with suppress(PageError):
        process(page, book)
