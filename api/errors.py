"""Errors as HTTP answers: problem+json (RFC 9457) with one line that helps."""

import http

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import RetryLaterError, TravelBuddyError

log = structlog.get_logger(__name__)

_SERVER_ERROR = 500


def install(app: FastAPI) -> None:
    """Make *app* answer every error in one form."""
    app.add_exception_handler(TravelBuddyError, _ours)
    app.add_exception_handler(psycopg.OperationalError, _database)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return *detail* as a problem document.

    Args:
        status: the HTTP status.
        detail: one line that the caller can act on.
        headers: further headers.
    """
    return JSONResponse(
        {"title": http.HTTPStatus(status).phrase, "status": status, "detail": detail},
        status,
        headers,
        media_type="application/problem+json",
    )


def _ours(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TravelBuddyError):
        raise error
    if error.http_status >= _SERVER_ERROR:
        log.warning("request_failed", error=type(error).__name__, reason=error.message)
    after_s = error.after_s if isinstance(error, RetryLaterError) else None
    headers = {"Retry-After": str(max(1, round(after_s)))} if after_s else None
    return problem(error.http_status, error.message, headers)


def _database(_: Request, error: Exception) -> JSONResponse:
    """The server went away, or two transactions stood in each other's way: try again."""
    log.warning("database_failed", error=type(error).__name__)
    return problem(503, "the database does not answer now; try again", {"Retry-After": "1"})


def _validation(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in jsonable_encoder(error.errors(), exclude={"input", "ctx"})
    ]
    return problem(422, "; ".join(faults))


def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


def _unexpected(_: Request, __: Exception) -> JSONResponse:
    """The server's log has the traceback; the caller learns nothing about our insides."""
    return problem(500, "something went wrong here; it has been noted")
