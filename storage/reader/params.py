"""Parameters of requests: read, bounded, refused in one clear line. Those of the API say themselves what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeAlias

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_OFFSET = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextParam:
    """A parameter of the API that holds text."""

    name: str
    says: str = ""
    is_required: bool = False
    max_chars: int = 500
    pattern: str | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        pattern = {"pattern": self.pattern} if self.pattern else {}
        return {"type": "string", "minLength": int(self.is_required), "maxLength": self.max_chars, **pattern}

    def read(self, value: str) -> str:
        """Return the value.

        Raises:
            HTTPException: it breaks the schema (400).
        """
        if self.is_required and not value:
            raise HTTPException(400, f"{self.name}: is empty")
        if len(value) > self.max_chars:
            raise HTTPException(400, f"{self.name}: longer than {self.max_chars} characters")
        if self.pattern and not re.search(self.pattern, value, re.ASCII):
            raise HTTPException(400, f"{self.name}: {value!r} does not look like {self.pattern}")
        return value.replace("\x00", "")  # which no database holds

    @property
    def default(self) -> str:
        """The value where it is absent."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberParam:
    """A parameter of the API that is a whole number."""

    name: str
    default: int
    low: int = 0
    high: int = MAX_OFFSET
    says: str = ""
    is_required: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}

    def read(self, value: str) -> int:
        """Return the value.

        Raises:
            HTTPException: it breaks the schema (400).
        """
        if not (value.isascii() and value.isdigit() and len(value) <= 9 and self.low <= int(value) <= self.high):
            raise HTTPException(400, f"{self.name}: not a whole number from {self.low} to {self.high}")
        return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceParam:
    """A parameter of the API that is one of some words; the first where it is absent."""

    name: str
    choices: tuple[str, ...]
    says: str = ""
    is_required: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        return {"type": "string", "enum": list(self.choices), "default": self.default}

    @property
    def default(self) -> str:
        """The value where it is absent."""
        return self.choices[0]

    def read(self, value: str) -> str:
        """Return the value.

        Raises:
            HTTPException: it is none of them (400).
        """
        if value not in self.choices:
            raise HTTPException(400, f"{self.name}: not one of {', '.join(self.choices)}")
        return value


Param: TypeAlias = TextParam | NumberParam | ChoiceParam


def read_params(given: QueryParams, params: tuple[Param, ...]) -> dict[str, Any]:
    """Read all parameters of a request to the API, strictly as they are described.

    Raises:
        HTTPException: one is missing, given twice, breaks its schema, or is none of these (400).
    """
    if unknown := [name for name in given if name not in {param.name for param in params}]:
        known = ", ".join(param.name for param in params) or "none"
        raise HTTPException(400, f"{unknown[0][:40]}: no such parameter here; there are: {known}")
    found: dict[str, Any] = {}
    for param in params:
        values = given.getlist(param.name)
        if len(values) > 1:
            raise HTTPException(400, f"{param.name}: is given {len(values)} times")
        if not values and param.is_required:
            raise HTTPException(400, f"{param.name}: is missing")
        found[param.name] = param.read(values[0]) if values else param.default
    return found


def text_of(request: Request, name: str, *, is_required: bool = False, max_chars: int = 500) -> str:
    """Return a text parameter of a page without the space round it, "" where it is absent.

    Raises:
        HTTPException: missing though required, or too long (400).
    """
    return TextParam(name=name, is_required=is_required, max_chars=max_chars).read(request.query_params.get(name, "").strip())


def number_of(request: Request, name: str, default: int, *, low: int = 0, high: int = MAX_OFFSET) -> int:
    """Return a whole number of a page's address; an empty one, as forms send it, is absent.

    Raises:
        HTTPException: it is none (400).
    """
    value = request.query_params.get(name)
    return NumberParam(name=name, default=default, low=low, high=high).read(value) if value else default


def choice_of(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Return one of `choices`, the first where the parameter is absent or empty.

    Raises:
        HTTPException: it is none of them (400).
    """
    return ChoiceParam(name=name, choices=choices).read(request.query_params.get(name) or choices[0])


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
