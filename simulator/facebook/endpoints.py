"""Facebook Login over HTTP: the dialog, the Graph's endpoints, and the public keys."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, QueryParams

from simulator.endpoints_page import HEADERS
from simulator.facebook.dialog import REFUSED, accept, back, read
from simulator.facebook.errors import DialogError, GraphError
from simulator.facebook.pages import SOMEBODY_ELSE, Pages
from simulator.facebook.schemas import Account, Place
from simulator.facebook.service import Graph
from simulator.facebook.tokens import Signer
from simulator.world import World

PREFIX = "/facebook"
_LONGEST_NAME, _LONGEST_ADDRESS = 100, 200
_ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]")
_SILHOUETTE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 50"><rect width="50" height="50" '
    'fill="#d5dde0"/><circle cx="25" cy="19" r="9" fill="#8ba0a6"/><path d="M7 50a18 18 0 0 1 36 '
    '0z" fill="#8ba0a6"/></svg>'
)
# As Facebook describes itself: where a code becomes a token is told by its documentation alone.
_DESCRIPTION: dict[str, Any] = {
    "response_types_supported": ["id_token", "token id_token"],
    "subject_types_supported": ["pairwise"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "claims_supported": [
        "iss", "aud", "sub", "iat", "exp", "jti", "nonce", "name", "email", "picture",
    ],
}  # fmt: skip
_REFUSALS: dict[int | str, dict[str, Any]] = {400: {"description": "Facebook's error document"}}


def add_facebook(app: FastAPI, world: World) -> None:
    """Serve Facebook Login below ``/facebook``, with and without a version in the path."""
    settings = world.settings
    signer = Signer(settings.facebook_issuer, settings.facebook_app_id)
    graph = _graph(world, Graph(settings, world.facebook, signer))
    app.include_router(_public(world, signer), prefix=PREFIX)
    dialog = _dialog(world)
    for router in (graph, dialog):
        app.include_router(router, prefix=PREFIX)
        app.include_router(
            router, prefix=f"{PREFIX}/{{version}}", dependencies=[Depends(_known_version)]
        )

    @app.exception_handler(GraphError)
    async def refused(_request: Request, error: GraphError) -> JSONResponse:
        return JSONResponse(error.payload(), error.status, {"Cache-Control": "no-store"})


def _known_version(version: str) -> None:
    if not _VERSION.fullmatch(version):
        raise GraphError("Unknown path components", 2500)


def _graph(world: World, graph: Graph) -> APIRouter:
    routes = APIRouter(responses=_REFUSALS)

    async def exchanged(fields: dict[str, str]) -> Response:
        graph.check_ready()
        planned = await _planned(world, "token")
        return planned or _unstored(graph.exchange(fields, world.base_url))

    @routes.get("/oauth/access_token", response_class=JSONResponse)
    async def access_token(request: Request) -> Response:
        return await exchanged(_texts(request.query_params))

    @routes.post("/oauth/access_token", response_class=JSONResponse)
    async def posted_access_token(request: Request) -> Response:
        return await exchanged({**_texts(request.query_params), **_texts(await request.form())})

    @routes.get("/me", response_class=JSONResponse)
    async def me(request: Request) -> Response:
        graph.check_ready()
        if planned := await _planned(world, "me"):
            return planned
        query = request.query_params
        token = query.get("access_token", "") or _bearer(request)
        proof, wanted = query.get("appsecret_proof", ""), query.get("fields", "")
        return _unstored(graph.profile(token, proof, wanted, world.base_url))

    return routes


def _public(world: World, signer: Signer) -> APIRouter:
    routes = APIRouter()

    @routes.get("/.well-known/openid-configuration/", response_class=JSONResponse)
    async def described() -> dict[str, Any]:
        base = f"{world.base_url}{PREFIX}"
        return {
            "issuer": world.settings.facebook_issuer,
            "authorization_endpoint": f"{base}/dialog/oauth",
            "jwks_uri": f"{base}/.well-known/oauth/openid/jwks/",
            **_DESCRIPTION,
        }

    @routes.get("/.well-known/oauth/openid/jwks/", response_class=JSONResponse)
    async def keys() -> Response:
        return await _planned(world, "keys") or JSONResponse(signer.public_keys())

    @routes.get("/pictures/{person}", response_class=Response)
    async def picture(person: str) -> Response:  # noqa: ARG001 - all look alike
        return Response(_SILHOUETTE, media_type="image/svg+xml", headers=HEADERS)

    return routes


async def _planned(world: World, at: Place) -> Response | None:
    """The answer that a planned fault gives in place of the right one."""
    fault = world.facebook.take_fault(at)
    if fault is None:
        return None
    if fault.kind == "slow":
        await world.wait(fault.seconds)
        return None
    if fault.kind == "garbled":
        return HTMLResponse("<!doctype html><title>Sorry</title><p>Something went wrong.</p>")
    if fault.kind == "server_error":
        raise GraphError("An unknown error has occurred.", 1, status=500)
    raise GraphError("(#4) Application request limit reached", 4)


def _texts(pairs: QueryParams | FormData) -> dict[str, str]:
    return {name: value for name, value in pairs.items() if isinstance(value, str)}


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() in {"bearer", "oauth"} else ""


def _unstored(answer: dict[str, Any]) -> JSONResponse:
    return JSONResponse(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _dialog(world: World) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    pages = Pages(world.settings.business_name, world.facebook)

    @routes.get("/dialog/oauth")
    async def ask(request: Request) -> Response:
        fields = _texts(request.query_params)
        try:
            asked = read(fields, world.settings)
        except DialogError as error:
            return pages.trouble(error)
        if asked.response_type != "code":
            return _sent(back(asked, {"error": "unsupported_response_type"}))
        return pages.dialog(asked, fields)

    @routes.post("/dialog/oauth")
    async def decide(request: Request) -> Response:
        form = _texts(await request.form())
        try:
            asked = read(form, world.settings)
        except DialogError as error:
            return pages.trouble(error)
        if form.get("decision") != "continue":
            return _sent(back(asked, REFUSED))
        account, wrong = _chosen(world, form)
        if account is None:
            return pages.dialog(asked, form, wrong)
        share = form.get("share_email") == "on"
        return _sent(accept(world.facebook, asked, account, share_email=share))

    return routes


def _sent(address: str) -> Response:
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def _chosen(world: World, form: dict[str, str]) -> tuple[Account | None, str]:
    """Who signs in; None with what is wrong about what was typed."""
    person = form.get("person", "")
    if person != SOMEBODY_ELSE:
        known = world.facebook.accounts.get(person)
        return known, "" if known else "Choose who signs in."
    name, email = " ".join(form.get("name", "").split()), form.get("email", "").strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return None, f"Type a name of at most {_LONGEST_NAME} characters."
    if email and not (len(email) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(email)):
        return None, "Type an e-mail address such as one@travellers.example, or none."
    return world.facebook.sign_up(name, email), ""
