"""The index holds what was saved, whatever way its segments went."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event, Timer
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, select, update

from pipelines.errors import StorageError
from storage.articles import ArticleStore
from storage.database import reading, writing
from storage.migrate import check_version, upgrade_database
from storage.schema import article
from storage.search import find_all, search
from storage.search_blocks import Unpacked, pack
from storage.search_fresh import Fresh, once
from storage.search_index import add_documents, rebuild_index, remove_documents, replace_documents
from storage.search_lookup import IndexReader
from storage.search_query import lookup_of, parse_query
from storage.search_segments import NewSegment, put_together
from storage.search_tables import search_block, search_segment, search_state
from storage.search_text import BOUNDARY, fold, fold_all
from storage.search_tokens import DOC_BITS, FIELD, MAX_DOCS, TITLE_PAIR, Document, Tokens, text_tokens
from storage.search_upkeep import CROWD, FULL, LARGE, IndexUpkeep, sort_waiting
from tests.made_articles import made_article

TEXTS = st.text(max_size=40) | st.text(st.sampled_from("东河東㈱…\u200b　 \n\x01\ufffe\uffff𠮷𠀾aÅİ"), max_size=20)


@given(st.lists(TEXTS, max_size=5))
@example(["\x01", "\ufffe\uffff", "𠮷𠀾"])
def test_folding_many_is_folding_each(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(one) for one in texts]


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_every_piece_of_a_document_has_its_tokens_in_the_index(given_documents: list[tuple[str, str]]) -> None:
    documents = [Document(pk=n, title=title, text=text, fields=()) for n, (title, text) in enumerate(given_documents)]
    postings = Fresh.of(documents).postings().tolist()
    for n, (title, text) in enumerate(given_documents):
        held = [posting >> DOC_BITS for posting in postings if posting & 0xFFFF == n]
        for whole, in_title in ((title, False), (text, False), (title, True)):
            folded = fold(whole)
            pieces = {folded[at : at + length] for at in range(len(folded)) for length in (1, 2, 5)}
            for tokens in (one for piece in pieces for one in text_tokens(piece, in_title=in_title)):
                assert any(tokens.first <= token <= tokens.last for token in held)


def test_no_pair_goes_across_a_boundary() -> None:
    postings = Fresh.of([Document(pk=1, title="东", text="河", fields=()), Document(pk=2, title="桥", text=None, fields=())]).postings()
    found = {(posting >> DOC_BITS, posting & 0xFFFF) for posting in postings.tolist()}
    pairs = {(ord(char) << 16 | ord(BOUNDARY), n) for char, n in (("东", 0), ("河", 0), ("桥", 1))}
    assert found == pairs | {(TITLE_PAIR | token, n) for token, n in pairs if token >> 16 != ord("河")}


DOCUMENTS = st.lists(st.tuples(TEXTS, TEXTS, st.lists(st.integers(0, 3), min_size=1)), min_size=1, max_size=6)


def documents_of(given_documents: list[tuple[str, str, list[int]]]) -> list[Document]:
    return [Document(pk, title, text, [FIELD | n for n in fields]) for pk, (title, text, fields) in enumerate(given_documents, 1)]


@given(DOCUMENTS)
def test_text_that_is_looked_through_gives_what_its_blocks_give(given_documents: list[tuple[str, str, list[int]]]) -> None:
    documents = documents_of(given_documents)
    fresh = Fresh.of(documents)
    sorted_blocks = Unpacked(list(pack(fresh.postings())))
    words = {fold(part)[at : at + length] for d in documents for part in (d.title, d.text) for at in range(40) for length in (1, 2)} - {""}
    wanted = [one for word in words for in_title in (False, True) for one in text_tokens(word, in_title=in_title)]
    for one in (*wanted, *(Tokens(FIELD | n, FIELD | n) for n in range(5))):
        assert set(fresh.docs(one).tolist()) == set(sorted_blocks.docs(one).tolist())
        assert set(Fresh.read(fresh.packed()).docs(one).tolist()) == set(fresh.docs(one).tolist())


@given(DOCUMENTS, st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_put_together_they_are_as_if_they_had_come_at_once(given_documents: list[tuple[str, str, list[int]]], places: list[int]) -> None:
    documents = documents_of(given_documents)
    parts = [[d for d, place in zip(documents, places, strict=False) if place == number] for number in (1, 2)]
    held = [(np.array([d.pk if d.pk != 3 else -3 for d in part]), Fresh.of(part)) for part in parts if part]
    if kept := sorted(d for part in parts for d in part if d.pk != 3):
        joined = Fresh.joined(held, np.array([d.pk for d in kept]))
        assert joined.postings().tolist() == Fresh.of(kept).postings().tolist()


POSTINGS = st.lists(
    st.tuples(st.sampled_from([0, TITLE_PAIR, FIELD]), st.integers(0, 2**32 - 1) | st.integers(0, 3), st.integers(0, LARGE - 1)),
    max_size=300,
)


@given(POSTINGS, st.integers(0, 3 << 32), st.integers(0, 3))
def test_blocks_give_back_what_was_packed(given_postings: list[tuple[int, int, int]], first: int, width: int) -> None:
    postings = once(np.sort(np.array([(kind | low) << DOC_BITS | doc for kind, low, doc in given_postings], dtype=np.int64)))
    blocks = list(pack(postings))
    if not blocks:
        return
    assert Unpacked(blocks).postings().tolist() == postings.tolist()
    for wanted in (Tokens(first, first + width), Tokens(0, 3), Tokens(TITLE_PAIR, FIELD), Tokens(0, 4 << 32)):
        held = sorted(p & 0xFFFF for p in postings.tolist() if wanted.first <= p >> DOC_BITS <= wanted.last)
        assert sorted(Unpacked(blocks).docs(wanted).tolist()) == held
        assert sorted(doc for block in blocks for doc in Unpacked([block]).docs(wanted).tolist()) == held


def test_a_token_of_every_document_goes_over_no_block() -> None:
    postings = once(np.sort(np.array([token << DOC_BITS | doc for token in range(9) for doc in range(0, MAX_DOCS, 2)], dtype=np.int64)))
    blocks = list(pack(postings))
    assert len(blocks) > 1
    assert [len(Unpacked([block]).docs(Tokens(4, 4))) for block in blocks].count(MAX_DOCS // 2) == 1


def n_segments(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(search_segment.c.segment)).all())


def test_small_segments_are_put_together(engine: Engine) -> None:
    store, dice = ArticleStore(engine), random.Random(1)
    numbers = list(range(150))
    while numbers:
        batch, numbers = numbers[: (n := dice.choice((1, 1, 2, 5)))], numbers[n:]
        store.save([made_article(number, title=f"第{number}号") for number in batch])
    assert n_segments(engine) < 3 * CROWD
    assert all(len(find_all(engine, f'"第{number}号"')) == 1 for number in range(150))
    assert search(engine, "东河").n_articles == 150


def in_index(connection: Connection, query: str) -> list[int]:
    return list(IndexReader(connection).find(lookup_of(parse_query(query))))


def test_the_order_is_that_of_first_saving_whatever_was_saved_again(engine: Engine) -> None:
    store = ArticleStore(engine)
    articles = [made_article(n, text=f"正文{n}", title=None) for n in range(40)]
    for a in articles:
        store.save([a])
    for n in (3, 30, 17):
        store.save([replace(articles[n], text=f"正文{n}。", fetched_at=articles[n].fetched_at + timedelta(days=1))])
    with reading(engine) as connection:
        pks = list(connection.execute(select(article.c.pk).order_by(article.c.pk.desc())).scalars())
        assert in_index(connection, "正文") == pks
    assert search(engine, "正文").n_articles == 40


def test_many_articles_are_found_before_and_after_they_are_sorted(engine: Engine) -> None:
    count = 2 * MAX_DOCS + 100
    for start in range(1, count + 1, 700):
        pks = range(start, min(start + 700, count + 1))
        with writing(engine) as connection:
            add_documents(connection, [Document(pk=pk, title=None, text=f"新桥{pk % 10}", fields=()) for pk in pks])
    for n_expected in (0, 2):
        with reading(engine) as connection:
            assert n_sorted(connection) == n_expected
            assert in_index(connection, "新桥") == list(range(count, 0, -1))
            assert in_index(connection, "桥3") == [pk for pk in range(count, 0, -1) if pk % 10 == 3]
            assert in_index(connection, "-桥3") == [pk for pk in range(count, 0, -1) if pk % 10 != 3]
        sort_waiting(engine)


def test_sorted_segments_are_put_together_once_more(engine: Engine) -> None:
    """With articles saved again, which stand in a later segment than their neighbours, and one that is taken out."""
    texts = {pk: f"新桥{pk % 10}" + ("旧城" if pk % 5000 == 1 else "") for pk in range(1, CROWD * FULL + 1)}
    for start in range(0, CROWD):
        pks = range(start * FULL + 1, (start + 1) * FULL + 1)
        with writing(engine) as connection:
            if start == CROWD - 1:
                texts |= {3: "紫藤花开", 5001: "紫藤花开"}
                replace_documents(connection, [Document(pk, None, texts[pk], (FIELD | 7,)) for pk in (3, 5001)])
                assert n_sorted(connection) == CROWD - 1
            add_documents(connection, [Document(pk, None, texts[pk], (FIELD | pk,)) for pk in pks])
        sort_waiting(engine)
    with writing(engine) as connection:
        assert n_sorted(connection) == 1
        for query in ("新桥", "旧城", "紫藤", "桥3", "新桥 -桥3", "开", "桥", "新桥 OR 旧城"):
            wanted, *others = query.replace(" -", " ").replace(" OR ", " ").split()
            held = [pk for pk, text in texts.items() if wanted in text]
            if "-" in query:
                held = [pk for pk in held if others[0] not in texts[pk]]
            assert in_index(connection, query) == sorted(held, reverse=True), query
        remove_documents(connection, [10_001, 5001])
        assert in_index(connection, "旧城") == [15_001, 1]
        assert in_index(connection, "紫藤") == [3]
        assert is_in_blocks(connection, "紫藤")
        remove_documents(connection, [3])
        assert in_index(connection, "紫藤") == []
        assert not is_in_blocks(connection, "紫藤")


def full_of(text: str) -> list[Document]:
    return [Document(pk, None, text, (FIELD | pk,)) for pk in range(1, FULL + 1)]


@pytest.mark.parametrize("change", ["saved again", "taken out", "sorted"])
def test_what_is_changed_while_it_is_sorted_is_not_undone(engine: Engine, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(engine) as connection:
        add_documents(connection, full_of("紫藤花开"))

    def put_together_late(*given: Any, **options: Any) -> NewSegment:
        made = put_together(*given, **options)
        monkeypatch.undo()
        if change == "sorted":
            sort_waiting(engine)
            return made
        with writing(engine) as connection:
            if change == "saved again":
                replace_documents(connection, [Document(7, None, "新桥", ())])
            else:
                remove_documents(connection, [7])
        return made

    monkeypatch.setattr("storage.search_upkeep.put_together", put_together_late)
    for _ in range(2):  # the first comes too late
        sort_waiting(engine)
        with reading(engine) as connection:
            assert in_index(connection, "紫藤") == [pk for pk in range(FULL, 0, -1) if pk != 7 or change == "sorted"]
            assert in_index(connection, "新桥") == ([7] if change == "saved again" else [])


def test_upkeep_goes_on_beside_saving_and_disposal_waits_for_it(engine: Engine) -> None:
    upkeep = IndexUpkeep(engine)
    with writing(engine) as connection:
        add_documents(connection, full_of("紫藤花开")[:-1])
    upkeep.look_after()
    upkeep.finish()
    with writing(engine) as connection:
        assert n_sorted(connection) == 0
        add_documents(connection, [Document(pk, None, "新桥", ()) for pk in range(FULL + 1, 2 * FULL + 1)])
    upkeep.look_after()
    engine.dispose()
    with reading(engine) as connection:
        assert n_sorted(connection) == 1
        assert len(in_index(connection, "新桥")) == FULL


def test_saving_waits_for_upkeep_that_is_far_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    upkeep, may_go_on = IndexUpkeep(engine), Event()

    def put_together_slowly(*given: Any, **options: Any) -> NewSegment:
        assert may_go_on.wait(60)
        return put_together(*given, **options)

    monkeypatch.setattr("storage.search_upkeep.put_together", put_together_slowly)
    monkeypatch.setattr("storage.search_upkeep.FAR_BEHIND", 2 * FULL)
    for start in range(2):
        with writing(engine) as connection:
            add_documents(connection, [Document(start * FULL + d.pk, None, d.text, ()) for d in full_of("新桥")])
        if start == 1:
            Timer(0.3, may_go_on.set).start()
        upkeep.look_after()
        assert may_go_on.is_set() == (start == 1)
    upkeep.finish()
    with reading(engine) as connection:
        assert n_sorted(connection) == n_segments(engine)
        assert len(in_index(connection, "新桥")) == 2 * FULL


def is_in_blocks(connection: Connection, pair: str) -> bool:
    """Look for two characters as text and as the token that sorted blocks hold."""
    token = (ord(pair[0]) << 16 | ord(pair[1])).to_bytes(4, "little")
    packed = [bytes(one) for one in connection.execute(select(search_block.c.packed)).scalars()]
    return any(form in one for one in packed for form in (token, pair.encode("utf-16-le")))


def n_sorted(connection: Connection) -> int:
    return sum(bool(directory) for directory in connection.execute(select(search_segment.c.directory)).scalars())


def test_what_is_removed_is_in_no_block(engine: Engine) -> None:
    store = ArticleStore(engine)
    old = made_article(1, text="紫藤花开")
    store.save([old, *(made_article(n) for n in range(2, 30))])
    store.save([replace(old, text="海棠花开", fetched_at=old.fetched_at + timedelta(days=1))])
    with writing(engine) as connection:
        remove_documents(connection, [connection.execute(select(article.c.pk).where(article.c.url == old.url)).scalar_one()])
    assert (find_all(engine, "紫藤"), find_all(engine, "海棠"), len(find_all(engine, "东河"))) == ([], [], 28)
    with reading(engine) as connection:
        assert not is_in_blocks(connection, "紫藤")
        assert not is_in_blocks(connection, "海棠")


@pytest.mark.parametrize("is_sorted", [False, True])
def test_what_is_removed_is_in_no_block_of_a_full_segment(engine: Engine, is_sorted: bool) -> None:
    documents = [Document(pk, None, "紫藤花开" if pk == 7 else f"新桥{pk % 10}", (FIELD | pk,)) for pk in range(1, FULL + 1)]
    with writing(engine) as connection:
        add_documents(connection, documents)
    if is_sorted:
        sort_waiting(engine)
    with writing(engine) as connection:
        assert in_index(connection, "紫藤") == [7]
        assert is_in_blocks(connection, "紫藤")
        remove_documents(connection, [7])
        assert in_index(connection, "紫藤") == []
        assert in_index(connection, "新桥 -桥3") == [pk for pk in range(FULL, 0, -1) if pk not in (7, 0) and pk % 10 != 3]
        assert (len(connection.execute(select(search_block.c.packed)).all()) > 1) == is_sorted
        assert not is_in_blocks(connection, "紫藤")


def test_writers_at_one_time_lose_nothing_of_the_index(engine: Engine) -> None:
    """Each puts segments together that others are about to mark: its articles are saved one by one, and every third once more."""

    def save(writer: int) -> None:
        store = ArticleStore(engine)
        for n in range(writer * 100, writer * 100 + 20):
            article = made_article(n, title=f"第{n}号")
            store.save([article])
            if n % 3 == 0:
                store.save([replace(article, text="后来的说法", fetched_at=article.fetched_at + timedelta(days=1))])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(1, 5)))
    found = {n: len(find_all(engine, f'"第{n}号"')) for writer in range(1, 5) for n in range(writer * 100, writer * 100 + 20)}
    assert set(found.values()) == {1}
    assert search(engine, "后来").n_articles == sum(n % 3 == 0 for n in found)
    assert search(engine, "昨日").n_articles == sum(n % 3 != 0 for n in found)


def test_made_anew_it_is_the_same(engine: Engine) -> None:
    store = ArticleStore(engine)
    store.save([made_article(n, title=f"第{n}号") for n in range(30)])
    before = [find_all(engine, query) for query in ("东", "第7号", "site:site3.example", "-第7号")]
    assert rebuild_index(engine) == 30
    assert [find_all(engine, query) for query in ("东", "第7号", "site:site3.example", "-第7号")] == before


def test_an_index_of_other_rules_is_made_anew_when_the_base_is_opened(engine: Engine) -> None:
    """So it is after the step that brought these tables, too: they are empty then, and the version is 0."""
    ArticleStore(engine).save([made_article(n) for n in range(5)])
    with writing(engine) as connection:
        for table in (search_block, search_segment):
            connection.execute(delete(table))
        connection.execute(update(search_state).values(version=0))
    with pytest.raises(StorageError, match="yuanwen db upgrade"):
        check_version(engine)
    upgrade_database(engine)
    check_version(engine)
    assert len(find_all(engine, "新桥")) == 5
