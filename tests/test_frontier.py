"""The frontier on both engines: leases, acknowledgements, what dead workers leave, clocks that jump."""

import threading
from collections import Counter

import pytest
from sqlalchemy import Engine, select

from storage.database import reading
from storage.frontier import MAX_SHAKEN, Frontier
from storage.frontier_owners import dead_owners, owner_name
from storage.frontier_recovery import MAX_LEASES, SUSPECT_LEASES
from storage.frontier_schema import frontier_host, frontier_url
from storage.frontier_types import Ended, HostBack, LeasedUrl, NewUrl


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def new(n: int, host: str = "a.example", **changes: object) -> NewUrl:
    values = {"url": f"http://{host}/{n}", "host": host, "scope": host, "kind": "article", "rank": 10, **changes}
    return NewUrl(**values)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def worker(engine: Engine, clock: Clock, name: str = "one", **options: object) -> Frontier:
    return Frontier(engine, name, clock=clock, **options)  # type: ignore[arg-type]


def take(frontier: Frontier, n: int = 100) -> list[LeasedUrl]:
    frontier.lease_hosts(100)
    with reading(frontier.engine) as connection:
        mine = connection.execute(select(frontier_host.c.host).where(frontier_host.c.owner == frontier.owner)).scalars().all()
    return frontier.claim(sorted(mine), n).urls


def states(engine: Engine) -> Counter[str]:
    with reading(engine) as connection:
        return Counter(connection.execute(select(frontier_url.c.state)).scalars())


def test_urls_are_handed_out_once_in_order_and_acknowledged(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(1), new(2, rank=20), new(3), new(1), new(9, kind="seed", rank=0)])
    leased = take(one)
    assert [u.url.rpartition("/")[2] for u in leased] == ["9", "1", "3", "2"]
    assert take(one) == []
    one.commit([new(4), new(1)], [Ended(pk=u.pk, state="done") for u in leased])
    assert [u.url for u in take(one)] == ["http://a.example/4"]
    assert states(engine) == {"done": 4, "leased": 1}


def test_a_host_is_one_workers_at_a_time(engine: Engine, clock: Clock) -> None:
    one, two = worker(engine, clock), worker(engine, clock, "two")
    one.commit([new(n, host) for n in range(3) for host in ("a.example", "b.example")])
    assert [h.host for h in one.lease_hosts(1)] == ["a.example"]
    assert [h.host for h in two.lease_hosts(9)] == ["b.example"]
    assert two.lease_hosts(9) == []
    one.release_hosts([HostBack(host="a.example", next_s=clock.now + 7, delay_s=3)])
    (again,) = two.lease_hosts(9)
    assert (again.next_s, again.delay_s) == (clock.now + 7, 3)


def test_a_lease_that_ends_without_a_word_makes_the_url_ready(engine: Engine, clock: Clock) -> None:
    one, two = worker(engine, clock), worker(engine, clock, "two")
    one.commit([new(1)])
    (lost,) = take(one)
    clock.now += one.lease_s / 2
    one.heartbeat()
    clock.now += one.lease_s / 2 + 1
    assert two.recover() == 0
    clock.now += one.lease_s
    assert two.recover() == 1
    (found,) = take(two)
    assert found.pk == lost.pk
    one.commit(ended=[Ended(pk=lost.pk, state="dead", reason="late")])  # what a worker says after its lease is not heard
    two.commit(ended=[Ended(pk=found.pk, state="done")])
    assert states(engine) == {"done": 1}


def test_a_dead_process_of_this_machine_is_known_at_once(engine: Engine, clock: Clock) -> None:
    machine = owner_name().partition("/")[0]
    gone = f"{machine}/999999999/1"
    assert dead_owners([gone, owner_name(), "elsewhere/1/1"]) == [gone]
    dead, living = worker(engine, clock, gone), worker(engine, clock, owner_name())
    dead.commit([new(1)])
    take(dead)
    assert living.recover(least_delay_s=5.0) == 1
    (host,) = living.lease_hosts(1)
    assert host.next_s == clock.now + 5.0
    assert len(living.claim([host.host], 5).urls) == 1


def test_failed_tries_wait_and_revisits_belong_to_a_later_run(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(1), new(2), new(3)])
    first, second, third = take(one)
    one.commit(ended=[
        Ended(pk=first.pk, state="waiting", due_s=clock.now + 5, attempts=1),
        Ended(pk=second.pk, state="waiting", due_s=clock.now + 5),
        Ended(pk=third.pk, state="dead", reason="http_status", detail="HTTP 404"),
    ])  # fmt: skip
    assert (one.pending(5).next_due_s, one.pending(4).next_due_s) == (clock.now + 5, None)
    one.recover()
    assert take(one) == []
    clock.now += 6
    one.recover()
    (again,) = take(one)
    assert (again.pk, again.attempts) == (first.pk, 1)
    next_run = worker(engine, clock, "two")
    next_run.recover()
    one.release_all()
    assert {u.pk for u in take(next_run)} == {first.pk, second.pk}


def test_a_clean_end_gives_everything_back(engine: Engine, clock: Clock) -> None:
    one, two = worker(engine, clock), worker(engine, clock, "two")
    one.commit([new(n) for n in range(5)])
    take(one, 3)
    one.release_all([HostBack(host="a.example", next_s=clock.now + 2, delay_s=0.0)])
    assert len(take(two)) == 5


def test_a_run_works_on_its_scopes_only(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock, scopes=["mine"])
    one.commit([new(1, scope="mine"), new(2, scope="other"), new(3, "b.example", scope="other")])
    assert [u.url for u in take(one)] == ["http://a.example/1"]
    assert not one.pending(0).is_ready
    one.release_all()
    assert len(take(worker(engine, clock, "all"))) == 3


def test_a_seed_is_fetched_again_when_asked_for(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(1)])
    (leased,) = take(one)
    one.commit([new(1, kind="seed", rank=0, is_forced=True)])
    assert states(engine) == {"leased": 1}  # it is being fetched
    one.commit(ended=[Ended(pk=leased.pk, state="dead", reason="dns")])
    one.commit([new(1)])
    assert take(one) == []
    one.commit([new(1, kind="seed", rank=0, is_forced=True)])
    assert len(take(one)) == 1


def test_what_brings_the_program_down_goes_last_and_alone_and_dies(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(1), new(2)])
    for _ in range(SUSPECT_LEASES):
        take(one)
        clock.now += one.lease_s + 1
        one.recover()
    one.commit([new(3)])
    assert [u.url[-1] for u in take(one, 1)] == ["3"]
    (suspect,) = take(one)
    assert suspect.is_suspect
    for _ in range(MAX_LEASES):
        clock.now += one.lease_s + 1
        one.recover()
        take(one)
    clock.now += one.lease_s + 1
    one.recover()
    with reading(engine) as connection:
        reasons = connection.execute(select(frontier_url.c.reason).where(frontier_url.c.state == "dead")).scalars().all()
    assert set(reasons) == {"internal"}


def test_a_clock_set_back_stops_nothing(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(1), new(2)])
    first, second = take(one)
    one.commit(ended=[Ended(pk=second.pk, state="waiting", due_s=clock.now + 5, attempts=1)])
    clock.now -= 365 * 86400.0
    two = worker(engine, clock, "two")
    two.recover()
    assert {u.pk for u in take(two)} == {first.pk, second.pk}


def test_two_workers_at_once_share_without_overlap(engine: Engine) -> None:
    seed = Frontier(engine, "seed")
    seed.commit([new(n, f"h{n % 20}.example") for n in range(200)])
    got: dict[str, list[int]] = {"one": [], "two": []}

    def work(name: str) -> None:
        mine = Frontier(engine, name)
        while found := mine.lease_hosts(2):
            for host in found:
                while leased := mine.claim([host.host], 4).urls:
                    mine.commit(ended=[Ended(pk=u.pk, state="done") for u in leased])
                    got[name] += [u.pk for u in leased]
                mine.release_hosts([HostBack(host=host.host, next_s=0.0, delay_s=0.0)])

    threads = [threading.Thread(target=work, args=(name,)) for name in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got["one"]) + len(got["two"]) == len({*got["one"], *got["two"]}) == 200
    assert states(engine) == {"done": 200}


def test_known_urls_are_told(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(n) for n in range(1200)])
    assert one.known([f"http://a.example/{n}" for n in range(1100, 1300)]) == {f"http://a.example/{n}" for n in range(1100, 1200)}


def test_a_claim_says_which_hosts_have_no_more_and_brings_nothing_of_others(engine: Engine, clock: Clock) -> None:
    one, two = worker(engine, clock), worker(engine, clock, "two")
    one.commit([new(n, host) for host, many in (("a.example", 5), ("b.example", 2)) for n in range(many)])
    one.lease_hosts(9)
    assert two.claim(["a.example", "b.example"], 9).urls == []
    claimed = one.claim(["a.example", "b.example"], 3)
    assert (len(claimed.urls), claimed.drained) == (5, {"b.example"})
    clock.now += one.lease_s + 1
    two.lease_hosts(9)  # it slept too long: its hosts are another's
    assert one.claim(["a.example"], 3).urls == []


def test_of_what_was_in_memory_at_a_crash_few_are_taken_at_a_time(engine: Engine, clock: Clock) -> None:
    one = worker(engine, clock)
    one.commit([new(n) for n in range(20)])
    assert len(take(one, 10)) == 10
    clock.now += one.lease_s + 1
    assert one.recover() == 10
    assert len(take(one, 10)) == MAX_SHAKEN
    assert len(take(one, 20)) == MAX_SHAKEN + 10
