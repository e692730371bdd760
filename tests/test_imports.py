"""Imports go one way: crawler -> storage -> pipelines; pipelines stays pure."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

IMPURE = {
    "scrapy",
    "twisted",
    "sqlalchemy",
    "alembic",
    "psycopg",
    "sqlite3",
    "warcio",
    "fastwarc",
    "requests",
    "urllib.request",
    "socket",
    "os",
    "io",
    "tempfile",
    "subprocess",
    "typer",
    "rich",
    "pathlib",
}
FORBIDDEN = {"pipelines": {"crawler", "storage", *IMPURE}, "storage": {"crawler", "scrapy", "twisted", "typer"}, "crawler": set()}


def imported_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_go_one_way(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imported_names(path)
        if any(name == bad or name.startswith(bad + ".") for bad in FORBIDDEN[package])
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / "pipelines").rglob("*.py")), ids=lambda p: p.name)
def test_stages_read_no_clock_and_no_file(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not [call for call in ("datetime.now(", "time.time(", "date.today(", "open(", ".read_text(", ".read_bytes(") if call in source]
