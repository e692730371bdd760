"""`python -m tests.score SHARED [SUBJECT…]`: print the score tables. A subject is a module here with `report(shared)`."""

import importlib
import sys
from pathlib import Path

SUBJECTS: tuple[str, ...] = ("credits", "dates", "extraction", "repair", "stories", "origins", "variants")


def main() -> None:
    shared = Path(sys.argv[1]).resolve()
    if not shared.is_dir():
        sys.exit(f"{shared}: no such folder; the score pages are not shipped with the project")
    for subject in sys.argv[2:] or SUBJECTS:
        importlib.import_module(f"tests.score.{subject}").report(shared)


main()
