"""``/r/<token>``: from a message to the tour's own page, by way of us."""

import re

import structlog
from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse

from conversation import links
from core.database import unit_of_work
from core.errors import NotFoundError, TravelBuddyError

router = APIRouter()

log = structlog.get_logger(__name__)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_WEB = ("http://", "https://")
_PREVIEWS = re.compile(
    r"^whatsapp/|facebookexternalhit|facebot|telegrambot|twitterbot|slackbot|skypeuripreview"
    r"|discordbot|linkedinbot|applebot|googlebot|bingbot|zalo(?:bot|crawler)|\bpreview\b",
    re.IGNORECASE,
)
"""Programs that fetch a page in order to show a picture of it, before anybody has tapped."""

_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@router.api_route("/r/{token}", methods=["GET", "HEAD"], include_in_schema=False)
def follow(token: str, request: Request, jobs: BackgroundTasks) -> RedirectResponse:
    """Lead on to the tour's page, and note that somebody has looked."""
    url = _target(token)
    if url is None:
        raise NotFoundError("this link leads nowhere (any more)")
    if _is_person(request):
        jobs.add_task(_note, token)  # whoever waits for the page does not wait for this
    return RedirectResponse(url, 302, _HEADERS, background=jobs)


def _target(token: str) -> str | None:
    """Return the address in the catalogue; nothing of the request gets into it."""
    if not _TOKEN.fullmatch(token):
        return None
    with unit_of_work() as unit:
        url = links.target(unit.connection, token)
    return url if url and url.lower().startswith(_WEB) else None


def _is_person(request: Request) -> bool:
    ahead = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    agent = request.headers.get("user-agent", "")
    return request.method == "GET" and "prefetch" not in ahead and not _PREVIEWS.search(agent)


def _note(token: str) -> None:
    try:
        with unit_of_work() as unit:
            links.note_click(unit.connection, token)
    except TravelBuddyError as error:  # the traveller is on the page; the click is lost
        log.warning("click_not_noted", reason=error.message)
