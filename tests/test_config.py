"""Settings: flags before environment before yuanwen.toml, and a wrong one is named."""

from pathlib import Path

import pytest

from crawler.config import load_config
from pipelines.errors import UsageError


def test_flag_before_environment_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config().db == "sqlite:///yuanwen.db"
    (tmp_path / "yuanwen.toml").write_text('db = "sqlite:///from_file.db"\ndelay = 2.5\n')
    assert (load_config().db, load_config().delay) == ("sqlite:///from_file.db", 2.5)
    monkeypatch.setenv("YUANWEN_DB", "sqlite:///from_env.db")
    assert load_config(delay=None).db == "sqlite:///from_env.db"
    assert load_config(db="sqlite:///flag.db").db == "sqlite:///flag.db"


def test_archive_is_beside_the_database() -> None:
    assert load_config(db="sqlite:////var/lib/yuanwen/news.db").archive_folder == Path("/var/lib/yuanwen/archive")
    assert load_config(db="postgresql://a@b/c").archive_folder == Path("archive")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"db": "no url"}, "db"),
        ({"delay": -1}, "delay"),
        ({"allow_addresses": "127.0.0.0/33"}, "allow_addresses"),
        ({"workers": 0}, "workers"),
        ({"model": "/no/such/model.npz"}, "model"),
    ],
)
def test_a_wrong_setting_is_named(flags: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=f"setting {named}: "):
        load_config(**flags)


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANWEN_BD", "sqlite:///news.db")
    with pytest.raises(UsageError, match=r"^YUANWEN_BD: no such setting; there are YUANWEN_DB, "):
        load_config()


@pytest.mark.parametrize(
    ("content", "said"), [("unknown_key = 1", "yuanwen.toml: unknown_key: no such setting"), ("db = ", "yuanwen.toml")]
)
def test_a_wrong_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "yuanwen.toml").write_text(content)
    with pytest.raises(UsageError, match=said):
        load_config()
