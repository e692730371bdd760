"""The web application: pages and JSON API over one database, read-only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from pipelines.errors import StorageError, UsageError
from storage.changes import CursorAhead
from storage.reader import api, pages
from storage.reader.conditional import Conditional
from storage.reader.limits import Gate, RateLimit, is_for_programs
from storage.reader.remembered import Remembered
from storage.reader.rendering import render

PER_SECOND, BURST = 20.0, 100
"""Requests of one client: a person turning pages never feels it."""


def make_read_only(engine: Engine) -> None:
    """Make the database itself refuse whatever would write over this engine."""
    is_postgres = engine.dialect.name == "postgresql"

    def forbid(connection: Any, _: object) -> None:
        if is_postgres:
            connection.read_only = True
        else:
            connection.execute("PRAGMA query_only=ON")

    event.listen(engine, "connect", forbid)
    engine.dispose()  # connections made before know nothing of it


def create_app(engine: Engine, *, names: Iterable[str] = ("*",), rate: RateLimit | None = None) -> ASGIApp:
    """Make the application.

    `names`: values of the Host header that are answered, so that a strange web site cannot read through a visitor's browser.
    `rate`: None means no limit.
    """
    make_read_only(engine)
    app = Starlette(
        routes=[*pages.ROUTES, *api.ROUTES],
        middleware=[Middleware(Conditional)],
        exception_handlers={
            HTTPException: _http_error,
            CursorAhead: _cursor_ahead,
            UsageError: _usage_error,
            StorageError: _storage_error,
            Exception: _fault,
        },
    )
    app.state.engine, app.state.remembered = engine, Remembered()
    return Gate(app, rate=rate, names=names)  # outermost: its headers are on every answer, refusals and faults included


def _error(request: Request, status: int, title: str, detail: str) -> Response:
    if is_for_programs(request.url.path):
        return api.answer({"error": detail}, status)
    return render("error.html", status, title=title, detail=detail)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "There is no page of this name." if error.detail == "Not Found" and not is_for_programs(request.url.path) else error.detail
    return _error(request, error.status_code, "Not found" if error.status_code == 404 else "This cannot be shown", detail)


def _usage_error(request: Request, error: Exception) -> Response:
    return _error(request, 400, "This cannot be shown", str(error))


def _cursor_ahead(request: Request, error: Exception) -> Response:
    return _error(request, 409, "This cannot be shown", str(error))


def _storage_error(request: Request, error: Exception) -> Response:
    return _error(request, 503, "The database does not answer", str(error))


def _fault(request: Request, error: Exception) -> Response:
    return _error(request, 500, "A fault of this program", "the log of the server has the details")
