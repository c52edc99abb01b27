"""Puts one simulator together as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from simulator import (
    endpoints,
    endpoints_control,
    endpoints_page,
    endpoints_records,
    endpoints_switches,
)
from simulator.burst import Bursts
from simulator.delivery import StatusReporter
from simulator.edge import Edge
from simulator.errors import ApiError, ControlError
from simulator.facebook import endpoints as facebook
from simulator.facebook import endpoints_control as facebook_control
from simulator.facebook.errors import GraphError
from simulator.guard import Guard
from simulator.inbound import Person
from simulator.phones import Phones
from simulator.service import Messaging
from simulator.settings import Settings
from simulator.templates import Approvals
from simulator.world import World


def create_app(settings: Settings) -> FastAPI:
    """One simulator; its memory lives as long as the application."""
    world = World(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await world.close()

    app = FastAPI(
        title="WhatsApp simulator",
        lifespan=lifespan,
        openapi_url="/simulator/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.world = world
    _add_endpoints(app, world)
    endpoints_page.add_page(app, settings)
    app.add_middleware(Edge, world=world)
    app.add_middleware(Guard)  # the outermost: it reads every body, whole or not at all
    _explain_errors(app)
    return app


def _add_endpoints(app: FastAPI, world: World) -> None:
    reporter, approvals, phones = StatusReporter(world), Approvals(world), Phones(world)
    messaging = Messaging(world, reporter)
    person = Person(world, messaging, reporter)
    app.include_router(endpoints.router(world, messaging, approvals))
    app.include_router(endpoints_control.router(world, person, phones, reporter))
    app.include_router(endpoints_switches.router(world, approvals))
    app.include_router(endpoints_records.router(world, phones, Bursts(world, person)))
    app.include_router(endpoints_records.unlocked_router(world))
    app.include_router(facebook_control.router(world))
    facebook.add_facebook(app, world)


def _explain_errors(app: FastAPI) -> None:
    @app.exception_handler(ApiError)
    async def refused(_request: Request, error: ApiError) -> JSONResponse:
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else {}
        if error.retry_after is not None:
            headers["Retry-After"] = f"{error.retry_after:g}"
        return JSONResponse(error.payload(), error.status, headers)

    @app.exception_handler(ControlError)
    async def impossible(_request: Request, error: ControlError) -> JSONResponse:
        return JSONResponse({"error": error.message}, error.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return _answer(request, 400, 20001, _first_problem(error))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        code = {404: 20404, 405: 20004}.get(error.status_code, 20001)
        return _answer(request, error.status_code, code, str(error.detail))


def _answer(request: Request, status: int, code: int, message: str) -> JSONResponse:
    """An error in the manner of the side that was asked: theirs, or the simulator's own."""
    if request.url.path.startswith("/simulator"):
        return JSONResponse({"error": message}, status)
    if request.url.path.startswith(facebook.PREFIX):
        error = GraphError(message, 2500 if status == 404 else 100, status=status)
        return JSONResponse(error.payload(), status)
    return JSONResponse(ApiError(status, code, message).payload(), status)


def _first_problem(error: RequestValidationError) -> str:
    """The first of pydantic's complaints, as one line that repeats none of the input."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"][1:] if not isinstance(part, int))
    line = " ".join(f"{place}: {problem['msg']}".removeprefix(": ").split())
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return line.encode("utf-8", "replace").decode()[:300]
