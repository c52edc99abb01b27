"""The webhooks that Twilio calls."""

from fastapi import APIRouter, Request, Response

from core.errors import InvalidInputError
from whatsapp import intake
from whatsapp.twilio.payload import inbound_message, status_change
from whatsapp.twilio.signature import HEADER, Form, parse_form, verify
from whatsapp.webhooks import MalformedError, insist_on, limited_body

router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"])

MAX_BODY = 64 * 1024


async def signed_form(request: Request) -> Form:
    """Return the form of a request that Twilio signed.

    Raises:
        TravelBuddyError: it is no such form, is too large, or is not signed.
    """
    insist_on(request, "application/x-www-form-urlencoded")
    body = await limited_body(request, MAX_BODY)
    try:
        form = parse_form(body)
    except InvalidInputError as error:
        raise MalformedError(error.message) from None
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    verify(path, request.url.query, form, request.headers.get(HEADER))
    return form


async def receive(request: Request) -> Response:
    """Take a traveller's message in; the answer comes later, as a message of its own."""
    form = await signed_form(request)
    try:
        message = inbound_message(form)
    except InvalidInputError as error:
        raise MalformedError(error.message) from None
    await intake.inbox.submit(message)
    return _nothing_to_say()


@router.post("/status")
@router.post("/status/", include_in_schema=False)
async def status(request: Request, mid: str = "") -> Response:
    """Note what became of a message; *mid* is our own id of it."""
    change = status_change(await signed_form(request), mid)
    if change is not None:
        await intake.statuses.submit(change)
    return _nothing_to_say()


def _nothing_to_say() -> Response:
    return Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', media_type="text/xml")


# A plain route: what FastAPI adds to one costs as much again as storing the message.
router.add_route("/webhooks/twilio", receive, methods=["POST"])
router.add_route("/webhooks/twilio/", receive, methods=["POST"])
