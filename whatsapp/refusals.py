"""What a refusal tells about the person it concerns, whenever and through whomever it comes.

Twilio's codes have five digits, WhatsApp's own six; the two do not overlap.
"""

from dataclasses import dataclass

import structlog

from core.database import Connection
from whatsapp import repository

log = structlog.get_logger(__name__)

OUTSIDE_WINDOW = "63016"

_OPTED_OUT = frozenset({"21610", "131050"})
_UNREACHABLE = frozenset({"21211", "21614", "63003", "63024", "131026"})
_PICTURE_FAULTS = frozenset({"63019", "21620", "12300", "131052", "131053"})
_OPT_OUT_TEXT = "The traveller opted out with the messaging provider."


@dataclass(frozen=True, slots=True)
class Failure:
    """A message of ours that did not arrive, and the provider's code for why."""

    outbound_id: int
    identity_id: int
    user_id: int
    code: str


def draw_consequences(connection: Connection, failed: Failure) -> None:
    """Mirror an opt-out, remember who cannot be reached, save the words of a broken picture."""
    identity_id, user_id, code = failed.identity_id, failed.user_id, failed.code
    if code in _OPTED_OUT:
        repository.record_opt_out(connection, user_id, _OPT_OUT_TEXT)
        log.info("opt_out_mirrored", identity=identity_id)
    elif code in _UNREACHABLE:
        repository.mark_unreachable(connection, identity_id)
        log.info("identity_unreachable", identity=identity_id, code=code)
    elif code in _PICTURE_FAULTS:
        repository.queue_without_picture(connection, failed.outbound_id)
        log.info("picture_left_out", outbound=failed.outbound_id, code=code)
