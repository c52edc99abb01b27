"""From what came to the requests in it: a tap is one, words may hold up to three."""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from conversation import locations, repository, taps
from conversation.machine import Step
from conversation.questions import completed
from conversation.schemas import Incoming
from conversation.taps import Tap
from conversation.turn import WORDING, Turn
from conversation.understanding import Context, Intent, Understanding, understand_all
from core.text import fold
from core.wording import LANGUAGES
from recommender.schemas import Interests

HOME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where a traveller is taken to be who has not said otherwise."""

UNHEARD, PICTURES, NOWHERE, NOTHING = "unheard", "pictures", "nowhere", "nothing"
WORDS = "words"
UNSURE = "unsure"

_SURE = 0.85
_WEIGHTY = frozenset({Intent.STOP, Intent.START, Intent.HUMAN})
"""What begins or ends a silence is not done on a guess: it is asked, or left."""

_FEW_WORDS = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that a traveller wants.

    Attributes:
        name: what was tapped, or what sort of message it is.
        said: what it means.
        text: its words, which several requests of one message share.
        package_id: the tour that it is about, by a tap or a swipe.
        argument: what else a tap says.
    """

    name: str
    said: Understanding
    text: str = ""
    package_id: int | None = None
    argument: str = ""


def requests(turn: Turn, incoming: Incoming) -> list[Request]:
    """Return what a message asks for, in order; there is always something."""
    choice = incoming.choice or _typed(turn, incoming.text)
    tap = taps.understood(turn, choice) if choice else None
    if tap is not None:
        return [_tapped(tap)]
    if incoming.text.strip():
        return list(_in_words(turn, incoming))
    return [_without_words(turn, incoming)]


def _typed(turn: Turn, text: str) -> str | None:
    """Return the choice whose label was typed: of those offered last, or one that always holds."""
    label = fold(text)
    return turn.state.offered.get(label) or _always_offered().get(label)


@functools.cache
def _always_offered() -> dict[str, str]:
    return {
        fold(WORDING.say(f"choice.{choice}", language)): choice
        for choice in ("begin", "saved", "schedule", "delete")
        for language in LANGUAGES
    }


def _tapped(tap: Tap) -> Request:
    return Request(tap.name, tap.said, package_id=tap.package_id, argument=tap.argument)


def _in_words(turn: Turn, incoming: Incoming) -> Iterable[Request]:
    text = completed(incoming.text, turn.state.step, turn.language)
    context = turn.state.context(has_interests=not turn.stored.is_empty(), today=today(turn))
    understood = understand_all(text, context)
    if turn.state.step is Step.ASK_LIKES and understood[0].intent is Intent.OFF_TOPIC:
        understood = _as_a_wish(turn, text, context) or understood
    for said in understood:
        if said.intent in _WEIGHTY and said.confidence < _SURE:
            yield Request(f"{UNSURE} {said.intent}", _harmless(said), text, incoming.about)
        else:
            yield Request(WORDS, said, text, incoming.about)


def _harmless(said: Understanding) -> Understanding:
    return said.model_copy(update={"intent": Intent.OFF_TOPIC})


def _as_a_wish(turn: Turn, text: str, context: Context) -> list[Understanding]:
    """Read the bare name of a thing as a wish for it; nothing where it names none we know."""
    if len(text.split()) > _FEW_WORDS:
        return []
    wished = understand_all(turn.say("question.as_wish", text=text), context)
    return [each for each in wished if not each.interests.is_empty()]


def today(turn: Turn) -> dt.date:
    """Return the day that it is where the traveller is."""
    return dt.datetime.now(zone_of(turn)).date()


def zone_of(turn: Turn) -> ZoneInfo:
    """Return the time zone that the traveller lives by."""
    name = repository.time_zone(turn.connection, turn.user_id)
    try:
        return ZoneInfo(name) if name else HOME_ZONE
    except (ZoneInfoNotFoundError, ValueError):
        return HOME_ZONE


def _without_words(turn: Turn, incoming: Incoming) -> Request:
    help_ = Understanding(intent=Intent.HELP, language=turn.language)
    if incoming.latitude is not None and incoming.longitude is not None:
        return _at_location(turn, incoming.latitude, incoming.longitude)
    if incoming.spoken or any(each.startswith("audio/") for each in incoming.media):
        return Request(UNHEARD, help_)
    return Request(PICTURES if incoming.media else NOTHING, help_)


def _at_location(turn: Turn, latitude: float, longitude: float) -> Request:
    """Take a location sent from the phone as the place to go."""
    place = locations.nearest(latitude, longitude)
    if place is None:
        return Request(NOWHERE, Understanding(intent=Intent.REFINE, language=turn.language))
    said = Understanding(
        intent=Intent.REFINE,
        language=turn.language,
        interests=Interests(locations=[place.name]),
        replaces=True,
    )
    return Request(WORDS, said)
