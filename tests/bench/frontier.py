"""The frontier holding many URLs: claims out of it while links are added and pages acknowledged, and what the worker keeps in memory.

`python -m tests.bench.frontier N [sqlite|postgresql]`: with N URLs; `make bench` takes 100,000.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from storage.database import opened_database
from storage.frontier import Frontier
from storage.frontier_types import Ended, NewUrl
from tests.bench.schemas import postgres_schema

N_HOSTS, N_CLAIMS = 100, 1000
N_LINKS = 20
"""Links found between two claims."""


def report(shared: Path) -> None:
    """Measure both engines."""
    with tempfile.TemporaryDirectory() as folder, postgres_schema() as postgres:
        measure("sqlite", f"sqlite:///{folder}/y.db", 100_000)
        if postgres is not None:
            measure("postgresql", postgres, 100_000)


def measure(name: str, database: str, n_urls: int) -> None:
    """Fill a frontier; then claim 64 URLs of 16 hosts, acknowledge them and add links, again and again."""
    with opened_database(database) as engine:
        frontier = Frontier(engine, "bench")
        started = time.perf_counter()
        for start in range(0, n_urls, 2000):
            frontier.commit([_new(n) for n in range(start, start + 2000)])
        filled_s = time.perf_counter() - started
        hosts = [h.host for h in frontier.lease_hosts(64)]
        claims: list[tuple[float, float]] = []
        commits: list[tuple[float, float]] = []
        for n in range(N_CLAIMS):
            names = hosts[n % 4 * 16 : n % 4 * 16 + 16]
            leased = _timed(claims, lambda names=names: frontier.claim(names, 4)).urls  # type: ignore[misc]
            assert len(leased) == 64
            links = [_new(n_urls + n * N_LINKS + k) for k in range(N_LINKS)]
            ended = [Ended(pk=u.pk, state="waiting", due_s=time.time() + 6 * 3600.0) for u in leased]
            _timed(commits, lambda links=links, ended=ended: frontier.commit(links, ended))  # type: ignore[misc]
            if n % 50 == 0:
                frontier.recover()
                frontier.heartbeat()
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"frontier on {name}: {n_urls:,} URLs of {N_HOSTS} hosts filled at {n_urls / filled_s:,.0f} a second; claim of 64 URLs {_shown(claims)}; "
        f"64 acknowledgements and {N_LINKS} links {_shown(commits)}; at most {rss_mib} MiB"
    )


def _timed(into: list[tuple[float, float]], action: Callable[[], object]) -> object:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    result = action()
    into.append((time.perf_counter() - wall_s, time.process_time() - cpu_s))
    return result


def _shown(times: list[tuple[float, float]]) -> str:
    wall, cpu = (quantiles([t[k] * 1000 for t in times], n=100) for k in (0, 1))
    return f"median {wall[49]:.1f} ms, p99 {wall[98]:.1f} ms (processor {cpu[49]:.1f}, {cpu[98]:.1f})"


def _new(n: int) -> NewUrl:
    host = f"h{n % N_HOSTS}.example"
    return NewUrl(url=f"http://{host}/2024/03/01/{n}.html", host=host, scope=host, kind="article", rank=10)


def main() -> None:
    """Measure one engine, or both."""
    n_urls, engines = int(sys.argv[1]), sys.argv[2:] or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as folder, postgres_schema() as postgres:
        if "sqlite" in engines:
            measure("sqlite", f"sqlite:///{folder}/y.db", n_urls)
        if "postgresql" in engines and postgres is not None:
            measure("postgresql", postgres, n_urls)


if __name__ == "__main__":
    main()
