"""The frontier's speed: claims out of many URLs, on a SQLite file, and what it keeps in memory."""

import resource
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from storage.database import opened_database
from storage.frontier import Frontier
from storage.frontier_types import Ended, NewUrl

N_URLS, N_HOSTS, N_CLAIMS = 200_000, 500, 400


def report(shared: Path) -> None:
    """Fill a frontier, then claim and acknowledge in batches of 32 over 16 hosts."""
    with tempfile.TemporaryDirectory() as folder, opened_database(f"sqlite:///{folder}/y.db") as engine:
        frontier = Frontier(engine, "bench")
        started = time.perf_counter()
        for start in range(0, N_URLS, 2000):
            frontier.commit([_new(n) for n in range(start, start + 2000)])
        filled_s = time.perf_counter() - started
        hosts = [h.host for h in frontier.lease_hosts(64)]
        claims, commits = [], []
        for n in range(N_CLAIMS):
            wanted = dict.fromkeys(hosts[n % 4 * 16 : n % 4 * 16 + 16], 2)
            before = time.perf_counter()
            leased = frontier.claim(wanted)
            between = time.perf_counter()
            frontier.commit(ended=[Ended(pk=u.pk, state="done") for u in leased])
            claims.append(between - before)
            commits.append(time.perf_counter() - between)
        rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    p50, p99 = quantiles(claims, n=100)[49], quantiles(claims, n=100)[98]
    print(
        f"frontier: {N_URLS:,} URLs of {N_HOSTS} hosts filled in {filled_s:.1f} s ({N_URLS / filled_s:,.0f} a second); claim of 32 URLs: median {p50 * 1000:.1f} ms, "
        f"p99 {p99 * 1000:.1f} ms; acknowledgement median {quantiles(commits, n=100)[49] * 1000:.1f} ms; {rss_mib} MiB"
    )


def _new(n: int) -> NewUrl:
    host = f"h{n % N_HOSTS}.example"
    return NewUrl(url=f"http://{host}/2024/03/01/{n}.html", host=host, scope=host, kind="article", rank=10)
