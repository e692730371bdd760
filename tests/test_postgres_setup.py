"""PostgreSQL as README.md sets it up, and its backup put into another database: articles, search and feed go on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from storage.articles import ArticleStore
from storage.changes import all_changes, read_changes
from storage.database import open_database
from storage.search import search
from tests.conftest import POSTGRES, ROOT, CommandResult
from tests.feed_waiting import changes_when
from tests.made_articles import made_article

IS_REQUIRED = bool(os.environ.get("YUANWEN_REQUIRE_SERVICES"))
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(
        shutil.which("pg_dump") is None and not IS_REQUIRED, reason="no PostgreSQL tools here: apt-get install postgresql-client"
    ),
]
SERVER = make_url(POSTGRES)
WHERE = ("-h", str(SERVER.host), "-p", str(SERVER.port), "-U", str(SERVER.username))


def tool(name: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL."""
    subprocess.run([name, *WHERE, *arguments], check=True, capture_output=True, timeout=120)


@pytest.fixture
def names() -> Iterator[tuple[str, str]]:
    """Two new databases, gone afterwards."""
    made = (f"yuanwen_{uuid4().hex}", f"yuanwen_{uuid4().hex}")
    try:
        for name in made:
            tool("createdb", name)
    except subprocess.CalledProcessError as error:
        if IS_REQUIRED:
            raise
        pytest.skip(f"createdb: {error.stderr.decode().strip()}")
    yield made
    for name in made:
        tool("dropdb", "--force", name)


def url_of(name: str) -> str:
    return SERVER.set(database=name).render_as_string(hide_password=False)


def test_set_up_backed_up_and_restored(yuanwen: Callable[..., CommandResult], names: tuple[str, str], tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(line in readme for line in ("createdb yuanwen", "yuanwen db upgrade", "pg_dump -Fc", "pg_restore"))
    old, new = map(url_of, names)
    assert yuanwen("db", "upgrade", "--db", old).code == 0
    engine = open_database(old)
    ArticleStore(engine).save([made_article(n) for n in range(5)])
    changes = changes_when(engine, 5)
    before = [(change.kind, change.id) for change in changes]
    engine.dispose()
    tool("pg_dump", "-Fc", "-f", str(tmp_path / "copy.dump"), names[0])
    tool("pg_restore", "-d", names[1], str(tmp_path / "copy.dump"))
    restored = open_database(new)
    try:
        assert [(change.kind, change.id) for change in all_changes(restored)] == before
        assert search(restored, "新桥").n_articles == 5
        ArticleStore(restored).save([made_article(9)])
        changes_when(restored, len(before) + 1)
        assert read_changes(restored, changes[-1].cursor)[0].kind == "created"
        assert yuanwen("db", "upgrade", "--db", new).code == 0
    finally:
        restored.dispose()
