"""All fields over the read pages, each page alone and with `--learn`, beside trafilatura with metadata in the same run.

The scorer is the one of the shared folder. Figures are macro means over domains; `A` and `B` are two halves of the hosts: rules were
made looking at A. CPU is of one process, a page after another, pages in memory.
"""

import hashlib
import importlib.util
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import trafilatura

from crawler.load_rules import load_rule_book
from pipelines.errors import PageError
from pipelines.ingest import learn, process
from pipelines.record import record_of
from pipelines.site_rules import RuleBook
from pipelines.types import FetchedPage

FIGURES = ("body", "leak", "kept", "title", "day", "time", "wrong", "source", "authors", "editors")
FETCHED_AT = datetime(2027, 1, 1, tzinfo=UTC)
Reader = Callable[[FetchedPage], Mapping[str, Any]]


def report(shared: Path) -> None:
    """Print the tables."""
    scorer = _load_scorer(shared)
    book = load_rule_book()
    for folder in ("pages", "pages_en"):
        gold = shared / folder
        pages = dict(read_pages(gold))
        learned = replace(book, templates=learn(pages.values(), book))
        readers = {"trafilatura": read_with_trafilatura, "alone": _reader(book), "--learn": _reader(learned)}
        tables, cpu = {}, {}
        for name, reader in readers.items():
            records, cpu[name] = _read_all(pages, reader)
            tables[name] = _score_all(gold, records, scorer)
        _print(folder, len(pages), len(learned.templates), tables, cpu)


def _print(folder: str, n_pages: int, n_templates: int, tables: Mapping[str, Any], cpu: Mapping[str, Sequence[float]]) -> None:
    print(f"{folder}: {n_pages} pages, {n_templates} templates learned")
    columns = [(name, half) for name in tables for half in (("all",) if name == "trafilatura" else ("all", "A", "B"))]
    print(f"{'figure':<10}" + "".join(f"{name + (' ' + half if half != 'all' else ''):>14}" for name, half in columns))
    for figure in FIGURES:
        if tables["alone"][figure, "all"]:
            print(f"{figure:<10}" + "".join(f"{_macro(tables[name][figure, half]):>14.4f}" for name, half in columns))
    base = sum(cpu["trafilatura"])
    for name, times in cpu.items():
        print(
            f"CPU {name:<14}{1000 * sum(times) / len(times):>8.1f} ms a page, 1/{base / sum(times):.1f}, worst {1000 * max(times):.0f} ms"
        )


def _reader(book: RuleBook) -> Reader:
    def read(page: FetchedPage) -> Mapping[str, Any]:
        try:
            return record_of(process(page, book))
        except PageError:
            return {}

    return read


def read_with_trafilatura(page: FetchedPage) -> Mapping[str, Any]:
    """Read a page by trafilatura alone, metadata included, its fields under the record's names."""
    document = trafilatura.bare_extraction(page.body, include_comments=False, with_metadata=True)
    if document is None:
        return {}
    authors = [name.strip() for name in (document.author or "").split(";") if name.strip()]
    return {"text": document.text, "title": document.title, "published_at": document.date, "published_precision": "day", "authors": authors}


def _read_all(pages: Mapping[str, FetchedPage], reader: Reader) -> tuple[dict[str, Mapping[str, Any]], list[float]]:
    for page in list(pages.values())[:10]:  # compiled patterns, first-use imports
        reader(page)
    records, times = {}, []
    for file, page in pages.items():
        started = time.process_time()
        records[file] = reader(page)
        times.append(time.process_time() - started)
    return records, times


def _score_all(gold: Path, records: Mapping[str, Any], scorer: ModuleType) -> dict[tuple[str, str], dict[str, list[float]]]:
    bodies, metas = (dict(_rows(gold / name)) for name in ("bodies.jsonl", "meta.jsonl"))
    scores: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for file in sorted(bodies.keys() | metas.keys()):
        body, meta = bodies.get(file), metas.get(file)
        domain = (body or meta)["domain"]
        for figure, value in scorer.score_page(body["body"] if body else None, meta, records[file]).items():
            for half in ("all", half_of(domain)):
                scores[figure, half][domain].append(value)
    return scores


def half_of(domain: str) -> str:
    """Return `A` or `B`, the same on every machine."""
    return "AB"[hashlib.md5(domain.encode()).digest()[0] & 1]


def _macro(by_domain: Mapping[str, list[float]]) -> float:
    return sum(sum(values) / len(values) for values in by_domain.values()) / len(by_domain) if by_domain else float("nan")


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row = json.loads(line)
                yield row["file"], row


def read_pages(gold: Path) -> Iterator[tuple[str, FetchedPage]]:
    known = {file: row.get("url_if_known") for file, row in _rows(gold / "pages.jsonl")}
    for path in sorted((gold / "html").iterdir()):
        url = known.get(path.name) or path.as_uri()
        yield path.name, FetchedPage(url=url, final_url=url, status=200, headers=(), body=path.read_bytes(), fetched_at=FETCHED_AT)


def _load_scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shared_score", shared / "score" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
