"""Codes that connect a number with a web account, and links that sign in there.

A code proves that whoever sends it sees the page that shows it, and no more: it may be somebody
else's page. A number of which we know nothing is connected at once, with a button that parts them
again. Where anything is at stake, it is asked first.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import ValidationError

from conversation import joining as talk
from conversation import repository as talks
from conversation.joining import Decision, Offer, TypedCode
from conversation.schemas import Incoming, Outgoing
from conversation.state import Held, State
from conversation.turn import Turn
from core.audit.service import record, traveller
from core.codes.service import Purpose, Redeemed, issue, peek, redeem
from core.database import Connection
from core.encryption import blind_index
from core.errors import SlowDownError
from core.rate_limits import take
from core.settings import settings
from recommender.service import load_interests
from whatsapp import repository as addresses
from whatsapp.accounts import link_with
from whatsapp.joining import repository
from whatsapp.push import repository as pushes
from whatsapp.reading import addresses_of
from whatsapp.waiting import Waiting

log = structlog.get_logger(__name__)

JOINED, LEFT = "whatsapp.joined", "whatsapp.left"
"""What the audit trail calls it."""

LINK_VALID_FOR = dt.timedelta(minutes=10)
_HELD_FOR = dt.timedelta(minutes=10)
_LATELY_S = 900.0
_CODES, _GUESSES, _LINKS = "5/hour", "20/hour", "3/10 minutes"


def answer(connection: Connection, sender: Waiting, said: Incoming) -> list[Outgoing] | None:
    """Return what to say to a code, a request for a link, or an answer about a connection.

    Whatever it changes commits or fails with the answer, so that a repetition finds it done.

    Returns:
        None for every other message: the conversation answers that.
    """
    if said.spoken:  # what was heard may not be what was said
        return None
    if talk.may_decide(said):
        turn = talk.turn_of(connection, sender.user_id)
        decided = talk.decision(turn, said)
        if decided is not None:
            return _decide(turn, sender, decided)
    if said.choice is not None:
        return None
    if talk.asks_for_link(said.text):
        return _link(talk.turn_of(connection, sender.user_id), sender)
    codes = talk.codes_in(said.text)
    return _take_code(connection, sender, codes) if codes else None


def join_link(language: str, code: str) -> str:
    """Return the link that opens WhatsApp with the message that carries a code."""
    return link_with(talk.code_message(language, code))


def sign_in_link(language: str) -> str:
    """Return the link that opens WhatsApp with the message that asks for a link to sign in."""
    return link_with(talk.link_message(language))


def _decide(turn: Turn, sender: Waiting, decided: Decision) -> list[Outgoing]:
    if decided is Decision.DISCONNECT:
        return _disconnect(turn, sender)
    if turn.state.stopped:
        return talk.line(turn, "silent")
    held = turn.state.held
    turn.state = turn.state.holding(None)
    if decided is Decision.NO:
        return talk.line(turn, "refused")
    if held is None or held.until < dt.datetime.now(dt.UTC):
        return talk.line(turn, "expired")
    return _connect_held(turn, sender, held)


def _connect_held(turn: Turn, sender: Waiting, held: Held) -> list[Outgoing]:
    offer, other = Offer.model_validate(held.detail), held.user_id
    if not _can_be_joined(turn.connection, sender, other):
        return talk.line(turn, "expired")
    own = repository.standing(turn.connection, sender.user_id) or {}
    if own.get("leaves") or own.get("is_staff"):
        return talk.line(turn, "leaving" if own.get("leaves") else "staff")
    talks.save_state(turn.connection, turn.user_id, turn.state.model_dump(mode="json"))
    if own.get("signs_in"):
        return _move(turn.connection, sender, other, offer)
    return _merge(turn.connection, sender, other, offer)


def _take_code(
    connection: Connection, sender: Waiting, codes: list[TypedCode]
) -> list[Outgoing] | None:
    sure = codes[0].sure
    try:
        take(
            "join" if sure else "join guess", str(sender.identity_id), _CODES if sure else _GUESSES
        )
    except SlowDownError:
        slow = sure and not sender.opted_out
        return talk.line(talk.turn_of(connection, sender.user_id), "slow") if slow else None
    for each in codes:
        found = peek(connection, Purpose.JOIN, each.code)
        offer = _offer(found.detail) if found else None
        if found and offer and _can_be_joined(connection, sender, found.user_id):
            return _joined(connection, sender, each.code, offer, found.user_id)
    if not sure or sender.opted_out:
        return None
    lately = repository.joined_lately(connection, sender.user_id, _LATELY_S)
    return talk.line(talk.turn_of(connection, sender.user_id), "again" if lately else "unknown")


def _joined(
    connection: Connection, sender: Waiting, code: str, offer: Offer, web_id: int
) -> list[Outgoing]:
    """Connect, or ask first; the code is used up unless it could be of use later."""
    turn = talk.turn_of(connection, sender.user_id)
    turn.state = turn.state.speaking(offer.language) if not turn.state.language else turn.state
    own = repository.standing(connection, sender.user_id) or {}
    if sender.opted_out:
        return talk.line(turn, "silent")
    if own.get("leaves"):
        return talk.line(turn, "leaving")
    if own.get("is_staff") and web_id != sender.user_id:
        return talk.line(turn, "staff")
    used = redeem(connection, Purpose.JOIN, code)
    if used is None:
        return talk.line(turn, "unknown")
    if web_id == sender.user_id:
        return _welcome(turn, sender, offer, already=True)
    if own.get("has_own") or not turn.stored.is_empty():
        return _ask(turn, used, offer, moves=bool(own.get("signs_in")))
    return _merge(connection, sender, web_id, offer)


def _ask(turn: Turn, used: Redeemed, offer: Offer, *, moves: bool) -> list[Outgoing]:
    until = dt.datetime.now(dt.UTC) + _HELD_FOR
    turn.state = turn.state.holding(
        Held(user_id=used.user_id, detail=offer.model_dump(mode="json"), until=until)
    )
    return talk.question(turn, offer, moves=moves)


def _can_be_joined(connection: Connection, sender: Waiting, web_id: int) -> bool:
    """Hold the web account; tell whether it is there and stays."""
    if web_id == sender.user_id:
        return True
    if not repository.hold(connection, web_id, wait=web_id > sender.user_id):
        return False
    found = repository.standing(connection, web_id)
    return found is not None and not found["leaves"]


def _merge(connection: Connection, sender: Waiting, web_id: int, offer: Offer) -> list[Outgoing]:
    """Make the number's user and the web account one: the latter stays, so that its page does."""
    state = State.read(talks.load_state(connection, sender.user_id))
    web = State.read(talks.load_state(connection, web_id))
    wish = load_interests(connection, web_id)
    addresses.merge_users(connection, keep=web_id, drop=sender.user_id)
    turn = talk.turn_of(connection, web_id)
    stated_there = not wish.is_empty() or web.dates is not None
    is_of_web = stated_there and turn.stored == wish
    talked = web if web.introduced and not state.handed_over else state
    turn.state = talk.wishing_as(talked, web) if is_of_web else talked
    return _welcome(turn, sender, offer, merged=sender.user_id)


def _move(connection: Connection, sender: Waiting, web_id: int, offer: Offer) -> list[Outgoing]:
    """Let the number leave an account that goes on without it."""
    repository.move(connection, _indexes(sender), sender.user_id, web_id)
    _note_left(connection, sender, sender.user_id)
    return _welcome(talk.turn_of(connection, web_id), sender, offer, moved=sender.user_id)


def _welcome(
    turn: Turn, sender: Waiting, offer: Offer, *, already: bool = False, **how: int
) -> list[Outgoing]:
    talk.accept(turn, offer)
    record(turn.connection, traveller(turn.user_id), JOINED, turn.user_id, **how)
    log.info("number_joined", identity=sender.identity_id, user=turn.user_id)
    return talk.welcome(turn, offer, already=already)


def _disconnect(turn: Turn, sender: Waiting) -> list[Outgoing]:
    """Part the number from the web account: it belongs to somebody of whom nothing is known."""
    connection, web_id = turn.connection, sender.user_id
    if not repository.has_web_account(connection, web_id):
        return talk.line(turn, "nothing")
    language = turn.language
    user_id = addresses.add_user(connection)
    talks.save_language(connection, user_id, language)
    repository.move(connection, _indexes(sender), web_id, user_id)
    _note_left(connection, sender, web_id)
    parted = talk.turn_of(connection, user_id)
    parted.state = parted.state.speaking(language)
    if sender.opted_out:
        talk.keep_silent(parted)
    pushes.cancel_unwanted(connection, user_id)
    return talk.line(parted, "disconnected")


def _note_left(connection: Connection, sender: Waiting, user_id: int) -> None:
    talks.close_handover(connection, user_id)
    lowered = repository.lower_sessions(connection, user_id)
    record(connection, traveller(user_id), LEFT, user_id, sessions_lowered=lowered)
    log.info("number_left", identity=sender.identity_id, user=user_id)


def _link(turn: Turn, sender: Waiting) -> list[Outgoing]:
    """Hand out a link that signs in to the sender's account."""
    if sender.opted_out:
        return talk.line(turn, "silent")
    try:
        take("sign-in link", str(sender.identity_id), _LINKS)
    except SlowDownError:
        return talk.line(turn, "link.slow")
    token = issue(turn.connection, Purpose.SIGN_IN, turn.user_id, valid_for=LINK_VALID_FOR)
    return talk.link(turn, f"{settings().public_base_url}/login/link/{token}")


def _indexes(sender: Waiting) -> list[bytes]:
    """Return the blind indexes of the addresses that the message shows to be one person's."""
    return [blind_index(each) for each in addresses_of(sender.provider, sender.payload)]


def _offer(detail: Mapping[str, Any]) -> Offer | None:
    """Return what a code was made with; None where another release made it."""
    try:
        return Offer.model_validate(detail)
    except ValidationError:
        log.warning("join_code_not_read")
        return None
