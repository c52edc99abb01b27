"""The simulator's own API: the clock, the faults, the limits, and other switches."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from simulator import behaviour
from simulator.behaviour import Behaviour
from simulator.endpoints_control import REFUSALS, clock_view
from simulator.errors import ControlError
from simulator.faults import NAMES, FaultRequest
from simulator.limits import Limits
from simulator.schemas_control import ClockChange, TemplateDecision
from simulator.templates import Approvals, template_view
from simulator.world import World


def router(world: World, approvals: Approvals) -> APIRouter:
    """The endpoints of everything that can be switched or set."""
    routes = APIRouter(prefix="/simulator", responses=REFUSALS)
    _add_clock(routes, world)
    _add_faults(routes, world)
    _add_limits(routes, world)
    _add_behaviour(routes, world)
    _add_templates(routes, world, approvals)
    return routes


def _changed(world: World, what: str) -> None:
    world.events.announce("switches", {"what": what})


def _add_clock(routes: APIRouter, world: World) -> None:
    @routes.get("/clock")
    async def clock() -> dict[str, Any]:
        return clock_view(world)

    @routes.post("/clock")
    async def advance(body: ClockChange) -> dict[str, Any]:
        woken = world.clock.advance(body.seconds)
        world.events.announce("clock", clock_view(world))
        for phone in list(world.state.phones.values()):
            world.show_phone(phone)
        return {**clock_view(world), "woken": woken}

    @routes.post("/reset")
    async def reset() -> dict[str, str]:
        await world.reset()
        return {"status": "ok"}


def _add_faults(routes: APIRouter, world: World) -> None:
    @routes.get("/faults")
    async def faults() -> dict[str, Any]:
        return world.faults.view()

    @routes.post("/faults")
    async def plan(body: FaultRequest) -> dict[str, Any]:
        world.faults.plan(body)
        _changed(world, "faults")
        return world.faults.view()

    @routes.delete("/faults")
    async def clear() -> dict[str, Any]:
        world.faults.clear()
        _changed(world, "faults")
        return world.faults.view()

    @routes.delete("/faults/{name}")
    async def cancel(name: str) -> dict[str, Any]:
        if name not in NAMES:
            raise ControlError(404, f"a fault is one of {', '.join(NAMES)}")
        world.faults.cancel(name)
        _changed(world, "faults")
        return world.faults.view()


def _add_limits(routes: APIRouter, world: World) -> None:
    @routes.get("/limits")
    async def limits() -> Limits:
        return world.limits

    @routes.patch("/limits")
    async def change(body: Limits) -> Limits:
        world.limits = world.limits.changed(body)
        _changed(world, "limits")
        return world.limits

    @routes.delete("/limits")
    async def set_back() -> Limits:
        world.set_back_limits()
        _changed(world, "limits")
        return world.limits


def _add_behaviour(routes: APIRouter, world: World) -> None:
    @routes.get("/behaviour")
    async def shown() -> Behaviour:
        return world.behaviour

    @routes.patch("/behaviour")
    async def change(body: Behaviour) -> Behaviour:
        world.behaviour = world.behaviour.model_copy(update=body.model_dump(exclude_unset=True))
        _changed(world, "behaviour")
        return world.behaviour

    @routes.delete("/behaviour")
    async def set_back() -> Behaviour:
        world.behaviour = behaviour.of(world.settings)
        _changed(world, "behaviour")
        return world.behaviour


def _add_templates(routes: APIRouter, world: World, approvals: Approvals) -> None:
    @routes.get("/templates")
    async def templates() -> dict[str, Any]:
        return {"templates": [template_view(c) for c in world.state.contents.values()]}

    @routes.post("/templates/{sid}")
    async def decide(sid: str, body: TemplateDecision) -> dict[str, Any]:
        return template_view(approvals.decide(sid, body.status, body.reason))
