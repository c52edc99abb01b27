"""The application: ``uvicorn api.app:create_app --factory``."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import endpoints, errors
from api.middleware import AccessLog, SecurityHeaders
from core.database import close_pool
from core.logging import configure_logging
from ingestion.endpoints import router as ingestion_router
from whatsapp.desk.endpoints import router as desk_router
from whatsapp.endpoints import router as whatsapp_router


def create_app() -> FastAPI:
    """Build the application from the settings."""
    app = FastAPI(
        title="Travel Buddy",
        summary="A WhatsApp concierge for tour operators",
        docs_url=None,  # the pages load scripts from elsewhere; /openapi.json is there
        redoc_url=None,
        lifespan=_lifespan,
    )
    errors.install(app)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
    app.include_router(whatsapp_router)  # first, since most requests go there
    app.include_router(endpoints.router)
    app.include_router(ingestion_router)
    app.include_router(desk_router)
    return app


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    configure_logging()
    _silence_access_log()
    _keep_for_good()
    yield
    close_pool()


def _keep_for_good() -> None:
    """Leave what the start has made out of every later collection of garbage.

    Walking through it takes a tenth of a second, in which no webhook is answered.
    """
    gc.collect()
    gc.freeze()


def _silence_access_log() -> None:
    """Uvicorn's own access log shows query strings, which are nobody's business."""
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
