"""The phone page: one HTML document and its static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

from simulator import addresses
from simulator.settings import Settings

HERE = Path(__file__).parent
# Pictures come from wherever the bot's media live; nothing else may come from elsewhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: http: https:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def add_page(app: FastAPI, settings: Settings) -> None:
    """Serve the phone page at ``/``; ``?phone=`` picks the phone."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )
    page = templates.get_template("phone.html")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @app.get("/", response_class=HTMLResponse)
    async def phone_page(request: Request) -> HTMLResponse:
        asked = addresses.normalised(request.query_params.get("phone", ""))
        html = page.render(settings=settings, page=_page_data(settings, asked))
        return HTMLResponse(html, headers=HEADERS)


def _page_data(settings: Settings, phone: str | None) -> dict[str, Any]:
    """What the scripts need to know before they ask for more."""
    return {
        "phone": phone or settings.default_phone,
        "businessName": settings.business_name,
        "webhook": settings.webhook_url,
        "suggestions": list(settings.suggestions),
    }
