"""What tests share: where the local test data and the services are."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

# Tests share a machine of unknown speed: no example is judged by the clock.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("YUANWEN_SHARED", ROOT.parent / "shared"))
POSTGRES = os.environ.get("YUANWEN_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")


def pytest_configure(config: pytest.Config) -> None:
    """Take the tests' own setting out of what the commands under test inherit: they refuse a name that is none of theirs."""
    # Workers are started with the environment of the process that hands out the tests.
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        os.environ.pop("YUANWEN_TEST_POSTGRES", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the PostgreSQL tests one after another: the feed waits for every open transaction of the server."""
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.xdist_group("postgres"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of local test data; the test is skipped, with the reason, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: local test data, not shipped with the project")
    return SHARED


@dataclass(frozen=True)
class CommandResult:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def yuanwen(capsys: pytest.CaptureFixture[str]) -> Callable[..., CommandResult]:
    """Run `yuanwen …` in this process: `yuanwen("extract", path)`."""
    from crawler.cli import run

    def run_command(*arguments: object) -> CommandResult:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return CommandResult(code, captured.out, captured.err)

    return run_command


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of the PostgreSQL test database; skipped where no server answers, unless services are required."""
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except OperationalError as error:
        reason = f"no PostgreSQL on 127.0.0.1:5432 (database test): {str(error.orig).splitlines()[0]}"
        if os.environ.get("YUANWEN_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    finally:
        engine.dispose()
    return POSTGRES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, on each engine in turn: a SQLite file, a PostgreSQL schema of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'yuanwen.db'}"
        return
    server, schema = request.getfixturevalue("postgres"), f"test_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{server}?options=-csearch_path%3D{schema}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database with the current schema, on each engine in turn."""
    from storage.database import open_database

    opened = open_database(database_url)
    yield opened
    opened.dispose()
