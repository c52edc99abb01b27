"""Pages for browsers: templates with wording, and the headers that go with them.

Templates lie in ``templates/<room>/``. They say what the room's own wording says
(``api/<room>/wording``), and beside it what that of all pages does (``api/pages/wording``).
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.assets import address_of
from api.sessions.visit import Visit, visit_of
from core.settings import settings
from core.wording import Wording, wording

Say = Callable[..., str]

_HERE = Path(__file__).parent
_SHARED = "pages"
_LONGEST_NOTICE = 60


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page, or a part of one, in the visitor's language.

    Beside *context*, a template has ``say``, ``static``, ``visit``, ``csrf``, ``language``,
    ``business``, ``here`` (the path), ``address`` (the path with its query) and ``notice``.

    Args:
        request: what is answered.
        template: ``<room>/<name>.html``.
        status: the HTTP status.
        context: what else the template needs.
    """
    return page_for(visit_of(request), request, template, status=status, **context)


def page_for(
    visit: Visit, request: Request, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page for a visit that is known already, or that nobody shall look up now."""
    say = say_for(template.partition("/")[0], visit.language)
    query = f"?{request.url.query}" if request.url.query else ""
    told = {
        "say": say,
        "visit": visit,
        "csrf": visit.csrf_token,
        "language": visit.language,
        "business": settings().business_name,
        "here": request.url.path,
        "address": request.url.path + query,
        "notice": _notice(say, request.query_params.get("notice", "")),
    }
    html = _environment().get_template(template).render(told | context)
    return HTMLResponse(html, status, {"Content-Security-Policy": policy()})


def say_for(room: str, language: str) -> Say:
    """Return what says a room's wording in *language*, and else that of all pages.

    It takes a message's key and its values, and raises KeyError where there is no such message.
    """
    sources = [_wording(room), _wording(_SHARED)]

    def say(key: str, /, **values: object) -> str:
        for source in sources:
            if source is not None and source.catalogue(language).get(key) is not None:
                return source.say(key, language, **values)
        raise KeyError(key)

    return say


def policy() -> str:
    """Return the Content-Security-Policy of all pages: nothing but our own files, no inline code.

    Pictures of tours come from wherever operators keep them. A browser holds the answer to a form
    to ``form-action``, too, so that the login dialog must stand there.
    """
    dialog = urlsplit(settings().facebook_dialog_url)
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' https: data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": f"'self' {dialog.scheme}://{dialog.netloc}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _notice(say: Say, name: str) -> str | None:
    """Return the words of a notice that a redirect names; anybody may have named it."""
    try:
        return say(f"notice.{name[:_LONGEST_NOTICE]}") if name else None
    except KeyError:
        return None


@functools.cache
def _wording(room: str) -> Wording | None:
    folder = _HERE.parent / room / "wording"
    return wording(folder) if folder.is_dir() else None


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = address_of
    return environment
