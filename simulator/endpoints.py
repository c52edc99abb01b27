"""Twilio's REST API over HTTP: Messages, Content and Typing."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from simulator.endpoints_content import add_content
from simulator.errors import ApiError, not_found
from simulator.listing import MessagePage, page_of
from simulator.media import Upload
from simulator.service import Messaging, SendRequest
from simulator.settings import Settings
from simulator.templates import Approvals
from simulator.views import API, resource, rfc2822
from simulator.world import World

REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Twilio's error document"},
    401: {"description": "wrong credentials"},
    404: {"description": "no such resource"},
}
_FIELDS = ("To", "From", "Body", "MediaUrl", "ContentSid", "ContentVariables", "StatusCallback")
SEND_FORM: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        name: {"type": "string"} for name in (*_FIELDS, "MessagingServiceSid")
                    },
                }
            }
        }
    }
}
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

    return check


def own(settings: Settings) -> Callable[[str, Request], Awaitable[None]]:
    """A dependency for paths that name an account: there is only this one."""

    async def check(account: str, request: Request) -> None:
        if account != settings.account_sid:
            raise not_found(request.url.path)

    return check


def router(world: World, messaging: Messaging, approvals: Approvals) -> APIRouter:
    """All of Twilio's endpoints, behind Basic authentication."""
    signed_in, in_it = Depends(guard(world.settings)), Depends(own(world.settings))
    routes = APIRouter(dependencies=[signed_in], responses=REFUSALS)
    account = APIRouter(dependencies=[in_it])
    _add_messages(account, world, messaging)
    _add_media(account, world)
    routes.include_router(account)
    _add_typing(routes, messaging)
    add_content(routes, world, messaging, approvals)
    return routes


def _add_messages(routes: APIRouter, world: World, messaging: Messaging) -> None:
    @routes.post(f"{MESSAGES}.json", status_code=201, openapi_extra=SEND_FORM)
    async def create(request: Request) -> dict[str, Any]:
        message = messaging.create(_send_request(await request.form()))
        request.state.about = (message.identity, message.sid)
        return resource(message, world.settings)

    @routes.get(f"{MESSAGES}.json")
    async def index(page: Annotated[MessagePage, Query()]) -> dict[str, Any]:
        listed_until = world.clock.now() - timedelta(seconds=world.behaviour.list_lag_seconds)
        messages = [m for m in world.state.newest_first() if m.created_at <= listed_until]
        return page_of(messages, page, world.settings)

    @routes.get(f"{MESSAGES}/{{sid}}.json")
    async def fetch(sid: str, request: Request) -> dict[str, Any]:
        return resource(messaging.fetch(sid, request.url.path), world.settings)

    @routes.post(f"{MESSAGES}/{{sid}}.json", openapi_extra=SEND_FORM)
    async def update(sid: str, request: Request) -> dict[str, Any]:
        body = (await request.form()).get("Body")
        message = messaging.redact(sid, request.url.path, emptied=body == "")
        return resource(message, world.settings)

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


def _add_media(routes: APIRouter, world: World) -> None:
    @routes.get(f"{MESSAGES}/{{sid}}/Media.json")
    async def files(sid: str, request: Request) -> dict[str, Any]:
        uploads = [_upload(world, sid, file, request) for file in _names(world, sid, request)]
        return {"media_list": [_media_view(world, sid, upload) for upload in uploads]}

    @routes.get(f"{MESSAGES}/{{sid}}/Media/{{media_sid}}.json")
    async def about(sid: str, media_sid: str, request: Request) -> dict[str, Any]:
        return _media_view(world, sid, _upload(world, sid, media_sid, request))

    @routes.get(f"{MESSAGES}/{{sid}}/Media/{{media_sid}}", response_class=Response)
    async def file(sid: str, media_sid: str, request: Request) -> Response:
        upload = _upload(world, sid, media_sid, request)
        if world.behaviour.media_redirect:
            return RedirectResponse(f"{world.base_url}/media/{upload.key}", 307)
        return Response(upload.data, media_type=upload.content_type)


def _names(world: World, sid: str, request: Request) -> list[str]:
    """The names of a message's files that lie here."""
    message = world.state.messages.get(sid)
    if message is None:
        raise not_found(request.url.path)
    return [media.upload for media in message.look.media if media.upload]


def _upload(world: World, sid: str, media_sid: str, request: Request) -> Upload:
    """A message's file; a new one may not be there for its first moments."""
    known = media_sid in _names(world, sid, request)
    upload = world.files.find(media_sid) if known else None
    sent_at = world.state.messages[sid].created_at
    missing = timedelta(seconds=world.behaviour.media_missing_seconds)
    if upload is None or world.clock.now() < sent_at + missing:
        raise not_found(request.url.path)
    return upload


def _media_view(world: World, sid: str, upload: Upload) -> dict[str, Any]:
    account = world.settings.account_sid
    return {
        "sid": upload.sid,
        "account_sid": account,
        "parent_sid": sid,
        "content_type": upload.content_type,
        "date_created": rfc2822(upload.created_at),
        "date_updated": rfc2822(upload.created_at),
        "uri": f"/{API}/Accounts/{account}/Messages/{sid}/Media/{upload.sid}.json",
    }
