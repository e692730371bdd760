"""A wheel holds all that the programs read: the checkout need not stay."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent


def test_a_wheel_runs_without_the_checkout(tmp_path: Path) -> None:
    for name in ("crawler", "pipelines", "storage", "data"):
        copytree(ROOT / name, tmp_path / "tree" / name, ignore=ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / "tree" / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, tmp_path / "tree"], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    held = {str(path.relative_to(ROOT)) for path in (ROOT / "data").rglob("*") if path.is_file()}
    assert held <= {str(path.relative_to(tmp_path / "site")) for path in (tmp_path / "site").rglob("*")}
    code = (
        "import crawler.load_rules as rules; book = rules.load_rule_book(); book.language_model();"
        "print(rules.DATA, len(book.boilerplate.rows) > 0, book.outlets.find('北京日报') is not None)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site")}, check=True, capture_output=True, text=True
    )
    assert ran.stdout.split() == [str(tmp_path / "site" / "data"), "True", "True"]
