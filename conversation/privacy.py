"""What is stored about a traveller: shown when asked for, erased when confirmed."""

import datetime as dt
from collections.abc import Iterator

from conversation import repository, schedules, tour_text
from conversation.calendar_words import day
from conversation.machine import Event, Step
from conversation.replies import business
from conversation.schemas import Outgoing
from conversation.state import State
from conversation.turn import Turn
from conversation.understanding import Schedule
from conversation.understanding.commands import agreement
from core.encryption import decrypt, encrypt
from core.settings import settings
from recommender.feedback import learned

CONFIRM_WITHIN = dt.timedelta(minutes=30)
_SHOWN_DIGITS = 2
_MOST_LEARNED = 5


def my_data(turn: Turn) -> list[Outgoing]:
    """Tell all that is stored about a traveller; addresses are masked."""
    lines = [turn.say("data.heading", business=business())]
    lines += [turn.say("data.line", text=text) for text in _facts(turn)]
    url = settings().privacy_url
    if url:
        lines.append(turn.say("intro.privacy", url=url))
    choices = [turn.choice("delete", "choice.delete"), turn.choice("human", "choice.human")]
    return [turn.message("\n".join(lines), choices)]


def ask(turn: Turn) -> list[Outgoing]:
    """Ask once whether really all is to be erased."""
    turn.happened(Event.ERASURE_ASKED)
    choices = [turn.choice("erase", "choice.erase"), turn.choice("keep", "choice.keep")]
    return [turn.message(turn.say("erase.ask", business=business()), choices)]


def is_answered(turn: Turn) -> bool:
    """Tell whether a message says yes or no to that question."""
    return turn.state.step is Step.CONFIRM_ERASURE and agreement(turn.text) is not None


def take(turn: Turn) -> list[Outgoing]:
    """Take the answer that was typed."""
    return erase(turn) if agreement(turn.text) else keep(turn)


def erase(turn: Turn) -> list[Outgoing]:
    """Erase all in this transaction, but for what it takes to say so; that goes afterwards.

    A yes to a question that was not asked, or too long ago, is asked back.
    """
    asked_at = turn.state.asked_at
    asked = turn.state.step is Step.CONFIRM_ERASURE and asked_at is not None
    if not asked or asked_at is None or dt.datetime.now(dt.UTC) - asked_at > CONFIRM_WITHIN:
        return ask(turn)
    words = turn.say("erase.done")
    repository.erase(turn.connection, turn.user_id, encrypt("{}"))
    turn.happened(Event.ERASED)
    turn.state = State()
    turn.forget_stored()
    return [turn.message(words)]


def keep(turn: Turn) -> list[Outgoing]:
    """Leave everything as it is."""
    turn.happened(Event.LEFT)
    return [turn.message(turn.say("erase.kept"))]


def _facts(turn: Turn) -> Iterator[str]:
    for address in repository.addresses(turn.connection, turn.user_id):
        yield turn.say("data.address", address=masked(decrypt(address)))
    yield turn.say("data.language", language=turn.say(f"language.{turn.language}"))
    wish = tour_text.wish(turn, turn.stored)
    yield turn.say("data.wish", wish=wish or turn.say("data.nothing"))
    yield _reactions(turn)
    saved = repository.saved_tours(turn.connection, turn.user_id)
    yield turn.say("data.saved", count=len(saved))
    yield turn.say("data.schedule", when=_schedule(turn))
    for consent in repository.standing_consents(turn.connection, turn.user_id):
        yield _consent(turn, consent["kind"], consent["recorded_at"], granted=consent["granted"])
    received, sent = repository.message_counts(turn.connection, turn.user_id)
    yield turn.say("data.messages", received=received, sent=sent)


def _reactions(turn: Turn) -> str:
    count = repository.reaction_count(turn.connection, turn.user_id)
    lessons = learned(turn.connection, turn.user_id, turn.language)[:_MOST_LEARNED]
    return " ".join([turn.say("data.reactions", count=count), *lessons])


def _schedule(turn: Turn) -> str:
    stored = repository.schedule(turn.connection, turn.user_id)
    if stored is None or not stored["active"]:
        return turn.say("data.nothing")
    said = schedules.when(turn, Schedule.model_validate(stored))
    until = stored["paused_until"]
    paused = turn.say("data.paused", until=day(until.date(), turn.language)) if until else ""
    return said + paused


def _consent(turn: Turn, kind: str, recorded_at: dt.datetime, *, granted: bool) -> str:
    key = "data.consent.granted" if granted else "data.consent.withdrawn"
    on = day(recorded_at.date(), turn.language)
    return turn.say(key, what=turn.say(f"consent.{kind}"), day=on)


def masked(address: str) -> str:
    """Return an address of which only the country and the last two signs can be read."""
    kept = 3 if address.startswith("+") else 0
    hidden = max(0, len(address) - kept - _SHOWN_DIGITS)
    return address[:kept] + "•" * hidden + address[len(address) - _SHOWN_DIGITS :]
