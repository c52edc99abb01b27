"""Pages that belong to no other room: the first one, what the law asks for, and the files."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from api.login import facebook
from api.pages.assets import ASK_AGAIN, FOR_GOOD, address_of, asset, version_of_all
from api.pages.rendering import page, page_for, policy, say_for
from api.sessions.dependency import CurrentVisit, client_of, csrf_checked
from api.sessions.devices import device_of
from api.sessions.paths import local_path
from api.sessions.service import open_guest
from api.sessions.visit import anonymous
from core import rate_limits
from core.database import unit_of_work
from core.errors import NotFoundError
from core.settings import settings
from core.wording import LANGUAGES

router = APIRouter(tags=["pages"], include_in_schema=False)

WIZARD = "/onboarding/places"

_GUESTS = "30/hour"
_SHELL = ("style.css", "pages.js", "icon.svg")
"""What the page without a network is made of."""
_FRESH = {"Cache-Control": ASK_AGAIN}
_ICON_SIZES = (192, 512)
_SHORT_NAME = 12
_PAPER = "#faf6ee"


@router.get("/")
def landing(request: Request) -> HTMLResponse:
    """Say what this is, and let people begin."""
    return page(request, "pages/landing.html", facebook=facebook.is_configured(), wizard=WIZARD)


@router.post("/begin", dependencies=[Depends(csrf_checked)])
def begin(request: Request, visit: CurrentVisit) -> Response:
    """Let somebody begin without signing in; who has a session already goes on with it."""
    if visit.visitor is None:
        rate_limits.take("guest", client_of(request), _GUESTS)
        device = device_of(request.headers.get("User-Agent", ""))
        with unit_of_work() as unit:
            opened = open_guest(unit.connection, device, visit.language)
        visit.enter(opened)
    return RedirectResponse(WIZARD, 303)


@router.get("/language/{code}")
def choose_language(
    visit: CurrentVisit,
    code: str,
    next: Annotated[str, Query(max_length=4_000)] = "/",  # noqa: A002
) -> Response:
    """Answer this browser in another language from now on.

    Raises:
        NotFoundError: we do not speak it.
    """
    if code not in LANGUAGES:
        raise NotFoundError("there is no such language here")
    visit.speak(code)
    return RedirectResponse(local_path(next, "/"), 303)


@router.get("/privacy")
def privacy(request: Request) -> Response:
    """Say what is stored of people and why; the operator's own page goes before ours."""
    own = settings().privacy_url
    if own and urlsplit(own).path.rstrip("/") != "/privacy":
        return RedirectResponse(own, 302)
    return page(request, "pages/privacy.html", **_about_the_operator())


@router.get("/terms")
def terms(request: Request) -> HTMLResponse:
    """Say what people can and cannot expect."""
    return page(request, "pages/terms.html", **_about_the_operator())


def _about_the_operator() -> dict[str, Any]:
    """Return what our own words about data and duties depend on: what this operator has set up."""
    return {
        "contact": settings().support_contact,
        "facebook": facebook.is_configured(),
        "channel": settings().whatsapp_provider,
        "model": bool(settings().llm_base_url),
        "speech": bool(settings().speech_base_url),
    }


@router.get("/offline")
def offline(request: Request) -> HTMLResponse:
    """Say that there is no network; browsers keep this page, so it is nobody's in particular."""
    return page_for(anonymous(request), request, "pages/offline.html")


@router.get("/static/{name:path}")
def static(name: str, v: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Return one of the pages' own files; one that is asked for by its version is kept for good."""
    found = asset(name)
    headers = {"Cache-Control": FOR_GOOD if v == found.version else ASK_AGAIN}
    return Response(found.content, headers=headers, media_type=found.media_type)


@router.get("/manifest.webmanifest")
def manifest(visit: CurrentVisit) -> Response:
    """Let phones install the pages beside their apps."""
    say = say_for("pages", visit.language)
    icons = [(f"icon-{size}.png", f"{size}x{size}", "image/png") for size in _ICON_SIZES]
    shown = {
        "name": settings().business_name,
        "short_name": settings().business_name[:_SHORT_NAME],
        "description": say("landing.title"),
        "lang": visit.language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _PAPER,
        "icons": [
            {"src": address_of("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(
                {"src": address_of(name), "sizes": sizes, "type": kind, "purpose": "any maskable"}
                for name, sizes, kind in icons
            ),
        ],
    }
    return JSONResponse(shown, headers=_FRESH, media_type="application/manifest+json")


@router.get("/sw.js")
def service_worker() -> Response:
    """Return the script that keeps our files, and a page for when there is no network."""
    script = asset("sw.js").content.decode()
    kept = " ".join(address_of(name) for name in _SHELL)
    for mark, value in (("__VERSION__", version_of_all()), ("__KEPT__", kept)):
        script = script.replace(mark, value)
    headers = {**_FRESH, "Content-Security-Policy": policy()}  # what it fetches is held to it
    return Response(script, headers=headers, media_type="text/javascript; charset=utf-8")


@router.get("/robots.txt")
def robots() -> PlainTextResponse:
    """Let search engines find what is for everybody."""
    allowed = "".join(f"Allow: {path}\n" for path in ("/$", "/privacy", "/terms", "/static/"))
    return PlainTextResponse(f"User-agent: *\n{allowed}Disallow: /\n", headers=_FRESH)


@router.get("/favicon.ico")
def favicon() -> Response:
    """Return the picture that browsers ask for unbidden."""
    found = asset("icon-192.png")
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(found.content, headers=headers, media_type=found.media_type)
