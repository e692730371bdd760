"""The feed loses nothing and repeats nothing, whatever the writers do."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine, text

from pipelines.errors import UsageError
from storage.articles import ArticleStore
from storage.changes import START, ChangeKind, CursorAhead, NewChange, all_changes, append_changes, read_changes, settle_feed
from storage.database import open_database, reading, writing
from storage.feeds import ATOM, FeedChoice, write_feed
from storage.migrate import upgrade_database
from tests.conftest import ROOT
from tests.feed_waiting import changes_when
from tests.made_articles import made_article

N_WRITERS = 8
# Each writer adds its own numbers in transactions of 1 to 20, says each number on stdout after its commit, and rolls some back.
WRITER = """
import random, sys, time
from storage.changes import ChangeKind, NewChange, append_changes
from storage.database import open_database, writing
url, name, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
engine, dice, at = open_database(url, upgrade=False, busy_timeout_s=300), random.Random(f"{name} {first}"), first
while at < last:
    batch = range(at, min(at + dice.randint(1, 20), last))
    try:
        with writing(engine) as connection:
            for part in (batch[:3], batch[3:]):
                append_changes(connection, [NewChange(kind=ChangeKind.CREATED, url=f"{name}/{number}") for number in part])
                time.sleep(0.005 * (dice.random() < 0.3))
            if dice.random() < 0.1:
                raise KeyError
    except KeyError:
        continue
    at = batch[-1] + 1
    print(at, flush=True)
"""


class Writer:
    """A writer process that is killed now and then and started again after the last number it is known to have written."""

    def __init__(self, url: str, name: str, last: int) -> None:
        self.url, self.name, self.last, self.at = url, name, last, 0
        self.session = uuid4().hex
        """What the server calls the sessions of this writer."""
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", WRITER, self.url, self.name, str(self.at), str(self.last)]
        env = os.environ | {"PGAPPNAME": self.session}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env)

    def kill(self, engine: Engine) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.join(engine)
        self.start()

    def join(self, engine: Engine) -> None:
        out, _ = self.process.communicate()
        self.at = max([self.at, *map(int, out.split())])
        self._wait_for_server(engine)
        with reading(engine) as connection:  # what was committed but not said any more
            query = text("SELECT count(*) FROM change WHERE url LIKE :mine")
            self.at = max(self.at, connection.execute(query, {"mine": f"{self.name}/%"}).scalar_one())

    def _wait_for_server(self, engine: Engine) -> None:
        """A server finishes a commit that it was sent before its client was killed."""
        query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :session")
        deadline = time.monotonic() + 30
        while engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                if not connection.execute(query, {"session": self.session}).scalar_one():
                    return
            assert time.monotonic() < deadline, "the session of a killed writer goes on"
            time.sleep(0.01)

    @property
    def is_done(self) -> bool:
        return self.process.poll() is not None


def drill(url: str, n_changes: int, n_kills: int) -> None:
    """Let writers write and be killed while a reader follows; compare what it got with what was committed."""
    engine, dice = open_database(url), random.Random(5)
    each = n_changes // N_WRITERS
    writers = [Writer(url, f"w{n}", each) for n in range(N_WRITERS)]
    seen: list[str] = []
    cursor, killed = START, 0
    while True:
        all_done = all(writer.is_done for writer in writers)
        for change in read_changes(engine, cursor, limit=dice.randint(1, 500)):
            seen.append(change.url or "")
            assert change.cursor > cursor
            cursor = change.cursor
        if killed < n_kills and len(seen) > n_changes * (killed + 1) / (n_kills + 2):
            alive = [writer for writer in writers if not writer.is_done]
            if alive:
                dice.choice(alive).kill(engine)
            killed += 1
        elif all_done:
            for writer in writers:
                writer.join(engine)
                assert writer.process.returncode == 0
            seen += [change.url or "" for change in changes_when(engine, each * N_WRITERS - len(seen), cursor)]
            break
        else:
            time.sleep(0.001)
    assert killed == n_kills
    assert sorted(seen) == sorted(f"w{n}/{number}" for n in range(N_WRITERS) for number in range(each))
    assert [change.url for change in all_changes(engine)] == seen, "a reader that comes later gets the same order"
    engine.dispose()


def test_a_feed_under_eight_writers_and_kills_loses_and_repeats_nothing(database_url: str) -> None:
    open_database(database_url).dispose()
    drill(database_url, n_changes=5000, n_kills=6)


@pytest.mark.drill
def test_a_long_feed_under_eight_writers_and_kills(database_url: str) -> None:
    open_database(database_url).dispose()
    drill(database_url, n_changes=100_000, n_kills=100)


def add(engine: Engine, *urls: str) -> None:
    with writing(engine) as connection:
        append_changes(connection, [NewChange(kind=ChangeKind.CREATED, url=url) for url in urls])


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_row_waits_for_an_older_transaction(engine: Engine) -> None:
    with engine.connect() as slow:
        append_changes(slow, [NewChange(kind=ChangeKind.CREATED, url="slow")])
        add(engine, "fast")
        assert read_changes(engine) == [], "the older row may still come before it"
        slow.commit()
    assert [change.url for change in changes_when(engine, 2)] == ["slow", "fast"]


def test_a_cursor_goes_on_where_it_stood(engine: Engine) -> None:
    add(engine, "a", "b", "c")
    changes_when(engine, 3)
    first = read_changes(engine, limit=2)
    assert [change.url for change in first] == ["a", "b"]
    assert [change.url for change in read_changes(engine, first[-1].cursor)] == ["c"]
    assert [change.url for change in all_changes(engine, first[0].cursor, limit=1)] == ["b"]
    with reading(engine) as connection:
        shown = connection.execute(text("SELECT url FROM v1_changes WHERE cursor > :c"), {"c": first[0].cursor}).scalars().all()
    assert shown == ["b", "c"]


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1-2", "1-2-3", "1-2; DROP TABLE change", "９-９"])
def test_what_is_no_cursor_is_wrong_use(engine: Engine, cursor: str) -> None:
    if cursor:
        with pytest.raises(UsageError):
            read_changes(engine, cursor)
    else:
        assert read_changes(engine, cursor) == []


def test_a_base_restored_into_another_cluster_goes_on(engine: Engine) -> None:
    """There transaction numbers begin anew: the old rows must not wait for them, and the new ones come after."""
    add(engine, "old")
    before = changes_when(engine, 1)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("UPDATE change SET xid = xid + 5000000000"))
            connection.execute(text("UPDATE feed_state SET cluster = 'another'"))
    upgrade_database(engine)
    add(engine, "new")
    assert [change.url for change in changes_when(engine, 2)] == ["old", "new"]
    assert [change.url for change in read_changes(engine, read_changes(engine, limit=1)[0].cursor)] == ["new"]
    with writing(engine) as connection:
        settle_feed(connection)
    assert len(before) == 1


def test_the_feeds_are_what_feed_readers_expect(engine: Engine) -> None:
    ArticleStore(engine).save([made_article(1, title="桥<b>&\x0b通车"), made_article(2, published=None, authors=(), source=None)])
    feed = json.loads(write_feed(engine, "jsonfeed"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["url"] for item in feed["items"]} == {made_article(1).url, made_article(2).url}
    assert all(item["id"] and item["content_text"] for item in feed["items"])
    atom = ElementTree.fromstring(write_feed(engine, "atom"))
    entries = atom.findall(f"{{{ATOM}}}entry")
    assert {entry.findtext(f"{{{ATOM}}}title") for entry in entries} == {"桥<b>&通车", made_article(2).title}
    for parent in (atom, *entries):
        assert all(parent.findtext(f"{{{ATOM}}}{name}") for name in ("id", "title", "updated"))
    assert all(entry.find(f"{{{ATOM}}}author/{{{ATOM}}}name") is not None for entry in entries)
    with pytest.raises(UsageError):
        write_feed(engine, "rss")


@pytest.mark.parametrize("canonical", ["javascript:alert(1)", "data:text/html,x", " //a.example"])
def test_no_feed_links_to_what_only_a_page_says_is_an_address(engine: Engine, canonical: str) -> None:
    ArticleStore(engine).save([made_article(1, canonical_url=canonical)])
    (entry,) = ElementTree.fromstring(write_feed(engine, "atom")).findall(f"{{{ATOM}}}entry/{{{ATOM}}}link")
    (item,) = json.loads(write_feed(engine, "jsonfeed"))["items"]
    assert entry.get("href") == item["url"] == made_article(1).url


def test_each_feed_has_its_own_name_and_says_where_it_is(engine: Engine) -> None:
    """Feed readers tell feeds apart by their id: that of one site must not pass for that of all."""
    ArticleStore(engine).save([made_article(1)])
    of_all, of_site = (
        ElementTree.fromstring(write_feed(engine, "atom", home="http://reader.example/", choice=choice)) for choice in (FeedChoice(), FeedChoice(site="a.example"))
    )  # fmt: skip
    ids = [feed.findtext(f"{{{ATOM}}}id") for feed in (of_all, of_site)]
    assert ids == ["http://reader.example/feed.atom", "http://reader.example/feed.atom?site=a.example"]
    links = {link.get("rel"): link.get("href") for link in of_site.findall(f"{{{ATOM}}}link")}
    assert links == {"self": ids[1], "alternate": "http://reader.example/"}
    feed = json.loads(write_feed(engine, "jsonfeed", home="http://reader.example/", choice=FeedChoice(source="东河日报")))
    assert feed["feed_url"] == f"http://reader.example/feed.json?source={quote('东河日报')}"


def test_a_feed_of_a_query_holds_what_matches_and_was_stored_last(engine: Engine) -> None:
    store = ArticleStore(engine)
    for n in range(130):
        is_named = n % 2 == 0
        store.save([made_article(n, title="潮汐电站" if is_named else "别的", text=f"第{n}号。" + ("" if is_named else "潮水与汐"))])
    feed = json.loads(write_feed(engine, "jsonfeed", choice=FeedChoice(query="潮汐"), home="http://reader.example/"))
    assert [item["url"] for item in feed["items"]] == [made_article(n).url for n in range(128, 28, -2)]
    assert feed["feed_url"] == f"http://reader.example/feed.json?q={quote('潮汐')}"


def test_saving_and_following_meet(engine: Engine, tmp_path: Path) -> None:
    store = ArticleStore(engine)
    store.save([made_article(1)])
    (change,) = changes_when(engine, 1)
    found = store.find(change.id or "")
    assert found is not None
    assert (change.kind, change.url, change.revision) == ("created", found["url"], found["revision"])


def test_a_cursor_of_a_later_state_of_the_base_is_refused(engine: Engine) -> None:
    """A reader of a base restored from a copy waited, and missed what was written up to its cursor."""
    add(engine, "a", "b", "c")
    (*_, last) = changes_when(engine, 3)
    assert read_changes(engine, last.cursor) == []
    later = f"{last.cursor[:-3]}999"
    with pytest.raises(CursorAhead, match=f"go on after {last.cursor}"):
        read_changes(engine, later)
