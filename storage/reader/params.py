"""Parameters of requests: read, bounded, refused in one clear line."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_OFFSET = 10_000


def text_of(request: Request, name: str, *, is_required: bool = False, max_chars: int = 500) -> str:
    """Return a text parameter, "" where it is absent.

    Raises:
        HTTPException: missing though required, or too long (400).
    """
    value = request.query_params.get(name, "").strip()
    if is_required and not value:
        raise HTTPException(400, f"{name}: is missing")
    if len(value) > max_chars:
        raise HTTPException(400, f"{name}: longer than {max_chars} characters")
    return value.replace("\x00", "")


def number_of(request: Request, name: str, default: int, *, low: int = 0, high: int = MAX_OFFSET) -> int:
    """Return a whole number between `low` and `high`.

    Raises:
        HTTPException: it is none (400).
    """
    value = request.query_params.get(name)
    if value is None or value == "":
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and low <= int(value) <= high):
        raise HTTPException(400, f"{name}: not a whole number from {low} to {high}")
    return int(value)


def choice_of(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Return one of `choices`, the first where the parameter is absent.

    Raises:
        HTTPException: it is none of them (400).
    """
    value = request.query_params.get(name) or choices[0]
    if value not in choices:
        raise HTTPException(400, f"{name}: not one of {', '.join(choices)}")
    return value


def plain(value: Any) -> Any:
    """Make a value of the database or of a dataclass fit for JSON."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
