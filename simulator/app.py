"""Puts one simulator together as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from simulator import endpoints, endpoints_control, endpoints_page
from simulator.delivery import StatusReporter
from simulator.errors import ApiError, ControlError
from simulator.guard import Guard
from simulator.inbound import Person
from simulator.service import Messaging
from simulator.settings import Settings
from simulator.world import World


def create_app(settings: Settings) -> FastAPI:
    """One simulator; its memory lives as long as the application."""
    world = World(settings)
    reporter = StatusReporter(world)
    messaging = Messaging(world, reporter)
    person = Person(world, messaging, reporter)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await world.close()

    app = FastAPI(title="WhatsApp simulator", lifespan=lifespan, openapi_url=None)
    app.state.world = world
    app.include_router(endpoints.router(world, messaging))
    app.include_router(endpoints_control.router(world, person, reporter))
    endpoints_page.add_page(app, settings)
    app.add_middleware(Guard)
    _explain_errors(app)
    return app


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
    """An error in the manner of the side that was asked: Twilio's or the simulator's own."""
    if request.url.path.startswith("/simulator"):
        return JSONResponse({"error": message}, status)
    return JSONResponse(ApiError(status, code, message).payload(), status)


def _first_problem(error: RequestValidationError) -> str:
    """The first of pydantic's complaints, as one line that repeats none of the input."""
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"][1:] if not isinstance(part, int))
    text = " ".join(str(problem["msg"]).split())
    line = f"{place}: {text}" if place else text
    return line.encode("utf-8", "replace").decode()[:300]
