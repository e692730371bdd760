"""What refuses to work is one clear line, and nothing is half-written."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

import storage.database
from pipelines.errors import StorageError, UsageError
from storage.articles import ArticleStore
from storage.database import open_database, opened_database, reading, writing
from storage.migrate import known_versions
from tests.made_articles import made_article


def opened_line(url: str, **options: object) -> str:
    with pytest.raises(StorageError) as caught:
        open_database(url, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/base", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_database_of_ours_is_wrong_use(url: str) -> None:
    with pytest.raises(UsageError):
        open_database(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "missing does not exist" in opened_line(f"sqlite:///{tmp_path}/missing/a.db")
    assert not (tmp_path / "missing").exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "is a folder" in opened_line(f"sqlite:///{tmp_path}")


def test_another_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"my only copy of a poem\n" * 200)
    assert "not a SQLite file" in opened_line(f"sqlite:///{path}")
    assert path.read_bytes() == b"my only copy of a poem\n" * 200


def test_no_permission_to_write(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/a.db").dispose()
    read_only = open_database(f"sqlite:///file:{tmp_path}/a.db?mode=ro&uri=true")
    with pytest.raises(StorageError, match="no permission to write"):
        ArticleStore(read_only).save([made_article()])
    read_only.dispose()


def test_a_locked_database_is_waited_for_and_then_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    open_database(url).dispose()
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = open_database(url, busy_timeout_s=0.05)  # reading goes on beside a writer
    with pytest.raises(StorageError, match="locked by another program"):
        ArticleStore(engine).save([made_article()])
    other.execute("ROLLBACK")
    assert ArticleStore(engine).save([made_article()])[0].outcome == "created"
    engine.dispose()
    other.close()


def test_a_newer_schema_is_not_touched(database_url: str) -> None:
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for upgrade in (True, False):
        assert "newer than this program" in opened_line(database_url, upgrade=upgrade)


def test_without_upgrade_a_missing_schema_is_named(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "yuanwen.db").touch()
    assert "yuanwen db upgrade" in opened_line(database_url, upgrade=False)


def test_no_server(tmp_path: Path) -> None:
    line = opened_line("postgresql://nobody:secret@127.0.0.1:1/none")
    assert "127.0.0.1" in line
    assert "secret" not in line


def test_a_full_disk_stores_nothing_of_the_batch(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/a.db")
    store = ArticleStore(engine)
    store.save([made_article(1)])
    with engine.connect() as connection:  # the pool hands this connection to the next user
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(StorageError, match="disk is full"):
        store.save([made_article(n, text="很长的正文。" * 2000) for n in range(2, 40)])
    assert [store.find(made_article(n).url) is not None for n in (1, 2, 39)] == [True, False, False]
    engine.dispose()


def test_versions_follow_each_other() -> None:
    assert known_versions() == tuple(f"{n:04}" for n in range(1, len(known_versions()) + 1))


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_closed_while_it_rested_is_replaced(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.database, "PING_AFTER_S", 0.0)
    number = text("SELECT pg_backend_pid()")
    with opened_database(database_url) as engine, opened_database(database_url) as other:
        with reading(engine) as connection:
            first = connection.execute(number).scalar_one()
        with reading(other) as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        with reading(engine) as connection:
            assert connection.execute(number).scalar_one() != first
