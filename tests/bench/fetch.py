"""Pages fetched a CPU second: Scrapy with our durable frontier beside Scrapy with its own queues in memory, and nothing made of the pages.

Only the processor time of the crawling process counts: not the server's on loopback, and not PostgreSQL's.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.schemas import postgres_schema
from tests.conftest import ROOT
from tests.many_hosts import Request, http, loopback_addresses, serving_many

N_HOSTS, N_PAGES, N_ROUNDS = 50, 2500, 3
PAGE = http(200, b"<html><body>" + "<p>示例乡镇春耕备耕工作全面展开。</p>".encode() * 1100 + b"</body></html>")
NOT_FOUND = http(404)


def report(shared: Path) -> None:
    """Crawl in turn without and with the frontier, on each engine, and compare neighbours."""
    with serving_many(loopback_addresses(N_HOSTS), _answer) as site:
        cpu_s: dict[str, list[float]] = {"plain": [], "sqlite": [], "postgresql": []}
        for _ in range(N_ROUNDS):
            with tempfile.TemporaryDirectory() as folder, postgres_schema() as postgres:
                cpu_s["plain"].append(_crawl("plain", "none", site.port))
                cpu_s["sqlite"].append(_crawl("durable", f"sqlite:///{folder}/y.db", site.port))
                if postgres is not None:
                    cpu_s["postgresql"].append(_crawl("durable", postgres, site.port))
    plain_s = cpu_s.pop("plain")
    print(f"fetch: {N_PAGES} pages of {len(PAGE) // 1024} KiB, plain Scrapy {median(N_PAGES / s for s in plain_s):.0f} pages a CPU second")
    for name, durable_s in cpu_s.items():
        if durable_s:
            ratios = [plain / durable for plain, durable in zip(plain_s, durable_s, strict=True)]
            print(
                f"fetch: durable on {name} {median(N_PAGES / s for s in durable_s):.0f}, {median(ratios):.2f}x (rounds {min(ratios):.2f} to {max(ratios):.2f})"
            )


def _answer(request: Request) -> bytes:
    return NOT_FOUND if request.path == "/robots.txt" else PAGE


def _crawl(kind: str, database: str, port: int) -> float:
    command = [sys.executable, "-m", "tests.bench.fetch_run", kind, database, str(port), str(N_HOSTS), str(N_PAGES)]
    told = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert told["counts"] == {"created": N_PAGES}, told
    return float(told["cpu_s"])
