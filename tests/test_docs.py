"""What a person can use stands in the documents."""

from collections.abc import Iterator

import pytest
import typer

from crawler.cli import make_app
from crawler.config import Config
from pipelines.errors import Reason
from pipelines.record import RECORD_KEYS
from pipelines.types import Note
from tests.conftest import ROOT


def command_names(group: typer.Typer, prefix: str = "") -> Iterator[str]:
    for command in group.registered_commands:
        yield prefix + str(command.name)
    for nested in group.registered_groups:
        assert nested.typer_instance is not None
        yield from command_names(nested.typer_instance, f"{prefix}{nested.name} ")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(command_names(make_app())))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"yuanwen {command}" in read("README.md")


@pytest.mark.parametrize("setting", sorted(Config.model_fields))
def test_every_setting_is_in_the_readme(setting: str) -> None:
    assert f"`YUANWEN_{setting.upper()}`" in read("README.md")


@pytest.mark.parametrize("word", [*Reason, *Note, *RECORD_KEYS])
def test_every_reason_note_and_record_key_is_documented(word: str) -> None:
    assert f"`{word}`" in read("pipelines/README.md")
