"""Errors as HTTP answers: problem+json (RFC 9457) with one line that helps, or a page that does.

Whoever can show a page gets one; who has to sign in first is sent there.
"""

import http
from urllib.parse import urlencode

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from api.pages.failures import html_problem, wants_html
from core.errors import RetryLaterError, SignInNeededError, TravelBuddyError

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


def _answer(
    request: Request, status: int, detail: str, headers: dict[str, str] | None = None
) -> Response:
    """Answer with a page where a browser asks for one, else with a problem document."""
    if not wants_html(request):
        return problem(status, detail, headers)
    page = html_problem(request, status, detail)
    page.headers.update(headers or {})
    return page


def _ours(request: Request, error: Exception) -> Response:
    if not isinstance(error, TravelBuddyError):
        raise error
    if error.http_status >= _SERVER_ERROR:
        log.warning("request_failed", error=type(error).__name__, reason=error.message)
    if isinstance(error, SignInNeededError) and wants_html(request):
        return _sign_in_first(request)
    after_s = error.after_s if isinstance(error, RetryLaterError) else None
    headers = {"Retry-After": str(max(1, round(after_s)))} if after_s else None
    return _answer(request, error.http_status, error.message, headers)


def _sign_in_first(request: Request) -> Response:
    """Send a browser to sign in, and from there back to the page; a form's words are not kept."""
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.url.path + query if request.method == "GET" else ""
    return RedirectResponse(f"/login?{urlencode({'next': path})}" if path else "/login", 303)


def _database(request: Request, error: Exception) -> Response:
    """The server went away, or two transactions stood in each other's way: try again."""
    log.warning("database_failed", error=type(error).__name__)
    detail = "the database does not answer now; try again"
    return _answer(request, 503, detail, {"Retry-After": "1"})


def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in jsonable_encoder(error.errors(), exclude={"input", "ctx"})
    ]
    return _answer(request, 422, "; ".join(faults))


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _answer(request, error.status_code, str(error.detail), dict(error.headers or {}))


def _unexpected(request: Request, __: Exception) -> Response:
    """The server's log has the traceback; the caller learns nothing about our insides."""
    return _answer(request, 500, "something went wrong here; it has been noted")
