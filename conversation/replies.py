"""Answers that are not about one tour: greeting, help, silence, language."""

from conversation import repository
from conversation.formatting import escaped
from conversation.machine import AWAITED, Event
from conversation.schemas import Outgoing
from conversation.state import PATIENCE
from conversation.tours import openers
from conversation.turn import Turn
from core.settings import settings

TEXT_VERSION = "1"
"""Of the wording that a consent refers to; raise it when that wording changes."""

CHANNEL = "chat"
CONVERSATION, RECOMMENDATIONS = "conversation", "recommendations"


def introduction(turn: Turn) -> list[Outgoing]:
    """Say who this is, that it is automated, what it can do and how to stop."""
    text = _who_we_are(turn)
    consent(turn, CONVERSATION, text, granted=True)
    turn.happened(Event.INTRODUCED)
    return [turn.message(text, openers(turn))]


def short_introduction(turn: Turn) -> Outgoing:
    """Say the same in two lines, for a traveller whose first message is a wish already."""
    text = turn.say("intro.short", business=business()) + _privacy(turn)
    consent(turn, CONVERSATION, text, granted=True)
    turn.happened(Event.INTRODUCED)
    return turn.message(text)


def greet(turn: Turn) -> list[Outgoing]:
    """Greet a traveller who knows us, or say that they are welcome."""
    if turn.understanding.answers:
        return all_right(turn)
    if turn.understanding.thanks:
        return [turn.message(turn.say("thanks"))]
    return [turn.message(turn.say("greeting"), openers(turn))]


def help_(turn: Turn) -> list[Outgoing]:
    """List what can be said."""
    return [turn.message(turn.say("help"), openers(turn))]


def stop(turn: Turn) -> list[Outgoing]:
    """Confirm once; silence follows, and no suggestion comes any more."""
    text = turn.say("stop", business=business())
    for kind in (CONVERSATION, RECOMMENDATIONS):
        consent(turn, kind, text, granted=False)
    repository.end_schedule(turn.connection, turn.user_id)
    repository.close_handover(turn.connection, turn.user_id)
    turn.happened(Event.STOPPED)
    return [turn.message(text)]


def how_to_stop(turn: Turn) -> list[Outgoing]:
    """Tell how to end everything, where a message only may have meant that."""
    words = turn.say("stop.how", business=business())
    return [turn.message(words, [turn.choice("stop", "choice.stop")])]


def start(turn: Turn) -> list[Outgoing]:
    """Welcome a traveller back, with all that they agree to by writing to us."""
    text = _who_we_are(turn)
    consent(turn, CONVERSATION, text, granted=True)
    turn.happened(Event.STARTED)
    return [turn.message(text, openers(turn))]


def language(turn: Turn) -> list[Outgoing]:
    """Go on in the language asked for; the other one where none was named."""
    wanted = turn.understanding.wanted_language
    if wanted is None:
        wanted = "vi" if turn.language == "en" else "en"
    turn.state = turn.state.speaking(wanted)
    return [turn.message(turn.say("language"))]


def all_right(turn: Turn) -> list[Outgoing]:
    """Take note of kind words that ask for nothing."""
    return [turn.message(turn.say("all_right"))]


def disliked(turn: Turn) -> list[Outgoing]:
    """Offer another way where nothing pleased."""
    choices = [turn.choice("more", "choice.more")] if turn.state.page else openers(turn)
    return [turn.message(turn.say("feedback.bad"), choices)]


def off_topic(turn: Turn) -> list[Outgoing]:
    """Decline politely, or take a traveller who knows no wish by the hand.

    A person is offered when it happens again.
    """
    turn.state = turn.state.after_misunderstanding()
    if turn.state.misunderstood >= PATIENCE:
        turn.state = turn.state.because("misunderstood")
        turn.happened(Event.PERSON_OFFERED)
        choices = [turn.choice("human", "choice.human"), turn.choice("help", "choice.help")]
        return [turn.message(turn.say("off_topic.again"), choices)]
    choices = [] if turn.state.step in AWAITED else openers(turn)
    return [turn.message(turn.say("off_topic"), choices)]


def media(turn: Turn) -> list[Outgoing]:
    """Say once that pictures are not looked at, whatever number of them comes."""
    if turn.state.media_told:
        return []
    turn.state = turn.state.after_telling_of_media()
    return [turn.message(turn.say("media"))]


def unheard(turn: Turn) -> list[Outgoing]:
    """Say that a voice note could not be heard."""
    return [turn.message(turn.say("voice.unheard"))]


def place_unknown(turn: Turn) -> list[Outgoing]:
    """Say that nothing is known around the location that was sent."""
    return [turn.message(turn.say("location.unknown"))]


def _who_we_are(turn: Turn) -> str:
    return turn.say("intro", business=business()) + _privacy(turn)


def _privacy(turn: Turn) -> str:
    url = settings().privacy_url
    return "\n" + turn.say("intro.privacy", url=url) if url else ""


def business() -> str:
    """Return who the traveller is talking with."""
    return escaped(settings().business_name)


def consent(turn: Turn, kind: str, text: str, *, granted: bool) -> None:
    """Note what a traveller agrees to or withdraws by this message, and the words shown."""
    repository.record_consent(
        turn.connection,
        turn.user_id,
        kind,
        granted=granted,
        text_shown=text,
        text_version=TEXT_VERSION,
        channel=CHANNEL,
    )
