"""The simulator's own API: what happened, people's files, and load."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from simulator import transcript
from simulator.burst import Bursts, burst_view
from simulator.endpoints_control import REFUSALS, identity_named
from simulator.errors import ApiError, ControlError
from simulator.journal import line, page
from simulator.media import Upload, check_upload
from simulator.phones import Phones
from simulator.schemas_control import BurstRequest
from simulator.views import call_view
from simulator.world import World

# A file that a person put in is shown, never run.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
Kind = Annotated[str, Header(alias="content-type", pattern=r"^[a-z]+/[\w.+-]+(\s*;.*)?$")]


def router(world: World, phones: Phones, bursts: Bursts) -> APIRouter:
    """The endpoints of records, files and load."""
    routes = APIRouter(prefix="/simulator", responses=REFUSALS)
    _add_health(routes, world)
    _add_log(routes, world)
    _add_transcript(routes, world, phones)
    _add_files(routes, world)
    _add_bursts(routes, bursts)
    return routes


def unlocked_router(world: World) -> APIRouter:
    """The second address of a file, which wants no credentials, and is refused with some."""
    routes = APIRouter(responses={400: {"description": "credentials"}, 404: {"description": "-"}})

    @routes.get("/media/{key}", response_class=Response)
    async def unlocked(key: str, request: Request) -> Response:
        upload = world.files.unlocked(key)
        if upload is None:
            raise ApiError(404, 20404, "The requested file was not found")
        if "authorization" in request.headers:
            raise ApiError(400, 20001, "Only one way of authentication is allowed: send no header")
        return Response(upload.data, media_type=upload.content_type, headers=HARMLESS)

    return routes


def _add_health(routes: APIRouter, world: World) -> None:
    @routes.get("/health")
    async def health() -> dict[str, Any]:
        return {
            "status": "ok",
            "now": world.clock.now().isoformat(timespec="seconds"),
            "account_sid": world.settings.account_sid,
            "business_number": world.settings.business_number,
            "webhook_url": world.settings.webhook_url,
            "phones": len(world.state.phones),
            "messages": len(world.state.messages),
        }

    @routes.get("/rates")
    async def rates() -> dict[str, Any]:
        return world.rates.view(world.clock.now())


def _add_log(routes: APIRouter, world: World) -> None:
    @routes.get("/webhooks")
    async def webhooks(phone: str = "") -> dict[str, Any]:
        calls = world.journal.outgoing(identity_named(world, phone))
        return {"calls": [call_view(call) for call in calls]}

    @routes.get("/http")
    async def exchanges(
        phone: str = "",
        direction: Literal["", "in", "out"] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> dict[str, Any]:
        found = world.journal.newest(direction, identity_named(world, phone), limit)
        return {"lines": [line(exchange) for exchange in found]}

    @routes.get("/http/{number}")
    async def exchange(number: int) -> dict[str, Any]:
        found = world.journal.find(number)
        if found is None:
            raise ControlError(404, "this exchange is not kept, or never was")
        return page(found)


def _add_transcript(routes: APIRouter, world: World, phones: Phones) -> None:
    @routes.get("/phones/{phone}/transcript", response_class=Response)
    async def export(
        phone: str,
        wanted: Annotated[Literal["json", "text", "html"], Query(alias="format")] = "json",
    ) -> Response:
        found = phones.find(phone)
        ending = {"json": "json", "text": "txt", "html": "html"}[wanted]
        name = found.address.replace("+", "")
        headers = {**HARMLESS, "Content-Disposition": f'attachment; filename="{name}.{ending}"'}
        if wanted == "text":
            return PlainTextResponse(transcript.as_text(world, found), headers=headers)
        if wanted == "html":
            return HTMLResponse(transcript.as_html(world, found), headers=headers)
        return JSONResponse(transcript.as_json(world, found), headers=headers)


def _add_files(routes: APIRouter, world: World) -> None:
    @routes.post("/media", status_code=201, openapi_extra=_RAW)
    async def upload(
        request: Request,
        kind: Kind = "application/octet-stream",
        filename: Annotated[str | None, Query(max_length=200)] = None,
    ) -> dict[str, Any]:
        data, content_type = await request.body(), kind.partition(";")[0].strip()
        check_upload(data, content_type, world.limits)
        made = world.files.add(data, content_type, filename, world.clock.now())
        return {
            "upload": made.sid,
            "url": f"/simulator/media/{made.sid}",
            "content_type": made.content_type,
            "size": len(made.data),
            "filename": made.filename,
        }

    @routes.get("/media/{sid}", response_class=Response)
    async def file(
        sid: str, span: Annotated[str, Header(alias="range", max_length=100)] = ""
    ) -> Response:
        found = world.files.find(sid)
        if found is None:
            raise ControlError(404, f"there is no upload {sid[:40]}, or it has gone")
        return _part(found, span)


_RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _part(upload: Upload, span: str) -> Response:
    """The file, or the part of it that a player asks for (``bytes=first-last``)."""
    headers = {**HARMLESS, "Accept-Ranges": "bytes"}
    unit, _, ends = span.partition("=")
    first, dash, last = ends.partition("-")
    whole = unit != "bytes" or not dash or not (first.isascii() and first.isdigit())
    if whole or (last and not (last.isascii() and last.isdigit())):
        return Response(upload.data, media_type=upload.content_type, headers=headers)
    size = len(upload.data)
    start, end = int(first), min(int(last or size - 1), size - 1)
    if start > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Response(upload.data[start : end + 1], 206, headers, upload.content_type)


def _add_bursts(routes: APIRouter, bursts: Bursts) -> None:
    @routes.post("/bursts", status_code=202)
    async def start(body: BurstRequest) -> dict[str, Any]:
        return burst_view(bursts.start(body))

    @routes.get("/bursts/{burst_id}")
    async def progress(burst_id: str) -> dict[str, Any]:
        burst = bursts.find(burst_id)
        if burst is None:
            raise ControlError(404, "there is no such burst, or it has gone")
        return burst_view(burst)

    @routes.delete("/bursts/{burst_id}", status_code=204)
    async def stop(burst_id: str) -> Response:
        if not bursts.stop(burst_id):
            raise ControlError(404, "there is no such burst, or it has gone")
        return Response(status_code=204)
