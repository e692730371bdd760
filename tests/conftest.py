"""What tests share: where the local test data and the services are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("YUANWEN_SHARED", ROOT.parent / "shared"))
POSTGRES = "postgresql+psycopg://root@127.0.0.1:5432/test"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of local test data; the test is skipped, with the reason, where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: local test data, not shipped with the project")
    return SHARED
