"""Connecting a number with a web account: what is said about it, and how it is recognised.

What becomes of the accounts is the channel's business, which alone knows of numbers.
"""

import datetime as dt
import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from conversation import replies, repository, schedules, tours
from conversation.calendar_words import day
from conversation.machine import Event
from conversation.requests import zone_of
from conversation.schemas import Incoming, Outgoing
from conversation.state import State
from conversation.turn import WORDING, Turn
from conversation.understanding import Intent, Language, Schedule, Understanding
from conversation.understanding.commands import agreement
from core.database import Connection
from core.settings import settings
from core.text import fold, tidy
from core.wording import LANGUAGES

CHANNEL = "web+whatsapp"
"""Where the words of a consent were shown, and where it was given."""

_SIGN = "[0-9a-tv-z]"  # Crockford's base 32, and the letters that are taken for its signs
_CODE = rf"(?<![\w-])({_SIGN}{{4}})(?:([-\u2010-\u2015 ])| - )?({_SIGN}{{4}})(?![\w-])"
_ANY_CODE = re.compile(rf"(?={_CODE})")  # overlapping: a short word before it is no part of it
_NAMED_CODE = re.compile(rf"\b(?:code|ma)(?: (?:is|la|so))?[ :=#.]*{_CODE}")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_CHANGES_TO_BE_SURE = 2
_MOST_CODES = 3
_LONGEST = 2_000
_LONGEST_COMMAND = 60
_LINK_COMMANDS = frozenset(
    {"sign in", "signin", "log in", "login", "dang nhap", "sign me in", "log me in"}
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


class Decision(StrEnum):
    """What may be tapped, or typed, about a connection."""

    YES = "join_yes"
    NO = "join_no"
    DISCONNECT = "disconnect"


class Offer(BaseModel):
    """What the web page noted with a code.

    Attributes:
        language: the one of the page.
        version: of the words shown.
        talk_terms: the words about talking with us that were agreed to.
        idea_terms: those about regular ideas; None where none are wished.
        plan: when these are wished.
        device: what the page was opened with: "Firefox on Android".
        opened_at: when the account was opened there.
    """

    model_config = ConfigDict(frozen=True)

    language: Language
    version: str
    talk_terms: str
    idea_terms: str | None = None
    plan: Schedule | None = None
    device: str
    opened_at: dt.datetime


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What may be a code in a message.

    Attributes:
        sure: whether it can hardly be anything else, so that a wrong one is answered as such.
    """

    code: str
    sure: bool


def codes_in(text: str) -> list[TypedCode]:
    """Return what may be a code in a message, the likeliest first; a quoted line is no message.

    Args:
        text: as it was typed, with or without diacritics, composed or not.
    """
    plain = fold(_QUOTED.sub("", text[:_LONGEST]))
    named = [TypedCode(_joined(each), _is_likely(each)) for each in _NAMED_CODE.finditer(plain)]
    alone = _EDGES.sub("", plain)
    others = [_unnamed(each, alone) for each in _ANY_CODE.finditer(plain)]
    found = {each.code: each for each in [*filter(None, others), *named]}
    return sorted(found.values(), key=lambda each: not each.sure)[:_MOST_CODES]


def asks_for_link(text: str) -> bool:
    """Tell whether a message as a whole asks for a link to sign in with."""
    if len(text) > _LONGEST_COMMAND:
        return False
    said = _EDGES.sub("", fold(text))
    return said in _LINK_COMMANDS or said in _labels("joining.ask_link")


def decision(turn: Turn, incoming: Incoming) -> Decision | None:
    """Return what was tapped, or typed, about a connection; None for everything else."""
    if incoming.choice is not None:
        return Decision(incoming.choice) if incoming.choice in set(Decision) else None
    said = fold(incoming.text)
    if said in _labels("choice.disconnect"):
        return Decision.DISCONNECT
    if Decision.YES not in turn.state.offered.values():
        return None  # the last question was another one
    for one in (Decision.YES, Decision.NO):
        if said in _labels(f"choice.{one}"):
            return one
    agreed = agreement(tidy(incoming.text))
    return None if agreed is None else Decision.YES if agreed else Decision.NO


def may_decide(incoming: Incoming) -> bool:
    """Tell whether a message is worth asking `decision`, which needs to know the talk."""
    if incoming.choice is not None:
        return incoming.choice in set(Decision)
    if not 0 < len(incoming.text) <= _LONGEST_COMMAND:
        return False
    labels = frozenset[str]().union(*(_labels(f"choice.{each}") for each in Decision))
    return fold(incoming.text) in labels or agreement(tidy(incoming.text)) is not None


def turn_of(connection: Connection, user_id: int) -> Turn:
    """Return a turn of the talk with a traveller, which is locked until the transaction ends."""
    state = State.read(repository.load_state(connection, user_id))
    said = Understanding(intent=Intent.GREETING, language=_language(connection, user_id))
    return Turn(connection, user_id, state, said)


def spoken(turn: Turn, *said: Outgoing) -> list[Outgoing]:
    """Return what is said, after who says it where they have not been told; the talk is stored."""
    silent = turn.state.stopped
    first = [] if turn.state.introduced or silent else [replies.short_introduction(turn)]
    choices = [choice for message in said for choice in message.choices]
    turn.state = turn.state.after_offering(choices)
    repository.save_state(turn.connection, turn.user_id, turn.state.model_dump(mode="json"))
    return [*first, *said]


def keep_silent(turn: Turn) -> None:
    """Let a number that leaves an account stay in the silence that it asked for there."""
    replies.stop(turn)
    repository.save_state(turn.connection, turn.user_id, turn.state.model_dump(mode="json"))


def line(turn: Turn, key: str) -> list[Outgoing]:
    """Say one thing that needs no answer."""
    words = turn.say(f"joining.{key}", url=page_address(), business=replies.business())
    return spoken(turn, turn.message(words))


def link(turn: Turn, url: str) -> list[Outgoing]:
    """Hand out a link to sign in with."""
    words = turn.say("joining.link", url=url, business=replies.business())
    return spoken(turn, turn.message(words, link=url))


def question(turn: Turn, offer: Offer, *, moves: bool) -> list[Outgoing]:
    """Ask whether the web account is the traveller's own.

    Args:
        turn: the turn.
        offer: what the account's page noted with the code.
        moves: whether the number would leave another account that can do without it.
    """
    opened = offer.opened_at.astimezone(zone_of(turn))
    when = turn.say("joining.when", day=day(opened.date(), turn.language), time=f"{opened:%H:%M}")
    words = turn.say(
        "joining.question", business=replies.business(), when=when, device=offer.device
    )
    if moves:
        words = f"{turn.say('joining.moves')}\n\n{words}"
    choices = [turn.choice(each, f"choice.{each}") for each in (Decision.YES, Decision.NO)]
    turn.happened(Event.ANSWERED)
    return spoken(turn, turn.message(words, choices))


def accept(turn: Turn, offer: Offer) -> None:
    """Store what was agreed to on the web page: to talk, and when ideas may come."""
    turn.state = turn.state.speaking(offer.language)
    repository.save_language(turn.connection, turn.user_id, offer.language)
    _consent(turn, offer, replies.CONVERSATION, offer.talk_terms)
    if offer.plan is not None and offer.idea_terms is not None:
        repository.save_schedule(turn.connection, turn.user_id, offer.plan)
        _consent(turn, offer, replies.RECOMMENDATIONS, offer.idea_terms)


def welcome(turn: Turn, offer: Offer, *, already: bool) -> list[Outgoing]:
    """Say that the number is connected, and show the first tours; a person's talk goes on."""
    if turn.state.stopped:
        turn.happened(Event.STARTED)
    turn.happened(Event.ANSWERED if turn.state.introduced else Event.INTRODUCED)
    said = [_connected(turn, offer, already=already)]
    if not turn.state.handed_over:
        turn.state = turn.state.planning(None)
        said += tours.first_of(turn, turn.stored)
        said += [turn.closing] if turn.closing else []
    return spoken(turn, *said)


def wishing_as(state: State, web: State) -> State:
    """Return the state of a talk that goes on with the wish that was stated on the web."""
    wished = state.after_new_wish(list(web.excluded), list(web.negated))
    return wished.travelling(web.dates)


def talk_terms(language: str, *, anew: bool) -> str:
    """Return the words to which whoever connects agrees; *anew* after a STOP."""
    words = WORDING.say("joining.terms", language, business=settings().business_name)
    return f"{words} {WORDING.say('joining.terms.anew', language)}" if anew else words


def code_message(language: str, code: str) -> str:
    """Return the message that carries a code, ready to be sent."""
    business = settings().business_name
    return WORDING.say("joining.message", language, business=business, code=code)


def link_message(language: str) -> str:
    """Return the message that asks for a link to sign in with."""
    return WORDING.say("joining.ask_link", language)


def page_address() -> str:
    """Return where a new code is shown."""
    return f"{settings().public_base_url}/join"


def _connected(turn: Turn, offer: Offer, *, already: bool) -> Outgoing:
    key = "joining.again" if already else "joining.connected"
    lines = [turn.say(key, business=replies.business())]
    if offer.plan is not None and offer.idea_terms is not None:
        lines.append(turn.say("plan.done", when=schedules.when(turn, offer.plan)))
    privacy_url = settings().privacy_url
    if privacy_url:
        lines.append(turn.say("intro.privacy", url=privacy_url))
    choice = turn.choice(Decision.DISCONNECT, "choice.disconnect")
    lines.append(turn.say("joining.not_you", label=choice.label))
    return turn.message("\n".join(lines), [choice])


def _consent(turn: Turn, offer: Offer, kind: str, text: str) -> None:
    repository.record_consent(
        turn.connection,
        turn.user_id,
        kind,
        granted=True,
        text_shown=text,
        text_version=offer.version,
        channel=CHANNEL,
    )


def _language(connection: Connection, user_id: int) -> Language:
    return "vi" if repository.language(connection, user_id) == "vi" else "en"


@functools.cache
def _labels(key: str) -> frozenset[str]:
    return frozenset(fold(WORDING.say(key, language)) for language in LANGUAGES)


def _joined(found: re.Match[str]) -> str:
    return f"{found[1]}-{found[3]}"


def _is_likely(found: re.Match[str]) -> bool:
    """Tell whether what is called a code looks like one: "dress code: homestay" does not."""
    return found[2] not in {None, " "} or any(sign.isdecimal() for sign in found[1] + found[3])


def _unnamed(found: re.Match[str], alone: str) -> TypedCode | None:
    """Judge what nobody calls a code: "k7qm-2f9x" is one, "sapa 2026" and "homestay" are not.

    Args:
        found: the signs.
        alone: the message without what surrounds it.
    """
    first, separator, second = found.groups()
    is_all = alone in {f"{first}{separator or ''}{second}", f"{first} - {second}"}
    changes = [one.isdecimal() is not other.isdecimal() for one, other in pairwise(first + second)]
    if not any(changes):
        is_word = (first + second).isalpha()
        return TypedCode(_joined(found), sure=False) if is_all and separator and is_word else None
    if separator == " " and not (_is_mixed(first) or _is_mixed(second)):
        return None
    return TypedCode(_joined(found), is_all and sum(changes) >= _CHANGES_TO_BE_SURE)


def _is_mixed(half: str) -> bool:
    return not (half.isalpha() or half.isdecimal())
