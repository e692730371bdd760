"""A month of ticks on a simulated clock, the real frontier and revisit rule: news are seen within the hour, for few requests, in constant memory."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import event

from crawler.revisit import end_of_visit
from crawler.rhythm import load_rhythm, price_of
from crawler.visits import Visit
from storage.database import opened_database
from storage.frontier import Frontier
from storage.frontier_types import Ended, HostBack, LeasedUrl, NewUrl
from tests.made_publishing import DAY_S, PublishingSite, made_site

START_S = 1_700_006_400.0
TICK_S = 600.0
POLLS_A_DAY = 48
"""Of what it is compared with: every list every half an hour, which sees all that does not scroll off."""


@dataclass(slots=True)
class Month:
    """What the sites published and what the visits saw of it."""

    sites: dict[str, PublishingSite]
    seen_s: dict[str, float] = field(default_factory=dict)
    n: Counter[str] = field(default_factory=Counter)
    rss_mib: list[float] = field(default_factory=list)

    def visit(self, leased: LeasedUrl, tick_s: float, price: float) -> Ended:
        """Read a list within a minute of the tick: at most its length of what came out since the last time."""
        now_s = tick_s + crc32(f"{leased.url} {tick_s}".encode()) % 60
        site, before_s = self.sites[leased.url], self.seen_s.get(leased.url, START_S)
        new = site.between(before_s, now_s)[-site.length :]
        self.n["visits"] += 1
        self.n["fresh"] += sum(now_s - at <= 3600 for at in new)
        self.seen_s[leased.url] = now_s
        visit = Visit(url=leased.url, kind=leased.kind, leased=leased, outcome="listed", status=200, n_links=site.length, n_new=len(new))
        return end_of_visit(visit, now_s, price)

    def note_memory(self, now_s: float) -> None:
        """Note once a day how much memory this process holds."""
        if now_s % DAY_S == 0:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.rss_mib.append(pages * 4096 / 2**20)


def tick_on_a_database(month: Month, folder: Path, n_days: int) -> None:
    """As `crawl --due` does: what is due is made ready, leased with its host, and given back with what became of it."""
    with opened_database(f"sqlite:///{folder}/y.db") as engine:
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))  # no power cut is simulated
        engine.dispose()
        clock = [START_S]
        found = [NewUrl(url=url, host=url[7:-1], scope=url[7:-1], kind="seed", rank=0) for url in month.sites]
        Frontier(engine, "sim/1", clock=lambda: clock[0]).commit(found)
        for tick in range(int(n_days * DAY_S / TICK_S)):
            clock[0] = START_S + tick * TICK_S
            frontier = Frontier(engine, "sim/1", clock=lambda: clock[0])
            price = price_of([known for text in frontier.rhythms() if (known := load_rhythm(text))])
            frontier.recover()
            while hosts := frontier.lease_hosts(200):
                leased = frontier.claim([h.host for h in hosts], 2).urls
                frontier.commit(ended=[month.visit(one, clock[0], price) for one in leased])
                frontier.release_hosts([HostBack(host=host.host, next_s=clock[0], delay_s=0.0) for host in hosts])
            month.note_memory(clock[0])


def tick_in_memory(month: Month, n_days: int) -> None:
    """The same rule without a database, a hundred times as fast."""
    rows = {
        url: LeasedUrl(
            pk=n, url=url, host=url, scope=url, site_id=None, kind="seed", rank=0, depth=0, attempts=0, added_s=START_S, interval_s=None,
            n_visits=0, n_trusted=0, etag=None, last_modified=None, body_hash=None,
        ) for n, url in enumerate(month.sites)
    }  # fmt: skip
    due_s = dict.fromkeys(rows, START_S)
    for tick in range(int(n_days * DAY_S / TICK_S)):
        now_s = START_S + tick * TICK_S
        due = [url for url in rows if due_s[url] <= now_s]
        price = price_of([known for row in rows.values() if (known := load_rhythm(row.rhythm))]) if due else 0.0
        for url in due:
            ended = month.visit(rows[url], now_s, price)
            rows[url], due_s[url] = replace(rows[url], rhythm=ended.rhythm, interval_s=ended.interval_s), ended.due_s
        month.note_memory(now_s)


def made_month(seed: int, n_sites: int, n_days: int, median_a_day: float = 6.0) -> Month:
    chance = random.Random(seed)
    return Month({f"http://s{n}.example/": made_site(chance, START_S, n_days, median_a_day) for n in range(n_sites)})


def shares(month: Month, n_days: int) -> tuple[float, float]:
    """Return the share of news seen within an hour, and the share of the requests of a poll every half an hour."""
    n_published = sum(len(site.published) for site in month.sites.values())
    fresh, asked = month.n["fresh"] / n_published, month.n["visits"] / (len(month.sites) * n_days * POLLS_A_DAY)
    print(f"{len(month.sites)} sites, {n_days} days: {n_published:,} articles, {fresh:.1%} within the hour, {asked:.1%} of the requests")
    return fresh, asked


def test_the_rule_on_a_database_and_in_memory_is_the_same(tmp_path: Path) -> None:
    stored, held = made_month(7, 8, 2), made_month(7, 8, 2)
    tick_on_a_database(stored, tmp_path, 2)
    tick_in_memory(held, 2)
    assert stored.n == held.n
    assert stored.n["visits"] > 8 * 12


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_days_of_few_sites(seed: int) -> None:
    month = made_month(seed, 40, 10)
    tick_in_memory(month, 10)
    fresh, asked = shares(month, 10)
    assert fresh >= 0.92, "most of this time is spent getting to know the lists"
    assert asked <= 0.40


@pytest.mark.drill
@pytest.mark.parametrize(
    ("seed", "median_a_day"), [(1, 6.0), (2, 6.0), (3, 6.0), (4, 6.0), (5, 6.0), (6, 2.0), (7, 3.0), (8, 15.0), (9, 30.0)]
)
def test_a_month_of_500_sites(seed: int, median_a_day: float) -> None:
    month = made_month(seed, 500, 30, median_a_day)
    tick_in_memory(month, 30)
    fresh, asked = shares(month, 30)
    assert fresh >= 0.95
    assert asked <= 0.40


@pytest.mark.drill
def test_a_month_of_500_sites_on_a_database_in_constant_memory(tmp_path: Path) -> None:
    month = made_month(1, 500, 30)
    tick_on_a_database(month, tmp_path, 30)
    fresh, asked = shares(month, 30)
    assert fresh >= 0.95
    assert asked <= 0.40
    print("MiB a day:", [round(mib) for mib in month.rss_mib])
    assert max(month.rss_mib[10:]) <= 1.05 * max(month.rss_mib[2:10]), month.rss_mib
