"""The webhook that Meta calls."""

import functools
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import psycopg
import structlog
from fastapi import APIRouter, Depends, Query, Request, Response

from core.database import unit_of_work
from core.settings import settings
from whatsapp import service, tasks
from whatsapp.meta.payload import updates
from whatsapp.meta.signature import HEADER, verify, verify_token
from whatsapp.schemas import InboundMessage, StatusChange
from whatsapp.webhooks import MalformedError, insist_on, limited_body

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/webhooks/meta", tags=["webhooks"])

Update = TypeVar("Update", InboundMessage, StatusChange)

MAX_BODY = 4 * 1024 * 1024  # a thousand updates; Meta itself stops at 3 MB
_BATCH = 100


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
def receive(body: SignedJson) -> Response:
    """Take in every update of a POST; answers come later, as messages of their own."""
    found = updates(body, settings().meta_phone_number_id)
    # Everybody's own messages stay in order; the rest is sorted so that two posts at once lock
    # the same people, and the same messages of ours, in one order.
    _in_batches(sorted(found.messages, key=lambda message: message.address), _take)
    _in_batches(sorted(found.statuses, key=lambda change: change.reference), _note)
    for other in found.others:
        log.info("meta_update_set_aside", update=other)
    return Response(status_code=200)


def _in_batches(updates: Sequence[Update], take: Callable[[Sequence[Update]], None]) -> None:
    """Take *updates* in, many to a transaction; where that fails, one by one.

    So what the database refuses of one update is not lost for the others, and a thousand of
    them do not cost a thousand commits while Meta waits.
    """
    for start in range(0, len(updates), _BATCH):
        batch = updates[start : start + _BATCH]
        try:
            take(batch)
        except (psycopg.DataError, psycopg.errors.DeadlockDetected):
            for update in batch:
                _take_alone(update, take)


def _take_alone(update: Update, take: Callable[[Sequence[Update]], None]) -> None:
    try:
        take([update])
    except psycopg.DataError as error:
        log.warning("meta_update_refused", sid=update.sid, reason=type(error).__name__)


def _take(messages: Sequence[InboundMessage]) -> None:
    with unit_of_work() as unit:
        received = [service.receive(unit.connection, message) for message in messages]
        for identity_id in dict.fromkeys(received):
            if identity_id is not None:
                unit.after_commit(functools.partial(tasks.answer.delay, identity_id))


def _note(changes: Sequence[StatusChange]) -> None:
    with unit_of_work() as unit:
        for change in changes:
            service.record_status(unit.connection, change)
