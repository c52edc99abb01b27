"""The simulator's own API: what a person does at a phone, the clock, and the faults."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from simulator import addresses
from simulator.delivery import StatusReporter
from simulator.errors import ControlError
from simulator.inbound import Person
from simulator.schemas import ClockChange, FaultRequest, PersonSends, PhoneChange
from simulator.state import Phone
from simulator.views import call_view, message_view, phone_view
from simulator.world import World

KEEP_ALIVE_SECONDS = 15.0
MAX_WAIT = 30.0


def router(world: World, person: Person, reporter: StatusReporter) -> APIRouter:
    """All endpoints under ``/simulator``."""
    routes = APIRouter(prefix="/simulator")
    _add_thread(routes, world, person)
    _add_phones(routes, world, reporter)
    _add_events(routes, world)
    _add_switches(routes, world)
    _add_faults(routes, world)
    return routes


def phone_of(world: World, typed: str) -> Phone:
    """The phone that a path names.

    Raises:
        ControlError: If that is neither a phone number nor a user id.
    """
    identity = addresses.normalised(typed)
    if identity is None:
        raise ControlError(
            400, "a phone is a number such as +84901234567, or an id such as VN.1A2B"
        )
    return world.state.phone(identity)


def _add_thread(routes: APIRouter, world: World, person: Person) -> None:
    @routes.post("/phones/{phone}/messages", status_code=201)
    async def send(phone: str, body: PersonSends) -> dict[str, Any]:
        message = person.send(phone_of(world, phone).identity, body)
        return {"sid": message.sid, "seq": message.seq}

    @routes.get("/phones/{phone}/messages")
    async def thread(
        phone: str,
        after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
    ) -> dict[str, Any]:
        found = phone_of(world, phone)
        await _wait_for_more(world, found, after, wait)
        messages = [message_view(m) for m in found.thread if m.seq > after]
        return {"messages": messages, **phone_view(found, world.clock.now())}


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


def _add_phones(routes: APIRouter, world: World, reporter: StatusReporter) -> None:
    @routes.get("/phones")
    async def phones() -> dict[str, Any]:
        now = world.clock.now()
        return {"phones": [phone_view(p, now) for p in reversed(world.state.phones.values())]}

    @routes.get("/phones/{phone}")
    async def phone(phone: str) -> dict[str, Any]:
        return phone_view(phone_of(world, phone), world.clock.now())

    @routes.patch("/phones/{phone}")
    async def change(phone: str, body: PhoneChange) -> dict[str, Any]:
        found = phone_of(world, phone)
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(found, name, value)
        world.show_phone(found)
        return phone_view(found, world.clock.now())

    @routes.post("/phones/{phone}/read")
    async def read(phone: str) -> dict[str, int]:
        return {"read": reporter.mark_read(phone_of(world, phone))}


def _add_events(routes: APIRouter, world: World) -> None:
    @routes.get("/phones/{phone}/events")
    async def events(phone: str) -> StreamingResponse:
        found = phone_of(world, phone)
        if world.events.full(found.identity):
            raise ControlError(429, "this phone has too many open pages")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        stream = _stream(world, found)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(world: World, phone: Phone) -> AsyncIterator[str]:
    async with world.events.listen(phone.identity, viewer=True) as queue:
        yield _sse("phone", phone_view(phone, world.clock.now()))
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


def _add_switches(routes: APIRouter, world: World) -> None:
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

    @routes.post("/clock")
    async def clock(body: ClockChange) -> dict[str, Any]:
        world.clock.advance(body.advance_seconds)
        for phone in list(world.state.phones.values()):
            world.show_phone(phone)
        offset = world.clock.offset.total_seconds()
        return {"now": world.clock.now().isoformat(), "offset_seconds": offset}

    @routes.post("/reset")
    async def reset() -> dict[str, str]:
        await world.reset()
        return {"status": "ok"}

    @routes.get("/webhooks")
    async def webhooks(phone: str = "") -> dict[str, Any]:
        identity = addresses.normalised(phone)
        calls = [call_view(c) for c in world.state.log if identity in (None, c.identity)]
        return {"calls": calls}


def _add_faults(routes: APIRouter, world: World) -> None:
    @routes.post("/faults")
    async def set_faults(body: FaultRequest) -> dict[str, Any]:
        for name in body.model_fields_set:
            chosen = getattr(body, name)
            if chosen is not None:
                getattr(world.faults, name)(**chosen.model_dump())
        return world.faults.view()

    @routes.get("/faults")
    async def faults() -> dict[str, Any]:
        return world.faults.view()

    @routes.delete("/faults")
    async def clear_faults() -> dict[str, Any]:
        world.faults.clear()
        return world.faults.view()
