"""Twilio's REST API over HTTP: Messages, Content and Typing."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData

from simulator.errors import ApiError, not_found
from simulator.listing import MessagePage, page_of
from simulator.schemas import Approval, ApprovalRequest, Content, ContentRequest
from simulator.service import Messaging, SendRequest
from simulator.settings import Settings
from simulator.views import API, resource
from simulator.world import World

MESSAGES = f"/{API}/Accounts/{{account}}/Messages"


def credentials(header: str) -> tuple[str, str] | None:
    """User name and password of a Basic ``Authorization`` header, or None."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def guard(settings: Settings) -> Callable[[Request], Awaitable[None]]:
    """A dependency that lets only the account's own requests through."""

    async def check(request: Request) -> None:
        given = credentials(request.headers.get("authorization", ""))
        user, password = given or ("", "")
        known = secrets.compare_digest(user.encode(), settings.account_sid.encode())
        proven = secrets.compare_digest(password.encode(), settings.auth_token.encode())
        if not (known and proven):
            raise ApiError(401, 20003, "Authenticate")
        if request.path_params.get("account", user) != settings.account_sid:
            raise not_found(request.url.path)

    return check


def router(world: World, messaging: Messaging) -> APIRouter:
    """All of Twilio's endpoints, behind Basic authentication."""
    routes = APIRouter(dependencies=[Depends(guard(world.settings))])
    _add_messages(routes, world, messaging)
    _add_typing(routes, messaging)
    _add_content(routes, world, messaging)
    _add_approvals(routes, messaging)
    return routes


def _add_messages(routes: APIRouter, world: World, messaging: Messaging) -> None:
    @routes.post(f"{MESSAGES}.json", status_code=201)
    async def create(request: Request) -> dict[str, Any]:
        message = messaging.create(_send_request(await request.form()))
        created = resource(message, world.settings)
        await _hold(world, world.faults.hold())
        return created

    @routes.get(f"{MESSAGES}.json")
    async def index(page: Annotated[MessagePage, Query()]) -> dict[str, Any]:
        return page_of(world.state.newest_first(), page, world.settings)

    @routes.get(f"{MESSAGES}/{{sid}}.json")
    async def fetch(sid: str, request: Request) -> dict[str, Any]:
        return resource(messaging.fetch(sid, request.url.path), world.settings)

    @routes.delete(f"{MESSAGES}/{{sid}}.json", status_code=204)
    async def delete(sid: str, request: Request) -> None:
        messaging.delete(sid, request.url.path)


def _send_request(form: FormData) -> SendRequest:
    def text(name: str) -> str:
        value = form.get(name)
        return value if isinstance(value, str) else ""

    media = [url for url in form.getlist("MediaUrl") if isinstance(url, str) and url]
    return SendRequest(
        to=text("To").strip(),
        sender=text("From").strip(),
        body=text("Body"),
        media_urls=media,
        content_sid=text("ContentSid"),
        content_variables=text("ContentVariables"),
        status_callback=text("StatusCallback"),
        messaging_service_sid=text("MessagingServiceSid"),
    )


async def _hold(world: World, seconds: float) -> None:
    """Keep the client waiting, but never the server's own stop."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await world.closing.wait()
    except TimeoutError:
        return


def _add_typing(routes: APIRouter, messaging: Messaging) -> None:
    @routes.post("/v2/Indicators/Typing.json")
    async def typing(
        channel: Annotated[str, Form()] = "",
        message_id: Annotated[str, Form(alias="messageId")] = "",
    ) -> dict[str, bool]:
        if channel.lower() != "whatsapp":
            raise ApiError(400, 20001, "channel must be whatsapp")
        messaging.type(message_id)
        return {"success": True}


def _content_view(content: Content, settings: Settings, base: str) -> dict[str, Any]:
    url = f"{base}v1/Content/{content.sid}"
    moment = content.created_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {
        "sid": content.sid,
        "account_sid": settings.account_sid,
        "friendly_name": content.request.friendly_name,
        "language": content.request.language,
        "variables": content.request.variables,
        "types": content.request.types.model_dump(by_alias=True, exclude_none=True),
        "date_created": moment,
        "date_updated": moment,
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def _add_content(routes: APIRouter, world: World, messaging: Messaging) -> None:
    settings = world.settings

    @routes.post("/v1/Content", status_code=201)
    async def create_content(body: ContentRequest, request: Request) -> dict[str, Any]:
        return _content_view(messaging.create_content(body), settings, str(request.base_url))

    @routes.get("/v1/Content")
    async def contents(request: Request) -> dict[str, Any]:
        base = str(request.base_url)
        stored = [_content_view(c, settings, base) for c in world.state.contents.values()]
        url = str(request.url)
        meta = {
            "page": 0,
            "page_size": len(stored),
            "key": "contents",
            "url": url,
            "first_page_url": url,
            "previous_page_url": None,
            "next_page_url": None,
        }
        return {"contents": stored, "meta": meta}

    @routes.get("/v1/Content/{sid}")
    async def content(sid: str, request: Request) -> dict[str, Any]:
        found = messaging.content(sid, request.url.path)
        return _content_view(found, settings, str(request.base_url))

    @routes.delete("/v1/Content/{sid}", status_code=204)
    async def delete_content(sid: str, request: Request) -> Response:
        del world.state.contents[messaging.content(sid, request.url.path).sid]
        return Response(status_code=204)


def _add_approvals(routes: APIRouter, messaging: Messaging) -> None:
    @routes.post("/v1/Content/{sid}/ApprovalRequests/whatsapp", status_code=201)
    async def ask(sid: str, body: ApprovalRequest, request: Request) -> JSONResponse:
        content = messaging.content(sid, request.url.path)
        approval = messaging.ask_approval(content, body)
        return JSONResponse(_approval_view(content, approval), 201)

    @routes.get("/v1/Content/{sid}/ApprovalRequests")
    async def approval(sid: str, request: Request) -> dict[str, Any]:
        content = messaging.content(sid, request.url.path)
        whatsapp = _approval_view(content, content.approval) if content.approval else {}
        return {"sid": sid, "url": str(request.url), "whatsapp": whatsapp}


def _approval_view(content: Content, approval: Approval) -> dict[str, Any]:
    kinds = content.request.types.model_dump(by_alias=True, exclude_none=True)
    return {
        "type": "whatsapp",
        "allow_category_change": True,
        "content_type": next(iter(kinds)),
        **approval.model_dump(),
    }
