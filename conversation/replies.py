"""Answers that are not about one tour: greeting, help, silence, language, a person."""

from conversation import repository
from conversation.examples import examples
from conversation.formatting import escaped
from conversation.schemas import Outgoing
from conversation.state import PATIENCE
from conversation.turn import Turn
from core.settings import settings

TEXT_VERSION = "1"
"""Of the wording that a consent refers to; raise it when that wording changes."""

CHANNEL = "chat"
CONVERSATION, RECOMMENDATIONS = "conversation", "recommendations"


def introduction(turn: Turn) -> list[Outgoing]:
    """Say who this is, that it is automated, what it can do and how to stop."""
    text = _who_we_are(turn)
    _consent(turn, CONVERSATION, text, granted=True)
    turn.state = turn.state.after_introduction()
    return [turn.message(text, examples(turn))]


def short_introduction(turn: Turn) -> Outgoing:
    """Say the same in two lines, for a traveller whose first message is a wish already."""
    text = turn.say("intro.short", business=_business()) + _privacy(turn)
    _consent(turn, CONVERSATION, text, granted=True)
    turn.state = turn.state.after_introduction()
    return turn.message(text)


def greet(turn: Turn) -> list[Outgoing]:
    """Greet a traveller who knows us, or say that they are welcome."""
    if turn.understanding.answers:
        return all_right(turn)
    if turn.understanding.thanks:
        return [turn.message(turn.say("thanks"))]
    return [turn.message(turn.say("greeting"), examples(turn))]


def help_(turn: Turn) -> list[Outgoing]:
    """List what can be said."""
    return [turn.message(turn.say("help"), examples(turn))]


def stop(turn: Turn) -> list[Outgoing]:
    """Confirm once; silence follows."""
    text = turn.say("stop", business=_business())
    for kind in (CONVERSATION, RECOMMENDATIONS):
        _consent(turn, kind, text, granted=False)
    turn.state = turn.state.after_stop()
    return [turn.message(text)]


def start(turn: Turn) -> list[Outgoing]:
    """Welcome a traveller back, with all that they agree to by writing to us."""
    text = _who_we_are(turn)
    _consent(turn, CONVERSATION, text, granted=True)
    turn.state = turn.state.after_start()
    return [turn.message(text, examples(turn))]


def language(turn: Turn) -> list[Outgoing]:
    """Go on in the language asked for; the other one where none was named."""
    wanted = turn.understanding.wanted_language
    if wanted is None:
        wanted = "vi" if turn.language == "en" else "en"
    turn.state = turn.state.speaking(wanted)
    return [turn.message(turn.say("language"))]


def human(turn: Turn) -> list[Outgoing]:
    """Hand the talk over to a person and fall silent."""
    turn.state = turn.state.after_handing_over()
    contact = settings().support_contact
    text = turn.say("human", business=_business())
    if contact:
        text += "\n" + turn.say("human.contact", contact=contact)
    return [turn.message(text)]


def all_right(turn: Turn) -> list[Outgoing]:
    """Take note of kind words that ask for nothing."""
    return [turn.message(turn.say("all_right"))]


def disliked(turn: Turn) -> list[Outgoing]:
    """Offer another way where nothing pleased."""
    choices = [turn.choice("more", "choice.more")] if turn.state.page else examples(turn)
    return [turn.message(turn.say("feedback.bad"), choices)]


def not_yet(turn: Turn) -> list[Outgoing]:
    """Say honestly that this cannot be done here, and what can."""
    key = f"not_yet.{turn.understanding.intent.value}"
    contact = settings().support_contact
    suffix = "\n" + turn.say("human.contact", contact=contact) if contact else ""
    return [turn.message(turn.say(key) + suffix, [turn.choice("human", "choice.human")])]


def off_topic(turn: Turn) -> list[Outgoing]:
    """Decline politely; offer a person when it happens again."""
    turn.state = turn.state.after_misunderstanding()
    if turn.state.misunderstood >= PATIENCE:
        choices = [turn.choice("human", "choice.human"), turn.choice("help", "choice.help")]
        return [turn.message(turn.say("off_topic.again"), choices)]
    return [turn.message(turn.say("off_topic"), examples(turn))]


def text_only(turn: Turn) -> list[Outgoing]:
    """Say that pictures and voice notes are not read."""
    return [turn.message(turn.say("media"))]


def place_unknown(turn: Turn) -> list[Outgoing]:
    """Say that nothing is known around the location that was sent."""
    return [turn.message(turn.say("location.unknown"))]


def _who_we_are(turn: Turn) -> str:
    return turn.say("intro", business=_business()) + _privacy(turn)


def _privacy(turn: Turn) -> str:
    url = settings().privacy_url
    return "\n" + turn.say("intro.privacy", url=url) if url else ""


def _business() -> str:
    return escaped(settings().business_name)


def _consent(turn: Turn, kind: str, text: str, *, granted: bool) -> None:
    repository.record_consent(
        turn.connection,
        turn.user_id,
        kind,
        granted=granted,
        text_shown=text,
        text_version=TEXT_VERSION,
        channel=CHANNEL,
    )
