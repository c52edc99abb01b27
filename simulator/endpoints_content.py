"""Twilio's Content API over HTTP: contents, and their approval as templates."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from simulator.schemas import Approval, ApprovalRequest, Content, ContentRequest
from simulator.service import Messaging
from simulator.settings import Settings
from simulator.templates import Approvals
from simulator.world import World


def add_content(
    routes: APIRouter, world: World, messaging: Messaging, approvals: Approvals
) -> None:
    """Add the endpoints of contents and approvals."""
    _add_contents(routes, world, messaging)
    _add_approvals(routes, world, messaging, approvals)


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


def _add_contents(routes: APIRouter, world: World, messaging: Messaging) -> None:
    settings = world.settings

    @routes.post("/v1/Content", status_code=201)
    async def create_content(body: ContentRequest, request: Request) -> dict[str, Any]:
        made = messaging.create_content(body)
        world.events.announce("switches", {"what": "templates"})
        return _content_view(made, settings, str(request.base_url))

    @routes.get("/v1/Content")
    async def contents(request: Request) -> dict[str, Any]:
        base = str(request.base_url)
        stored = [_content_view(c, settings, base) for c in world.state.contents.values()]
        return {"contents": stored, "meta": _meta(request, len(stored))}

    @routes.get("/v1/Content/{sid}")
    async def content(sid: str, request: Request) -> dict[str, Any]:
        found = messaging.content(sid, request.url.path)
        return _content_view(found, settings, str(request.base_url))

    @routes.delete("/v1/Content/{sid}", status_code=204)
    async def delete_content(sid: str, request: Request) -> Response:
        del world.state.contents[messaging.content(sid, request.url.path).sid]
        world.events.announce("switches", {"what": "templates"})
        return Response(status_code=204)


def _meta(request: Request, count: int) -> dict[str, Any]:
    """The paging of a list that always fits on one page."""
    url = str(request.url)
    return {
        "page": 0,
        "page_size": count,
        "key": "contents",
        "url": url,
        "first_page_url": url,
        "previous_page_url": None,
        "next_page_url": None,
    }


def _add_approvals(
    routes: APIRouter, world: World, messaging: Messaging, approvals: Approvals
) -> None:
    @routes.post("/v1/Content/{sid}/ApprovalRequests/whatsapp", status_code=201)
    async def ask(sid: str, body: ApprovalRequest, request: Request) -> dict[str, Any]:
        content = messaging.content(sid, request.url.path)
        return _approval_view(content, approvals.submit(content, body))

    @routes.get("/v1/Content/{sid}/ApprovalRequests")
    async def approval(sid: str, request: Request) -> dict[str, Any]:
        content = messaging.content(sid, request.url.path)
        return {
            "sid": sid,
            "account_sid": world.settings.account_sid,
            "url": str(request.url),
            "whatsapp": _approval_view(content, content.approval),
        }

    @routes.get("/v1/ContentAndApprovals")
    async def both(request: Request) -> dict[str, Any]:
        base = str(request.base_url)
        stored = []
        for content in world.state.contents.values():
            shown = _content_view(content, world.settings, base)
            known = _approval_view(content, content.approval)
            stored.append({**shown, "approval_requests": known})
        return {"contents": stored, "meta": _meta(request, len(stored))}


def _approval_view(content: Content, approval: Approval | None) -> dict[str, Any]:
    nothing = {"name": "", "category": "", "status": "unsubmitted", "rejection_reason": ""}
    return {
        "type": "whatsapp",
        "allow_category_change": True,
        "content_type": content.request.types.kind(),
        **(approval.model_dump() if approval else nothing),
    }
