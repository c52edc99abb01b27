"""The application: ``uvicorn api.app:create_app --factory``."""

import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import endpoints, errors
from api.account.endpoints import router as account_router
from api.joining.endpoints import router as joining_router
from api.login.endpoints import router as login_router
from api.middleware import AccessLog, SecurityHeaders
from api.onboarding.endpoints import router as onboarding_router
from api.onboarding.suggesting import warm_up
from api.pages.endpoints import router as pages_router
from api.rest.document import install as install_document
from api.rest.endpoints import router as rest_router
from api.rest.limits import BodyLimit
from api.sessions.middleware import Visits
from core.database import close_pool
from core.logging import configure_logging
from ingestion.endpoints import router as ingestion_router
from whatsapp.desk.endpoints import router as desk_router
from whatsapp.endpoints import router as whatsapp_router

_ROOMS = (
    pages_router,
    login_router,
    onboarding_router,
    joining_router,
    account_router,
    rest_router,
    ingestion_router,
    desk_router,
)


def create_app() -> FastAPI:
    """Build the application from the settings."""
    app = FastAPI(
        title="Travel Buddy",
        summary="A WhatsApp concierge for tour operators",
        docs_url=None,  # its pages load scripts from elsewhere; /api/docs is ours
        redoc_url=None,
        lifespan=_lifespan,
    )
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Visits)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)
    app.include_router(whatsapp_router)  # first, since most requests go there
    app.include_router(endpoints.router)
    for router in _ROOMS:
        app.include_router(router)
    install_document(app)
    return app


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    configure_logging()
    _silence_access_log()
    _keep_for_good()
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
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
