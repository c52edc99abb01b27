"""The webhook that Meta calls."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, Any

import psycopg
import structlog
from fastapi import APIRouter, Depends, Query, Request, Response

from core.settings import settings
from whatsapp import intake
from whatsapp.meta.payload import updates
from whatsapp.meta.signature import HEADER, verify, verify_token
from whatsapp.webhooks import MalformedError, insist_on, limited_body

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/webhooks/meta", tags=["webhooks"])

MAX_BODY = 4 * 1024 * 1024  # a thousand updates; Meta itself stops at 3 MB


async def signed_json(request: Request) -> dict[str, Any]:
    """Return the body of a request that Meta signed.

    Raises:
        TravelBuddyError: it is no JSON object, is too large, or is not signed.
    """
    insist_on(request, "application/json")
    body = await limited_body(request, MAX_BODY)
    verify(body, request.headers.get(HEADER))
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError("the body cannot be read as JSON") from None
    if not isinstance(read, dict):
        raise MalformedError("a JSON object is expected")
    return read


SignedJson = Annotated[dict[str, Any], Depends(signed_json)]


@router.get("")
@router.get("/", include_in_schema=False)
def prove(
    token: Annotated[str, Query(alias="hub.verify_token", max_length=500)],
    challenge: Annotated[str, Query(alias="hub.challenge", pattern=r"^[0-9A-Za-z_-]{1,200}$")],
    mode: Annotated[str, Query(alias="hub.mode", max_length=50)],
) -> Response:
    """Answer Meta's question, when the webhook is set up, whether it is ours."""
    if mode != "subscribe":
        raise MalformedError("hub.mode is not subscribe")
    verify_token(token)
    return Response(challenge, media_type="text/plain")


@router.post("")
@router.post("/", include_in_schema=False)
async def receive(body: SignedJson) -> Response:
    """Take in every update of a POST; answers come later, as messages of their own."""
    found = updates(body, settings().meta_phone_number_id)
    for other in found.others:
        log.info("meta_update_set_aside", update=other)
    taken = [intake.inbox.submit(message) for message in found.messages]
    noted = [intake.statuses.submit(change) for change in found.statuses]
    _judge(await asyncio.gather(*taken, *noted, return_exceptions=True))
    return Response(status_code=200)


def _judge(outcomes: Sequence[BaseException | None]) -> None:
    """Pass on what may go well another time; Meta then sends all of it again.

    What the database refuses of one update would fail each time, and hold up all the others.
    """
    for outcome in outcomes:
        if isinstance(outcome, psycopg.DataError):
            log.warning("meta_update_refused", reason=type(outcome).__name__)
        elif outcome is not None:
            raise outcome
