"""Errors as pages, for people who look at them in a browser."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import Say, page_for, say_for
from api.sessions.visit import Visit, anonymous

_PATHS_OF_PROGRAMS = ("/api/", "/webhooks/", "/static/")


def wants_html(request: Request) -> bool:
    """Tell whether a request comes from somebody who looks at pages, rather than a program."""
    if request.url.path.startswith(_PATHS_OF_PROGRAMS):
        return False
    return "text/html" in request.headers.get("Accept", "")


def html_problem(request: Request, status: int, detail: str) -> HTMLResponse:
    """Return a page that says what went wrong and how to go on.

    Nobody is looked up for it: what failed may have been just that.

    Args:
        request: what failed.
        status: the HTTP status.
        detail: one line, in English, that helps; shown where we have no words of our own.
    """
    known = getattr(request.state, "visit", None)
    visit = known if isinstance(known, Visit) else anonymous(request)
    kind = _kind(status)
    own_words = _own_words(say_for("pages", visit.language), kind)
    return page_for(
        visit, request, "pages/error.html", status=status, kind=kind, said=own_words or detail
    )


def _kind(status: int) -> str:
    named = {403: "forbidden", 404: "missing", 405: "missing", 413: "wrong", 422: "wrong"}
    more = {429: "often", 401: "signed_out"}
    return (named | more).get(status, "wrong" if status < 500 else "broken")


def _own_words(say: Say, kind: str) -> str | None:
    """Return what we say of a kind of error in the visitor's language; None for wrong input."""
    return None if kind == "wrong" else say(f"error.{kind}.said")
