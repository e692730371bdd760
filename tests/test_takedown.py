"""A takedown leaves no byte of the text, and what is taken down does not come back."""

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text
from warcio.archiveiterator import ArchiveIterator

from pipelines.errors import StorageError
from pipelines.types import FetchedPage, NormalizedArticle
from storage.article_finding import FEW
from storage.articles import ArticleStore
from storage.capture_erasing import erase_record
from storage.captures import CaptureWriter, read_capture, read_captures
from storage.database import open_database, reading, writing
from storage.exports import Selection, iterate_records
from storage.outcomes import finish_run, start_run
from storage.schema import takedown
from storage.search import find_all
from storage.stories import StoryBook
from storage.takedown import is_taken_down, list_takedowns, take_down
from tests.conftest import CommandResult
from tests.feed_waiting import changes_when
from tests.made_articles import made_article, made_page

SECRET = "紫藤胡同七號院的鑰匙"
OLDER = "绛珠草巷三号楼的暗门"
AT = datetime(2024, 5, 1, tzinfo=UTC)


def secret_page(number: int, words: str) -> FetchedPage:
    page = made_page(number)
    return replace(page, body=page.body + f"<p>{words}</p>".encode("gb18030"))


def filled(engine: Engine, archive: Path) -> NormalizedArticle:
    """Store forty articles; number 5 in two versions, each with a secret, over two pages, fetched once more without a change."""
    with CaptureWriter(archive) as writer:
        old, part, new, again = (writer.write(secret_page(5, words)) for words in (OLDER, SECRET, SECRET, SECRET))
        others = [writer.write(made_page(n)) for n in range(40) if n != 5]
    run_id, store = start_run(engine, "crawl"), ArticleStore(engine)
    first = made_article(5, text=f"{OLDER}。" * 30, capture=old.capture, evidence={}, title=f"关于{OLDER}")
    second = replace(
        first, text=f"{SECRET}。" * 30, title=f"关于{SECRET}", capture=new.capture, parts=(part.capture,), authors=("绝无仅有的名字",),
        fetched_at=first.fetched_at + timedelta(days=1),
    )  # fmt: skip
    store.save([first, *(made_article(n, capture=page.capture) for n, page in zip([n for n in range(40) if n != 5], others, strict=True))])
    store.save([second], run_id=run_id)
    store.save([replace(second, capture=again.capture)], run_id=start_run(engine, "crawl"))
    finish_run(engine, run_id)
    return second


def forms(words: str) -> list[bytes]:
    """How words may lie in a file: each encoding, and the pairs of the index."""
    return [words.encode(code) for code in ("utf-8", "gb18030", "utf-16-le")]


def bytes_of(folder: Path) -> bytes:
    """All bytes below a folder, compressed records unpacked too."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            found.append(path.read_bytes())
            if path.name.endswith(".gz"):
                found.append(gzip.decompress(found[-1]))
    return b"\n".join(found)


def test_no_byte_is_left(engine: Engine, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    article = filled(engine, archive)
    engine.dispose()
    words = [*forms(SECRET), *forms(OLDER), "绝无仅有的名字".encode()]
    before = bytes_of(tmp_path)
    assert all(form in before for form in (words[1], words[4])), "the archive holds both"
    done = take_down(engine, archive, article.url, "rights holder asked")
    engine.dispose()
    assert done.n_records == 4
    assert [form for form in words if form in bytes_of(tmp_path)] == []
    assert everything_in_the_tables(engine, (SECRET, OLDER, "绝无仅有的名字")) == []


def everything_in_the_tables(engine: Engine, words: tuple[str, ...]) -> list[str]:
    """Look through every column of every table of the base."""
    from sqlalchemy import inspect

    found = []
    with reading(engine) as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                cells = [zlib.decompress(cell).decode(errors="replace") if _is_packed(cell) else str(cell) for cell in row]
                found += [f"{table}: {word}" for word in words for cell in cells if word in cell]
                packed = [bytes(cell) for cell in row if isinstance(cell, bytes | memoryview)]
                found += [f"{table}: {word}" for word in words for cell in packed if any(form in cell for form in forms(word))]
    return found


def _is_packed(cell: object) -> bool:
    try:
        zlib.decompress(cell)  # type: ignore[arg-type]
    except (TypeError, zlib.error):
        return False
    return True


def test_what_readers_see(engine: Engine, tmp_path: Path) -> None:
    article = filled(engine, tmp_path)
    article_id = str(ArticleStore(engine).find(article.url)["id"])  # type: ignore[index]
    assert find_all(engine, SECRET) == [article_id]
    take_down(engine, tmp_path, article.url, "rights holder asked")
    changes_when(engine, 42)
    found = ArticleStore(engine).find(article_id)
    assert found is not None
    assert (found["status"], found["text"], found["title"], found["url"]) == ("withdrawn", None, None, article.url)
    assert find_all(engine, SECRET) == find_all(engine, "紫藤") == []
    assert len(find_all(engine, "新桥")) == 39
    assert article_id not in {record["id"] for record in iterate_records(engine, Selection())}
    last = changes_when(engine, 42)[-1]
    assert (last.kind, last.id, last.url, last.detail) == ("withdrawn", article_id, article.url, {"reason": "rights holder asked"})
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM v1_copies WHERE id = :id"), {"id": article_id}).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM v1_revisions WHERE id = :id"), {"id": article_id}).scalar_one() == 0


def test_it_does_not_come_back(engine: Engine, tmp_path: Path) -> None:
    article = filled(engine, tmp_path)
    take_down(engine, tmp_path, article.url, "asked")
    assert is_taken_down(engine, article.url)
    assert not is_taken_down(engine, made_article(6).url)
    by_another_way = replace(article, url="http://other.example/short")
    saved = ArticleStore(engine).save([article, by_another_way, made_article(6)])
    assert [s.outcome for s in saved] == ["rejected", "rejected", "unchanged"]
    with writing(engine) as connection:  # more than are read at each batch
        rows = [{"url": f"http://gone.example/{n}", "reason": "asked", "at": AT} for n in range(FEW)]
        connection.execute(insert(takedown), rows)
    saved = ArticleStore(engine).save([article, by_another_way, made_article(6)])
    assert [s.outcome for s in saved] == ["rejected", "rejected", "unchanged"]


def test_the_rest_of_the_archive_stays_readable(engine: Engine, tmp_path: Path) -> None:
    article = filled(engine, tmp_path)
    take_down(engine, tmp_path, article.url, "asked")
    (path,) = tmp_path.glob("*.warc.gz")
    kept = list(read_captures(path))
    assert [page.url for page in kept] == [made_page(n).url for n in range(40) if n != 5]
    assert all(read_capture(tmp_path, page.capture) == page for page in kept if page.capture)
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", *["metadata"] * 4, *["response"] * 39]
    assert article.capture is not None
    with pytest.raises(StorageError, match="taken down"):
        read_capture(tmp_path, article.capture)


def test_doing_it_again_completes_and_adds_nothing(engine: Engine, tmp_path: Path) -> None:
    article = filled(engine, tmp_path)
    take_down(engine, tmp_path, article.url, "asked")
    n_changes = len(changes_when(engine, 42))
    again = take_down(engine, tmp_path, article.url, "asked again")
    assert (again.n_records, len(changes_when(engine, n_changes))) == (0, n_changes)


def test_a_url_never_stored_is_refused_too(engine: Engine, tmp_path: Path) -> None:
    done = take_down(engine, tmp_path / "none", "http://never.example/1", "asked")
    assert (done.article_id, done.n_records, is_taken_down(engine, "http://never.example/1")) == (None, 0, True)
    assert [row["url"] for row in list_takedowns(engine)] == ["http://never.example/1"]


def test_a_plain_warc_file_is_erased_in_place(tmp_path: Path) -> None:
    (page,) = [CaptureWriter(tmp_path).write(secret_page(1, SECRET))]
    (packed,) = tmp_path.glob("*.warc.gz")
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    size = plain.stat().st_size
    (stored,) = read_captures(plain)
    assert stored.capture is not None
    for length in range(stored.capture.length, stored.capture.length - 12, -1):
        erase_record(plain, stored.capture.offset, length, reason="asked", at=AT)
    assert SECRET.encode("gb18030")[:8] not in plain.read_bytes()[stored.capture.offset :]
    assert plain.stat().st_size == size
    assert page.capture is not None


def test_a_story_without_a_page_is_none(engine: Engine, tmp_path: Path) -> None:
    """Its row would go on to count a copy, and to name the outlet that the page named."""
    body = "。".join(f"第{n}座桥梁今天上午正式通车，市民排起了长队" for n in range(12))
    ArticleStore(engine).save([made_article(1, text=body), made_article(2, text=body), made_article(3, text=f"{OLDER}。" * 30)])
    StoryBook(engine).link_pending()
    for number, left in ((3, [2]), (2, [1]), (1, [])):
        take_down(engine, tmp_path, made_article(number).url, "asked")
        with reading(engine) as connection:
            assert connection.execute(text("SELECT n_copies FROM v1_stories")).scalars().all() == left


def test_the_change_names_the_url_first_asked_for(engine: Engine, tmp_path: Path) -> None:
    """Whichever of its URLs the takedown was asked for by: readers know the article by that one."""
    article = made_article(7, final_url="http://news.site7.example/other.html")
    ArticleStore(engine).save([article])
    take_down(engine, tmp_path, article.final_url, "asked")
    assert changes_when(engine, 2)[-1].url == article.url != article.final_url


@pytest.mark.parametrize("spelt", ["HTTP://NEWS.site1.example:80/2024/1.html#top", "{}?utm_source=mail", "{}#:~:text=桥"])
def test_an_address_copied_from_a_browser_takes_the_article_down(yuanwen: Callable[..., CommandResult], tmp_path: Path, spelt: str) -> None:
    """Else a person is told that it is done, and the text stays."""
    base, article = f"sqlite:///{tmp_path}/a.db", made_article(1, url="http://news.site1.example/2024/1.html")
    engine = open_database(base)
    ArticleStore(engine).save([article])
    done = yuanwen("takedown", spelt.format(article.url), "--reason", "asked", "--db", base)
    assert (done.code, "withdrawn" in done.err) == (0, True)
    assert list(iterate_records(engine, Selection())) == []
    assert is_taken_down(engine, article.url)


def test_an_address_that_is_not_stored_is_refused_as_a_crawl_spells_it(yuanwen: Callable[..., CommandResult], tmp_path: Path) -> None:
    base = f"sqlite:///{tmp_path}/a.db"
    engine = open_database(base)
    yuanwen("takedown", "http://News.example.com/1.html?utm_source=mail#top", "--reason", "asked", "--db", base)
    assert is_taken_down(engine, "http://news.example.com/1.html")


def test_a_story_loses_the_copy(engine: Engine, tmp_path: Path) -> None:
    body = "。".join(f"第{n}座桥梁今天上午正式通车，市民排起了长队" for n in range(12))
    ArticleStore(engine).save([made_article(n, text=body, title="新桥通车") for n in (1, 2, 3)])
    StoryBook(engine).link_pending()
    take_down(engine, tmp_path, made_article(2).url, "asked")
    with reading(engine) as connection:
        copies = connection.execute(text("SELECT url FROM v1_copies")).scalars().all()
    assert made_article(2).url not in copies


def test_the_command(yuanwen: Callable[..., CommandResult], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    engine = open_database(url)
    ArticleStore(engine).save([made_article(1)])
    engine.dispose()
    assert yuanwen("takedown", made_article(1).url, "--db", url).code == 2, "a reason is needed"
    done = yuanwen("takedown", made_article(1).url, "--reason", "asked", "--db", url)
    assert (done.code, made_article(1).url in done.out, "withdrawn" in done.err) == (0, True, True)
    assert "asked" in yuanwen("takedown", "--list", "--db", url).out
    for refused in (("rerun", made_article(1).url), ("rerun", "--from-archive", made_article(1).url)):
        again = yuanwen(*refused, "--db", url)
        assert (again.code, "taken_down" in again.err) == (4, True)
        told = json.loads(yuanwen(*refused, "--json", "--db", url).out)
        assert (told["outcome"], told["reason"]) == ("rejected", "taken_down")


def test_the_story_of_what_was_taken_down_is_said_to_be_gone(yuanwen: Callable[..., CommandResult], tmp_path: Path) -> None:
    base, article = f"sqlite:///{tmp_path}/a.db", made_article(1)
    engine = open_database(base)
    ArticleStore(engine).save([article])
    with reading(engine) as connection:
        article_id = connection.execute(text("SELECT id FROM v1_articles")).scalar_one()
    yuanwen("takedown", article.url, "--reason", "asked", "--db", base)
    for given in (article.url, article_id):
        done = yuanwen("story", given, "--db", base)
        assert (done.code, done.out) == (3, "")
        assert "was taken down" in done.err


def test_a_canonical_link_of_many_articles_is_not_refused(engine: Engine, tmp_path: Path) -> None:
    """A takedown of one page refused every page of a site that prints one canonical link on all of them."""
    store, shared = ArticleStore(engine), "http://site1.example/index.html"
    texts = ("渡口的老码头下月拆除，候船室迁往上游。", "县图书馆新馆周六开放，藏书四十五万册。")
    one, other = (made_article(n, text=text, canonical_url=shared) for n, text in zip((1, 8), texts, strict=True))
    store.save([one, other])
    take_down(engine, tmp_path, one.url, "asked")
    later = replace(other, text=f"{other.text}开馆当天有展览。", fetched_at=other.fetched_at + timedelta(days=1))
    assert [s.outcome for s in store.save([one, later])] == ["rejected", "updated"]
