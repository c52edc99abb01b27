"""What must hold of every address, so that no new one forgets it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.app import create_app
from api.rest.callers import csrf_header
from api.sessions.dependency import csrf_checked
from core.settings import environment
from tests.api.people import Person
from tests.api.support import Browser, fresh_keys

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OWN_PROOF = (
    "/webhooks/",  # signed by the channel's carrier
    "/login/facebook/deletion",  # signed by Facebook
    "/login/facebook/deauthorize",
    "/api/feeds/",  # by a token, which no browser sends by itself
    "/api/v1/desk",
    "/api/v1/recommendations",
)


@pytest.fixture
def app(catalogue_url: str) -> Iterator[FastAPI]:
    with fresh_keys():
        yield create_app()


def _routes(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        nested = getattr(route, "original_router", None) or getattr(route, "routes", None)
        yield from _routes(getattr(nested, "routes", nested or []))


def _dependencies(route: APIRoute) -> set[object]:
    found: set[object] = set()
    waiting = [route.dependant]
    while waiting:
        each = waiting.pop()
        found.add(each.call)
        waiting.extend(each.dependencies)
    return found


def test_whatever_changes_something_by_cookie_insists_on_a_form_of_ours(app: FastAPI) -> None:
    unsafe = [route for route in _routes(app.routes) if UNSAFE & set(route.methods or ())]
    assert len(unsafe) > 30, "the walk has lost its way"
    unguarded = [
        route.path
        for route in unsafe
        if not route.path.startswith(OWN_PROOF)
        and not {csrf_checked, csrf_header} & _dependencies(route)
    ]
    assert unguarded == []


def test_personal_pages_are_kept_by_nobody_and_framed_by_nobody(app: FastAPI) -> None:
    person = Person(app)
    for path in ("/account", "/account/security", "/account/data", "/join", "/onboarding/food"):
        headers = person.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_strangers_are_sent_to_sign_in_from_every_personal_page(app: FastAPI) -> None:
    stranger = Browser(app)
    personal = [
        route.path
        for route in _routes(app.routes)
        if route.path.startswith(("/account", "/admin")) and "GET" in (route.methods or ())
    ]
    assert len(personal) > 8
    for path in personal:
        answer = stranger.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login"), path


def test_cookies_are_bound_to_the_host_where_it_is_reached_by_https(
    app: FastAPI, configured: pytest.MonkeyPatch
) -> None:
    with environment(PUBLIC_BASE_URL="https://tours.example"), fresh_keys():
        browser = Browser(app, "https://tours.example")
        cookies = browser.get("/login").headers.get_list("set-cookie")
        cookies += browser.post("/begin", "/").headers.get_list("set-cookie")
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"__Host-browser", "__Host-session", "__Host-renewal"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie
