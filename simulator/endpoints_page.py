"""The phone page: one HTML document, its words, and its static files."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.staticfiles import StaticFiles

from simulator import addresses
from simulator.settings import Settings

HERE = Path(__file__).parent
LONGEST_DRAFT = 4096
# Pictures and films come from wherever the bot's media live; nothing else comes from elsewhere.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob: http: https:",
        "media-src 'self' blob: http: https:",
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
FAULT_GROUPS = (
    (
        "sends",
        (
            "timeout_after_accepting",
            "fail_next",
            "server_error",
            "reset_before_accepting",
            "reset_after_accepting",
            "garble_answers",
            "slow_answers",
        ),
    ),
    (
        "webhooks",
        ("lose_webhooks", "duplicate_webhooks", "delay_webhooks", "reorder_webhooks"),
    ),
    ("statuses", ("fail_by_callback", "swap_statuses", "storm_callbacks")),
)


class _Fresh(StaticFiles):
    """Static files that a browser asks about each time: scripts of two versions do not fit."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def add_page(app: FastAPI, settings: Settings) -> None:
    """Serve the phone page at ``/``; ``?phone=`` picks the phone.

    ``/wa/<number>?text=…`` opens it with a text that waits to be sent, as wa.me does.
    """
    folder = HERE / "templates"
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    words = json.loads((folder / "words.json").read_text("utf-8"))
    templates.globals.update(words=words, fault_groups=FAULT_GROUPS)
    page = templates.get_template("phone.html")
    app.mount("/static", _Fresh(directory=HERE / "static"), name="static")

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def phone_page(request: Request) -> HTMLResponse:
        asked = addresses.normalised(request.query_params.get("phone", ""))
        data = {**_page_data(settings, asked), "words": words}
        return HTMLResponse(page.render(settings=settings, page=data), headers=HEADERS)

    @app.get("/wa/{number}", include_in_schema=False)
    async def link_to_chat(number: str, request: Request) -> Response:
        if addresses.normalised(number) != addresses.normalised(settings.business_number):
            missing = "Nobody here has that number."
            return PlainTextResponse(missing, HTTPStatus.NOT_FOUND, headers=HEADERS)
        asked = addresses.normalised(request.query_params.get("phone", ""))
        draft = request.query_params.get("text", "")[:LONGEST_DRAFT]
        data = {**_page_data(settings, asked), "words": words, "draft": draft}
        return HTMLResponse(page.render(settings=settings, page=data), headers=HEADERS)


def _page_data(settings: Settings, phone: str | None) -> dict[str, Any]:
    """What the scripts need to know before they ask for more."""
    return {
        "phone": phone or settings.default_phone,
        "businessName": settings.business_name,
        "suggestions": list(settings.suggestions),
        "draft": "",
    }
