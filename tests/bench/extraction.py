"""Speed and memory of extraction, as ratios to trafilatura with metadata within this run; the peak over many pages."""

import random
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from crawler.load_rules import load_rule_book
from pipelines.decode.decode import decode
from pipelines.errors import PageError
from pipelines.extract.extract import read_view
from pipelines.ingest import learn, process
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage
from tests.score.extraction import read_pages, read_with_trafilatura

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
    _report_memory(pages, learned)


def _report_speed(pages: list[FetchedPage], book: RuleBook, learned: RuleBook) -> None:
    ways: dict[str, Callable[[FetchedPage], object]] = {
        "trafilatura with metadata": read_with_trafilatura,
        "all fields, each page alone": lambda page: _process(page, book),
        "all fields, with templates": lambda page: _process(page, learned),
        "decode, parse and walk alone": lambda page: read_view(decode(page)),
    }
    best = {name: _fastest(way, pages) for name, way in ways.items()}
    base = best["trafilatura with metadata"][0]
    for name, (total, worst) in best.items():
        print(f"{name:<30}{1000 * total / len(pages):>8.2f} ms a page{base / total:>8.1f} x{1000 * worst:>9.1f} ms the slowest page")


def _fastest(way: Callable[[FetchedPage], object], pages: list[FetchedPage]) -> tuple[float, float]:
    """Return CPU seconds of the fastest round over all pages, and of its slowest page. The first round is not counted."""
    rounds = []
    for _ in range(ROUNDS + 1):
        times = []
        for page in pages:
            started = time.process_time()
            with suppress(PageError):
                way(page)
            times.append(time.process_time() - started)
        rounds.append((sum(times), max(times)))
    return min(rounds[1:])


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
