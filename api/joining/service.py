"""From a choice on a page to a code, and from a message with that code back to the page."""

import datetime as dt
import io

import segno
from pydantic import ValidationError

from api.joining import repository
from api.joining.schemas import Progress, ShownCode, Terms
from api.sessions import service as sessions
from api.sessions.schemas import Method, Visitor
from conversation import joining, schedules
from conversation.joining import Offer
from conversation.replies import TEXT_VERSION
from conversation.schedules import EARLIEST, LATEST
from conversation.understanding import Language, Rhythm, Schedule
from core import rate_limits
from core.codes.service import Purpose, issue
from core.database import Connection
from core.encryption import decrypt, encrypt
from core.errors import ConfigurationError, InvalidInputError
from whatsapp.joining.service import join_link
from whatsapp.repository import is_opted_out

VALID_FOR = dt.timedelta(minutes=15)
HOURS = range(EARLIEST, LATEST + 1)

_CODES = "20/hour"
_DATED = frozenset({Rhythm.WEEKLY, Rhythm.FORTNIGHTLY})
_DAYS_IN_A_WEEK = 7


def plan_of(rhythm: str, weekday: str, hour: str) -> Schedule | None:
    """Return the schedule that a form states; None for no ideas at all.

    Args:
        rhythm: one of `Rhythm`, or empty.
        weekday: 0 to 6, or empty; for a rhythm without one it is left out.
        hour: one of `HOURS`, or empty.

    Raises:
        InvalidInputError: the form has something else in it.
    """
    if not rhythm:
        return None
    if rhythm not in set(Rhythm):
        raise InvalidInputError("choose one of the rhythms")
    day = _number(weekday, range(_DAYS_IN_A_WEEK), "choose a day of the week")
    dated = rhythm in _DATED
    time = _number(hour, HOURS, f"choose a time from {EARLIEST:02}:00 to {LATEST:02}:00")
    return Schedule(rhythm=Rhythm(rhythm), weekday=day if dated else None, hour=time)


def terms(
    connection: Connection, visitor: Visitor, language: Language, plan: Schedule | None
) -> Terms:
    """Return the words of exactly that choice: the same that the chat uses."""
    anew = is_opted_out(connection, visitor.user_id)
    ideas = schedules.terms(plan, language) if plan else None
    return Terms(talk=joining.talk_terms(language, anew=anew), ideas=ideas)


def begin(
    connection: Connection, visitor: Visitor, language: Language, plan: Schedule | None
) -> ShownCode:
    """Make the code with which the visitor's phone agrees to these terms.

    Raises:
        SlowDownError: they have had too many.
    """
    rate_limits.take("join code", str(visitor.user_id), _CODES)
    agreed = terms(connection, visitor, language, plan)
    own = sessions.sessions_of(connection, visitor.user_id)
    session = next(each for each in own if each.id == visitor.session_id)
    offer = Offer(
        language=language,
        version=TEXT_VERSION,
        talk_terms=agreed.talk,
        idea_terms=agreed.ideas,
        plan=plan,
        device=session.device,
        opened_at=session.created_at,
    )
    code = issue(
        connection,
        Purpose.JOIN,
        visitor.user_id,
        valid_for=VALID_FOR,
        detail=offer.model_dump(mode="json"),
    )
    issued_at = repository.now(connection)
    until = issued_at + VALID_FOR
    return ShownCode(code=code, session_id=visitor.session_id, issued_at=issued_at, until=until)


def sealed(shown: ShownCode) -> str:
    """Return a code in the form in which its browser keeps it."""
    return encrypt(shown.model_dump_json()).decode()


def unsealed(cookie: str | None, visitor: Visitor) -> ShownCode | None:
    """Return the code that a browser keeps; None where it is none, or another session's."""
    try:
        shown = ShownCode.model_validate_json(decrypt(cookie.encode())) if cookie else None
    except (ConfigurationError, ValidationError):
        return None
    return shown if shown and shown.session_id == visitor.session_id else None


def progress(connection: Connection, visitor: Visitor, shown: ShownCode | None) -> Progress:
    """Return how far a visitor has got; a guest whose number has come is now signed in by it."""
    if visitor.is_guest and repository.numbers(connection, visitor.user_id):
        sessions.promote(connection, visitor, Method.WHATSAPP)
        return Progress.JOINED
    if shown is None:
        return Progress.NONE
    if repository.joined_since(connection, visitor.user_id, shown.issued_at):
        return Progress.JOINED
    if repository.was_sent(connection, visitor.user_id, shown.issued_at):
        return Progress.ASKED
    return Progress.WAITING if shown.until > dt.datetime.now(dt.UTC) else Progress.EXPIRED


def numbers(connection: Connection, visitor: Visitor) -> int:
    """Return how many numbers a visitor has connected."""
    return repository.numbers(connection, visitor.user_id)


def picture(language: str, code: str) -> bytes:
    """Return the QR code, as SVG, of the link that opens WhatsApp with the code."""
    made = segno.make(join_link(language, code), error="m", micro=False)
    svg = io.BytesIO()
    made.save(svg, kind="svg", xmldecl=False, scale=4, border=4, dark="#000", light="#fff")
    return svg.getvalue()


def _number(text: str, allowed: range, why_not: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) in allowed):
        raise InvalidInputError(why_not)
    return int(text)
