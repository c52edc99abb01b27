"""The simulator's own API: phones, what people do at them, and what happens there."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from simulator import addresses
from simulator.delivery import StatusReporter
from simulator.errors import ControlError
from simulator.events import EVERYTHING
from simulator.inbound import Person
from simulator.phones import Phones
from simulator.schemas_control import NewPhone, PersonSends, PhoneChange
from simulator.state import Phone
from simulator.views import message_view
from simulator.world import World

KEEP_ALIVE_SECONDS = 15.0
MAX_WAIT = 30.0
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "what was asked makes no sense; one line says why"},
    404: {"description": "there is no such thing"},
    409: {"description": "it is taken already"},
}
Pages = Annotated[list[str] | None, Query(max_length=64)]


def router(world: World, person: Person, phones: Phones, reporter: StatusReporter) -> APIRouter:
    """The endpoints of phones, threads and events."""
    routes = APIRouter(prefix="/simulator", responses=REFUSALS)
    _add_thread(routes, world, person, phones)
    _add_phones(routes, world, phones, reporter)
    _add_events(routes, world, phones)
    return routes


def _add_thread(routes: APIRouter, world: World, person: Person, phones: Phones) -> None:
    @routes.post("/phones/{phone}/messages", status_code=201)
    async def send(phone: str, body: PersonSends) -> dict[str, Any]:
        messages = person.send(phones.find(phone), body)
        last = messages[-1]
        return {"sid": last.sid, "seq": last.seq, "sids": [m.sid for m in messages]}

    @routes.get("/phones/{phone}/messages")
    async def thread(
        phone: str,
        after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
    ) -> dict[str, Any]:
        found = phones.find(phone)
        await _wait_for_more(world, found, after, wait)
        messages = [message_view(m) for m in found.thread if m.seq > after]
        return {"messages": messages, **world.standing(found)}


async def _wait_for_more(world: World, phone: Phone, after: int, seconds: float) -> None:
    """Return when the thread grew beyond ``after``, or the time is up."""
    if phone.last_seq > after or seconds <= 0:
        return
    deadline = time.monotonic() + seconds
    async with world.events.listen(phone.identity) as queue:
        while phone.last_seq <= after:
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    event = await queue.get()
            except TimeoutError:
                return
            if event is None:
                return


def _add_phones(routes: APIRouter, world: World, phones: Phones, reporter: StatusReporter) -> None:
    @routes.get("/phones")
    async def listed() -> dict[str, Any]:
        latest = reversed(world.state.phones.values())
        return {"phones": [world.standing(phone) for phone in latest]}

    @routes.post("/phones", status_code=201)
    async def create(body: NewPhone) -> dict[str, Any]:
        return world.standing(phones.create(body))

    @routes.get("/phones/{phone}")
    async def phone(phone: str) -> dict[str, Any]:
        return world.standing(phones.find(phone))

    @routes.patch("/phones/{phone}")
    async def change(phone: str, body: PhoneChange) -> dict[str, Any]:
        found = phones.find(phone)
        phones.change(found, body)
        return world.standing(found)

    @routes.delete("/phones/{phone}", status_code=204)
    async def remove(phone: str) -> Response:
        phones.remove(phones.find(phone))
        return Response(status_code=204)

    @routes.post("/phones/{phone}/read")
    async def read(phone: str) -> dict[str, int]:
        return {"read": reporter.mark_read(phones.find(phone))}


def _add_events(routes: APIRouter, world: World, phones: Phones) -> None:
    @routes.get("/phones/{phone}/events", response_class=StreamingResponse)
    async def events(phone: str) -> StreamingResponse:
        found = phones.find(phone)
        first = ("phone", world.standing(found))
        return _streaming(world, found.identity, [found.identity], first)

    @routes.get("/events", response_class=StreamingResponse)
    async def everything(viewer: Pages = None) -> StreamingResponse:
        viewing = [phones.find(typed).identity for typed in viewer or []]
        return _streaming(world, EVERYTHING, viewing, ("clock", clock_view(world)))


def clock_view(world: World) -> dict[str, Any]:
    """The simulated moment, and how far it is ahead."""
    offset = world.clock.offset.total_seconds()
    return {"now": world.clock.now().isoformat(), "offset_seconds": offset}


def identity_named(world: World, typed: str) -> str | None:
    """The lasting key of a phone that a query names; None when it names none."""
    address = addresses.normalised(typed)
    return world.state.key(address) if address else None


def _streaming(
    world: World, channel: str, viewing: Collection[str], first: tuple[str, dict[str, Any]]
) -> StreamingResponse:
    if world.events.full(channel):
        raise ControlError(429, "too many pages are open")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = _stream(world, channel, viewing, first)
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(
    world: World, channel: str, viewing: Collection[str], first: tuple[str, dict[str, Any]]
) -> AsyncIterator[str]:
    async with world.events.listen(channel, viewing=viewing) as queue:
        yield _sse(*first)
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    event = await queue.get()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event is None:
                return
            yield _sse(*event)


def _sse(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
