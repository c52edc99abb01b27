"""All of the REST interface, version 1, its description, and the links that messages carry."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import page
from api.rest import endpoints_catalogue, endpoints_links, endpoints_me
from api.rest.document import PREFIX, document
from api.rest.reference import reference

router = APIRouter()
router.include_router(endpoints_me.router)
router.include_router(endpoints_catalogue.router)
router.include_router(endpoints_links.router)


@router.get(f"{PREFIX}/openapi.json", include_in_schema=False)
def show_document(request: Request) -> dict[str, Any]:
    """Describe the interface to programs."""
    return document(request.app)


@router.get("/api/docs", include_in_schema=False)
def show_reference(request: Request) -> HTMLResponse:
    """Describe the interface to people."""
    return page(request, "rest/reference.html", reference=reference(document(request.app)))
