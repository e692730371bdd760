"""`python -m tests.bench SHARED [SUBJECT…]`: print the benchmark ratios. A subject is a module here with `report(shared)`."""

import importlib
import sys
from pathlib import Path

SUBJECTS: tuple[str, ...] = ("dates", "extraction", "stories", "storage", "repair", "frontier", "fetch", "reader")


def main() -> None:
    shared = Path(sys.argv[1]).resolve()
    if not shared.is_dir():
        sys.exit(f"{shared}: no such folder; the benchmark pages are not shipped with the project")
    for subject in sys.argv[2:] or SUBJECTS:
        importlib.import_module(f"tests.bench.{subject}").report(shared)


main()
