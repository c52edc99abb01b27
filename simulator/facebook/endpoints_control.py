"""The simulator's own API of its Facebook side: faults, switches, and the callbacks."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import APIRouter

from simulator.endpoints_control import REFUSALS
from simulator.errors import ControlError
from simulator.facebook.schemas import Fault, Leaver, Switches
from simulator.facebook.tokens import signed_request
from simulator.world import World

_MOST_FAULTS = 100
_PATIENCE_SECONDS = 15.0
_LONGEST_ANSWER = 10_000


def router(world: World) -> APIRouter:
    """The endpoints of everything that tests steer."""
    routes = APIRouter(prefix="/simulator/facebook", responses=REFUSALS)
    _add_switches(routes, world)
    _add_faults(routes, world)
    _add_callbacks(routes, world)
    return routes


def _add_switches(routes: APIRouter, world: World) -> None:
    @routes.get("")
    async def shown() -> dict[str, Any]:
        memory = world.facebook
        return {
            "app_id": world.settings.facebook_app_id,
            "people": [account.model_dump() for account in memory.accounts.values()],
            "faults": [fault.model_dump() for fault in memory.faults],
            **memory.switches.model_dump(),
        }

    @routes.patch("")
    async def change(body: Switches) -> Switches:
        changes = body.model_dump(exclude_unset=True)
        world.facebook.switches = world.facebook.switches.model_copy(update=changes)
        return world.facebook.switches


def _add_faults(routes: APIRouter, world: World) -> None:
    @routes.post("/faults")
    async def plan(body: Fault) -> dict[str, Any]:
        if len(world.facebook.faults) >= _MOST_FAULTS:
            raise ControlError(409, f"there are {_MOST_FAULTS} faults planned already")
        world.facebook.faults.append(body)
        return {"faults": [fault.model_dump() for fault in world.facebook.faults]}

    @routes.delete("/faults")
    async def clear() -> dict[str, Any]:
        world.facebook.faults.clear()
        return {"faults": []}


def _add_callbacks(routes: APIRouter, world: World) -> None:
    @routes.post("/deletion")
    async def deletion(body: Leaver) -> dict[str, Any]:
        return await _called(world, body.person, world.settings.facebook_deletion_url, "deletion")

    @routes.post("/deauthorize")
    async def deauthorize(body: Leaver) -> dict[str, Any]:
        address = world.settings.facebook_deauthorize_url
        return await _called(world, body.person, address, "deauthorize")


async def _called(world: World, person: str, address: str, what: str) -> dict[str, Any]:
    """Post a signed request about somebody, whose tokens end; return the app's answer."""
    account = world.facebook.accounts.get(person)
    if account is None:
        raise ControlError(404, "nobody here has this id")
    if not address:
        raise ControlError(409, f"the app has no address for this: --facebook-{what}-url")
    world.facebook.forget_tokens(account)
    secret = world.settings.facebook_app_secret
    form = {"signed_request": signed_request(account.id, secret, world.clock.now())}
    try:
        answer = await world.client.post(address, data=form, timeout=_PATIENCE_SECONDS)
    except httpx.HTTPError as error:
        raise ControlError(502, f"the app does not answer: {type(error).__name__}") from error
    return {"status": answer.status_code, "body": _body(answer)}


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text[:_LONGEST_ANSWER]
